#!/usr/bin/env python3
"""Makes the vectors anew: run by hand, with PyPI's `hpack`, a C compiler, libnghttp2, etcd and etcdctl.

Fixtures/hpack/make.py [ENCODER ...]      those named only; of grpc-go, ports and times differ each time
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Callable, Iterator

import hpack

import lists
import recorded

HERE = Path(__file__).parent
# The table size before each block of a story, over and over.
CHANGING = [4096, 1365, 4096, 0, 2730, 0, 1365]
Sizes = Callable[[int], int]
Encode = Callable[[list[lists.Block], Sizes], list[bytes]]


def fixed(size: int) -> Sizes:
    return lambda index: size


def changing(index: int) -> int:
    return CHANGING[index % len(CHANGING)]


def smallest(sizes: Sizes) -> int:
    """What fills a table of any of the sizes, other than none."""
    return min(sizes(index) for index in range(len(CHANGING)) if sizes(index)) if sizes(0) else 256


def python(huffman: bool) -> Encode:
    def encode(blocks: list[lists.Block], sizes: Sizes) -> list[bytes]:
        encoder = hpack.Encoder()
        result = []
        for index, block in enumerate(blocks):
            if encoder.header_table_size != sizes(index):
                encoder.header_table_size = sizes(index)
            tuples = [
                (hpack.NeverIndexedHeaderTuple if field.never_indexed else hpack.HeaderTuple)(*field[:2])
                for field in block.fields
            ]
            result.append(encoder.encode(tuples, huffman=huffman))
        return result

    return encode


def nghttp2(blocks: list[lists.Block], sizes: Sizes) -> list[bytes]:
    lines, size = [], 4096
    for index, block in enumerate(blocks):
        if sizes(index) != size:
            size = sizes(index)
            lines.append(f"T {size}")
        for field in block.fields:
            name, value = field.name.encode().hex(), field.value.encode().hex() or "-"
            lines.append(f"F {int(field.never_indexed)} {name} {value}")
        lines.append("E")
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder) / "deflate"
        subprocess.run(["cc", "-O1", "-o", program, HERE / "deflate.c", "-lnghttp2"], check=True)
        said = subprocess.run(
            [program, "4096"], input="\n".join(lines) + "\n", capture_output=True, text=True, check=True
        )
    return [bytes.fromhex(line) for line in said.stdout.split()]


LISTED: dict[str, tuple[str, Encode, Sizes]] = {
    "python-hpack": ("PyPI hpack 4.2, Huffman coding", python(True), fixed(4096)),
    "python-hpack-plain": ("PyPI hpack 4.2, no Huffman coding", python(False), fixed(4096)),
    "python-hpack-2730": ("PyPI hpack 4.2, a table of 2,730 bytes", python(True), fixed(2730)),
    "python-hpack-1365": ("PyPI hpack 4.2, a table of 1,365 bytes", python(True), fixed(1365)),
    "python-hpack-0": ("PyPI hpack 4.2, no table", python(True), fixed(0)),
    "python-hpack-changing": ("PyPI hpack 4.2, a table that changes", python(True), changing),
    "nghttp2": ("nghttp2 1.52", nghttp2, fixed(4096)),
    "nghttp2-1365": ("nghttp2 1.52, a table of 1,365 bytes", nghttp2, fixed(1365)),
    "nghttp2-0": ("nghttp2 1.52, no table", nghttp2, fixed(0)),
    "nghttp2-changing": ("nghttp2 1.52, a table that changes", nghttp2, changing),
}
RECORDED = {"grpc-core": recorded.grpc_core, "grpc-go": recorded.grpc_go}


class Reader:
    """PyPI's hpack reads the blocks of one story."""

    def __init__(self) -> None:
        self.decoder = hpack.Decoder()
        self.decoder.max_header_list_size = 1 << 20

    def case(self, seqno: int, wire: bytes, stream: int, ends: bool, size: int) -> dict[str, object]:
        self.decoder.max_allowed_table_size = size
        found = self.decoder.decode(wire, raw=True)
        never = [i for i, one in enumerate(found) if isinstance(one, hpack.NeverIndexedHeaderTuple)]
        case: dict[str, object] = {"seqno": seqno, "header_table_size": size, "stream": stream, "ends": ends}
        if never:
            case["never_indexed"] = never
        case["wire"] = wire.hex()
        case["headers"] = [{name.decode(): value.decode()} for name, value in found]
        return case


def pairs(case: dict) -> list[tuple[str, str]]:
    return [pair for header in case["headers"] for pair in header.items()]


def of_lists(encode: Encode, sizes: Sizes) -> Iterator[tuple[str, str, list[dict]]]:
    for sender, about, blocks in lists.stories(smallest(sizes)):
        reader = Reader()
        cases = []
        for index, (block, wire) in enumerate(zip(blocks, encode(blocks, sizes), strict=True)):
            case = reader.case(index, wire, block.stream, block.ends, sizes(index))
            assert pairs(case) == [field[:2] for field in block.fields], (about, index)
            wanted = [i for i, field in enumerate(block.fields) if field.never_indexed]
            # nghttp2 adds short cookies to those that it is told of.
            assert set(wanted) <= set(case.get("never_indexed", [])), (about, index)
            cases.append(case)
        yield sender, about, cases


def of_recordings(name: str) -> Iterator[tuple[str, str, list[dict]]]:
    for about, sides in RECORDED[name]():
        for sender, raws in sides.items():
            reader = Reader()
            cases = [reader.case(index, *raw) for index, raw in enumerate(raws)]
            for case in cases:
                recorded.known(pairs(case))
            assert cases, about
            yield sender, about, cases


def write(name: str, stories: Iterator[tuple[str, str, list[dict]]], encoder: str) -> None:
    folder = HERE / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for index, (sender, about, cases) in enumerate(stories):
        head = {"description": f"{encoder}: {about}", "sender": sender}
        text = json.dumps(head)[:-1] + ', "cases": [\n' + ",\n".join(map(json.dumps, cases)) + "\n]}\n"
        (folder / f"story_{index:02}.json").write_text(text)


def manifest() -> None:
    files = {}
    for path in sorted(HERE.glob("*/story_*.json")):
        data = path.read_bytes()
        row = {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        files[path.relative_to(HERE).as_posix()] = row | {"blocks": len(json.loads(data)["cases"])}
    text = json.dumps({"about": "HPACK vectors; README.md says how to read them", "files": files}, indent=2)
    (HERE / "manifest.json").write_text(text + "\n")


def main() -> int:
    wanted = sys.argv[1:] or [*LISTED, *RECORDED]
    for name in wanted:
        if name in LISTED:
            encoder, encode, sizes = LISTED[name]
            write(name, of_lists(encode, sizes), encoder)
        else:
            write(name, of_recordings(name), "gRPC C-core 1.85" if name == "grpc-core" else "grpc-go")
    manifest()
    return 0


if __name__ == "__main__":
    sys.exit(main())
