#!/usr/bin/env python3
"""HTTP/2's and HPACK's rules, one by one, in raw frames at `momento-auth serve`.

http2_server.py BINARY          the service of BINARY
http2_server.py --at HOST:PORT  any server with prior knowledge that answers GET and POST / with a body
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import Callable, Iterator

import hpack

from harness import Suite, expect, serving
from http2_peer import (
    ACK, CANCEL, COMPRESSION_ERROR, CONTINUATION, DATA, END_HEADERS, END_STREAM,
    FLOW_CONTROL_ERROR, FRAME_SIZE_ERROR, GOAWAY, HEADERS, INITIAL_WINDOW, MAX_FRAME,
    MAX_STREAMS, NO_ERROR, PADDED, PING, PREFACE, PRIORITISED, PRIORITY, PROTOCOL_ERROR,
    PUSH_PROMISE, REFUSED_STREAM, RST_STREAM, SETTINGS, STREAM_CLOSED, WINDOW_UPDATE, Address,
    Peer, number, priority, setting,
)

suite = Suite("http2_server")


def case(section: str, title: str, **options: object) -> Callable[..., None]:
    """A check with a connection of its own that has been greeted."""

    def add(run: Callable[[Peer], None]) -> None:
        def check(address: Address) -> None:
            peer = Peer(address, **options)
            try:
                run(peer)
            finally:
                peer.socket.close()

        suite.check(f"{section}: {title}")(check)

    return add


# RFC 9113 §3.4, the preface


@case("3.4", "after the client's preface the server sends SETTINGS first", greets=False)
def _(peer: Peer) -> None:
    peer.socket.sendall(PREFACE)
    peer.send(SETTINGS)
    frame = peer.receive()
    expect(frame and frame[0] == SETTINGS and not frame[1] & ACK, f"first frame {frame}")


@case("3.4", "what is no preface ends the connection", greets=False)
def _(peer: Peer) -> None:
    peer.socket.sendall(b"INVALID CONNECTION PREFACE\r\n\r\n")
    while peer.receive():
        pass


@case("3.4", "a preface followed by no SETTINGS frame is a PROTOCOL_ERROR", greets=False)
def _(peer: Peer) -> None:
    peer.socket.sendall(PREFACE)
    peer.send(PING, payload=bytes(8))
    peer.fails(PROTOCOL_ERROR)


# §4, frames


@case("4.1", "a frame of an unknown type is ignored")
def _(peer: Peer) -> None:
    peer.send(0x16, payload=bytes(8))
    peer.pongs()


@case("4.1", "flags that are not defined are ignored")
def _(peer: Peer) -> None:
    peer.send(PING, 0x16, payload=b"flagged!")
    peer.wait(lambda kind, _, __, payload: (kind, payload) == (PING, b"flagged!"), "PING")


@case("4.1", "the reserved bit is ignored")
def _(peer: Peer) -> None:
    peer.send(PING, stream=0x80000000, payload=b"reserved")
    peer.wait(lambda kind, _, __, payload: (kind, payload) == (PING, b"reserved"), "PING")


@case("4.2", "DATA of 16,384 bytes is taken")
def _(peer: Peer) -> None:
    peer.post()
    peer.send(DATA, END_STREAM, 1, bytes(16384))
    peer.answered()


@case("4.2", "DATA of more than SETTINGS_MAX_FRAME_SIZE is a FRAME_SIZE_ERROR")
def _(peer: Peer) -> None:
    peer.post()
    peer.send(DATA, END_STREAM, 1, bytes(peer.settings.get(MAX_FRAME, 16384) + 1))
    peer.fails_stream(FRAME_SIZE_ERROR)


@case("4.2", "HEADERS of more than SETTINGS_MAX_FRAME_SIZE are a FRAME_SIZE_ERROR of the connection")
def _(peer: Peer) -> None:
    peer.request(after=bytes(peer.settings.get(MAX_FRAME, 16384) + 1))
    peer.fails(FRAME_SIZE_ERROR)


@case("4.3", "a header block that cannot be decompressed is a COMPRESSION_ERROR")
def _(peer: Peer) -> None:
    peer.send(HEADERS, END_STREAM | END_HEADERS, 1, b"\x40")
    peer.fails(COMPRESSION_ERROR)


@case("4.3", "PRIORITY inside a header block is a PROTOCOL_ERROR")
def _(peer: Peer) -> None:
    peer.request(flags=END_STREAM)
    peer.send(PRIORITY, 0, 1, priority())
    peer.fails(PROTOCOL_ERROR)


@case("4.3", "HEADERS of another stream inside a header block are a PROTOCOL_ERROR")
def _(peer: Peer) -> None:
    peer.request(flags=END_STREAM)
    peer.request(3)
    peer.fails(PROTOCOL_ERROR)


# §5.1, the states of a stream

IDLE = {
    "DATA": (DATA, END_STREAM, b"test"),
    "RST_STREAM": (RST_STREAM, 0, number(CANCEL)),
    "WINDOW_UPDATE": (WINDOW_UPDATE, 0, number(100)),
    "CONTINUATION": (CONTINUATION, END_HEADERS, b"\x82"),
}
for name, (kind, flags, payload) in IDLE.items():

    @case("5.1", f"{name} on an idle stream is a PROTOCOL_ERROR of the connection")
    def _(peer: Peer, kind: int = kind, flags: int = flags, payload: bytes = payload) -> None:
        peer.send(kind, flags, 1, payload)
        peer.fails(PROTOCOL_ERROR)


@case("5.1", "PRIORITY on an idle stream is taken")
def _(peer: Peer) -> None:
    peer.send(PRIORITY, 0, 1, priority())
    peer.pongs()


@case("5.1", "DATA after the end of a request is STREAM_CLOSED")
def _(peer: Peer) -> None:
    peer.request()
    peer.send(DATA, END_STREAM, 1, b"test")
    peer.fails_stream(STREAM_CLOSED)


@case("5.1", "HEADERS after the end of a request are STREAM_CLOSED")
def _(peer: Peer) -> None:
    peer.request()
    peer.request()
    peer.fails_stream(STREAM_CLOSED)


@case("5.1", "CONTINUATION after the end of a request is an error")
def _(peer: Peer) -> None:
    peer.request()
    peer.send(CONTINUATION, END_HEADERS, 1, b"\x82")
    peer.fails_stream(STREAM_CLOSED, PROTOCOL_ERROR)


@case("5.1", "WINDOW_UPDATE after the end of a request is taken", settings=setting(INITIAL_WINDOW, 0))
def _(peer: Peer) -> None:
    peer.request()
    peer.send(WINDOW_UPDATE, 0, 1, number(1))
    peer.data(1)


@case("5.1", "PRIORITY after the end of a request is taken", settings=setting(INITIAL_WINDOW, 0))
def _(peer: Peer) -> None:
    peer.request()
    peer.send(PRIORITY, 0, 1, priority())
    peer.send(WINDOW_UPDATE, 0, 1, number(1))
    peer.data(1)


@case("5.1", "RST_STREAM after the end of a request is taken")
def _(peer: Peer) -> None:
    peer.request()
    peer.send(RST_STREAM, 0, 1, number(CANCEL))
    peer.pongs()


AFTER_RESET = {
    "DATA": (DATA, END_STREAM, b"test", (STREAM_CLOSED,)),
    "CONTINUATION": (CONTINUATION, END_HEADERS, b"\x82", (STREAM_CLOSED, PROTOCOL_ERROR)),
}
for name, (kind, flags, payload, codes) in AFTER_RESET.items():

    @case("5.1", f"{name} after the client's RST_STREAM is an error")
    def _(
        peer: Peer,
        kind: int = kind,
        flags: int = flags,
        payload: bytes = payload,
        codes: tuple[int, ...] = codes,
    ) -> None:
        peer.post()
        peer.send(RST_STREAM, 0, 1, number(CANCEL))
        peer.send(kind, flags, 1, payload)
        peer.fails_stream(*codes)


@case("5.1", "HEADERS after the client's RST_STREAM are STREAM_CLOSED")
def _(peer: Peer) -> None:
    peer.post()
    peer.send(RST_STREAM, 0, 1, number(CANCEL))
    peer.request()
    peer.fails_stream(STREAM_CLOSED)


@case("5.1", "DATA on a stream that is over is STREAM_CLOSED")
def _(peer: Peer) -> None:
    peer.request()
    peer.answered()
    peer.send(DATA, END_STREAM, 1, b"test")
    peer.fails(STREAM_CLOSED)


@case("5.1", "HEADERS on a stream that is over are STREAM_CLOSED")
def _(peer: Peer) -> None:
    peer.request()
    peer.answered()
    peer.request()
    peer.fails(STREAM_CLOSED)


@case("5.1", "CONTINUATION on a stream that is over is an error of the connection")
def _(peer: Peer) -> None:
    peer.request()
    peer.answered()
    peer.send(CONTINUATION, END_HEADERS, 1, b"\x82")
    peer.fails(STREAM_CLOSED, PROTOCOL_ERROR)


@case("5.1", "PRIORITY on a stream that is over is taken")
def _(peer: Peer) -> None:
    peer.request()
    peer.answered()
    peer.send(PRIORITY, 0, 1, priority())
    peer.pongs()


@case("5.1.1", "a stream with an even identifier is a PROTOCOL_ERROR")
def _(peer: Peer) -> None:
    peer.request(2)
    peer.fails(PROTOCOL_ERROR)


@case("5.1.1", "an identifier below the last one is an error of the connection")
def _(peer: Peer) -> None:
    peer.request(5)
    peer.request(3)
    peer.fails(PROTOCOL_ERROR, STREAM_CLOSED)


@case("5.1.2", "streams beyond SETTINGS_MAX_CONCURRENT_STREAMS are refused",
      settings=setting(INITIAL_WINDOW, 0))
def _(peer: Peer) -> None:
    limit = peer.settings.get(MAX_STREAMS)
    expect(limit is not None and limit <= 10000, f"the server says how many: {limit}")
    for index in range(limit + 1):
        peer.request(2 * index + 1)
    peer.fails_stream(PROTOCOL_ERROR, REFUSED_STREAM, stream=2 * limit + 1)


@case("5.3.1 of RFC 7540", "HEADERS that depend on their own stream do no harm")
def _(peer: Peer) -> None:
    peer.request(flags=END_STREAM | END_HEADERS | PRIORITISED, before=priority(1, 255))
    peer.fails_stream(PROTOCOL_ERROR)


@case("5.3.1 of RFC 7540", "PRIORITY that depends on its own stream is a PROTOCOL_ERROR")
def _(peer: Peer) -> None:
    peer.send(PRIORITY, 0, 1, priority(1, 255))
    peer.fails_stream(PROTOCOL_ERROR)


@case("5.4.1", "after an error of the connection come GOAWAY and the end")
def _(peer: Peer) -> None:
    peer.send(PING, 0, 3, bytes(8))
    peer.fails(PROTOCOL_ERROR)


@case("5.5", "a frame of an unknown type inside a header block is a PROTOCOL_ERROR")
def _(peer: Peer) -> None:
    peer.request(flags=END_STREAM)
    peer.send(0x16, 0, 1, bytes(8))
    peer.fails(PROTOCOL_ERROR)


# §6.1 DATA


@case("6.1", "DATA of stream 0 is a PROTOCOL_ERROR")
def _(peer: Peer) -> None:
    peer.send(DATA, END_STREAM, 0, b"test")
    peer.fails(PROTOCOL_ERROR)


@case("6.1", "padding as long as the DATA frame is a PROTOCOL_ERROR")
def _(peer: Peer) -> None:
    peer.post()
    peer.send(DATA, END_STREAM | PADDED, 1, b"\x06test")
    peer.fails(PROTOCOL_ERROR)


@case("6.1", "DATA, in one frame, in several and with padding, is taken")
def _(peer: Peer) -> None:
    peer.post(1)
    peer.send(DATA, END_STREAM, 1, b"test")
    peer.answered(1)
    peer.post(3)
    peer.send(DATA, 0, 3, b"test")
    peer.send(DATA, 0, 3, b"")
    peer.send(DATA, END_STREAM, 3, b"test")
    peer.answered(3)
    peer.post(5)
    peer.send(DATA, END_STREAM | PADDED, 5, b"\x05test" + bytes(5))
    peer.answered(5)


# §6.2 HEADERS, §6.10 CONTINUATION


@case("6.2", "HEADERS of stream 0 are a PROTOCOL_ERROR")
def _(peer: Peer) -> None:
    peer.request(0)
    peer.fails(PROTOCOL_ERROR)


@case("6.2", "padding longer than the HEADERS frame is a PROTOCOL_ERROR")
def _(peer: Peer) -> None:
    peer.request(flags=END_STREAM | END_HEADERS | PADDED, before=b"\xff")
    peer.fails(PROTOCOL_ERROR)


@case("6.2", "HEADERS with padding, with a priority, and with both are taken")
def _(peer: Peer) -> None:
    whole = END_STREAM | END_HEADERS
    peer.request(1, flags=whole | PADDED, before=b"\x05", after=bytes(5))
    peer.answered(1)
    peer.request(3, flags=whole | PRIORITISED, before=priority())
    peer.answered(3)
    peer.request(5, flags=whole | PADDED | PRIORITISED, before=b"\x05" + priority(), after=bytes(5))
    peer.answered(5)


@case("6.10", "a header block in HEADERS and several CONTINUATION frames is taken")
def _(peer: Peer) -> None:
    block = peer.block()
    peer.send(HEADERS, END_STREAM, 1, block[:1])
    for index in range(1, 5):
        peer.send(CONTINUATION, 0, 1, block[index : index + 1])
    peer.send(CONTINUATION, END_HEADERS, 1, block[5:])
    peer.answered()


CONTINUED = {
    "HEADERS, CONTINUATION and DATA": [(CONTINUATION, 0, 1), (DATA, END_STREAM, 1)],
    "CONTINUATION of stream 0": [(CONTINUATION, END_HEADERS, 0)],
    "CONTINUATION of another stream": [(CONTINUATION, END_HEADERS, 3)],
    "CONTINUATION behind the end of the block": [
        (CONTINUATION, END_HEADERS, 1),
        (CONTINUATION, END_HEADERS, 1),
    ],
}
for name, frames in CONTINUED.items():

    @case("6.10", f"{name} is a PROTOCOL_ERROR")
    def _(peer: Peer, frames: list[tuple[int, int, int]] = frames) -> None:
        peer.request(fields=peer.fields("POST"), flags=0)
        for kind, flags, stream in frames:
            peer.send(kind, flags, stream, b"\x00\x01a\x01b" if kind == CONTINUATION else b"test")
        peer.fails(PROTOCOL_ERROR)


@case("6.10", "CONTINUATION behind HEADERS with END_HEADERS is a PROTOCOL_ERROR")
def _(peer: Peer) -> None:
    peer.post()
    peer.send(CONTINUATION, END_HEADERS, 1, b"\x82")
    peer.fails(PROTOCOL_ERROR)


@case("6.10", "CONTINUATION behind DATA is a PROTOCOL_ERROR")
def _(peer: Peer) -> None:
    peer.post()
    peer.send(DATA, 0, 1, b"test")
    peer.send(CONTINUATION, END_HEADERS, 1, b"\x82")
    peer.fails(PROTOCOL_ERROR)


# §6.3 to §6.9, the rules of single frames

WRONG = [
    ("6.3", "PRIORITY of stream 0", PRIORITY, 0, 0, priority(), PROTOCOL_ERROR),
    ("6.4", "RST_STREAM of stream 0", RST_STREAM, 0, 0, number(CANCEL), PROTOCOL_ERROR),
    ("6.5", "an acknowledgement of SETTINGS with a payload", SETTINGS, ACK, 0, bytes(6), FRAME_SIZE_ERROR),
    ("6.5", "SETTINGS of a stream", SETTINGS, 0, 1, setting(MAX_STREAMS, 1), PROTOCOL_ERROR),
    ("6.5", "SETTINGS of 3 bytes", SETTINGS, 0, 0, bytes(3), FRAME_SIZE_ERROR),
    ("6.5.2", "SETTINGS_ENABLE_PUSH of 2", SETTINGS, 0, 0, setting(2, 2), PROTOCOL_ERROR),
    ("6.5.2", "SETTINGS_INITIAL_WINDOW_SIZE of 2^31", SETTINGS, 0, 0, setting(4, 1 << 31), FLOW_CONTROL_ERROR),
    ("6.5.2", "SETTINGS_MAX_FRAME_SIZE of 16,383", SETTINGS, 0, 0, setting(5, 16383), PROTOCOL_ERROR),
    ("6.5.2", "SETTINGS_MAX_FRAME_SIZE of 2^24", SETTINGS, 0, 0, setting(5, 1 << 24), PROTOCOL_ERROR),
    ("6.7", "PING of a stream", PING, 0, 1, bytes(8), PROTOCOL_ERROR),
    ("6.7", "PING of 6 bytes", PING, 0, 0, bytes(6), FRAME_SIZE_ERROR),
    ("6.8", "GOAWAY of a stream", GOAWAY, 0, 1, bytes(8), PROTOCOL_ERROR),
    ("6.8", "GOAWAY of 7 bytes", GOAWAY, 0, 0, bytes(7), FRAME_SIZE_ERROR),
    ("6.9", "WINDOW_UPDATE of 0", WINDOW_UPDATE, 0, 0, number(0), PROTOCOL_ERROR),
    ("6.9", "WINDOW_UPDATE of 3 bytes", WINDOW_UPDATE, 0, 0, bytes(3), FRAME_SIZE_ERROR),
    ("8.4", "PUSH_PROMISE of a client", PUSH_PROMISE, END_HEADERS, 1, number(2) + b"\x82", PROTOCOL_ERROR),
]
for section, what, kind, flags, stream, payload, code in WRONG:

    @case(section, f"{what} is an error of the connection")
    def _(
        peer: Peer,
        kind: int = kind,
        flags: int = flags,
        stream: int = stream,
        payload: bytes = payload,
        code: int = code,
    ) -> None:
        if kind == PUSH_PROMISE:
            peer.post()
        peer.send(kind, flags, stream, payload)
        peer.fails(code)


@case("6.3", "PRIORITY of 4 bytes is a FRAME_SIZE_ERROR")
def _(peer: Peer) -> None:
    peer.post()
    peer.send(PRIORITY, 0, 1, bytes(4))
    peer.fails_stream(FRAME_SIZE_ERROR)


@case("6.3", "PRIORITY of any weight and of a stream that never was is taken")
def _(peer: Peer) -> None:
    peer.send(PRIORITY, 0, 1, priority(0, 0))
    peer.send(PRIORITY, 0, 1, priority(0, 255))
    peer.send(PRIORITY, 0, 1, priority(0x80000000 | 99))
    peer.request()
    peer.answered()


@case("6.4", "RST_STREAM of 3 bytes is a FRAME_SIZE_ERROR")
def _(peer: Peer) -> None:
    peer.post()
    peer.send(RST_STREAM, 0, 1, bytes(3))
    peer.fails(FRAME_SIZE_ERROR)


@case("6.5.2", "an unknown setting is ignored", settings=setting(0xFFFF, 1))
def _(peer: Peer) -> None:
    peer.pongs()


@case("6.5.3", "of one setting given twice the last counts",
      settings=setting(INITIAL_WINDOW, 100) + setting(INITIAL_WINDOW, 1))
def _(peer: Peer) -> None:
    peer.request()
    peer.data(1)


@case("6.5.3", "SETTINGS are acknowledged at once")
def _(peer: Peer) -> None:
    peer.send(SETTINGS, 0, 0, setting(MAX_STREAMS, 100))
    for _ in range(2):  # the greeting's, and this one's
        peer.wait(lambda kind, flags, *_: kind == SETTINGS and flags & ACK, "acknowledgement")


@case("6.7", "an acknowledged PING that nobody sent is ignored")
def _(peer: Peer) -> None:
    peer.send(PING, ACK, payload=b"unasked!")
    peer.pongs()


@case("6.8", "GOAWAY of a client lets the connection's streams end")
def _(peer: Peer) -> None:
    peer.request()
    peer.send(GOAWAY, payload=number(0) + number(NO_ERROR))
    peer.answered()


@case("6.9", "WINDOW_UPDATE of 0 of a stream is a PROTOCOL_ERROR")
def _(peer: Peer) -> None:
    peer.post()
    peer.send(WINDOW_UPDATE, 0, 1, number(0))
    peer.fails_stream(PROTOCOL_ERROR)


@case("6.9.1", "a window of one byte gets one byte", settings=setting(INITIAL_WINDOW, 1))
def _(peer: Peer) -> None:
    peer.request()
    peer.data(1)


@case("6.9.1", "a window of the connection beyond 2^31-1 is a FLOW_CONTROL_ERROR")
def _(peer: Peer) -> None:
    for _ in range(2):
        peer.send(WINDOW_UPDATE, 0, 0, number((1 << 31) - 1))
    peer.fails(FLOW_CONTROL_ERROR)


@case("6.9.1", "a window of a stream beyond 2^31-1 is a FLOW_CONTROL_ERROR")
def _(peer: Peer) -> None:
    peer.post()
    for _ in range(2):
        peer.send(WINDOW_UPDATE, 0, 1, number((1 << 31) - 1))
    peer.fails_stream(FLOW_CONTROL_ERROR)


@case("6.9.2", "a new SETTINGS_INITIAL_WINDOW_SIZE opens streams that wait",
      settings=setting(INITIAL_WINDOW, 0))
def _(peer: Peer) -> None:
    peer.request()
    peer.send(SETTINGS, 0, 0, setting(INITIAL_WINDOW, 1))
    peer.data(1)


@case("6.9.2", "a window that became negative is counted up again",
      settings=setting(INITIAL_WINDOW, 3))
def _(peer: Peer) -> None:
    peer.request()
    peer.data(3)
    peer.send(SETTINGS, 0, 0, setting(INITIAL_WINDOW, 2))
    peer.send(WINDOW_UPDATE, 0, 1, number(2))
    peer.data(1)


# §7, codes that nobody knows


@case("7", "a RST_STREAM with an unknown code is taken")
def _(peer: Peer) -> None:
    peer.post()
    peer.send(RST_STREAM, 0, 1, number(0xFF))
    peer.pongs()


@case("7", "a GOAWAY with an unknown code does no harm")
def _(peer: Peer) -> None:
    peer.request()
    peer.send(GOAWAY, payload=number(0) + number(0xFF))
    peer.answered()


# §8, messages


@case("8.1", "GET, HEAD and POST are answered")
def _(peer: Peer) -> None:
    for index, method in enumerate(("GET", "HEAD")):
        peer.request(2 * index + 1, peer.fields(method))
        peer.answered(2 * index + 1)
    peer.post(5)
    peer.send(DATA, END_STREAM, 5, b"test")
    peer.answered(5)


@case("8.1", "POST with trailers is answered")
def _(peer: Peer) -> None:
    peer.post(1, ("trailer", "x-test"))
    peer.send(DATA, 0, 1, b"test")
    peer.request(1, [("x-test", "ok")])
    peer.answered()


@case("8.1", "a second block of HEADERS that does not end the stream is a PROTOCOL_ERROR")
def _(peer: Peer) -> None:
    peer.post()
    peer.request(1, peer.fields("POST"), END_HEADERS)
    peer.send(DATA, END_STREAM, 1, b"test")
    peer.fails_stream(PROTOCOL_ERROR)


def without(*names: str) -> Callable[[Peer], list[tuple[str, str]]]:
    return lambda peer: [pair for pair in peer.fields() if pair[0] not in names]


def instead(name: str, value: str) -> Callable[[Peer], list[tuple[str, str]]]:
    return lambda peer: [(key, value if key == name else old) for key, old in peer.fields()]


def besides(name: str, value: str) -> Callable[[Peer], list[tuple[str, str]]]:
    return lambda peer: [*peer.fields(), (name, value)]


MALFORMED = [
    ("8.2.1", "a name in upper case", besides("X-TEST", "ok")),
    ("8.2.1", "a name with a space", besides("x test", "ok")),
    ("8.2.1", "a value with a line feed", besides("x-test", "a\nb")),
    ("8.3", "an unknown pseudo-header field", lambda p: [(":test", "ok"), *p.fields()]),
    ("8.3", "a pseudo-header field of answers", lambda p: [(":status", "200"), *p.fields()]),
    ("8.3", "a pseudo-header field behind a regular one", lambda p: [("x-test", "ok"), *p.fields()]),
    ("8.2.2", "a field of the connection", besides("connection", "keep-alive")),
    ("8.2.2", "te of something else than trailers", besides("te", "trailers, deflate")),
    ("8.3.1", "an empty :path", instead(":path", "")),
    ("8.3.1", "no :method", without(":method")),
    ("8.3.1", "no :scheme", without(":scheme")),
    ("8.3.1", "no :path", without(":path")),
    ("8.3.1", ":method twice", lambda p: [(":method", "GET"), *p.fields()]),
    ("8.3.1", ":scheme twice", lambda p: [(":scheme", "http"), *p.fields()]),
    ("8.3.1", ":path twice", lambda p: [(":path", "/"), *p.fields()]),
]
for section, what, fields in MALFORMED:

    @case(section, f"a request with {what} is malformed")
    def _(peer: Peer, fields: Callable[[Peer], list[tuple[str, str]]] = fields) -> None:
        peer.request(fields=fields(peer))
        peer.fails_stream(PROTOCOL_ERROR)


@case("8.1", "a pseudo-header field in trailers is malformed")
def _(peer: Peer) -> None:
    peer.post()
    peer.send(DATA, 0, 1, b"test")
    peer.request(1, [(":method", "POST")])
    peer.fails_stream(PROTOCOL_ERROR)


@case("8.1.1", "a content-length that one DATA frame does not have is malformed")
def _(peer: Peer) -> None:
    peer.post(1, ("content-length", "1"))
    peer.send(DATA, END_STREAM, 1, b"test")
    peer.fails_stream(PROTOCOL_ERROR)


@case("8.1.1", "a content-length that all DATA frames do not have is malformed")
def _(peer: Peer) -> None:
    peer.post(1, ("content-length", "1"))
    peer.send(DATA, 0, 1, b"test")
    peer.send(DATA, END_STREAM, 1, b"test")
    peer.fails_stream(PROTOCOL_ERROR)


# RFC 7541, HPACK

REPRESENTATIONS = {
    "a literal with incremental indexing": b"\x40\x06x-test\x02ok",
    "the same, its value coded by Huffman": b"\x40\x06x-test\x82\x3c\xff",
    "a literal with an indexed name": b"\x58\x08no-cache",
    "a literal without indexing": b"\x00\x06x-test\x02ok",
    "a literal without indexing with an indexed name": b"\x0f\x09\x08no-cache",
    "a literal never indexed": b"\x10\x06x-test\x02ok",
    "an indexed field": b"\x90",
}
for name, field in REPRESENTATIONS.items():

    @case("HPACK 6", f"{name} is taken, and its table entry again")
    def _(peer: Peer, field: bytes = field) -> None:
        peer.request(after=field)
        peer.answered()
        if field[0] & 0xC0 == 0x40:
            peer.encoder = hpack.Encoder()  # which puts the authority before it once more
            field = b"\xbf"
        peer.request(3, after=field)
        peer.answered(3)


@case("HPACK 6.3", "one size update, and two, before the first field are taken")
def _(peer: Peer) -> None:
    peer.request(1, before=b"\x20")
    peer.answered(1)
    peer.encoder = hpack.Encoder()
    peer.request(3, before=b"\x20\x3f\xe1\x1f")
    peer.answered(3)


WRONG_BLOCKS = {
    "2.3.3: an index beyond both tables": b"\xff\x9a\x01",
    "2.3.3: a literal whose name's index is beyond both tables": b"\x7f\x9a\x01\x02ok",
    "4.2: a size update behind a field": b"\x21",
    "5.1: an integer that never ends": b"\xff" + b"\xff" * 12 + b"\x00",
    "5.2: Huffman padding of more than 7 bits": b"\x00\x85\xf2\xb2\x4a\x84\xff\x84\x49\x50\x9f\xff",
    "5.2: Huffman padding of zeros": b"\x00\x85\xf2\xb2\x4a\x84\xff\x83\x49\x50\x90",
    "5.2: Huffman's EOS": b"\x00\x85\xf2\xb2\x4a\x84\xff\x87\x49\x51\xff\xff\xff\xfa\x7f",
    "5.2: a string longer than the block": b"\x00\x7fx",
    "6.1: index 0": b"\x80",
}
for name, field in WRONG_BLOCKS.items():

    @case("HPACK " + name.split(":")[0], f"{name.split(': ')[1]} is a COMPRESSION_ERROR")
    def _(peer: Peer, field: bytes = field) -> None:
        peer.request(after=field)
        peer.fails(COMPRESSION_ERROR)


@case("HPACK 6.3", "a size update beyond SETTINGS_HEADER_TABLE_SIZE is a COMPRESSION_ERROR")
def _(peer: Peer) -> None:
    size = peer.settings.get(1, 4096) + 1
    update, rest = b"\x3f", size - 31
    while rest >= 128:
        update += bytes([rest % 128 + 128])
        rest //= 128
    peer.request(before=update + bytes([rest]))
    peer.fails(COMPRESSION_ERROR)


@contextmanager
def world(binary: str, scratch: Path) -> Iterator[Address]:
    with serving(binary) as service:
        yield "127.0.0.1", service.port


@contextmanager
def elsewhere(binary: str, scratch: Path) -> Iterator[Address]:
    host, _, port = Path(binary).name.rpartition(":")
    yield host, int(port)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--at"]:
        sys.argv.pop(1)
        sys.exit(suite.main(elsewhere))
    sys.exit(suite.main(world))
