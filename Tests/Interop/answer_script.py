"""A server that answers as the cases of `answers` say, in raw frames; `answers/README.md` has the language."""

from __future__ import annotations

import json
import socket
import struct
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TYPES = (
    "DATA HEADERS PRIORITY RST_STREAM SETTINGS PUSH_PROMISE PING GOAWAY WINDOW_UPDATE CONTINUATION"
).split()
ON_CONNECTION = {"SETTINGS", "PING", "GOAWAY"}
GOOD = [
    "HEADERS: :status=200, content-type=application/grpc",
    "DATA: 00 00000003 0a0161",
    "HEADERS end: grpc-status=0",
]
NAMED = {"settings": ["SETTINGS"], "answer": GOOD} | dict(
    zip(["headers", "message", "ok"], ([step] for step in GOOD))
)
PREFACE = 24


def tables() -> list[dict[str, Any]]:
    files = sorted((Path(__file__).parent / "answers").glob("*.json"))
    return [json.loads(file.read_text()) for file in files]


def repeated_hex(text: str) -> bytes:
    content = b""
    for word in text.split():
        digits, _, times = word.partition("*")
        content += bytes.fromhex(digits) * int(times or 1)
    return content


def _text(text: bytes) -> bytes:
    if len(text) < 127:
        return bytes([len(text)]) + text
    rest, length = len(text) - 127, b"\x7f"
    while rest >= 128:
        length += bytes([rest % 128 | 128])
        rest //= 128
    return length + bytes([rest]) + text


def _field(text: str) -> bytes:
    name, _, value = text.partition("=")
    unit, _, times = value.partition("×")
    value = unit * int(times) if times else value
    return b"\0" + _text(name.encode()) + _text(value.encode())


def frame(step: str, request: int) -> bytes:
    """The bytes of a step that sends; on the request's stream unless it names another."""
    head, _, content = step.partition(": ")
    if head == "bytes":
        return repeated_hex(content)
    if head == "text":
        return content.encode()
    name, *words = head.split()
    kind = TYPES.index(name) if name in TYPES else int(name, 16)
    has_fields = name in ("HEADERS", "CONTINUATION")
    flags = 4 if has_fields else 0
    stream = 0 if name in ON_CONNECTION else request
    while words:
        match words.pop(0):
            case "end" | "ack":
                flags |= 1
            case "open":
                flags &= ~4
            case "padded":
                flags |= 8
            case "on":
                stream = int(words.pop(0))
            case word:
                raise ValueError(f"what is “{word}” in “{step}”?")
    if has_fields and "=" in content:
        payload = b"".join(map(_field, content.split(", ")))
    else:
        payload = repeated_hex(content)
    return struct.pack(">I", len(payload))[1:] + struct.pack(">BBI", kind, flags, stream) + payload


class AnsweringServer:
    """Does a script on its first connection; serves well on others, and once the script is over."""

    def __init__(self, steps: list[str]) -> None:
        self._steps = [step for one in steps for step in NAMED.get(one, [one])]
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._lock = threading.Lock()
        self.connections = 0
        self.requests = 0
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def port(self) -> int:
        return self._listener.getsockname()[1]

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def began(self) -> None:
        with self._lock:
            self.requests += 1

    def _accept(self) -> None:
        while True:
            try:
                peer, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            steps = self._steps if self.connections == 1 else ["SETTINGS"]
            connection = _Connection(self, peer)
            threading.Thread(target=connection.run, args=(steps,), daemon=True).start()


@dataclass
class _Connection:
    server: AnsweringServer
    peer: socket.socket
    input: bytes = b""
    to_skip: int = PREFACE
    owed: bytes = b""

    def run(self, steps: list[str]) -> None:
        try:
            self._follow(steps)
        except OSError:
            pass
        self.peer.close()

    def _follow(self, steps: list[str]) -> None:
        stream, output = 1, b""
        for step in steps:
            if step not in ("request", "silence", "close", "reset"):
                output += frame(step, stream)
                continue
            self.peer.sendall(output)
            output = b""
            if step == "request":
                stream = self._next_request() or stream
            elif step == "silence":
                return self._discard()
            elif step == "close":
                self.peer.shutdown(socket.SHUT_WR)
                return self._discard()
            else:
                self.peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                return None
        self.peer.sendall(output)
        return self._serve()

    def _serve(self) -> None:
        self._pay()
        while stream := self._next_request(paying=True):
            self.peer.sendall(b"".join(frame(step, stream) for step in GOOD))
        self._discard()

    def _pay(self) -> None:
        self.peer.sendall(self.owed)
        self.owed = b""

    def _next_request(self, paying: bool = False) -> int | None:
        while found := self._next_frame():
            kind, flags, stream, payload = found
            if kind == 1:
                self.server.began()
            if kind in (0, 1) and flags & 1:
                return stream
            if kind == 4 and not flags & 1:
                self.owed += frame("SETTINGS ack", 0)
            if kind == 6 and not flags & 1:
                self.owed += frame(f"PING ack: {payload.hex()}", 0)
            if paying:
                self._pay()
        return None

    def _next_frame(self) -> tuple[int, int, int, bytes] | None:
        while True:
            skipped = min(self.to_skip, len(self.input))
            self.input, self.to_skip = self.input[skipped:], self.to_skip - skipped
            if len(self.input) >= 9:
                size = 9 + int.from_bytes(self.input[:3])
                if len(self.input) >= size:
                    kind, flags, stream = struct.unpack(">BBI", self.input[3:9])
                    payload, self.input = self.input[9:size], self.input[size:]
                    return kind, flags, stream, payload
            data = self.peer.recv(65_536)
            if not data:
                return None
            self.input += data

    def _discard(self) -> None:
        while self.peer.recv(65_536):
            pass
