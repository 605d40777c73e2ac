#!/usr/bin/env python3
"""Captures of a process become fixtures and captures again; PyPI's hpack and coreutils read the fixtures.

wiredump_fixtures.py BINARY      BINARY is momento-auth; wiredump lies beside it
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator

from hpack import Decoder, Encoder

from harness import Suite, expect, expect_equal
from wiredump_frames import block, frames

ROOT = Path(__file__).resolve().parent.parent.parent
SECRET = "Seeded-secret_0123456789.ABCDEFxyz"
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
suite = Suite("wiredump_fixtures")


@dataclass
class World:
    binary: str
    wiredump: Path
    scratch: Path

    def run(self, *arguments: object, code: int = 0) -> str:
        line = [str(self.wiredump), *map(str, arguments)]
        done = subprocess.run(line, capture_output=True, text=True, timeout=60)
        expect_equal(done.returncode, code, f"exit code of {arguments[0]}: {done.stderr}")
        return done.stdout


@contextmanager
def world(binary: str, scratch: Path) -> Iterator[World]:
    yield World(binary, Path(binary).parent / "wiredump", scratch)


def captured(world: World) -> Path:
    """What a process has recorded that was asked to by its environment."""
    file = world.scratch / "demo.pcap"
    if not file.exists():
        environment = os.environ | {"MOMENTO_AUTH_WIRE_CAPTURE": str(file)}
        subprocess.run(
            [world.binary, "demo"], env=environment, capture_output=True, timeout=120, check=True
        )
    return file


@suite.check("the environment's capture of a process shows its calls, with tags for secrets")
def _(world: World) -> None:
    file = captured(world)
    expect_equal(file.stat().st_mode & 0o777, 0o600, "mode")
    records = [json.loads(line) for line in world.run("dump", "--format", "json", file).splitlines()]
    paths = {record["path"] for record in records if record["type"] == "call"}
    expect(paths >= {"/auth.Auth/Login", "/auth.Auth/GenerateApiToken"}, f"paths {paths}")
    values = [r["value"] for r in records if r.get("name") in ("api_key", "session_token")]
    expect(values and all(value.startswith("<redacted") for value in values), f"{values}")


@suite.check("it becomes a fixture and, byte for byte, the same capture again")
def _(world: World) -> None:
    folder, back = world.scratch / "kept", world.scratch / "back.pcap"
    world.run("fixture", "make", "--keep-secrets", captured(world), folder)
    world.run("fixture", "check", folder)
    world.run("fixture", "capture", folder, "-o", back)
    expect(back.read_bytes() == captured(world).read_bytes(), "another capture")


@suite.check("without its secrets it has the same frames, none of its secrets, and sha256sum agrees")
def _(world: World) -> None:
    folder = world.scratch / "made"
    world.run("fixture", "make", captured(world), folder)
    world.run("fixture", "check", folder)
    said = world.run("dump", "--format", "json", "--reveal", captured(world)).splitlines()
    names = ("api_key", "session_token", "refresh_token", "auth_token", "authorization")
    secrets = {
        record["value"] for record in map(json.loads, said) if record.get("name") in names
    } - {""}
    expect(len(secrets) > 2, f"{len(secrets)} secrets")
    for file in folder.rglob("*"):
        content = file.read_bytes() if file.is_file() else b""
        for secret in secrets:
            expect(secret.encode() not in content, f"a secret stands in {file.name}")
    subprocess.run(
        ["sha256sum", "--check", "--strict", "--quiet", "MANIFEST.sha256"], cwd=folder, check=True
    )
    differences = world.run("diff", "--format", "json", folder, captured(world), code=1)
    for difference in map(json.loads, differences.splitlines()):
        tags = [difference.get(side, "") for side in ("a", "b")]
        expect(all(tag.startswith("<redacted len=") for tag in tags), f"{difference}")
        expect_equal(tags[0].split()[1], tags[1].split()[1], "length of a secret")


def frame(kind: int, flags: int, stream: int, payload: bytes) -> bytes:
    head = len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big")
    return head + payload


@suite.check("a seeded secret is gone in Huffman code and Base64 as PyPI's hpack reads them")
def _(world: World) -> None:
    encoder, original = Encoder(), []
    bundle = base64.b64encode(json.dumps({"endpoint": "e", "api_key": SECRET}).encode()).decode()
    fields = [
        (":method", "POST"),
        (":scheme", "http"),
        (":path", "/auth.Auth/RefreshApiToken"),
        ("content-type", "application/grpc"),
        ("te", "trailers"),
        ("authorization", f"Bearer {SECRET}"),
        ("x-note", f"it is {SECRET}"),
        ("x-bundle", f"kept={bundle}"),
    ]
    stream = PREFACE + frame(4, 0, 0, b"")
    for number in (1, 3):
        stream += frame(1, 5, number, encoder.encode(fields, huffman=True))
        original += fields
    (world.scratch / "seeded.client.bin").write_bytes(stream)
    folder = world.scratch / "unseeded"
    world.run("fixture", "make", world.scratch / "seeded", folder)
    made = (folder / "connection-0/client.bin").read_bytes()
    expect_equal(len(made), len(stream), "length")
    decoder = Decoder()
    found = [
        field
        for _, _, kind, flags, _, payload in frames(made, len(PREFACE))
        if kind == 1
        for field in decoder.decode(block(flags, payload))
    ]
    expect_equal([name for name, _ in found], [name for name, _ in original], "names")
    expect_equal([len(v) for _, v in found], [len(v) for _, v in original], "lengths")
    expect_equal(found[:5], original[:5], "what is no secret")
    for name, value in found:
        expect(SECRET not in value, f"the secret stands in {name}")
        expect("MDEyMzQ1Njc4O" not in value and "Njc4OS5BQkNE" not in value, f"Base64 in {name}")
    values = dict(found)
    expect(values["authorization"].startswith("Bearer "), values["authorization"])


@suite.check("a file that changes, and an expectation that does not hold, are told")
def _(world: World) -> None:
    folder = world.scratch / "told"
    world.run("fixture", "make", ROOT / "Fixtures/calls/login", folder)
    expected = folder / "connection-0/expect.jsonl"
    expected.write_text(expected.read_text().replace("grpc-status", "grpc-state"))
    said = world.run("fixture", "check", folder, code=1)
    expect_equal(said.strip(), "connection-0/expect.jsonl: not the bytes of the manifest", "check")
    files = [p for p in folder.rglob("*") if p.is_file() and p.name != "MANIFEST.sha256"]
    line = ["sha256sum", *(str(file.relative_to(folder)) for file in sorted(files))]
    done = subprocess.run(line, cwd=folder, capture_output=True, text=True, check=True)
    (folder / "MANIFEST.sha256").write_text(done.stdout)
    said = world.run("fixture", "check", folder, code=1)
    patched = subprocess.run(
        ["patch", "--quiet", "-o", "-", str(expected)], input=said, capture_output=True, text=True
    )
    expect_equal(patched.returncode, 0, f"patch: {patched.stderr}")
    expect("grpc-status" in patched.stdout, "patch does not make today's text of it")


if __name__ == "__main__":
    sys.exit(suite.main(world))
