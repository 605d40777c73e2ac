#!/usr/bin/env python3
"""Writes the first inputs of each fuzzing target, and the files that targets need, from Fixtures.

seeds.py FOLDER      makes FOLDER/TARGET/ for each target, and FOLDER/files/
"""

from __future__ import annotations

import itertools
import json
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

import structured_seeds

FIXTURES = Path(__file__).resolve().parent.parent.parent / "Fixtures"
PREFACE = 24


def frames(stream: bytes) -> Iterator[bytes]:
    while len(stream) >= 9:
        length = 9 + int.from_bytes(stream[:3], "big")
        yield stream[:length]
        stream = stream[length:]


def recording(name: str) -> tuple[bytes, bytes]:
    client, server = (
        (FIXTURES / "calls" / f"{name}.{side}.bin").read_bytes() for side in ("client", "server")
    )
    return client[PREFACE:], server


def pieces(direction: int, stream: bytes) -> bytes:
    cut = (stream[start : start + 127] for start in range(0, len(stream), 127))
    return b"".join(bytes([(len(piece) - 1) << 1 | direction]) + piece for piece in cut)


def tcp(file: bytes) -> Iterator[tuple[bool, int, int, bytes]]:
    """From the server or not, flags, sequence number and payload of a pcap's packets on Ethernet."""
    place = 24
    while place < len(file):
        (length,) = struct.unpack_from("<I", file, place + 8)
        ip = file[place + 16 : place + 16 + length][14:]
        place += 16 + length
        header = (ip[0] & 15) * 4
        segment = ip[header : int.from_bytes(ip[2:4], "big")]
        source, target, number = struct.unpack_from("!HHI", segment)
        yield source < target, segment[13], number, segment[(segment[12] >> 4) * 4 :]


def calls() -> list[str]:
    return sorted(path.name[: -len(".client.bin")] for path in FIXTURES.glob("calls/*.client.bin"))


def seeds() -> Iterator[tuple[str, str, bytes]]:
    """Target, name and bytes of each input."""
    for name in calls():
        client, server = recording(name)
        if len(client) + len(server) > 30_000:
            continue
        yield "frames", name, pieces(0, client) + pieces(1, server)
        for side, stream in (("client", client), ("server", server)):
            yield "session", f"{name}.{side}", stream
            steps = structured_seeds.frame_steps(list(frames(stream)))
            yield f"{side}frames", f"{name}.{side}", steps
            blocks = [frame[9:] for frame in frames(stream) if frame[3] == 1]
            short = [block for block in blocks if len(block) < 256]
            yield "hpack", f"{name}.{side}", b"".join(bytes([len(b)]) + b for b in short)
            data = b"".join(frame[9:] for frame in frames(stream) if frame[3] == 0)
            yield "grpc", f"{name}.{side}", data
            yield "deframer", f"{name}.{side}", b"\x03" + data
    for folder in ("messages", "cache-messages"):
        for path in sorted((FIXTURES / folder).rglob("*.bin")):
            for target in ("protobuf", "messages", "protojson"):
                yield target, path.name, path.read_bytes()
            yield "hextext", path.name, path.read_bytes().hex().encode()
    for path in sorted(FIXTURES.glob("captures/*.pcap*")):
        if path.stat().st_size < 200_000:
            yield "capture", path.name, b"\x40" + path.read_bytes()
        if path.suffix == ".pcap" and path.name.startswith(("tls", "grpcio.")):
            yield from capture_seeds(path)
    for path in sorted(FIXTURES.glob("protos/*.proto")) + sorted(FIXTURES.glob("../Protos/*.proto")):
        yield "proto", path.name, path.read_bytes()
    tokens = json.loads((FIXTURES / "credentials" / "token-vectors.json").read_text())
    for number, text in enumerate(strings(tokens)):
        yield "credentials", str(number), text.encode()
    for number, text in enumerate(TEXTS):
        yield "protojson", f"text-{number}", text.encode()
        yield "textformat", f"text-{number}", text.replace('"', "").strip("{}").encode()
    for number, text in enumerate(FILTERS):
        yield "filter", f"filter-{number}", text.encode()
    dump = "00000000  00 01 02 03 04 05 06 07  08 09 0a 0b 0c 0d 0e 0f  |................|\n00000010"
    for number, text in enumerate([dump, "0000: 0a05 6865 6c6c 6f  ..hello\n", "# x\n0a 0b\n"]):
        yield "hextext", f"text-{number}", text.encode()


TEXTS = [
    '{"anInt32":-1,"anInt64":"9","aFloat":"NaN","aDouble":1e300,"aBool":true,"aString":"\\u00e9"}',
    '{"someBytes":"AAEC","mood":"GLAD","child":{"number":1,"parent":{"mood":7}},"int32s":[1,2]}',
    "{}",
]
FILTERS = [
    "path==/auth.Auth/RefreshApiToken && status!=0",
    '!(type==DATA || type==HEADERS) && header["user-agent"] ~ "*grpc*"',
    "latency > 20ms && size <= 1KiB",
]


def capture_seeds(path: Path) -> Iterator[tuple[str, str, bytes]]:
    records, segments = b"", b""
    for is_server, flags, number, payload in tcp(path.read_bytes()):
        if payload and len(records) < 30_000:
            records += bytes([is_server]) + len(payload).to_bytes(2, "big") + payload
        if len(segments) < 4000:
            head = (0 if is_server else 0x80) | (flags & 0x17)
            piece = payload[:200]
            place = (number & 0xFFFF).to_bytes(2, "big")
            segments += bytes([head]) + place + bytes([0, len(piece)]) + piece
    yield "tls", path.name, records
    yield "tcp", path.name, segments


def strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from strings(one)


def main() -> None:
    folder = Path(sys.argv[1])
    for target, name, data in itertools.chain(seeds(), structured_seeds.seeds()):
        (folder / target).mkdir(parents=True, exist_ok=True)
        (folder / target / name).write_bytes(data)
    files = folder / "files"
    files.mkdir(exist_ok=True)
    keys = sorted(FIXTURES.glob("captures/*.keys"))
    (files / "keys").write_bytes(b"".join(path.read_bytes() for path in keys))
    (files / "kinds3.proto").write_bytes((FIXTURES / "protos/kinds3.proto").read_bytes())


main()
