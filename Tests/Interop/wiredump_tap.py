#!/usr/bin/env python3
"""grpcio's client and server, and plain sockets, on both sides of `wiredump tap`; tshark reads its file.

wiredump_tap.py BINARY      wiredump lies beside BINARY
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import socket
import ssl
import struct
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Iterator

import grpc

from certificates import Authority
from harness import Child, Suite, expect, expect_equal, running

suite = Suite("wiredump_tap")
PATIENCE = 60
LARGE = 4 << 20
SAVE_PORT = 80  # what a capture file of made-up packets calls the server's port


@dataclass
class World:
    wiredump: Path
    scratch: Path
    authority: Authority


@contextmanager
def world(binary: str, scratch: Path) -> Iterator[World]:
    yield World(Path(binary).parent / "wiredump", scratch, Authority(scratch, "root"))


# The tap, and sockets that look at it


@dataclass
class Tap:
    child: Child
    port: int

    def end(self) -> str:
        """Everything that it wrote to standard output, once it has ended in order."""
        self.child.terminate()
        expect_equal(self.child.wait(PATIENCE), 0, "exit code")
        self.child.stop()
        lines = []
        while (line := self.child.stdout_lines.get(timeout=PATIENCE)) is not None:
            lines.append(line)
        return "\n".join(lines)


def until(ready, what: str):
    """What `ready` returns once it is true."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if found := ready():
            return found
        time.sleep(0.02)
    raise TimeoutError(what)


@contextmanager
def tapping(world: World, target: int, *options: str, host: str = "127.0.0.1") -> Iterator[Tap]:
    line = [str(world.wiredump), "tap", "--listen", "127.0.0.1:0", "--to", f"{host}:{target}"]
    with running([*line, *options]) as child:
        found = until(
            lambda: re.search(r"listening on 127\.0\.0\.1:(\d+)", child.stderr), "the tap listens"
        )
        yield Tap(child, int(found[1]))


def listen() -> socket.socket:
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(PATIENCE)
    return listener


@dataclass
class Recorder:
    """A forwarder of its own that keeps the bytes of both directions."""

    target: int
    streams: list[tuple[bytearray, bytearray]] = field(default_factory=list)

    def __enter__(self) -> "Recorder":
        self._listener = listen()
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            far = socket.create_connection(("127.0.0.1", self.target))
            kept = (bytearray(), bytearray())
            self.streams.append(kept)
            for source, sink, bytes_kept in ((near, far, kept[0]), (far, near, kept[1])):
                threading.Thread(
                    target=self._pump, args=(source, sink, bytes_kept), daemon=True
                ).start()

    @staticmethod
    def _pump(source: socket.socket, sink: socket.socket, kept: bytearray) -> None:
        try:
            while data := source.recv(65536):
                kept += data
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def digests(self) -> list[tuple[str, str]]:
        return [tuple(hashlib.sha256(side).hexdigest() for side in pair) for pair in self.streams]


# Calls


def serve(credentials: grpc.ServerCredentials | None) -> tuple[grpc.Server, int, threading.Event]:
    cancelled = threading.Event()

    def unary(request: bytes, context: grpc.ServicerContext) -> bytes:
        return request[::-1]

    def stream(requests: Iterator[bytes], context: grpc.ServicerContext) -> Iterator[bytes]:
        for request in requests:
            yield request * 2

    def fail(request: bytes, context: grpc.ServicerContext) -> bytes:
        context.abort(grpc.StatusCode.FAILED_PRECONDITION, "no: \u00fc")

    def wait(request: bytes, context: grpc.ServicerContext) -> Iterator[bytes]:
        context.add_callback(cancelled.set)
        yield b"begun"
        cancelled.wait(PATIENCE)

    handlers = {
        "Unary": grpc.unary_unary_rpc_method_handler(unary),
        "Stream": grpc.stream_stream_rpc_method_handler(stream),
        "Fail": grpc.unary_unary_rpc_method_handler(fail),
        "Wait": grpc.unary_stream_rpc_method_handler(wait),
    }
    server = grpc.server(
        ThreadPoolExecutor(8),
        options=[("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)],
    )
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("tapped.Calls", handlers),))
    port = (
        server.add_secure_port("127.0.0.1:0", credentials)
        if credentials
        else server.add_insecure_port("127.0.0.1:0")
    )
    server.start()
    return server, port, cancelled


def call_all(channel: grpc.Channel, cancelled: threading.Event) -> None:
    unary = channel.unary_unary("/tapped.Calls/Unary")
    expect_equal(unary(b"abc", timeout=PATIENCE), b"cba", "unary")
    large = os.urandom(LARGE)
    expect(unary(large, timeout=PATIENCE) == large[::-1], "the large message is another")
    stream = channel.stream_stream("/tapped.Calls/Stream")
    answers = list(stream(iter([b"1", b"22", b"333"]), timeout=PATIENCE))
    expect_equal(answers, [b"11", b"2222", b"333333"], "stream")
    try:
        channel.unary_unary("/tapped.Calls/Fail")(b"", timeout=PATIENCE)
        expect(False, "the error is lost")
    except grpc.RpcError as error:
        expect_equal(error.code(), grpc.StatusCode.FAILED_PRECONDITION, "status")
        expect_equal(error.details(), "no: \u00fc", "message")
    waiting = channel.unary_stream("/tapped.Calls/Wait")(b"", timeout=PATIENCE)
    expect_equal(next(waiting), b"begun", "first answer")
    waiting.cancel()
    expect(cancelled.wait(PATIENCE), "the server does not hear of the cancel")


LIMITS = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]


def expect_calls(output: str) -> None:
    records = [json.loads(line) for line in output.splitlines()]
    calls = [record for record in records if record["type"] == "call"]
    expect_equal(
        [(call["path"].rpartition("/")[2], call.get("status"), call["reset"]) for call in calls],
        [
            ("Unary", "OK", False),
            ("Unary", "OK", False),
            ("Stream", "OK", False),
            ("Fail", "FAILED_PRECONDITION", False),
            ("Wait", None, True),
        ],
        "the calls that are shown",
    )
    expect_equal([r for r in records if r["type"] == "violation"], [], "rules that are broken")


def frames_of_tshark(file: Path) -> list[tuple[int, int]]:
    """Type and length of each frame."""
    said = subprocess.run(
        ["tshark", "-r", str(file), "-d", f"tcp.port=={SAVE_PORT},http2", "-Y", "http2", "-T", "fields"]
        + ["-E", "occurrence=a", "-e", "http2.type", "-e", "http2.length"],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=True,
    ).stdout
    found = []
    for line in said.splitlines():
        types, lengths = (column.split(",") for column in line.split("\t"))
        found += [(int(kind), int(length)) for kind, length in zip(types, lengths) if kind]
    return found


NAMES = "DATA HEADERS PRIORITY RST_STREAM SETTINGS PUSH_PROMISE PING GOAWAY WINDOW_UPDATE".split()


def frames_of_wiredump(output: str) -> list[tuple[int, int]]:
    found = []
    for line in output.splitlines():
        item = json.loads(line)
        if item.get("depth") == 0 and item["layer"] == "h2" and item["type"] in NAMES:
            found.append((NAMES.index(item["type"]), item["length"]))
    return found


def expect_file(world: World, file: Path, output: str) -> None:
    """What was shown, what is shown of the file, and what tshark reads in it are the same frames."""
    expect_equal(file.stat().st_mode & 0o777, 0o600, "mode of the file")
    dump = subprocess.run(
        [str(world.wiredump), "--format", "json", str(file)],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=True,
    ).stdout
    shown = sorted(frames_of_wiredump(output))
    expect(len(shown) > 50, f"only {len(shown)} frames")
    expect(sorted(frames_of_wiredump(dump)) == shown, "the file has other frames than the output")
    expect(sorted(frames_of_tshark(file)) == shown, "tshark reads other frames")


@suite.check("plaintext: calls of every kind pass byte for byte, are shown, and tshark reads the file")
def _(world: World) -> None:
    server, port, cancelled = serve(None)
    save = world.scratch / "plain.pcap"
    with Recorder(port) as far:
        with tapping(world, far.port, "--format", "json", "--save", str(save)) as tap:
            with Recorder(tap.port) as near:
                with grpc.insecure_channel(f"127.0.0.1:{near.port}", options=LIMITS) as channel:
                    call_all(channel, cancelled)
                until(lambda: near.digests() == far.digests(), "both sides saw the same")
                sizes = [len(side) for pair in near.streams for side in pair]
                expect(min(sizes) > LARGE, f"sizes {sizes}")
            server.stop(0)
            output = tap.end()
    expect_calls(output)
    expect_file(world, save, output)
    expect("1 connection, " in tap.child.stderr, tap.child.stderr)


@suite.check("TLS on both sides: the same, with an authority of the tap's own and the server's name")
def _(world: World) -> None:
    identity = world.authority.issue("server", ["calls.test"])
    credentials = grpc.ssl_server_credentials(
        [(identity.key.read_bytes(), identity.certificate.read_bytes())]
    )
    server, port, cancelled = serve(credentials)
    save, ca = world.scratch / "tls.pcap", world.scratch / "tap-ca.pem"
    options = ["--tls", "--ca", str(world.authority.ca_file), "--write-ca", str(ca)]
    with tapping(world, port, *options, "--format", "json", "--save", str(save)) as tap:
        trusted = grpc.ssl_channel_credentials(ca.read_bytes())
        name = [("grpc.ssl_target_name_override", "calls.test"), *LIMITS]
        with grpc.secure_channel(f"127.0.0.1:{tap.port}", trusted, options=name) as channel:
            call_all(channel, cancelled)
        server.stop(0)
        output = tap.end()
    expect_calls(output)
    expect_file(world, save, output)


@suite.check("TLS to the server only, and TLS to clients only with a certificate that is given")
def _(world: World) -> None:
    identity = world.authority.issue("local", ["localhost", "127.0.0.1"])
    pair = (identity.key.read_bytes(), identity.certificate.read_bytes())
    server, port, cancelled = serve(grpc.ssl_server_credentials([pair]))
    given = ["--tls-cert", str(identity.certificate), "--tls-key", str(identity.key)]
    with tapping(
        world, port, "--tls", "--ca", str(world.authority.ca_file), host="localhost"
    ) as inner, tapping(world, inner.port, *given) as outer:
        trusted = grpc.ssl_channel_credentials(world.authority.ca_file.read_bytes())
        with grpc.secure_channel(f"localhost:{outer.port}", trusted, options=LIMITS) as channel:
            call_all(channel, cancelled)
        for tap in (inner, outer):
            expect(":path: /tapped.Calls/Unary" in tap.end(), "the calls are not shown")
    server.stop(0)


# Bytes of no protocol


def exchange(near: socket.socket, far: socket.socket) -> None:
    """Random bytes both ways, each side ending its own before the other does."""
    up, down = os.urandom(3_000_000), os.urandom(2_000_000)
    with ThreadPoolExecutor(1) as pool:
        sending = pool.submit(near.sendall, up)
        expect(read_all(far, len(up)) == up, "the server gets other bytes")
        sending.result()
        near.shutdown(socket.SHUT_WR) if not isinstance(near, ssl.SSLSocket) else None
        sending = pool.submit(far.sendall, down)
        expect(read_all(near, len(down)) == down, "the client gets other bytes")
        sending.result()


def read_all(source: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count and (part := source.recv(1 << 20)):
        data += part
    return data


@suite.check("a half-closed connection still carries the other direction, and both ends are passed on")
def _(world: World) -> None:
    with listen() as listener, tapping(world, listener.getsockname()[1]) as tap:
        with socket.create_connection(("127.0.0.1", tap.port), PATIENCE) as near:
            far, _ = listener.accept()
            far.settimeout(PATIENCE)
            exchange(near, far)
            expect_equal(far.recv(1), b"", "end of the client's bytes")
            far.close()
            expect_equal(near.recv(1), b"", "end of the server's bytes")
        tap.end()
        expect("1 connection, 3000000 bytes from clients" in tap.child.stderr, tap.child.stderr)


@suite.check("with TLS on both sides bytes are the same, and close_notify and the pick of ALPN are passed on")
def _(world: World) -> None:
    identity = world.authority.issue("picky", ["picky.test"])
    ca = world.scratch / "picky-ca.pem"
    settings = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    settings.load_cert_chain(identity.certificate, identity.key)
    settings.set_alpn_protocols(["other", "h2"])
    names: list[str | None] = []
    settings.sni_callback = lambda _, name, __: names.append(name)
    options = ["--tls", "--ca", str(world.authority.ca_file), "--write-ca", str(ca)]
    with listen() as listener, tapping(world, listener.getsockname()[1], *options) as tap:
        with ThreadPoolExecutor(1) as pool:
            accepting = pool.submit(
                lambda: settings.wrap_socket(listener.accept()[0], server_side=True)
            )
            trusting = ssl.create_default_context(cafile=str(ca))
            trusting.set_alpn_protocols(["h2", "other"])
            plain = socket.create_connection(("127.0.0.1", tap.port), PATIENCE)
            near = trusting.wrap_socket(plain, server_hostname="picky.test")
            far = accepting.result(PATIENCE)
        far.settimeout(PATIENCE)
        expect_equal(near.selected_alpn_protocol(), "other", "what the client gets")
        expect_equal(far.selected_alpn_protocol(), "other", "what the server picked")
        expect_equal(names, ["picky.test"], "the name that the server is asked for")
        exchange(near, far)
        with ThreadPoolExecutor(1) as pool:
            ending = pool.submit(near.unwrap)
            expect_equal(far.recv(1), b"", "the client's close_notify")
            far.unwrap()
            ending.result(PATIENCE)
        near.close()
        far.close()


@suite.check("a reset is passed on, from either side")
def _(world: World) -> None:
    for is_client in (True, False):
        with listen() as listener, tapping(world, listener.getsockname()[1]) as tap:
            near = socket.create_connection(("127.0.0.1", tap.port), PATIENCE)
            near.sendall(b"x")
            far, _ = listener.accept()
            far.settimeout(PATIENCE)
            expect_equal(far.recv(1), b"x", "a byte")
            first, second = (near, far) if is_client else (far, near)
            first.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            first.close()
            try:
                second.recv(1)
                expect(False, "an end instead of a reset")
            except ConnectionResetError:
                pass
            second.close()
            tap.end()
            expect("did not end in order" in tap.child.stderr, tap.child.stderr)


@suite.check("who does not read holds up who writes, and nothing is lost by it")
def _(world: World) -> None:
    with listen() as listener, tapping(world, listener.getsockname()[1]) as tap:
        near = socket.create_connection(("127.0.0.1", tap.port), PATIENCE)
        far, _ = listener.accept()
        near.settimeout(3)
        sent = hashlib.sha256()
        count, block = 0, os.urandom(65536)
        try:
            while count < 1 << 28:
                done = near.send(block)
                sent.update(block[:done])
                count += done
        except TimeoutError:
            pass
        expect(count < 1 << 26, f"{count} bytes were taken that nobody reads")
        near.shutdown(socket.SHUT_WR)
        far.settimeout(PATIENCE)
        got = hashlib.sha256()
        while data := far.recv(1 << 20):
            got.update(data)
        expect_equal(got.hexdigest(), sent.hexdigest(), "the bytes")
        far.close()
        near.close()


@suite.check("output that nobody reads holds nothing up, and it is told how much was left out")
def _(world: World) -> None:
    with listen() as listener:
        line = [str(world.wiredump), "tap", "--listen", "127.0.0.1:0", "--max-backlog", "1"]
        line += ["--format", "hex", "--reveal", "--to", f"127.0.0.1:{listener.getsockname()[1]}"]
        process = subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        try:
            first = process.stderr.readline().decode()
            port = int(re.search(r"listening on 127\.0\.0\.1:(\d+)", first)[1])
            near = socket.create_connection(("127.0.0.1", port), PATIENCE)
            far, _ = listener.accept()
            far.settimeout(PATIENCE)
            exchange(near, far)
            near.close()
            far.close()
            process.terminate()
            output, errors = process.communicate(timeout=PATIENCE)
        finally:
            process.kill()
        said = errors.decode()
        expect_equal(process.returncode, 0, "exit code")
        expect("3000000 bytes from clients, 2000000 bytes from the server" in said, said)
        expect(re.search(r"; [1-9]\d{5,} bytes were forwarded and left out", said), said)


@suite.check("a server that cannot be reached is told, the client is let go, and the tap goes on")
def _(world: World) -> None:
    with listen() as listener:
        port = listener.getsockname()[1]
        listener.close()
        with tapping(world, port) as tap:
            for _ in range(2):
                with socket.create_connection(("127.0.0.1", tap.port), PATIENCE) as near:
                    try:
                        expect_equal(near.recv(1), b"", "the end")
                    except ConnectionResetError:
                        pass
            with socket.create_server(("127.0.0.1", port)) as again:
                with socket.create_connection(("127.0.0.1", tap.port), PATIENCE) as near:
                    again.accept()[0].close()
                    expect_equal(near.recv(1), b"", "the end")
            output = tap.end()
    expect_equal(output.count("the server cannot be reached: connect to"), 2, "reports")


@suite.check("more clients than are allowed are closed, and their places are given again")
def _(world: World) -> None:
    with listen() as listener:
        with tapping(world, listener.getsockname()[1], "--max-connections", "2") as tap:
            near = [socket.create_connection(("127.0.0.1", tap.port), PATIENCE) for _ in range(2)]
            far = [listener.accept()[0] for _ in near]
            with socket.create_connection(("127.0.0.1", tap.port), PATIENCE) as third:
                try:
                    expect_equal(third.recv(1), b"", "the end")
                except ConnectionResetError:
                    pass
            for one in near + far:
                one.close()
            tap.child.wait_for_line("connection 1 ended", PATIENCE)
            with socket.create_connection(("127.0.0.1", tap.port), PATIENCE):
                listener.accept()[0].close()
            tap.end()
            expect("1 more turned away" in tap.child.stderr, tap.child.stderr)


@suite.check("an address that is taken, and options that do not go together, are named")
def _(world: World) -> None:
    def run(*options: str) -> subprocess.CompletedProcess[str]:
        line = [str(world.wiredump), "tap", *options]
        return subprocess.run(line, capture_output=True, text=True, timeout=PATIENCE)

    with listen() as listener:
        address = f"127.0.0.1:{listener.getsockname()[1]}"
        taken = run("--listen", address, "--to", "localhost:1")
        expect_equal(taken.returncode, 1, "exit code")
        expect(f"cannot listen on {address}: Address already in use" in taken.stderr, taken.stderr)
    base = ("--listen", "127.0.0.1:0", "--to", "localhost:1")
    expect_equal(run(*base, "--ca", "x").returncode, 64, "exit code of --ca without --tls")
    expect_equal(run(*base, "--tls-cert", "x").returncode, 64, "exit code of half a certificate")
    missing = run(*base, "--tls", "--ca", "/nowhere.pem")
    expect(missing.returncode == 1 and "/nowhere.pem" in missing.stderr, missing.stderr)


if __name__ == "__main__":
    sys.exit(suite.main(world))
