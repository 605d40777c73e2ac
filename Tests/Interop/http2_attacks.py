#!/usr/bin/env python3
"""The known attacks on HTTP/2 servers, in raw frames at `momento-auth serve`, while a hundred honest
clients go on: the attacker is disconnected with the right code, memory is bounded, and the honest
clients hardly notice."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Iterator

from harness import Service, Suite, expect, serving
from http2_peer import (
    ACK, CANCEL, CONTINUATION, DATA, END_HEADERS, END_STREAM, GOAWAY, HEADERS, INITIAL_WINDOW,
    NO_ERROR, PING, PREFACE, PRIORITY, RST_STREAM, SETTINGS, WINDOW_UPDATE, Address, Peer, frame,
    number, priority, setting,
)
from nghttp2_tools import GRPC, framed, renewal

ENHANCE_YOUR_CALM, PROTOCOL_ERROR = 11, 1
MEMORY_GROWTH = 96 << 20
SECONDS = 2
suite = Suite("http2_attacks")


@dataclass
class World:
    service: Service
    body: Path

    @property
    def address(self) -> Address:
        return "127.0.0.1", self.service.port

    def memory(self) -> int:
        """Bytes of the service that are in memory."""
        status = Path(f"/proc/{self.service.child.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) * 1024

    def honest(self) -> float:
        """The mean time of a call of a hundred clients that make twenty a second each, in seconds."""
        call = f"http://{self.service.address}/auth.Auth/RefreshApiToken"
        load = ["h2load", "-c100", "-m1", "--rps=20", f"-D{SECONDS}", *GRPC, "-d", str(self.body), call]
        said = subprocess.run(load, capture_output=True, text=True, timeout=120, check=True).stdout
        failed = re.search(r"(\d+) failed, (\d+) errored, (\d+) timeout", said)
        expect(failed and set(failed.groups()) == {"0"}, f"honest calls that failed: {said}")
        value, unit = re.search(r"time for request:(?:\s+\S+){2}\s+([\d.]+)(us|ms|s)", said).groups()
        return float(value) * {"us": 1e-6, "ms": 1e-3, "s": 1.0}[unit]


@contextmanager
def world(binary: str, scratch: Path) -> Iterator[World]:
    with serving(binary) as service:
        body = scratch / "request"
        body.write_bytes(framed(renewal(service)))
        yield World(service, body)


class Attacker(threading.Thread):
    """Makes one connection after the other as long as it is let, and notes how each one ended."""

    def __init__(self, address: Address, attack: Callable[[Peer], None], **options: object) -> None:
        super().__init__(daemon=True)
        self.address, self.attack, self.options = address, attack, options
        self.over = threading.Event()
        self.ends: list[str] = []

    def run(self) -> None:
        while not self.over.is_set():
            try:
                peer = Peer(self.address, **self.options)
            except OSError as problem:
                self.ends.append(f"{problem}")
                continue
            self.ends.append(self.end_of(peer))
            peer.socket.close()

    def end_of(self, peer: Peer) -> str:
        """Attacks; the code of GOAWAY, or what came instead of it."""
        sending = threading.Thread(target=self.send, args=(peer,), daemon=True)
        sending.start()
        try:
            while found := peer.receive():
                if found[0] == GOAWAY and (code := int.from_bytes(found[3][4:8], "big")):
                    return f"GOAWAY {code}: {found[3][8:].decode(errors='replace')}"
            return "closed without GOAWAY"
        except TimeoutError:
            return "still connected"
        finally:
            peer.socket.close()
            sending.join(20)

    def send(self, peer: Peer) -> None:
        try:
            self.attack(peer)
        except OSError:
            pass


def attacked(
    title: str, attack: Callable[[Peer], None], *codes: int, **options: object
) -> None:
    """A check that the attack ends with one of the codes, if any is given, and harms nobody else."""

    @suite.check(title)
    def _(world: World) -> None:
        for attempt in range(3):  # the machine may be busy with something else
            before, memory = world.honest(), world.memory()
            attacker = Attacker(world.address, attack, **options)
            attacker.start()
            during = world.honest()
            grown = world.memory() - memory
            attacker.over.set()
            attacker.join(60)
            expect(not attacker.is_alive(), "the attacker's connection ended")
            expect(grown < MEMORY_GROWTH, f"memory grew by {grown >> 20} MiB")
            good = [end for end in attacker.ends if end.startswith(tuple(f"GOAWAY {c}:" for c in codes))]
            rest = sorted({end for end in attacker.ends if end not in good})
            # A reset of the connection may overtake what was sent before it.
            expect(good or not codes, f"no end with {codes}: {rest}")
            unexpected = [end for end in rest if end.startswith(("GOAWAY", "still"))]
            expect(not (codes and unexpected), f"ends: {unexpected}")
            if during <= 2 * before or during < 0.002:
                return
        expect(False, f"a call took {during * 1000:.2f} ms, not {before * 1000:.2f}")


def repeat(*frames: bytes, times: int = 1 << 20) -> Callable[[Peer], None]:
    """Sends frames again and again, in pieces that keep a server busy."""
    piece = b"".join(frames) * max(1, 65536 // sum(map(len, frames)))

    def attack(peer: Peer) -> None:
        for _ in range(times):
            peer.socket.sendall(piece)

    return attack


def streams(make: Callable[[Peer, int, bytes], bytes]) -> Callable[[Peer], None]:
    """Sends what is made of each new stream, a thousand at a time."""

    def attack(peer: Peer) -> None:
        fields = [
            (":method", "POST"), (":scheme", "http"), (":path", "/auth.Auth/RefreshApiToken"),
            (":authority", peer.host), ("content-type", "application/grpc"), ("te", "trailers"),
        ]
        block = peer.block(fields)
        again = peer.block(fields)
        for first in range(1, 1 << 30, 2000):
            pieces = (
                make(peer, stream, block if stream == 1 else again)
                for stream in range(first, first + 2000, 2)
            )
            peer.socket.sendall(b"".join(pieces))

    return attack


def headers(stream: int, block: bytes, flags: int = END_HEADERS) -> bytes:
    return frame(HEADERS, flags, stream, block)


attacked(
    "CVE-2019-9512: a flood of PING", repeat(frame(PING, payload=bytes(8))), ENHANCE_YOUR_CALM
)
attacked("CVE-2019-9515: a flood of SETTINGS", repeat(frame(SETTINGS)), ENHANCE_YOUR_CALM)
attacked(
    "CVE-2019-9515: a flood of acknowledged SETTINGS", repeat(frame(SETTINGS, ACK)), PROTOCOL_ERROR
)
attacked(
    "CVE-2019-9513: priorities that are shuffled for ever",
    repeat(*(frame(PRIORITY, 0, 1, priority(index)) for index in range(3, 99, 2))),
    ENHANCE_YOUR_CALM,
)
attacked(
    "CVE-2019-9514: streams that are malformed on purpose, so that the server resets each",
    streams(lambda _, stream, block: headers(stream, block + b"\x00\x01X\x01y", END_HEADERS)),
    ENHANCE_YOUR_CALM,
)
attacked(
    "CVE-2023-44487: streams that are opened and reset at once",
    streams(
        lambda _, stream, block: headers(stream, block)
        + frame(RST_STREAM, 0, stream, number(CANCEL))
    ),
    ENHANCE_YOUR_CALM,
)
attacked(
    "CVE-2025-8671: streams that the server is made to reset, by a WINDOW_UPDATE of 0",
    streams(
        lambda _, stream, block: headers(stream, block)
        + frame(WINDOW_UPDATE, 0, stream, number(0))
    ),
    PROTOCOL_ERROR,
)
attacked(
    "CVE-2025-8671: the same, by a window that overflows",
    streams(
        lambda _, stream, block: headers(stream, block)
        + frame(WINDOW_UPDATE, 0, stream, number((1 << 31) - 1))
    ),
    ENHANCE_YOUR_CALM,
)
attacked(
    "CVE-2025-8671: the same, by DATA behind the end of the request",
    streams(
        lambda _, stream, block: headers(stream, block, END_HEADERS | END_STREAM)
        + frame(DATA, 0, stream, b"more")
    ),
    5, ENHANCE_YOUR_CALM, PROTOCOL_ERROR,
)
attacked(
    "CVE-2019-9518: a flood of empty DATA",
    lambda peer: (peer.post(), repeat(frame(DATA, 0, 1))(peer)),
    ENHANCE_YOUR_CALM,
)
attacked(
    "CVE-2024-27316: CONTINUATION without end",
    lambda peer: (
        peer.send(HEADERS, 0, 1, peer.block()),
        repeat(frame(CONTINUATION, 0, 1, b"\x00\x01a\x01b" * 1000))(peer),
    ),
    ENHANCE_YOUR_CALM,
)
attacked(
    "CVE-2019-9518: empty CONTINUATION without end",
    lambda peer: (
        peer.send(HEADERS, 0, 1, peer.block()),
        repeat(frame(CONTINUATION, 0, 1))(peer),
    ),
    ENHANCE_YOUR_CALM,
)
attacked(
    "CVE-2019-9516: header fields with empty names",
    streams(lambda _, stream, block: headers(stream, block + b"\x00\x00\x00" * 100)),
    ENHANCE_YOUR_CALM,
)
attacked("a flood of WINDOW_UPDATE", repeat(frame(WINDOW_UPDATE, payload=number(1))), ENHANCE_YOUR_CALM)
attacked("a flood of frames of an unknown type", repeat(frame(0xFA)), ENHANCE_YOUR_CALM)
attacked("a flood of GOAWAY", repeat(frame(GOAWAY, payload=number(0) + number(NO_ERROR))))


# What cannot be told from a slow client at once, but must not cost more than one.


def stay(peer: Peer) -> None:
    """Says nothing more, and reads nothing, until the connection is closed from this side."""
    time.sleep(2 * SECONDS)
    peer.socket.shutdown(socket.SHUT_RDWR)


def dribble(peer: Peer) -> None:
    """A thousand answers, a byte of each at a time."""
    for stream in range(1, 2000, 2):
        peer.request(stream)
    for _ in range(20):
        for stream in range(1, 2000, 2):
            peer.send(WINDOW_UPDATE, 0, stream, number(1))
    stay(peer)


def bomb(peer: Peer) -> None:
    """A field of 4,000 bytes, and then 100,000 references to it."""
    peer.send(HEADERS, 0, 1, peer.block([*peer.fields(), ("x-bomb", "b" * 4000)])[:16384])
    for _ in range(6):
        peer.send(CONTINUATION, 0, 1, b"\xbe" * 16384)
    peer.send(CONTINUATION, END_HEADERS, 1, b"\xbe")
    stay(peer)


def crowd(peer: Peer) -> None:
    """Five hundred connections that never get as far as a preface."""
    others = [socket.create_connection(peer.socket.getpeername()) for _ in range(500)]
    for other in others:
        other.sendall(PREFACE[:10])
    stay(peer)
    for other in others:
        other.close()


attacked("CVE-2019-9511: answers that are let out byte by byte", dribble,
         settings=setting(INITIAL_WINDOW, 0))
attacked("CVE-2019-9517: answers that are asked for and never read",
         lambda peer: ([peer.request(stream) for stream in range(1, 2000, 2)], stay(peer)),
         settings=setting(INITIAL_WINDOW, (1 << 31) - 1))
attacked("a bomb of HPACK: few bytes that stand for many", bomb)
attacked("connections that are opened and say nothing", crowd)
attacked("requests that are begun and not ended",
         lambda peer: ([peer.post(stream) for stream in range(1, 2000, 2)], stay(peer)))


if __name__ == "__main__":
    sys.exit(suite.main(world))
