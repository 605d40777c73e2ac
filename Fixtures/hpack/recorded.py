"""Header blocks of whole connections: of grpc-core from Fixtures/calls, of grpc-go from etcdctl at etcd."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import tempfile
import threading
import time
from pathlib import Path
from typing import Iterator, NamedTuple

HERE = Path(__file__).parent
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
HEADERS, SETTINGS, CONTINUATION = 1, 4, 9
CALLS = ["calls-in-a-row", "generate-api-token", "permission-denied", "login-several-messages",
         "binary-metadata-base64", "unimplemented"]  # fmt: skip


class Raw(NamedTuple):
    wire: bytes
    stream: int
    ends: bool
    # The size that the other side had allowed by then.
    table_size: int


def frames(data: bytes) -> Iterator[tuple[int, int, int, bytes]]:
    offset = len(PREFACE) if data.startswith(PREFACE) else 0
    while offset + 9 <= len(data):
        length = int.from_bytes(data[offset : offset + 3], "big")
        kind, flags = data[offset + 3], data[offset + 4]
        stream = int.from_bytes(data[offset + 5 : offset + 9], "big") & 0x7FFFFFFF
        yield kind, flags, stream, data[offset + 9 : offset + 9 + length]
        offset += 9 + length


def table_size(data: bytes) -> int:
    """SETTINGS_HEADER_TABLE_SIZE as one side announces it first."""
    for kind, flags, _, payload in frames(data):
        if kind == SETTINGS and not flags & 1:
            for at in range(0, len(payload), 6):
                if payload[at : at + 2] == b"\0\1":
                    return int.from_bytes(payload[at + 2 : at + 6], "big")
            return 4096
    return 4096


def blocks(data: bytes, allowed: int) -> list[Raw]:
    result, block, ends = [], b"", False
    for kind, flags, stream, payload in frames(data):
        if kind not in (HEADERS, CONTINUATION):
            continue
        if kind == HEADERS:
            ends = bool(flags & 1)
            if flags & 0x08:
                payload = payload[1 : len(payload) - payload[0]]
            if flags & 0x20:
                payload = payload[5:]
        block += payload
        if flags & 4:
            result.append(Raw(block, stream, ends, allowed))
            block = b""
    return result


def both(client: bytes, server: bytes) -> dict[str, list[Raw]]:
    return {
        "client": blocks(client, table_size(server)),
        "server": blocks(server, table_size(client)),
    }


def grpc_core() -> Iterator[tuple[str, dict[str, list[Raw]]]]:
    folder = HERE.parent / "calls"
    for name in CALLS:
        parts = [(folder / f"{name}.{side}.bin").read_bytes() for side in ("client", "server")]
        yield f"{name} of Fixtures/calls", both(*parts)


class Proxy:
    """Passes one connection on, and keeps what went each way."""

    def __init__(self, port: int) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = "127.0.0.1:%d" % self.listener.getsockname()[1]
        self.port = port
        self.connections: list[tuple[bytearray, bytearray]] = []
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self) -> None:
        while True:
            near, _ = self.listener.accept()
            far = socket.create_connection(("127.0.0.1", self.port))
            kept = (bytearray(), bytearray())
            self.connections.append(kept)
            for source, target, copy in ((near, far, kept[0]), (far, near, kept[1])):
                threading.Thread(target=self.carry, args=(source, target, copy), daemon=True).start()

    @staticmethod
    def carry(source: socket.socket, target: socket.socket, copy: bytearray) -> None:
        try:
            while data := source.recv(65536):
                copy += data
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # the other side has gone first


COMMANDS = [
    ("a lock taken and given back", ["lock", "rotation", "true"]),
    ("an election won and left", ["elect", "leader", "me", "--dial-timeout=9s"]),
    ("a value put", ["put", "key", "value"]),
    ("the members", ["member", "list"]),
    ("an error", ["role", "get", "no-such-role"]),
]


def grpc_go() -> Iterator[tuple[str, dict[str, list[Raw]]]]:
    with tempfile.TemporaryDirectory() as folder:
        with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as two:
            port, peer = one.getsockname()[1], two.getsockname()[1]
        url, peer_url = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{peer}"
        etcd = subprocess.Popen(
            ["etcd", "--data-dir", folder, "--listen-client-urls", url, "--advertise-client-urls", url,
             "--listen-peer-urls", peer_url, "--initial-advertise-peer-urls", peer_url,
             "--initial-cluster", f"default={peer_url}", "--logger", "zap"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            wait_for(port)
            for about, arguments in COMMANDS:
                yield f"etcdctl 3.4 at etcd 3.4: {about}", recorded(port, arguments)
        finally:
            etcd.terminate()
            etcd.wait()


def recorded(port: int, arguments: list[str]) -> dict[str, list[Raw]]:
    proxy = Proxy(port)
    environment = dict(os.environ, ETCDCTL_API="3", ETCDCTL_ENDPOINTS=proxy.address)
    client = subprocess.Popen(
        ["etcdctl", *arguments], env=environment, stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        client.wait(2)
    except subprocess.TimeoutExpired:
        client.terminate()
        client.wait()
    time.sleep(0.3)
    # The port differs each time; its digits are as many, so that lengths stay.
    kept = max(proxy.connections, key=lambda pair: len(pair[0]))
    return both(*map(bytes, kept))


def wait_for(port: int) -> None:
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError("etcd does not listen")


def known(headers: list[tuple[str, str]]) -> None:
    """What every call has, whoever decoded it."""
    names = [name for name, _ in headers]
    regular = [name for name in names if not name.startswith(":")]
    assert names[: len(names) - len(regular)] == [name for name in names if name.startswith(":")]
    fields = dict(headers)
    if ":path" in fields:
        assert fields[":method"] == "POST" and fields["te"] == "trailers", headers
        assert re.fullmatch(r"/[A-Za-z0-9_.]+/[A-Za-z]+", fields[":path"]), headers
    elif ":status" in fields:
        assert fields[":status"] == "200", headers
    else:
        assert "grpc-status" in fields, headers
    if names[0].startswith(":"):
        assert fields["content-type"].startswith("application/grpc"), headers
