"""A client of HTTP/2 that sends what it is told to, right or wrong, frame by frame."""

from __future__ import annotations

import socket
import struct
from typing import Callable

import hpack

from harness import Mismatch, expect, expect_equal

DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE = range(9)
CONTINUATION = 9
END_STREAM = ACK = 1
END_HEADERS, PADDED, PRIORITISED = 4, 8, 0x20
NO_ERROR, PROTOCOL_ERROR, INTERNAL_ERROR, FLOW_CONTROL_ERROR = range(4)
STREAM_CLOSED, FRAME_SIZE_ERROR, REFUSED_STREAM, CANCEL, COMPRESSION_ERROR = 5, 6, 7, 8, 9
MAX_STREAMS, INITIAL_WINDOW, MAX_FRAME = 3, 4, 5
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
WAIT = 20.0
Address = tuple[str, int]


def frame(kind: int, flags: int = 0, stream: int = 0, payload: bytes = b"") -> bytes:
    head = struct.pack(">I", len(payload))[1:] + struct.pack(">BBI", kind, flags, stream)
    return head + payload


class Peer:
    """One connection."""

    def __init__(self, address: Address, *, greets: bool = True, settings: bytes = b"") -> None:
        self.socket = socket.create_connection(address, timeout=WAIT)
        self.host = f"{address[0]}:{address[1]}"
        self.encoder, self.decoder = hpack.Encoder(), hpack.Decoder()
        self.settings: dict[int, int] = {}
        if greets:
            self.socket.sendall(PREFACE)
            self.send(SETTINGS, payload=settings)
            _, _, _, payload = self.wait(lambda kind, *_: kind == SETTINGS, "SETTINGS")
            pairs = (payload[at : at + 6] for at in range(0, len(payload), 6))
            self.settings = dict(struct.unpack(">HI", pair) for pair in pairs)
            self.send(SETTINGS, ACK)

    def send(self, kind: int, flags: int = 0, stream: int = 0, payload: bytes = b"") -> None:
        try:
            self.socket.sendall(frame(kind, flags, stream, payload))
        except OSError:
            pass  # the answer, if it came, is still to be read

    def receive(self) -> tuple[int, int, int, bytes] | None:
        """The next frame; nil when the connection is over."""
        head = self.read(9)
        if head is None:
            return None
        kind, flags, stream = struct.unpack(">BBI", head[3:])
        payload = self.read(int.from_bytes(head[:3], "big"))
        return None if payload is None else (kind, flags, stream & 0x7FFFFFFF, payload)

    def read(self, count: int) -> bytes | None:
        data = b""
        while len(data) < count:
            try:
                piece = self.socket.recv(count - len(data))
            except TimeoutError:
                raise
            except OSError:
                return None
            if not piece:
                return None
            data += piece
        return data

    def wait(
        self, wanted: Callable[..., bool], what: str
    ) -> tuple[int, int, int, bytes]:
        seen = []
        try:
            while found := self.receive():
                if wanted(*found):
                    return found
                seen.append((found[0], found[2], found[3][:8].hex()))
        except TimeoutError:
            raise Mismatch(f"no {what} within {WAIT:.0f} s; seen {seen}") from None
        raise Mismatch(f"no {what} before the end; seen {seen}")

    # What is sent.

    def fields(self, method: str = "GET", *more: tuple[str, str]) -> list[tuple[str, str]]:
        fields = [(":method", method), (":scheme", "http"), (":path", "/"), (":authority", self.host)]
        return fields + list(more)

    def block(self, fields: list[tuple[str, str]] | None = None) -> bytes:
        return self.encoder.encode(self.fields() if fields is None else fields, huffman=False)

    def request(
        self,
        stream: int = 1,
        fields: list[tuple[str, str]] | None = None,
        flags: int = END_STREAM | END_HEADERS,
        *,
        before: bytes = b"",
        after: bytes = b"",
    ) -> None:
        self.send(HEADERS, flags, stream, before + self.block(fields) + after)

    def post(self, stream: int = 1, *more: tuple[str, str]) -> None:
        self.request(stream, self.fields("POST", *more), END_HEADERS)

    # What has to come.

    def answered(self, stream: int = 1) -> None:
        """A whole answer: its headers, then its end."""
        _, flags, _, block = self.wait(
            lambda kind, flags, at, _: kind == HEADERS and at == stream, f"HEADERS of {stream}"
        )
        expect(self.decoder.decode(block)[0][0] == ":status", "the answer begins with :status")
        if not flags & END_STREAM:
            self.wait(
                lambda kind, flags, at, _: kind <= 1 and at == stream and flags & END_STREAM,
                f"END_STREAM of {stream}",
            )

    def pongs(self) -> None:
        """The connection lives: a PING is answered."""
        self.send(PING, payload=b"is alive")
        self.wait(
            lambda kind, flags, _, payload: (kind, flags, payload) == (PING, ACK, b"is alive"),
            "acknowledged PING",
        )

    def fails(self, *codes: int) -> None:
        """The connection ends with one of the codes."""
        _, _, _, payload = self.wait(lambda kind, *_: kind == GOAWAY, "GOAWAY")
        code = struct.unpack(">I", payload[4:8])[0]
        expect(code in codes, f"GOAWAY with {code}, not {codes}")
        expect(self.receive() is None, "the connection is closed after GOAWAY")

    def fails_stream(self, *codes: int, stream: int = 1) -> None:
        """The stream, or the connection, ends with one of the codes."""
        kind, _, at, payload = self.wait(
            lambda kind, *_: kind in (RST_STREAM, GOAWAY), "RST_STREAM or GOAWAY"
        )
        code = struct.unpack(">I", payload[-4:] if kind == RST_STREAM else payload[4:8])[0]
        expect(code in codes, f"code {code}, not {codes}")
        expect(kind == GOAWAY or at == stream, f"stream {at}, not {stream}")

    def data(self, size: int, stream: int = 1) -> None:
        """The next DATA frame has a size."""
        *_, payload = self.wait(lambda kind, _, at, __: kind == DATA and at == stream, "DATA")
        expect_equal(len(payload), size, "bytes of DATA")


def setting(identifier: int, value: int) -> bytes:
    return struct.pack(">HI", identifier, value)


def number(value: int) -> bytes:
    return struct.pack(">I", value)


def priority(dependency: int = 0, weight: int = 15) -> bytes:
    return struct.pack(">IB", dependency, weight)
