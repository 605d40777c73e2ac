#!/usr/bin/env python3
"""`wiredump`'s protoscope text, dumps and verdicts judged by PyPI's protobuf, by protoc, and by an assembler
of the protoscope language of its own.

wiredump_protobuf.py BINARY      wiredump lies beside BINARY
"""

from __future__ import annotations

import json
import random
import re
import struct
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Iterator

from google.protobuf import descriptor_pb2, json_format, text_format
from google.protobuf.descriptor import FieldDescriptor
from grpc_tools import protoc

from harness import Suite, expect, expect_equal

PROTOC = [sys.executable, "-m", "grpc_tools.protoc"]
TYPE = "google.protobuf.FileDescriptorProto"
PROTO = """
syntax = "proto3";
package interop;
enum Kind { NONE = 0; SOME = 1; LESS = -1; }
message All {
  int32 small = 1; int64 large = 2; uint32 small_unsigned = 3; uint64 large_unsigned = 4;
  sint32 small_zigzag = 5; sint64 large_zigzag = 6; fixed32 small_fixed = 7; fixed64 large_fixed = 8;
  sfixed32 small_signed = 9; sfixed64 large_signed = 10; float single = 11; double real = 12;
  bool flag = 13; string text = 14; bytes data = 15; Kind kind = 16; All inner = 17;
  repeated int32 numbers = 18; repeated sint64 zigzags = 19; repeated float singles = 20;
  repeated fixed64 fixed = 21; repeated bool flags = 22; repeated string texts = 23;
  repeated All inners = 24; map<string, int64> counts = 25; optional int32 maybe = 26;
}
"""
suite = Suite("wiredump_protobuf")


@dataclass
class World:
    wiredump: Path
    scratch: Path
    set_file: Path
    message: Any

    def run(self, *arguments: str, given: bytes = b"", code: int = 0) -> bytes:
        done = subprocess.run(
            [str(self.wiredump), *arguments], input=given, capture_output=True, timeout=60
        )
        what = f"{arguments}: exit code {done.returncode}, {done.stderr.decode()[:300]}"
        expect(done.returncode == code, what)
        return done.stdout

    def protoscope(self, message: bytes, *options: str) -> bytes:
        return self.run(
            "dump", "--input", "protobuf", "--format", "protoscope", "--reveal", *options, given=message
        )

    def typed(self, name: str = "interop.All") -> list[str]:
        return ["--proto-set", str(self.set_file), "--message-type", name]


@contextmanager
def world(binary: str, scratch: Path) -> Iterator[World]:
    (scratch / "interop.proto").write_text(PROTO)
    made = scratch / "interop.binpb"
    arguments = ["protoc", f"-I{scratch}", f"--descriptor_set_out={made}", "--include_imports"]
    expect_equal(protoc.main([*arguments, f"--python_out={scratch}", "interop.proto"]), 0, "protoc")
    sys.path.insert(0, str(scratch))
    from interop_pb2 import All  # type: ignore[import-not-found]

    yield World(Path(binary).parent / "wiredump", scratch, made, All)


# An assembler of what `wiredump` prints, independent of its own.

TOKEN = re.compile(
    r"\s+|#[^\n]*|(?P<string>\"(?:[^\"\\]|\\.)*\")|`(?P<digits>[0-9a-fA-F]*)`|(?P<brace>!?\{|\})"
    r"|(?P<word>[^\s{}\"`#!]+)",
    re.DOTALL,
)
ESCAPE = re.compile(rb"\\(x[0-9a-fA-F]{2}|[0-7]{1,3}|.)", re.DOTALL)
WIRE_TYPES = ["VARINT", "I64", "LEN", "SGROUP", "EGROUP", "I32"]


def varint(number: int, extra: int = 0) -> bytes:
    number &= (1 << 64) - 1
    groups = [number & 0x7F]
    while number := number >> 7:
        groups.append(number & 0x7F)
    groups += [0] * extra
    return bytes(group | 0x80 for group in groups[:-1]) + bytes(groups[-1:])


def unescape(text: bytes) -> bytes:
    def one(match: re.Match[bytes]) -> bytes:
        code = match[1]
        if code[:1] == b"x":
            return bytes.fromhex(code[1:].decode())
        return bytes([int(code, 8)]) if code.isdigit() else {b"n": b"\n"}.get(code, code)

    return ESCAPE.sub(one, text)


def number(word: str) -> tuple[bytes | None, int, int]:
    """Bytes of a fixed number, the varint of another, and the wire type."""
    if word in ("true", "false"):
        return None, int(word == "true"), 0
    if match := re.fullmatch(r"(-?)inf(32|64)", word):
        value = float(match[1] + "inf")
        return struct.pack("<f" if match[2] == "32" else "<d", value), 0, 5 if match[2] == "32" else 1
    if match := re.fullmatch(r"(-?[0-9]+\.[0-9]+(?:[eE]-?[0-9]+)?)(i32|i64)?", word):
        single = match[2] == "i32"
        return struct.pack("<f" if single else "<d", float(match[1])), 0, 5 if single else 1
    match = re.fullmatch(r"(-?(?:0x[0-9a-fA-F]+|[0-9]+))(z|i32|i64)?", word)
    expect(match, f"an unknown word {word!r}")
    value = int(match[1], 16 if "0x" in match[1] else 10)
    if match[2] == "z":
        return None, value << 1 if value >= 0 else -value * 2 - 1, 0
    if match[2]:
        width = 4 if match[2] == "i32" else 8
        return (value % (1 << 8 * width)).to_bytes(width, "little"), 0, 5 if width == 4 else 1
    return None, value, 0


def assemble(text: str) -> bytes:
    stack: list[tuple[bytes, str, int]] = []  # what came before, the kind of brace, number or extra
    out, tag, extra = b"", None, 0
    position = 0
    while position < len(text):
        match = TOKEN.match(text, position)
        expect(match, f"no token at {text[position : position + 30]!r}")
        position = match.end()
        if match.lastgroup is None:
            continue
        word = match["word"] or ""
        if word.startswith("long-form:"):
            extra = int(word[10:])
            continue
        fixed, value, kind = b"", 0, {"{": 2, "!{": 3}.get(match["brace"] or "", 0)
        if word and ":" not in word:
            fixed, value, kind = number(word)
        group = tag[0] if tag else 0
        if tag:
            out += varint(tag[0] << 3 | kind, tag[1])
            tag = None
        if word and ":" in word:
            left, _, right = word.partition(":")
            if right:
                out += varint(int(left) << 3 | WIRE_TYPES.index(right), extra)
            else:
                tag = (int(left), extra)
        elif word:
            out += varint(value, extra) if fixed is None else fixed
        elif match["brace"] == "{":
            stack.append((out, "{", extra))
            out = b""
        elif match["brace"] == "!{":
            stack.append((out, "!{", group))
            out = b""
        elif match["brace"]:
            before, brace, count = stack.pop()
            if brace == "{":
                out = before + varint(len(out), count) + out
            else:
                out = before + out + varint(count << 3 | 4, extra)
        elif match["string"]:
            out += unescape(match["string"][1:-1].encode())
        else:
            out += bytes.fromhex(match["digits"])
        extra = 0
    expect(not stack and not tag, "something is not closed")
    return out


# Random messages.


def filled(message: Any, rng: random.Random, depth: int = 0, entries: int = 1) -> Any:
    """A message with random fields; the order of a map's entries is each encoder's own."""
    for field in message.DESCRIPTOR.fields:
        if rng.random() < (0.6 if depth else 0.3) or (field.message_type and depth > 2):
            continue
        if field.message_type and field.message_type.GetOptions().map_entry:
            for _ in range(rng.randrange(entries + 1)):
                message.counts[text(rng)] = rng.randrange(-(1 << 63), 1 << 63) >> rng.randrange(63)
        elif field.message_type:
            target = getattr(message, field.name)
            for _ in range(rng.randrange(3) if field.is_repeated else 1):
                filled(target.add() if field.is_repeated else target, rng, depth + 1, entries)
        elif field.is_repeated:
            getattr(message, field.name).extend(scalar(field, rng) for _ in range(rng.randrange(12)))
        else:
            setattr(message, field.name, scalar(field, rng))
    return message


def text(rng: random.Random) -> str:
    letters = "0123456789abcdef \\\"`#{}\n\té\u202e漢😀"
    return "".join(rng.choice(letters) for _ in range(rng.randrange(rng.choice([4, 20, 120]))))


def scalar(field: FieldDescriptor, rng: random.Random) -> Any:
    if field.type == FieldDescriptor.TYPE_BOOL:
        return rng.random() < 0.5
    if field.type == FieldDescriptor.TYPE_STRING:
        return text(rng)
    if field.type == FieldDescriptor.TYPE_BYTES:
        return rng.randbytes(rng.randrange(rng.choice([4, 90])))
    if field.type == FieldDescriptor.TYPE_ENUM:
        return rng.choice([value.number for value in field.enum_type.values])
    if field.cpp_type == FieldDescriptor.CPPTYPE_DOUBLE:
        return struct.unpack("<d", rng.randbytes(8))[0]
    if field.cpp_type == FieldDescriptor.CPPTYPE_FLOAT:
        return struct.unpack("<f", rng.randbytes(4))[0]
    wide = field.cpp_type in (FieldDescriptor.CPPTYPE_INT64, FieldDescriptor.CPPTYPE_UINT64)
    signed = field.cpp_type in (FieldDescriptor.CPPTYPE_INT32, FieldDescriptor.CPPTYPE_INT64)
    bits = 64 if wide else 32
    value = rng.getrandbits(bits) >> rng.randrange(bits)
    return value - (1 << bits) if signed and value >= 1 << (bits - 1) else value


def messages(world: World, count: int, seed: int) -> Iterator[bytes]:
    rng = random.Random(seed)
    for _ in range(count):
        yield filled(world.message(), rng, entries=3).SerializeToString(deterministic=True)


# Checks.


def expect_back(world: World, message: bytes, *options: str) -> None:
    found = world.protoscope(message, *options)
    expect_equal(assemble(found.decode()), message, f"the script's assembler, {found[:300]!r}")
    back = world.run("encode", "--from", "protoscope", given=found)
    expect_equal(back, message, f"encode, {found[:300]!r}")


@suite.check("random messages come back, with their type and without")
def random_messages(world: World) -> None:
    for message in messages(world, 60, 1):
        if message:
            expect_back(world, message)
            expect_back(world, message, *world.typed(), "-v")


@suite.check("random and damaged bytes come back")
def damaged_messages(world: World) -> None:
    rng = random.Random(2)
    for message in messages(world, 60, 3):
        damaged = bytearray(message or b"\n")
        for _ in range(rng.randrange(1, 4)):
            damaged[rng.randrange(len(damaged))] = rng.randrange(256)
        expect_back(world, bytes(damaged[: rng.randrange(1, len(damaged) + 1)]))
        expect_back(world, rng.randbytes(rng.randrange(1, 60)), *world.typed())


@suite.check("a descriptor set, described by itself, comes back and has its names")
def own_descriptor(world: World) -> None:
    files = descriptor_pb2.FileDescriptorSet.FromString(world.set_file.read_bytes())
    message = files.file[0].SerializeToString()
    own = descriptor_pb2.FileDescriptorSet()
    descriptor_pb2.DESCRIPTOR.CopyToProto(own.file.add())
    path = world.scratch / "descriptor.binpb"
    path.write_bytes(own.SerializeToString())
    options = ["--proto-set", str(path), "--message-type", TYPE]
    expect_back(world, message, *options)
    found = world.protoscope(message, *options).decode()
    for name in ("# message_type", "# json_name", "type: TYPE_SINT64"):
        expect(name in found, f"no {name} in {found[:500]}")


@suite.check("protoc's encoding of a text is what encode makes of it")
def protoc_encode(world: World) -> None:
    rng = random.Random(4)
    for _ in range(20):
        message = filled(world.message(), rng)
        written = text_format.MessageToString(message).encode()
        wanted = subprocess.run(
            [*PROTOC, f"-I{world.scratch}", "--encode=interop.All", "--deterministic_output"]
            + [str(world.scratch / "interop.proto")],
            input=written,
            capture_output=True,
            check=True,
        ).stdout
        expect_equal(world.run("encode", *world.typed(), "--from", "text", given=written), wanted, "text")


@suite.check("ProtoJSON becomes the bytes that protobuf makes of it")
def proto_json(world: World) -> None:
    rng = random.Random(5)
    for _ in range(20):
        message = filled(world.message(), rng)
        written = json_format.MessageToJson(message).encode()
        wanted = json_format.Parse(written, world.message()).SerializeToString(deterministic=True)
        found = world.run("encode", *world.typed(), given=written)
        expect_equal(found, wanted, "JSON")


@suite.check("what protobuf has written is canonical")
def canonical(world: World) -> None:
    options = ["dump", "--input", "protobuf", "--verify", "--format", "json", *world.typed()]
    for message in messages(world, 40, 6):
        if message:
            verdict = json.loads(world.run(*options, given=message).splitlines()[-1])
            expect(verdict["same"], f"{verdict} of {message.hex()}")


@suite.check("what protobuf writes otherwise is not canonical")
def not_canonical(world: World) -> None:
    rng = random.Random(7)
    options = ["dump", "--input", "protobuf", "--verify", "--format", "json", *world.typed()]
    named = 0
    for message in messages(world, 40, 8):
        extra = rng.choice([b"\x08\x80\x00", b"\x68\x02", b"\x08\xff\xff\xff\xff\x0f", b"\x08\x00"])
        changed = message + extra
        again = world.message.FromString(changed).SerializeToString(deterministic=True)
        expect(again != changed, "the change has no effect")
        verdict = json.loads(world.run(*options, given=changed, code=1).splitlines()[-1])
        expect(not verdict["same"], f"{verdict} of {changed.hex()}")
        named += verdict["off"] >= len(message)
    expect(named == 40, f"{named} of 40 places are those of the change")


@suite.check("protoc reads what was encoded out of typed protoscope text")
def decode_raw(world: World) -> None:
    message = world.run("encode", given=b'1: 150 2: {"testing"} 3: {4: 1.5 5: !{6: -1z}} 7: 2i32')
    said = subprocess.run(
        [*PROTOC, "--decode_raw"], input=message, capture_output=True, check=True
    ).stdout.decode()
    for line in ("1: 150", '2: "testing"', "5 {", "7: 0x00000002"):
        expect(line in said, said)


if __name__ == "__main__":
    sys.exit(suite.main(world))
