#!/usr/bin/env python3
"""tshark and `wiredump` agree on every frame, header field, gRPC message and protobuf field.

wiredump_tshark.py BINARY      wiredump lies beside BINARY
"""

from __future__ import annotations

import json
import re
import ssl
import subprocess
import sys
from collections import Counter, defaultdict
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Iterator

import tshark_items
from certificates import Authority
from harness import Suite, expect, expect_equal
from recorded_calls import Calls
from recorded_traffic import Recorder, relays

CAPTURES = Path(__file__).resolve().parent.parent.parent / "Fixtures" / "captures"
TYPES = ["DATA", "HEADERS", "PRIORITY", "RST_STREAM", "SETTINGS"]
TYPES += ["PUSH_PROMISE", "PING", "GOAWAY", "WINDOW_UPDATE", "CONTINUATION"]
WIRES = ["VARINT", "I64", "LEN", "SGROUP", "EGROUP", "I32"]
KINDS = {"2": "literal with incremental indexing", "3": "literal with incremental indexing"}
KINDS |= {"0": "literal without indexing", "1": "literal never indexed"}
suite = Suite("wiredump_tshark")
Item = dict[str, Any]


@dataclass
class World:
    wiredump: Path
    scratch: Path
    calls: Calls


@contextmanager
def world(binary: str, scratch: Path) -> Iterator[World]:
    yield World(Path(binary).parent / "wiredump", scratch, Calls(scratch / "protos"))


@dataclass
class Found:
    """What wiredump says of one peer of a connection."""

    frames: list[Item]
    headers: list[Item]
    # Each gRPC message and the fields in it, in their order.
    messages: list[tuple[Item, list[Item]]]


def explained(world: World, capture: Path, keylog: Path | None) -> dict[tuple[int, str], Found]:
    options = ["--format", "json", "--reveal", "--proto", str(world.calls.proto)]
    options += ["--keylog", str(keylog)] if keylog else []
    said = subprocess.run(
        [world.wiredump, *options, capture], capture_output=True, text=True, timeout=200, check=True
    )
    sides: dict[tuple[int, str], Found] = defaultdict(lambda: Found([], [], []))
    for item in map(json.loads, said.stdout.splitlines()):
        expect(item["v"] == 1, f"the version of {item}")
        expect(item["type"] not in ("note", "violation"), f"there is nothing to say, but: {item}")
        if "depth" not in item:
            continue
        side = sides[item["conn"], item["dir"]]
        if item["layer"] == "h2" and item["depth"] == 0:
            side.frames.append(item)
        elif item["layer"] == "hpack" and item["type"] == "field":
            side.headers.append(item)
        elif item["layer"] == "grpc" and item["type"] == "message":
            side.messages.append((item, []))
        elif item["layer"] == "pb" and item["type"] == "field":
            side.messages[-1][1].append(item)
    return sides


class Comparison:
    """Two readings of one capture; counts what was compared."""

    def __init__(self, capture: Path, is_plain: bool) -> None:
        self.file = capture.read_bytes()
        self.is_plain = is_plain
        self.counts: Counter[str] = Counter()

    def side(self, theirs: tshark_items.Side, ours: Found, where: str) -> None:
        expect_equal(len(ours.frames), len(theirs.frames), f"frames {where}")
        expect_equal(len(ours.headers), len(theirs.headers), f"header fields {where}")
        expect_equal(len(ours.messages), len(theirs.messages), f"messages {where}")
        starts: dict[int, tuple[Item, tshark_items.Place]] = {}
        for frame, item in zip(theirs.frames, ours.frames):
            self.frame(frame, item)
            starts[item["frame"]] = (item, frame.place)
        for header, item in zip(theirs.headers, ours.headers):
            self.header(header, item)
            self.place(header.place, item, starts.get(item["frame"]), "header field")
        for message, (item, fields) in zip(theirs.messages, ours.messages):
            self.message(message, item, fields)

    def frame(self, frame: tshark_items.Frame, item: Item) -> None:
        if frame.type is None:
            expect_equal(item["type"], "PREFACE", "a preface")
        else:
            expect_equal(
                (item["type"], item["flagByte"], item.get("stream", 0), item["length"]),
                (TYPES[frame.type], frame.flags, frame.stream, frame.length),
                f"a frame at {item['off']}",
            )
        self.place(frame.place, item, None, "frame")

    def header(self, header: tshark_items.Header, item: Item) -> None:
        text = item["value"]
        value = bytes.fromhex(text[1:-1]) if text.startswith("`") else text.encode()
        expect_equal(
            (item["stream"], item["name"].encode(), value, item["representation"]),
            (header.stream, header.name, header.value, representation(header.place.bytes)),
            f"a header field at {item['off']}",
        )
        expect_equal(item.get("index", 0), index(header.place.bytes), f"index of {item['name']}")

    def message(self, message: tshark_items.Message, item: Item, fields: list[Item]) -> None:
        expect_equal(
            (item["stream"], item["size"], item["compressed"]),
            (message.stream, message.length, message.compressed),
            f"a message at {item['off']}",
        )
        self.place(message.place, item, None, "message")
        # tshark goes on with what it inflates.
        if message.compressed or message.fields is None:
            return
        expect_equal(
            [(field["field"], field["wire"]) for field in fields],
            [(field.number, WIRES[field.wire]) for field in message.fields],
            f"the fields of a message at {item['off']}",
        )
        for theirs, ours in zip(message.fields, fields):
            self.place(theirs.place, ours, (item, message.place), "protobuf field")
            self.value(theirs.label, ours)

    def value(self, label: str, item: Item) -> None:
        """The same name and, for all but strings and bytes, whose bytes are compared, value."""
        found = re.fullmatch(r"(\w+) = (.*) \((\w+)\)", label, re.DOTALL)
        if not found or found[3] in ("string", "bytes") or item["wire"] == "LEN":
            return
        text = item["value"]
        if found[3] == "enum":
            text = re.sub(r"(\w+) = (-?\d+)", r"\1(\2)", text)
            expect(text == found[2] or text.startswith(found[2]), f"{label!r} is {text!r} to us")
        elif found[3] in ("float", "double"):
            expect(abs(float(text) - float(found[2])) < 1e-6, f"{label!r} is {text!r} to us")
        else:
            expect_equal(text, found[2], label)
        expect_equal(item["name"], found[1], label)
        self.counts["value"] += 1

    def place(
        self,
        place: tshark_items.Place,
        item: Item,
        within: tuple[Item, tshark_items.Place] | None,
        what: str,
    ) -> None:
        """The same bytes, at the same offset of the file or, in TLS, of what it stands in."""
        self.counts[what] += 1
        expect_equal(item["len"], len(place.bytes), f"length of a {what} at {item['off']}")
        pieces = item.get("pieces", [[item["off"], item["len"]]])
        expect_equal((pieces[0][0], sum(size for _, size in pieces)), (item["off"], item["len"]), what)
        if self.is_plain:
            bytes_ = b"".join(self.file[offset : offset + size] for offset, size in pieces)
            expect(bytes_ == place.bytes, f"the bytes of a {what} at {item['off']} are others")
            self.counts["byte at its offset"] += len(bytes_)
        if place.offset is not None:
            expect_equal(item["off"], place.offset, f"offset of a {what}")
            self.counts["offset in the file"] += 1
        elif within and "pieces" not in within[0] and within[1].position <= place.position:
            distance = place.position - within[1].position
            if distance + len(place.bytes) <= len(within[1].bytes):
                expect_equal(item["off"] - within[0]["off"], distance, f"offset of a {what}")
                self.counts["offset in what it stands in"] += 1


def representation(wire: bytes) -> str:
    """RFC 7541, section 6."""
    return "indexed" if wire[0] & 0x80 else KINDS.get(f"{wire[0] >> 4 & 7}"[:1], KINDS["2"])


def index(wire: bytes) -> int:
    """RFC 7541, section 5.1."""
    mask = 0x7F if wire[0] & 0x80 else 0x3F if wire[0] & 0x40 else 0x0F
    value, shift = wire[0] & mask, 0
    for byte in wire[1:] if value == mask else b"":
        value += (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            break
    return value


def compare(world: World, capture: Path, port: int, keylog: Path | None = None) -> Counter[str]:
    theirs = tshark_items.read(capture, port, world.calls.proto.parent, keylog)
    ours = explained(world, capture, keylog)
    comparison = Comparison(capture, is_plain=keylog is None)
    for (connection, verb), side in theirs.items():
        comparison.side(side, ours[connection, verb], f"of connection {connection}, {verb}")
    # How many of each were compared.
    told = ", ".join(f"{what} {count}" for what, count in sorted(comparison.counts.items()))
    print(f"      {capture.name}: {told}", flush=True)
    return comparison.counts


@suite.check("plaintext calls of every kind")
def _(world: World) -> None:
    recorder = Recorder(50051)
    with relays() as relay, world.calls.serve() as port:
        world.calls.call(relay.open(port, recorder))
    counts = compare(world, recorder.write(world.scratch / "plain.pcap"), 50051)
    for what, least in {"frame": 200, "header field": 800, "protobuf field": 5000}.items():
        expect(counts[what] >= least, f"only {counts[what]} of {what} were compared")


@suite.check("the same in segments of 100 bytes")
def _(world: World) -> None:
    recorder = Recorder(50052, largest=100)
    with relays() as relay, world.calls.serve() as port:
        world.calls.call(relay.open(port, recorder))
    compare(world, recorder.write(world.scratch / "segments.pcap"), 50052)


def tls_check(title: str, version: ssl.TLSVersion, ciphers: str | None) -> None:
    @suite.check(title)
    def _(world: World) -> None:
        identity = Authority(world.scratch, f"authority-{version.name}").issue(
            f"localhost-{version.name}", ["localhost"]
        )
        keylog = world.scratch / f"{version.name}.keys"
        accept = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        accept.load_cert_chain(identity.certificate, identity.key)
        connect = ssl.create_default_context(cafile=str(world.scratch / f"authority-{version.name}.pem"))
        connect.keylog_filename = str(keylog)
        connect.minimum_version = connect.maximum_version = version
        for context in (accept, connect):
            context.set_alpn_protocols(["h2"])
        if ciphers:
            connect.set_ciphers(ciphers)
        recorder = Recorder(50443)
        with relays() as relay, world.calls.serve() as port:
            inner = relay.open(port, accept=accept)
            middle = relay.open(inner, recorder)
            world.calls.call(relay.open(middle, connect=connect))
        capture = recorder.write(world.scratch / f"{version.name}.pcap")
        counts = compare(world, capture, 50443, keylog)
        expect(counts["protobuf field"] >= 5000, f"only {counts['protobuf field']} fields")


tls_check("calls in TLS 1.3", ssl.TLSVersion.TLSv1_3, None)
tls_check("calls in TLS 1.2", ssl.TLSVersion.TLSv1_2, "ECDHE-ECDSA-AES128-GCM-SHA256")


@suite.check("a capture of the loopback interface")
def _(world: World) -> None:
    compare(world, CAPTURES / "grpcio.pcap", 18081)


if __name__ == "__main__":
    sys.exit(suite.main(world))
