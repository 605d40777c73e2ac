#!/usr/bin/env python3
"""PyPI's protobuf and our dynamic messages read the same bytes, the same JSON and the same text: whatever
one accepts the other does, and it means the same to both.

protobuf_differential.py BINARY [--cases N] [--seed N]     wirebench lies beside BINARY
"""

from __future__ import annotations

import argparse
import json
import random
import re
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Iterator

import grpc_tools
from google.protobuf import (
    descriptor_pb2,
    descriptor_pool,
    json_format,
    message_factory,
    text_format,
)
from google.protobuf.descriptor import FieldDescriptor as F
from google.protobuf.message import DecodeError, EncodeError, Message
from google.protobuf.unknown_fields import UnknownFieldSet
from grpc_tools import protoc

ROOT = Path(__file__).resolve().parent.parent.parent
PROTOS = ROOT / "Fixtures/protos"
INCLUDED = Path(grpc_tools.__file__).parent / "_proto"
FILES = ["kinds3.proto", "everything2.proto", "edition2023.proto", "delimited2023.proto"]
TYPES = [
    "fixtures.kinds3.Kinds",
    "fixtures.proto2.Everything",
    "fixtures.edition2023.Behaviours",
    "fixtures.delimited.Delimited",
    "fixtures.imported.Shared",
    "fixtures.proto2.OldSet",
]
# Texts of both forms: whether each is taken by both, none, ours or theirs alone.
CASES = Path(__file__).with_name("protobuf_cases.txt")
# Fields of a request, and formats of an answer.
BINARY, JSON, TEXT = 1, 2, 8
AS_TEXT = 4
# What a run without --cases may take, in seconds.
PATIENCE = 10


def varint(number: int) -> bytes:
    out = bytearray()
    while number >= 0x80:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes(out + bytes([number]))


class Testee:
    """`wirebench conformance-testee`, asked one question at a time."""

    def __init__(self, binary: str) -> None:
        command = [binary, "conformance-testee", "--proto-path", str(PROTOS)]
        command += ["--proto-path", str(INCLUDED), *FILES]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, kind: str, payload: bytes, given: int, wanted: int) -> tuple[str, bytes]:
        """`("answer", bytes)`, `("parse", text)` or `("serialize", text)`."""
        request = varint(given << 3 | 2) + varint(len(payload)) + payload
        request += b"\x18" + varint(wanted)
        request += b"\x22" + varint(len(kind)) + kind.encode()
        self.process.stdin.write(struct.pack("<I", len(request)) + request)
        self.process.stdin.flush()
        (size,) = struct.unpack("<I", self.process.stdout.read(4))
        response = self.process.stdout.read(size)
        length, position, shift = 0, 1, 0
        while True:
            length |= (response[position] & 0x7F) << shift
            shift += 7
            position += 1
            if response[position - 1] < 0x80:
                break
        outcome = {1: "parse", 3: "answer", 4: "answer", 6: "serialize", 8: "answer"}[response[0] >> 3]
        assert len(response) == position + length
        return outcome, response[position:]


def pool() -> descriptor_pool.DescriptorPool:
    with tempfile.NamedTemporaryFile() as file:
        arguments = ["protoc", f"-I{PROTOS}", f"-I{INCLUDED}", "--include_imports"]
        code = protoc.main([*arguments, f"--descriptor_set_out={file.name}", *FILES])
        assert code == 0, "the compiler refuses the files"
        described = descriptor_pb2.FileDescriptorSet.FromString(Path(file.name).read_bytes())
    pool = descriptor_pool.DescriptorPool()
    for file in described.file:
        pool.Add(file) if hasattr(pool, "Add") else pool.AddSerializedFile(file.SerializeToString())
    return pool


class Generator:
    """Random messages of a schema, and random changes of what they are written as."""

    def __init__(self, random_: random.Random, pool: descriptor_pool.DescriptorPool) -> None:
        self.random = random_
        self.pool = pool

    def message(self, message: Message, depth: int = 0) -> None:
        kind = message.DESCRIPTOR.full_name
        special = getattr(self, "make_" + kind.rpartition(".")[2].lower(), None)
        if kind.startswith("google.protobuf.") and special:
            return special(message, depth)
        fields = list(message.DESCRIPTOR.fields)
        fields += self.pool.FindAllExtensions(message.DESCRIPTOR)
        chosen = self.random.sample(fields, min(len(fields), self.random.choice([0, 1, 2, 5, 12])))
        for field in fields:
            if field in chosen or field.is_required:
                self.fill(message, field, depth)

    def fill(self, message: Message, field: F, depth: int) -> None:
        if field.message_type and depth > 3 and not field.is_required:
            return
        if field.is_extension:
            target = message.Extensions
            if field.is_repeated:
                for _ in range(self.random.randrange(4)):
                    if field.message_type:
                        self.message(target[field].add(), depth + 1)
                    else:
                        target[field].append(self.scalar(field))
            elif field.message_type:
                target[field].SetInParent()
                self.message(target[field], depth + 1)
            else:
                target[field] = self.scalar(field)
            return
        if is_map(field):
            key, value = (field.message_type.fields_by_name[name] for name in ("key", "value"))
            for _ in range(self.random.randrange(4)):
                if value.message_type:
                    self.message(getattr(message, field.name)[self.scalar(key)], depth + 1)
                else:
                    getattr(message, field.name)[self.scalar(key)] = self.scalar(value)
        elif field.is_repeated:
            for _ in range(self.random.randrange(4)):
                if field.message_type:
                    self.message(getattr(message, field.name).add(), depth + 1)
                else:
                    getattr(message, field.name).append(self.scalar(field))
        elif field.message_type:
            getattr(message, field.name).SetInParent()
            self.message(getattr(message, field.name), depth + 1)
        else:
            setattr(message, field.name, self.scalar(field))

    def scalar(self, field: F) -> object:
        choose = self.random.choice
        if field.type == F.TYPE_BOOL:
            return choose([False, True])
        if field.type == F.TYPE_STRING:
            return choose(["", "a", "é\U0001f642", 'q"\\\n\x01/', "\u2028</", "long " * 30])
        if field.type == F.TYPE_BYTES:
            return self.random.randbytes(choose([0, 1, 2, 3, 40]))
        if field.type == F.TYPE_ENUM:
            numbers = [value.number for value in field.enum_type.values]
            return choose(numbers if field.enum_type.is_closed else numbers + [77, -77])
        if field.type in (F.TYPE_FLOAT, F.TYPE_DOUBLE):
            if self.random.randrange(3):
                layout = "<f" if field.type == F.TYPE_FLOAT else "<d"
                (number,) = struct.unpack(layout, self.random.randbytes(struct.calcsize(layout)))
                # The bits of other NaNs come back in the binary form only.
                return number if number == number else float("nan")
            return choose([0.0, -0.0, 1.5, -1e10, 0.1, float("inf"), float("-inf"), float("nan")])
        unsigned = field.type in (F.TYPE_UINT32, F.TYPE_UINT64, F.TYPE_FIXED32, F.TYPE_FIXED64)
        wide = field.type in (F.TYPE_UINT64, F.TYPE_FIXED64, F.TYPE_INT64, F.TYPE_SINT64)
        wide = wide or field.type == F.TYPE_SFIXED64
        bits = self.random.randrange(65 if wide else 33)
        number = self.random.getrandbits(bits) if bits else 0
        size = 64 if wide else 32
        return number if unsigned else number - (1 << size if number >> (size - 1) else 0)

    def make_timestamp(self, message: Message, depth: int) -> None:
        message.seconds = self.random.randint(-62135596800, 253402300799)
        message.nanos = self.random.choice([0, 1, 10**6, 5 * 10**8, 999_999_999, 12_000])

    def make_duration(self, message: Message, depth: int) -> None:
        sign = self.random.choice([-1, 1])
        message.seconds = sign * self.random.choice([0, 1, 3600, 315_576_000_000])
        message.nanos = sign * self.random.choice([0, 1, 10**6, 999_999_999, 12_000])

    def make_fieldmask(self, message: Message, depth: int) -> None:
        message.paths.extend(self.random.sample(["a", "a_b.c", "long_name", "x1"], 2))

    def make_value(self, message: Message, depth: int) -> None:
        kind = self.random.randrange(4 if depth > 3 else 6)
        if kind == 0:
            message.null_value = 0
        elif kind == 1:
            message.number_value = self.random.choice([0.0, -1.5, 1e100, 12345678901234.0])
        elif kind == 2:
            message.string_value = self.random.choice(["", "x", "é"])
        elif kind == 3:
            message.bool_value = self.random.choice([False, True])
        elif kind == 4:
            message.struct_value.SetInParent()
            self.make_struct(message.struct_value, depth + 1)
        else:
            message.list_value.SetInParent()
            self.make_listvalue(message.list_value, depth + 1)

    def make_struct(self, message: Message, depth: int) -> None:
        for name in self.random.sample(["", "a", "b_c", "é"], self.random.randrange(4)):
            self.make_value(message.fields[name], depth + 1)

    def make_listvalue(self, message: Message, depth: int) -> None:
        for _ in range(self.random.randrange(4)):
            self.make_value(message.values.add(), depth + 1)

    def make_any(self, message: Message, depth: int) -> None:
        name = self.random.choice(
            ["fixtures.kinds3.Kinds.Child", "google.protobuf.Duration", "google.protobuf.Value"]
        )
        content = message_factory.GetMessageClass(self.pool.FindMessageTypeByName(name))()
        # Deep enough that no map is in it, whose order in the bytes is nobody's promise.
        self.message(content, depth + 4)
        message.type_url = "type.googleapis.com/" + name
        message.value = content.SerializeToString(deterministic=True)

    def changed(self, data: bytes) -> bytes:
        """The bytes with a few faults in them."""
        data = bytearray(data)
        for _ in range(self.random.choice([1, 1, 1, 2, 4])):
            at = self.random.randrange(len(data) + 1)
            kind = self.random.randrange(5)
            if kind == 0 and data:
                data[at % len(data)] ^= 1 << self.random.randrange(8)
            elif kind == 1 and data:
                data[at % len(data)] = self.random.randrange(256)
            elif kind == 2:
                data[at:at] = self.random.randbytes(self.random.choice([1, 2, 5]))
            elif kind == 3:
                del data[at : at + self.random.choice([1, 2, 5])]
            else:
                data[at:at] = data[: self.random.randrange(20)]
        return bytes(data)

    def changed_json(self, value: object) -> object:
        """The value with one part of it exchanged for something else."""
        if isinstance(value, dict) and value and self.random.randrange(4):
            name = self.random.choice(list(value))
            return {**value, name: self.changed_json(value[name])}
        if isinstance(value, list) and value and self.random.randrange(4):
            at = self.random.randrange(len(value))
            return [*value[:at], self.changed_json(value[at]), *value[at + 1 :]]
        return self.random.choice(STRANGE)


STRANGE = [
    None, True, 0, 1, -1, 1.0, 0.5, 1e3, 2**31, 2**32, 2**63, 2**64, -(2**63), 1e39, "",
    "a", "1", "-1", "1.0", "1e3", "1.5s", "-1.5s", "1s", "s", "NaN", "Infinity",
    "-Infinity", "GLAD", "RED", "OPEN_ONE", "QUJD", "QUI=", "_-8=", "_-8", "a,b", "aB.cD",
    "1970-01-01T00:00:00Z", "2024-02-29T23:59:59.999999999+01:00", "2023-02-29T00:00:00Z",
    "0001-01-01T00:00:00Z", "10000-01-01T00:00:00Z", "1970-01-01T00:00:00", {}, [], {"a": 1}, [1], ["a"],
    [None], {"number": 1}, {"1": 1}, {"true": True}, {"@type": "type.googleapis.com/none.Such"},
    {"@type": "type.googleapis.com/google.protobuf.Duration", "value": "1s"},
    {"@type": "type.googleapis.com/fixtures.kinds3.Kinds.Child", "number": 3},
]  # fmt: skip


# What PyPI's protobuf accepts though the specification does not; protobuf for C++ refuses it as we do.
LENIENT = re.compile(
    rb"field number 0"  # inside of an unknown group
    rb"|not UTF-8"  # a string of proto2, which JSON cannot hold
    rb"|not Base64"  # characters that are passed over
    rb"|has no value of that name"  # the number of an enum value in quotes
    rb"|expected an object, found"  # whatever Python holds for false
    rb"|found a bool"  # as a number
    rb"|not a number that an enum value can have"  # a fraction, or more than 32 bits
)


class Differential:
    def __init__(self, testee: Testee, seed: int) -> None:
        self.testee = testee
        self.pool = pool()
        self.generator = Generator(random.Random(seed), self.pool)
        self.classes = {
            name: message_factory.GetMessageClass(self.pool.FindMessageTypeByName(name))
            for name in TYPES
        }
        self.differences: list[str] = []

    def differ(self, what: str, kind: str, payload: bytes, detail: object) -> None:
        if what.endswith("theirs True") and LENIENT.search(detail):
            return
        self.differences.append(f"{what}: {kind}: {payload!r}: {detail}"[:2000])

    def canonical(self, message: Message) -> bytes:
        return message.SerializePartialToString(deterministic=True)

    def settled(self, message: Message) -> bytes:
        """As bytes, the maps in the bytes of each `Any` in their order, too."""
        copy = type(message)()
        copy.CopyFrom(message)
        self.settle(copy)
        return self.canonical(copy)

    def settle(self, message: Message) -> None:
        for one in inner_messages(message):
            self.settle(one)
        if message.DESCRIPTOR.full_name != "google.protobuf.Any":
            return
        try:
            kind = self.pool.FindMessageTypeByName(message.type_url.rpartition("/")[2])
            content = message_factory.GetMessageClass(kind).FromString(message.value)
        except (KeyError, DecodeError):
            return
        self.settle(content)
        message.value = self.canonical(content)

    def table(self) -> None:
        """The cases of protobuf_cases.txt, each with what it says of them."""
        for line in CASES.read_text().splitlines():
            if not line or line.startswith("#"):
                continue
            form, verdict, kind, text = line.split(" ", 3)
            kind = "fixtures." + kind
            given = JSON if form == "json" else TEXT
            outcome, answer = self.testee.ask(kind, text.encode(), given, 1)
            message = self.classes[kind]()
            try:
                parse = json_format.Parse if form == "json" else text_format.Parse
                parse(text, message, descriptor_pool=self.pool)
                taken = message.IsInitialized()
            except Exception:  # of whatever kind: it has one for each fault
                taken = False
            said = {(True, True): "both", (False, False): "none", (True, False): "ours"}
            found = said.get((outcome == "answer", taken), "theirs")
            if found != verdict:
                self.differences.append(f"taken by {found}, not {verdict}: {line}: {answer!r}")
            elif found == "both" and self.settled(message) != self.settled(self.theirs(kind, answer)):
                self.differences.append(f"another meaning: {line}: {answer!r}")

    def theirs(self, kind: str, data: bytes) -> Message | None:
        message = self.classes[kind]()
        try:
            message.ParseFromString(data)
        except DecodeError:
            return None
        return message if message.IsInitialized() else None

    def bytes_case(self, kind: str, data: bytes, what: str) -> Message | None:
        """Reads and writes the bytes in both; what the other side made of them."""
        theirs = self.theirs(kind, data)
        outcome, answer = self.testee.ask(kind, data, BINARY, 1)
        if (theirs is not None) != (outcome == "answer"):
            self.differ(f"{what}: ours {outcome}, theirs {theirs is not None}", kind, data, answer)
            return None
        if theirs is None:
            return None
        # An item of a message set that comes twice: upb takes the last, protobuf for C++ merges them.
        if kind.endswith("OldSet") and data.count(b"\x0b") > 1:
            return None
        again = self.theirs(kind, answer)
        try:
            if keeps_map_entry_unknown(theirs):
                return None
        except UnicodeDecodeError:  # a map's key that is not UTF-8 cannot be looked at
            pass
        if again is None or self.canonical(again) != self.canonical(theirs):
            self.differ(f"{what}: another meaning", kind, data, answer)
        return theirs

    def to_json_case(self, kind: str, message: Message) -> None:
        try:
            theirs = json_format.MessageToJson(message, descriptor_pool=self.pool)
        except (json_format.Error, ValueError, TypeError, EncodeError, DecodeError, OverflowError):
            theirs = None
        outcome, answer = self.testee.ask(kind, self.canonical(message), BINARY, 2)
        if (theirs is not None) != (outcome == "answer"):
            what = f"to JSON: ours {outcome}, theirs {theirs is not None}"
            return self.differ(what, kind, self.canonical(message), answer)
        if theirs is not None and not same(without_empty_extensions(theirs), json.loads(answer)):
            self.differ("to JSON", kind, answer, theirs)

    def from_json_case(self, kind: str, text: str) -> None:
        message = self.classes[kind]()
        try:
            json_format.Parse(text, message, descriptor_pool=self.pool)
            theirs = message if message.IsInitialized() else None
        except (json_format.ParseError, ValueError, TypeError, AttributeError, KeyError) as error:
            if "null_value" in str(error):  # its own fault, for a repeated Value that is null
                return
            theirs = None
        outcome, answer = self.testee.ask(kind, text.encode(), JSON, 1)
        if (theirs is not None) != (outcome == "answer"):
            what = f"from JSON: ours {outcome}, theirs {theirs is not None}"
            return self.differ(what, kind, text.encode(), answer)
        if theirs is not None:
            ours = self.theirs(kind, answer)
            if ours is None or self.settled(ours) != self.settled(theirs):
                self.differ("from JSON: another meaning", kind, text.encode(), answer)

    def text_case(self, kind: str, message: Message) -> None:
        data = self.canonical(message)
        outcome, answer = self.testee.ask(kind, data, BINARY, AS_TEXT)
        theirs = self.classes[kind]()
        try:
            text_format.Parse(answer, theirs, descriptor_pool=self.pool)
        except text_format.ParseError as error:
            return self.differ(f"to text: {error}", kind, data, answer)
        if outcome != "answer" or self.canonical(theirs) != data:
            self.differ("to text", kind, data, answer)
        text = text_format.MessageToString(message, descriptor_pool=self.pool)
        outcome, answer = self.testee.ask(kind, text.encode(), TEXT, 1)
        ours = self.theirs(kind, answer) if outcome == "answer" else None
        if ours is None or self.canonical(ours) != data:
            self.differ(f"from text: {outcome}", kind, text.encode(), answer)

    def case(self) -> None:
        kind = self.generator.random.choice(TYPES)
        message = self.classes[kind]()
        self.generator.message(message)
        data = self.canonical(message)
        self.bytes_case(kind, data, "bytes")
        for _ in range(4):
            read = self.bytes_case(kind, self.generator.changed(data), "changed bytes")
            if read is not None:
                self.to_json_case(kind, read)
        self.to_json_case(kind, message)
        self.text_case(kind, message)
        try:
            value = json_format.MessageToDict(message, descriptor_pool=self.pool)
        except (json_format.Error, ValueError, TypeError):
            return
        self.from_json_case(kind, json.dumps(value))
        for _ in range(3):
            changed = self.generator.changed_json(value)
            # PyPI's protobuf takes anything that Python holds for false for an empty message.
            if isinstance(changed, dict):
                self.from_json_case(kind, json.dumps(changed))


def without_empty_extensions(text: str) -> dict:
    """The object of a JSON text; upb at times lists an extension that has no value."""

    def kept(pairs: list) -> dict:
        return {name: value for name, value in pairs if value != [] or not name.startswith("[")}

    return json.loads(text, object_pairs_hook=kept)


def keeps_map_entry_unknown(message: Message) -> bool:
    """Whether a map's entry with an unknown field in it became unknown as a whole, as in upb alone."""
    fields = message.DESCRIPTOR.fields_by_number
    for unknown in UnknownFieldSet(message):
        field = fields.get(unknown.field_number)
        if field and is_map(field):
            return True
    return any(map(keeps_map_entry_unknown, inner_messages(message)))


def inner_messages(message: Message) -> Iterator[Message]:
    """The messages that are values of its fields, or of its maps."""
    for field, value in message.ListFields():
        if not field.message_type:
            continue
        if not is_map(field):
            yield from value if field.is_repeated else (value,)
        elif field.message_type.fields_by_name["value"].message_type:
            yield from value.values()


def is_map(field: F) -> bool:
    return bool(field.message_type and field.message_type.GetOptions().map_entry)


def same(first: object, second: object) -> bool:
    """Whether two values of JSON are the same, numbers by their value."""
    if isinstance(first, dict) and isinstance(second, dict):
        return first.keys() == second.keys() and all(same(first[k], second[k]) for k in first)
    if isinstance(first, list) and isinstance(second, list):
        return len(first) == len(second) and all(map(same, first, second))
    if isinstance(first, float) and isinstance(second, float) and abs(first) < 1e38:
        # The fewest digits that give a float back are not always the same ones.
        return struct.pack("<f", first) == struct.pack("<f", second)
    return first == second and isinstance(first, bool) == isinstance(second, bool)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--cases", type=int)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    arguments = parser.parse_args()
    testee = Testee(str(Path(arguments.binary).resolve().parent / "wirebench"))
    differential = Differential(testee, arguments.seed)
    differential.table()
    start, cases = time.monotonic(), 0
    while cases < arguments.cases if arguments.cases else time.monotonic() - start < PATIENCE:
        differential.case()
        cases += 1
    testee.process.stdin.close()
    ended = testee.process.wait(30)
    for difference in differential.differences[:20]:
        print(difference)
    failed = bool(differential.differences or ended)
    said = f"{cases} messages, {len(differential.differences)} differences, seed {arguments.seed}"
    print(f"{'FAIL ' if failed else 'ok   '} protobuf_differential: {said}")
    print(f"{int(not failed)} passed, {int(failed)} failed")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
