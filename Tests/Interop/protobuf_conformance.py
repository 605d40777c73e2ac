#!/usr/bin/env python3
"""Protobuf's own conformance suite tests our dynamic messages: the binary form, JSON and text.

protobuf_conformance.py BINARY [DIRECTORY]     wirebench lies beside BINARY

The runner is built from Debian's source package of protobuf, which apt-get gets from where it gets all
else; it needs dpkg-dev, g++, protobuf-compiler and libprotobuf-dev. DIRECTORY keeps the build;
.build/conformance unless given. The suite runs twice: with its messages as they are, and with the same messages written in
edition 2023.
"""

from __future__ import annotations

import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
MESSAGES = ["test_messages_proto2", "test_messages_proto3"]
SUITE = ["binary_json_conformance_suite", "text_format_conformance_suite"]
SUITE += ["conformance_test", "conformance_test_runner", "conformance_test_main"]


def run(*command: object, cwd: Path | None = None) -> None:
    done = subprocess.run(
        list(map(str, command)), cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    if done.returncode:
        sys.exit(f"FAIL  protobuf_conformance: {' '.join(map(str, command))}\n{done.stdout[-3000:]}")


def source(directory: Path) -> Path:
    if not list(directory.glob("protobuf-*/")):
        options = apt_options(directory)
        run("apt-get", *options, "update", cwd=directory)
        run("apt-get", *options, "source", "--download-only", "protobuf", cwd=directory)
        (archive,) = directory.glob("protobuf_*.orig.tar.gz")
        run("tar", "xzf", archive, cwd=directory)
    (found,) = directory.glob("protobuf-*/")
    return found


def apt_options(directory: Path) -> list[str]:
    """Lets apt-get look for sources where the machine gets its packages, with lists of its own."""
    apt = directory / "apt"
    for name in ("parts", "lists/partial", "cache/archives/partial"):
        (apt / name).mkdir(parents=True, exist_ok=True)
    for path in map(Path, ("/etc/apt/sources.list", "/etc/apt/sources.list.d/debian.sources")):
        if path.exists():
            text = re.sub(r"^Types:.*", "Types: deb-src", path.read_text(), flags=re.MULTILINE)
            text = re.sub(r"^deb\s", "deb-src ", text, flags=re.MULTILINE)
            suffix = path.suffix if path.suffix == ".sources" else ".list"
            (apt / "parts" / (path.stem + suffix)).write_text(text)
    settings = {
        "Dir::Etc::SourceList": "/dev/null",
        "Dir::Etc::SourceParts": apt / "parts",
        "Dir::State::Lists": apt / "lists",
        "Dir::Cache": apt / "cache",
    }
    return [part for key, value in settings.items() for part in ("-o", f"{key}={value}")]


def build(directory: Path, source: Path) -> Path:
    runner = directory / "runner"
    if runner.exists():
        return runner
    made = directory / "made"
    (made / "google/protobuf/stubs").mkdir(parents=True, exist_ok=True)
    stubs = source / "src/google/protobuf/stubs"
    (made / "google/protobuf/stubs/stringprintf.h").write_bytes(
        (stubs / "stringprintf.h").read_bytes()
    )
    protos = [source / f"src/google/protobuf/{name}.proto" for name in MESSAGES]
    run("protoc", f"-I{source}/src", f"--cpp_out={made}", *protos)
    suite = source / "conformance"
    run("protoc", f"-I{suite}", f"--cpp_out={made}", suite / "conformance.proto")
    files = [suite / f"{name}.cc" for name in SUITE]
    files += [made / f"google/protobuf/{name}.pb.cc" for name in MESSAGES]
    files += [made / "conformance.pb.cc", stubs / "stringprintf.cc"]
    files += [suite / "third_party/jsoncpp/jsoncpp.cpp"]

    def compiled(file: Path) -> Path:
        target = made / (file.name + ".o")
        run("g++", "-w", "-std=c++17", f"-I{made}", f"-I{suite}", "-c", file, "-o", target)
        return target

    with ThreadPoolExecutor(2) as pool:
        objects = list(pool.map(compiled, files))
    run("g++", *objects, "-lprotobuf", "-lpthread", "-o", runner)
    return runner


def in_edition_2023(directory: Path, source: Path) -> Path:
    """The messages of the suite in edition 2023, with the features that proto2 and proto3 stand for."""
    target = directory / "edition2023"
    (target / "google/protobuf").mkdir(parents=True, exist_ok=True)
    features = {
        "proto3": ["field_presence = IMPLICIT"],
        "proto2": [
            "enum_type = CLOSED",
            "repeated_field_encoding = EXPANDED",
            "utf8_validation = NONE",
            "json_format = LEGACY_BEST_EFFORT",
        ],
    }
    for syntax, settings in features.items():
        name = f"google/protobuf/test_messages_{syntax}.proto"
        text = (source / "src" / name).read_text()
        options = "".join(f"option features.{setting};\n" for setting in settings)
        text = text.replace(f'syntax = "{syntax}";', 'edition = "2023";')
        text = text.replace("option optimize_for", options + "option optimize_for", 1)
        packed, expanded = ("PACKED", None) if syntax == "proto2" else (None, "EXPANDED")
        for flag, encoding in (("true", packed), ("false", expanded)):
            new = f" [features.repeated_field_encoding = {encoding}]" if encoding else ""
            text = text.replace(f" [packed = {flag}]", new)
        text = re.sub(r"optional group (\w+) = (\d+) (\{[^}]*\})", group, text)
        text = re.sub(r"^(\s*)optional ", r"\1", text, flags=re.MULTILINE)
        (target / name).write_text(text)
    return target


def group(found: re.Match[str]) -> str:
    name, number, body = found.groups()
    encoding = "features.message_encoding = DELIMITED"
    return f"message {name} {body}\n{name} {name.lower()} = {number} [{encoding}];"


def verdict(runner: Path, wirebench: Path, protos: Path, what: str) -> bool:
    """Runs the suite; all of it has to succeed, and none of it may be skipped."""
    testee = runner.parent / f"testee-{protos.name}.sh"
    testee.write_text(
        f'#!/bin/sh\nexec "{wirebench}" conformance-testee --proto-path "{protos}"\n'
    )
    testee.chmod(0o755)
    done = subprocess.run(
        [runner, "--enforce_recommended", testee], capture_output=True, text=True, timeout=600
    )
    said = done.stdout + done.stderr
    suites = [
        tuple(map(int, found))
        for found in re.findall(
            r"CONFORMANCE SUITE.*?(\d+) successes, (\d+) skipped.*?(\d+) unexpected", said
        )
    ]
    successes, skipped, unexpected = map(sum, zip(*suites)) if suites else (0, 0, 0)
    # Binary and JSON are one suite, the text format is another.
    whole = len(suites) == 2 and suites[0][0] > 2000 and suites[1][0] > 100
    passed = done.returncode == 0 and whole and not skipped and not unexpected
    if not passed:
        print("\n".join(re.findall(r"^ERROR.*", said, re.MULTILINE)[:20])[:6000])
    counts = f"{successes} successes, {skipped} skipped, {unexpected} failures"
    print(f"{'ok   ' if passed else 'FAIL '} protobuf_conformance: {what}: {counts}", flush=True)
    return passed


def main() -> int:
    wirebench = Path(sys.argv[1]).resolve().parent / "wirebench"
    directory = Path(sys.argv[2]) if len(sys.argv) > 2 else ROOT / ".build/conformance"
    directory = directory.resolve()
    directory.mkdir(parents=True, exist_ok=True)
    code = source(directory)
    runner = build(directory, code)
    results = [
        verdict(runner, wirebench, code / "src", "proto2 and proto3"),
        verdict(runner, wirebench, in_edition_2023(directory, code), "edition 2023"),
    ]
    print(f"{sum(results)} passed, {len(results) - sum(results)} failed")
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
