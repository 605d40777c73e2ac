#!/usr/bin/env python3
"""Protobuf's own compiler and our parser take the same .proto files and describe them alike, to the byte.

protobuf_compiler.py BINARY [--cases N] [--seed N]     wirebench lies beside BINARY

The compiler is that of PyPI's grpcio-tools. Three kinds of file are described by both, with the places and the
comments of the declarations: those of this repository and of protobuf itself, one a line those of
protobuf_compiler.txt, and files of this repository with words exchanged at random.
"""

from __future__ import annotations

import argparse
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import grpc_tools

ROOT = Path(__file__).resolve().parent.parent.parent
INCLUDED = Path(grpc_tools.__file__).parent / "_proto"
CASES = Path(__file__).with_suffix(".txt")
# What a run without --cases may take for files with exchanged words, in seconds.
PATIENCE = 10

# What the cases import.
IMPORTED = {
    "dep.proto": """
        syntax = "proto2"; package dep; import "google/protobuf/descriptor.proto";
        message Opt {
          optional int32 a = 1; repeated string b = 2; optional Opt sub = 3; map<string, int32> m = 4;
          extensions 100 to 200; oneof o { int32 x = 5; string y = 6; }
          optional group G = 7 { optional int32 z = 1; } optional Color c = 8; repeated Opt subs = 9;
        }
        enum Color { RED = 0; BLUE = -2; }
        extend google.protobuf.FileOptions {
          optional Opt fo = 50001; repeated Opt rfo = 50002; repeated int32 ri = 50003;
          optional Color fc = 50004; repeated Color rc = 50005; optional bool fb = 50006;
          optional float ff = 50007; optional double fd = 50008; optional bytes fby = 50009;
          optional string fs = 50010; optional uint64 fu = 50011; optional sint64 fsi = 50012;
          optional fixed32 ff32 = 50013; optional sfixed64 fsf = 50014; optional int32 fi = 50015;
          optional int64 fl = 50016; optional uint32 fu32 = 50017;
          repeated int32 rp = 50018 [packed = true]; optional group FG = 50019 { optional int32 q = 1; }
        }
        extend Opt { optional string ext = 100; optional Opt extm = 101; }
        message Scope {
          extend google.protobuf.FieldOptions { optional int32 nested_ext = 50100; }
          extend google.protobuf.MessageOptions { optional Opt mo = 50101; }
        }""",
    "local24.proto": """
        edition = "2024"; package loc;
        message Top { message In {} export message Ex {} }
        local message L {} export enum E { E_UNKNOWN = 0; }""",
    "strict.proto": """
        edition = "2024"; package st; option features.default_symbol_visibility = STRICT;
        export message A {} message B {}""",
}

WORD = re.compile(r'//[^\n]*|"(?:\\.|[^"\\])*"|[A-Za-z_]\w*|\d[\w.]*|\s+|.', re.DOTALL)
EXCHANGED = """0 1 -1 536870912 19000 max to reserved extensions option optional required repeated group oneof
map message enum service rpc stream returns "x" { } ; [ ] ( ) . , = - true inf nan 1.5 int32 string bytes default
json_name features deprecated packed public weak import extend package syntax edition export local""".split()


class Compilers:
    def __init__(self, binary: Path, directory: Path) -> None:
        self.binary = binary
        self.directory = directory
        for name, text in IMPORTED.items():
            (directory / name).write_text(text)
        self.failed: list[str] = []
        self.passed = 0

    def ours(self, names: list[str], paths: list[Path]) -> tuple[bytes | None, str]:
        command = [str(self.binary), "describe", "--include-source-info"]
        for path in paths:
            command += ["--proto-path", str(path)]
        done = subprocess.run([*command, *names], capture_output=True)
        if done.returncode not in (0, 1):
            return None, f"ended with {done.returncode}"
        return (None if done.returncode else done.stdout), done.stderr.decode().strip()

    def theirs(self, names: list[str], paths: list[Path]) -> tuple[bytes | None, str]:
        # A process of its own, since a file that is wrong may end it.
        command = [sys.executable, "-m", "grpc_tools.protoc", *(f"-I{path}" for path in paths)]
        command += ["--retain_options", "--include_imports", "--include_source_info"]
        with tempfile.NamedTemporaryFile() as output:
            command += [f"--descriptor_set_out={output.name}", *names]
            done = subprocess.run(command, capture_output=True, text=True)
            if done.returncode < 0:
                return None, "ended"
            lines = [line for line in done.stderr.splitlines() if "warning" not in line.lower()]
            return (None if done.returncode else Path(output.name).read_bytes()), " ".join(lines)

    def compare(self, what: str, names: list[str], paths: list[Path]) -> None:
        theirs, their_words = self.theirs(names, paths)
        ours, our_words = self.ours(names, paths)
        same = ours == theirs or their_words == "ended"
        if same and not our_words.startswith("ended"):
            self.passed += 1
            return
        verdicts = [text if text else "taken" for text in (our_words, their_words)]
        self.failed.append(f"{what}\n      ours: {verdicts[0]}\n      theirs: {verdicts[1]}")

    def text(self, text: str) -> None:
        fixtures = ROOT / "Fixtures/protos"
        with tempfile.TemporaryDirectory() as directory:
            (Path(directory) / "case.proto").write_text(text)
            paths = [Path(directory), self.directory, fixtures, INCLUDED]
            self.compare(text[:3000], ["case.proto"], paths)


def files() -> Iterator[tuple[list[str], list[Path]]]:
    protos = ROOT / "Protos"
    for path in sorted(protos.rglob("*.proto")):
        yield [str(path.relative_to(protos))], [protos, protos / "etcd"]
    for path in sorted((ROOT / "Fixtures/protos").glob("*.proto")):
        yield [path.name], [path.parent, INCLUDED]
    yield sorted(f"google/protobuf/{path.name}" for path in (INCLUDED / "google/protobuf").glob("*.proto")), [INCLUDED]


def exchanged(choose: random.Random, text: str) -> str:
    words = WORD.findall(text)
    places = [i for i, word in enumerate(words) if not word.isspace() and not word.startswith("//")]
    for _ in range(choose.choice([1, 1, 2])):
        place = choose.choice(places)
        words[place] = choose.choice([
            "", f"{words[place]} {words[place]}", words[choose.choice(places)], choose.choice(EXCHANGED),
            f"{words[place]} {choose.choice(EXCHANGED)}",
        ])  # fmt: skip
    return "".join(words)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--cases", type=int)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    arguments = parser.parse_args()
    choose = random.Random(arguments.seed)
    with tempfile.TemporaryDirectory() as directory:
        both = Compilers(Path(arguments.binary).resolve().parent / "wirebench", Path(directory))
        lines = [line for line in CASES.read_text().splitlines() if not line.startswith("#")]
        texts = [path.read_text() for path in sorted((ROOT / "Fixtures/protos").glob("*.proto"))]
        with ThreadPoolExecutor(2) as pool:
            whole = [pool.submit(both.compare, names[0], names, paths) for names, paths in files()]
            for waiting in [*whole, *(pool.submit(both.text, line) for line in lines)]:
                waiting.result()
            start, cases = time.monotonic(), 0
            while cases < arguments.cases if arguments.cases else time.monotonic() - start < PATIENCE:
                several = [exchanged(choose, choose.choice(texts)) for _ in range(2)]
                cases += len(list(pool.map(both.text, several)))
    for failure in both.failed[:20]:
        print(f"FAIL  {failure}")
    said = f"{both.passed} files described alike, {len(both.failed)} not, seed {arguments.seed}"
    print(f"{'FAIL ' if both.failed else 'ok   '} protobuf_compiler: {said}")
    print(f"{int(not both.failed)} passed, {int(bool(both.failed))} failed")
    return int(bool(both.failed))


if __name__ == "__main__":
    sys.exit(main())
