#!/usr/bin/env python3
"""PyPI's hpack and a frame reader of ten lines agree with `wiredump` on every recorded connection.

wiredump_frames.py BINARY      wiredump lies beside BINARY
"""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator

from hpack import Decoder

from harness import Suite, expect_equal

ROOT = Path(__file__).resolve().parent.parent.parent
RECORDINGS = sorted((ROOT / "Fixtures" / "calls").glob("*.bin"))
HEADERS, PADDED, PRIORITY = 1, 8, 0x20
suite = Suite("wiredump_frames")


@contextmanager
def world(binary: str, scratch: Path) -> Iterator[Path]:
    yield Path(binary).parent / "wiredump"


def frames(stream: bytes, offset: int) -> Iterator[tuple[int, int, int, int, int, bytes]]:
    """Offset, whole length, type, flags, stream and payload of each frame (RFC 9113, section 4.1)."""
    while offset < len(stream):
        length = int.from_bytes(stream[offset : offset + 3], "big")
        number = int.from_bytes(stream[offset + 5 : offset + 9], "big")
        payload = stream[offset + 9 : offset + 9 + length]
        yield offset, length + 9, stream[offset + 3], stream[offset + 4], number, payload
        offset += length + 9


def block(flags: int, payload: bytes) -> bytes:
    """The header block of a HEADERS frame."""
    if flags & PADDED:
        payload = payload[1 : len(payload) - payload[0]]
    return payload[5:] if flags & PRIORITY else payload


def value(text: str) -> bytes:
    """A value of the JSON form: text, or digits between backquotes."""
    return bytes.fromhex(text[1:-1]) if text.startswith("`") else text.encode()


def compare(wiredump: Path, recording: Path) -> None:
    stream = recording.read_bytes()
    found = list(frames(stream, 24 if ".client." in recording.name else 0))
    decoder = Decoder(max_header_list_size=1 << 30)
    fields = [
        field
        for _, _, kind, flags, _, payload in found
        if kind == HEADERS
        for field in decoder.decode(block(flags, payload), raw=True)
    ]
    said = subprocess.run(
        [wiredump, "--format", "json", "--reveal", recording],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    items = [json.loads(line) for line in said.stdout.splitlines()]
    expect_equal(
        [
            (item["off"], item["len"], item.get("stream", 0))
            for item in items
            if item.get("depth") == 0 and item["layer"] == "h2" and item["type"] != "PREFACE"
        ],
        [(offset, length, number) for offset, length, _, _, number, _ in found],
        "the frames",
    )
    expect_equal(
        [
            (item["name"].encode(), value(item["value"]))
            for item in items
            if item["layer"] == "hpack" and item["type"] == "field"
        ],
        [(bytes(name), bytes(text)) for name, text in fields],
        "the header fields",
    )


for recording in RECORDINGS:
    suite.check(recording.stem)(
        lambda wiredump, recording=recording: compare(wiredump, recording)
    )


@suite.check("a capture of grpcio breaks no rule")
def _(wiredump: Path) -> None:
    capture = ROOT / "Fixtures" / "captures" / "grpcio.pcap"
    done = subprocess.run([wiredump, "--strict", capture], capture_output=True, timeout=60)
    expect_equal(done.returncode, 0, "the exit code")


if __name__ == "__main__":
    sys.exit(suite.main(world))
