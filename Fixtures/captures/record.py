"""Records the captures of this folder on the loopback interface (as root, with tcpdump and tshark).

grpcio is both peers of the gRPC capture, Python's ssl both peers of the TLS ones, and tshark says
what every direction of every connection carried, which is what the tests compare with.
"""

import json
import os
import socket
import ssl
import subprocess
import tempfile
import threading
import time
from concurrent import futures

import grpc

HERE = os.path.dirname(os.path.abspath(__file__))


def capture(name, port, traffic):
    path = os.path.join(HERE, name)
    tcpdump = subprocess.Popen(
        ["tcpdump", "-Z", "root", "-U", "-i", "lo", "-s", "0", "-w", path, "tcp", "port", str(port)],
        stderr=subprocess.PIPE,
    )
    tcpdump.stderr.readline()
    time.sleep(0.5)
    traffic()
    time.sleep(1)
    tcpdump.terminate()
    tcpdump.wait()
    return path


def grpc_traffic(port):
    def echo(request, context):
        context.set_trailing_metadata((("trail", "end"),))
        return request * 3

    def run():
        handler = grpc.method_handlers_generic_handler(
            "demo.Echo", {"Say": grpc.unary_unary_rpc_method_handler(echo)}
        )
        server = grpc.server(futures.ThreadPoolExecutor(2))
        server.add_generic_rpc_handlers((handler,))
        server.add_insecure_port(f"127.0.0.1:{port}")
        server.start()
        for client in range(2):
            options = (("grpc.use_local_subchannel_pool", 1),)
            with grpc.insecure_channel(f"127.0.0.1:{port}", options) as channel:
                say = channel.unary_unary("/demo.Echo/Say")
                for size in (1, 300, 5000):
                    say(bytes([client + 1]) * size, metadata=(("authorization", "synthetic"),))
        server.stop(1).wait()

    return run


def tls_traffic(port, version, ciphers, keys):
    folder = tempfile.mkdtemp()
    cert, key = os.path.join(folder, "cert.pem"), os.path.join(folder, "key.pem")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-subj", "/CN=localhost", "-keyout", key, "-out", cert],
        check=True, capture_output=True,
    )
    request = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(range(256)) * 80
    response = b"\x00\x00\x00\x04\x00\x00\x00\x00\x00" + bytes(range(255, -1, -1)) * 80

    def serve(listener):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(cert, key)
        context.set_alpn_protocols(["h2"])
        with context.wrap_socket(listener.accept()[0], server_side=True) as peer:
            got = b""
            while len(got) < len(request):
                got += peer.recv(65536)
            peer.sendall(response)
            peer.unwrap()

    def run():
        listener = socket.create_server(("127.0.0.1", port))
        thread = threading.Thread(target=serve, args=(listener,))
        thread.start()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        context.set_alpn_protocols(["h2"])
        context.keylog_filename = keys
        context.minimum_version = context.maximum_version = version
        if ciphers:
            context.set_ciphers(ciphers)
        with context.wrap_socket(socket.create_connection(("127.0.0.1", port))) as peer:
            peer.sendall(request)
            got = b""
            while len(got) < len(response):
                got += peer.recv(65536)
            try:
                peer.unwrap()
            except (OSError, ssl.SSLError):
                pass
        thread.join()
        listener.close()

    return run


def tshark_streams(path):
    """What tshark puts together: for each connection, the client's and the server's bytes."""
    fields = ["-T", "fields", "-e", "tcp.stream"]
    numbers = subprocess.run(["tshark", "-r", path] + fields, capture_output=True, text=True).stdout
    streams = []
    for number in sorted({int(n) for n in numbers.split()}):
        out = subprocess.run(
            ["tshark", "-r", path, "-q", "-z", f"follow,tcp,raw,{number}"],
            capture_output=True, text=True).stdout.splitlines()
        sides = {"client": "", "server": ""}
        nodes = [line for line in out if line.startswith("Node 0: ")]
        rows = out[out.index([l for l in out if l.startswith("Node 1: ")][0]) + 1:-1]
        for row in rows:
            sides["server" if row.startswith("\t") else "client"] += row.strip()
        assert nodes
        streams.append(sides)
    return streams


def main():
    grpc_path = capture("grpcio.pcap", 18081, grpc_traffic(18081))
    for name, version, ciphers in (
        ("tls13", ssl.TLSVersion.TLSv1_3, None),
        ("tls12-aes", ssl.TLSVersion.TLSv1_2, "ECDHE-ECDSA-AES128-GCM-SHA256"),
        ("tls12-chacha", ssl.TLSVersion.TLSv1_2, "ECDHE-ECDSA-CHACHA20-POLY1305"),
    ):
        keys = os.path.join(HERE, name + ".keys")
        if os.path.exists(keys):
            os.remove(keys)
        capture(name + ".pcap", 18443, tls_traffic(18443, version, ciphers, keys))
    subprocess.run(["editcap", "--inject-secrets", "tls," + os.path.join(HERE, "tls13.keys"),
                    os.path.join(HERE, "tls13.pcap"), os.path.join(HERE, "tls13.pcapng")],
                   check=True)
    for kind, name in (("pcapng", "grpcio.pcapng"), ("nsecpcap", "grpcio-nano.pcap")):
        subprocess.run(["editcap", "-F", kind, grpc_path, os.path.join(HERE, name)], check=True)
    subprocess.run(["editcap", "-F", "pcap", "-s", "200", grpc_path,
                    os.path.join(HERE, "grpcio-snap200.pcap")], check=True)
    with open(os.path.join(HERE, "grpcio.streams.json"), "w") as out:
        json.dump(tshark_streams(grpc_path), out, indent=1)
        out.write("\n")


main()
