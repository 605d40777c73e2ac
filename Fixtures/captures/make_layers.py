"""Makes the captures of other link layers, of disorder and of more ciphers (as root, with scapy of PyPI,
tcpdump, tshark, editcap and OpenSSL's s_server and s_client).

The packets are the first of grpcio.pcap, which scapy puts into other link layers and orders. tshark says
what every direction of every connection carries: that goes to layers.streams.json.
"""

import json
import os
import subprocess
import tempfile
import time

from scapy.all import (
    CookedLinux, CookedLinuxV2, Dot1AD, Dot1Q, Ether, IP, IPv6, IPv6ExtHdrDestOpt,
    IPv6ExtHdrHopByHop, IPv6ExtHdrRouting, PadN, Raw, TCP, conf, rdpcap, wrpcap,
)

HERE = os.path.dirname(os.path.abspath(__file__))
CERTIFICATE = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
               "-subj", "/CN=localhost"]


def place(name):
    return os.path.join(HERE, name)


def version6(packet, chain):
    """The packet in IPv6, whose extension headers are those of a chain."""
    tcp = packet[TCP].copy()
    del tcp.chksum
    ends = {"127.0.0.1": "fd00::1"}
    head = IPv6(src=ends[packet[IP].src], dst=ends[packet[IP].dst])
    for header in chain:
        head = head / header
    return head / tcp


def layers():
    """Name, link type and packets of each capture."""
    packets = list(rdpcap(place("grpcio.pcap")))[:24]
    ip = [packet[IP] for packet in packets]
    yield "vlan", 1, [Ether() / Dot1Q(vlan=7) / one for one in ip]
    yield "vlan-twice", 1, [Ether() / Dot1AD(vlan=7) / Dot1Q(vlan=8) / one for one in ip]
    yield "cooked", 113, [CookedLinux(proto=0x0800) / one for one in ip]
    yield "cooked2", 276, [CookedLinuxV2(proto=0x0800) / one for one in ip]
    yield "raw-ip", 101, ip
    yield "bsd-loopback", 108, [Raw(b"\0\0\0\x02" + bytes(one)) for one in ip]
    chain = [
        IPv6ExtHdrHopByHop(options=[PadN(optdata=b"\0" * 2)]),
        IPv6ExtHdrRouting(), IPv6ExtHdrDestOpt(options=[PadN(optdata=b"\0" * 2)]),
    ]
    yield "ipv6-extensions", 1, [Ether() / version6(packet, chain) for packet in packets]
    yield "retransmitted", 1, [one for packet in packets for one in (packet, packet)]
    swapped = list(packets)
    data = [n for n, packet in enumerate(packets) if len(bytes(packet[TCP].payload)) > 0]
    for first in data[1:-1:2]:
        swapped[first], swapped[first + 1] = swapped[first + 1], swapped[first]
    yield "reordered", 1, swapped
    # The client's largest but its last, so that later bytes show that it is missing.
    sent = [n for n in data if packets[n][TCP].dport == 18081][:-1]
    largest = max(sent, key=lambda n: len(bytes(packets[n][TCP].payload)))
    yield "gap", 1, packets[:largest] + packets[largest + 1:]


def record_tls(name, port, options, lines):
    """s_client sends lines to s_server, which sends each back reversed."""
    keys = place(name + ".keys")
    if os.path.exists(keys):
        os.remove(keys)
    with tempfile.TemporaryDirectory() as folder:
        cert, key = os.path.join(folder, "cert.pem"), os.path.join(folder, "key.pem")
        subprocess.run(["openssl", *CERTIFICATE, "-keyout", key, "-out", cert], check=True,
                       capture_output=True)
        tcpdump = subprocess.Popen(
            ["tcpdump", "-Z", "root", "-U", "-i", "lo", "-s", "0", "-w", place(name + ".pcap"),
             "tcp", "port", str(port)], stderr=subprocess.PIPE)
        tcpdump.stderr.readline()
        time.sleep(0.5)
        server = subprocess.Popen(
            ["openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-rev", "-cert", cert, "-key", key,
             *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(0.7)
        client = subprocess.Popen(
            ["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-keylogfile", keys, *options],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for line in lines:
            time.sleep(0.4)
            client.stdin.write(line.encode() + b"\n")
            client.stdin.flush()
        time.sleep(0.6)
        client.stdin.close()
        client.wait(20)
        time.sleep(0.6)
        for process in (server, tcpdump):
            process.terminate()
            process.wait(20)


def streams(name, layer="tcp", keys=None, sent=""):
    """What tshark puts together of the first connection: the client's and the server's bytes."""
    options = ["-o", f"tls.keylog_file:{keys}"] if keys else []
    said = subprocess.run(
        ["tshark", "-r", place(name + ".pcap"), "-q", "-z", f"follow,{layer},raw,0", *options],
        capture_output=True, text=True, check=True).stdout.splitlines()
    sides = {"client": "", "server": ""}
    start = next(n for n, line in enumerate(said) if line.startswith("Node 1: "))
    for row in said[start + 1:-1]:
        sides["server" if row.startswith("\t") else "client"] += row.strip()
    # In TLS 1.3, tshark takes the server, whose tickets come first, for the client.
    if sent and not sides["client"].startswith(sent.encode().hex()):
        sides = {"client": sides["server"], "server": sides["client"]}
    return sides


def add(found, name, sides):
    """Adds what a capture carries, or the name of another one that carries the same."""
    found[name] = next((other for other, its in found.items() if its == sides), sides)


TLS = [
    ("tls13-aes128", ["-tls1_3", "-ciphersuites", "TLS_AES_128_GCM_SHA256"], ["one", "two"]),
    ("tls13-chacha", ["-tls1_3", "-ciphersuites", "TLS_CHACHA20_POLY1305_SHA256"], ["one", "two"]),
    # K asks the peer to change its key, too; k does not.
    ("tls13-keyupdate", ["-tls1_3"], ["one", "K", "two", "k", "three", "K", "four"]),
    ("tls12-cbc", ["-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-SHA"], ["one", "two"]),
]


def main():
    conf.verb = 0
    found = {}
    for name, link, packets in layers():
        # Each packet has a time of its own, in its order.
        raw = []
        for number, packet in enumerate(packets):
            one = Raw(bytes(packet))
            one.time = 1_700_000_000 + number / 1000
            raw.append(one)
        wrpcap(place(name + ".pcap"), raw, linktype=link)
        add(found, name, streams(name))
    for number, (name, options, lines) in enumerate(TLS):
        record_tls(name, 18450 + number, options, lines)
        add(found, name, streams(name, "tls", place(name + ".keys"), lines[0]))
    with open(place("layers.streams.json"), "w") as out:
        json.dump(found, out, indent=1)
        out.write("\n")


main()
