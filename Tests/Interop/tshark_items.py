"""What tshark finds in a capture of gRPC, item by item, with the bytes and the place of each."""

from __future__ import annotations

import json
import struct
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Iterator

Pairs = list[tuple[str, Any]]
PROTOCOLS = "frame tcp tls http2 grpc protobuf"


@dataclass
class Place:
    """Bytes, where they are in what tshark took them from, and where that is in the file."""

    bytes: bytes
    position: int
    # Where the packet is in the file, if the bytes stand in it as they are.
    packet: int | None = None

    @property
    def offset(self) -> int | None:
        return None if self.packet is None else self.packet + self.position


@dataclass
class Field:
    """A protobuf field."""

    number: int
    wire: int
    place: Place
    # Its name, value and type, such as `count = 7 (int32)`.
    label: str


@dataclass
class Message:
    """A gRPC message."""

    stream: int
    length: int
    compressed: bool
    place: Place
    # None where tshark knows no message type and only tries.
    fields: list[Field] | None = field(default_factory=list)


@dataclass
class Header:
    """A header field; its place is that of the bytes that HPACK made of it."""

    stream: int
    name: bytes
    value: bytes
    place: Place


@dataclass
class Frame:
    """An HTTP/2 frame, or the connection preface, whose type is None."""

    type: int | None
    flags: int
    stream: int
    length: int
    place: Place


@dataclass
class Side:
    """What one peer of a connection sent."""

    frames: list[Frame] = field(default_factory=list)
    headers: list[Header] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)


Sides = dict[tuple[int, str], Side]


def read(capture: Path, port: int, protos: Path, keylog: Path | None) -> Sides:
    """Both sides of each connection to the port."""
    decode = f"tcp.port=={port},{'tls' if keylog else 'http2'}"
    arguments = ["tshark", "-r", str(capture), "-d", decode, "-T", "jsonraw", "-J", PROTOCOLS]
    arguments += ["-o", "protobuf.preload_protos:TRUE"]
    arguments += ["-o", f'uat:protobuf_search_paths:"{protos}","TRUE"']
    arguments += ["-o", f"tls.keylog_file:{keylog}"] if keylog else []
    said = subprocess.run(arguments, capture_output=True, text=True, timeout=200, check=True)
    sides: Sides = {}
    clients: dict[int, int] = {}
    # Keys come several times: a packet has as many "http2" as it has frames.
    for packet, (offset, data) in zip(
        json.loads(said.stdout, object_pairs_hook=list), packets(capture.read_bytes()), strict=True
    ):
        layers = _first(_first(packet, "_source"), "layers")
        _take(layers, port, clients, (offset, data), sides)
    return sides


def packets(file: bytes) -> Iterator[tuple[int, bytes]]:
    """Offset and bytes of each packet of a pcap file in little-endian order."""
    place = 24
    while place < len(file):
        (length,) = struct.unpack_from("<I", file, place + 8)
        yield place + 16, file[place + 16 : place + 16 + length]
        place += 16 + length


def _first(pairs: Pairs, name: str) -> Any:
    return next(value for key, value in pairs if key == name)


def _all(pairs: Pairs, name: str) -> list[Any]:
    return [value for key, value in pairs if key == name]


def _raw(pairs: Pairs, name: str) -> bytes:
    digits = _first(pairs, name + "_raw")[0]
    return bytes.fromhex(digits.zfill(len(digits) + len(digits) % 2))


def _number(pairs: Pairs, name: str) -> int:
    return int(_first(pairs, name + "_raw")[0], 16)


def _take(
    layers: Pairs, port: int, clients: dict[int, int], packet: tuple[int, bytes], sides: Sides
) -> None:
    """Adds what a packet completes. Connections are numbered as their clients' ports come."""
    offset, data = packet

    def place(raw: list[Any], like: Place | None = None) -> Place:
        found = Place(bytes.fromhex(raw[0]), raw[1])
        stands = data[raw[1] : raw[1] + raw[2]] == found.bytes
        if like is None:
            # One that is this short stands at the same place of something else by chance.
            found.packet = offset if stands and len(found.bytes) >= 9 else None
        elif stands and like.packet is not None and _contains(like, found):
            found.packet = offset
        return found

    tcp = _all(layers, "tcp")
    if not tcp:
        return
    source, target = (_number(tcp[0], f"tcp.{name}port") for name in ("src", "dst"))
    client, verb = (target, "recv") if source == port else (source, "send")
    clients.setdefault(client, len(clients))
    side = sides.setdefault((clients[client], verb), Side())
    last: Place | None = None
    for name, value in layers:
        if name == "http2_raw":
            last = place(value)
        elif name == "http2" and last:
            _take_frame(value, last, place, side)
        elif name == "grpc_raw" and last:
            message = Message(side.frames[-1].stream, 0, False, place(value, last))
            side.messages.append(message)
        elif name == "grpc":
            side.messages[-1].length = _number(value, "grpc.message_length")
            side.messages[-1].compressed = _number(value, "grpc.compressed_flag") == 1
        elif name == "protobuf":
            message = side.messages[-1]
            if any(key.startswith("Message: <UNKNOWN>") for key, _ in value):
                message.fields = None
            elif message.fields is not None:
                message.fields += _fields(value, lambda raw: place(raw, message.place))


def _contains(outer: Place, inner: Place) -> bool:
    end = outer.position + len(outer.bytes)
    return outer.position <= inner.position and inner.position + len(inner.bytes) <= end


def _take_frame(http2: Pairs, whole: Place, place: Any, side: Side) -> None:
    tree = _first(http2, "http2.stream")
    if _all(tree, "http2.magic_raw"):
        side.frames.append(Frame(None, 0, 0, len(whole.bytes), whole))
        return
    numbers = [_number(tree, f"http2.{name}") for name in ("type", "flags", "streamid", "length")]
    side.frames.append(Frame(*numbers, whole))
    raw = _all(tree, "http2.header_raw")
    for at, header in zip(raw, _all(tree, "http2.header"), strict=True):
        name, value = _raw(header, "http2.header.name"), _raw(header, "http2.header.value")
        side.headers.append(Header(numbers[2], name, value, place(at, whole)))


def _fields(tree: Pairs, place: Any) -> Iterator[Field]:
    """The fields of a message and of those in it, each before its own."""
    for name, value in tree:
        if name.startswith("Message: ") and not name.endswith("_raw"):
            yield from _fields(value, place)
        elif name.startswith("Field("):
            number = _number(value, "protobuf.field.number")
            wire = _number(value, "protobuf.field.wiretype")
            at = place(_first(value, "protobuf.field.name_raw"))
            yield Field(number, wire, at, name.partition(": ")[2])
            yield from _fields(value, place)
