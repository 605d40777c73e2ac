#!/usr/bin/env python3
"""No secret is in what wiredump makes of a recording of its calls, in any form; tap included.

Left out is what is there to keep secrets: the recording, and the file of `tap --save`.
"""

from __future__ import annotations

import json
import random
import re
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator

from harness import Child, Suite, expect, expect_equal, running
from secret_world import World, opened as opened_world

suite = Suite("secret_wire")
FORMS = [
    [], ["-v"], ["--oneline"], ["--no-guess"], ["--hpack-table"], ["--strict"], ["--verify", "-v"],
    ["--format", "hex"], ["--format", "hex", "--hpack-table", "-v"], ["--format", "json"],
    ["--format", "json", "--no-guess", "--hpack-table"], ["--format", "protoscope", "-v"],
    ["--waterfall", "text"], ["--waterfall", "svg"], ["--where", 'header["authorization"] != "x"'],
    ["--color", "always"],
]


@contextmanager
def opened(binary: str, scratch: Path) -> Iterator[World]:
    """A recording of every call, those that fail too."""
    with opened_world(binary, scratch) as world:
        world.said.clear()
        for name in ("first", "second"):
            record(world, str(world.file(f"{name}.pcap")))
        yield world


def record(world: World, path: str) -> None:
    key = str(world.file("key.json"))
    wrong = world.file("wrong.json", json.dumps(world.key | {"refreshToken": world.seed("wrong token")}))
    for arguments in (
        ["login"], ["refresh-token", "--credentials-file", key],
        ["refresh-token", "--credentials-file", str(wrong)],
        ["generate-token", "--scope", "super-user", "--expires-in", "1d", "--credentials-file", key],
        ["generate-disposable-token", "--scope", "all-data-read-write", "--expires-in", "5m",
         "--credentials-file", key, "--token-id", "an-id"],
    ):
        done = world.call(
            *arguments, "--json", hands_out=True, MOMENTO_AUTH_WIRE_CAPTURE=f"{path}.{arguments[0]}")
        if done.returncode == 0:
            made = json.loads(done.stdout)
            world.secrets.add_token(arguments[0], made.get("apiKey") or made["sessionToken"])
            if "refreshToken" in made:
                world.secrets.add(f"refresh token of {arguments[0]}", made["refreshToken"])


def recordings(world: World, name: str) -> list[Path]:
    return sorted(world.scratch.glob(f"{name}.pcap.*"))


@suite.check("every form of a dump hides every secret")
def dumps(world: World) -> None:
    expect_equal(len(recordings(world, "first")), 4, "recordings")
    for path in recordings(world, "first"):
        for form in FORMS:
            done = world.run("dump", *form, str(path), program="wiredump")
            expect(done.returncode in (0, 1) and done.stdout, f"{form}: {done.stderr}")
    world.expect_silence()


@suite.check("what --reveal shows is found in every form, so that what is hidden would be")
def revealed(world: World) -> None:
    path = str(recordings(world, "first")[0])
    for form in FORMS[:3] + [["--format", form] for form in ("hex", "json", "protoscope")]:
        done = world.run("dump", "--reveal", *form, path, program="wiredump", hands_out=True)
        expect(world.secrets.found_in(done.stdout.encode()), f"{form}: no secret is found")
    world.expect_silence()


@suite.check("a recording that is cut, damaged or begins in the middle hides every secret")
def damaged(world: World) -> None:
    choose = random.Random(7)
    for path in recordings(world, "first"):
        whole = path.read_bytes()
        for number in range(6):
            damaged = bytearray(whole[: choose.randrange(100, len(whole))])
            if number % 2:
                damaged[choose.randrange(24, len(damaged))] ^= 1 << choose.randrange(8)
            cut = world.file("cut.pcap")
            cut.write_bytes(damaged)
            for form in ([], ["--format", "hex"], ["--format", "json"], ["--format", "protoscope", "-v"]):
                world.run("dump", *form, str(cut), program="wiredump")
    world.expect_silence()


@suite.check("two recordings are compared without showing in what secrets differ")
def differences(world: World) -> None:
    for left, right in zip(recordings(world, "first"), recordings(world, "second")):
        for form in ([], ["--all"]):
            world.run("diff", *form, str(left), str(right), program="wiredump")
    world.expect_silence()


@suite.check("a fixture has other secrets than its recording, in every file")
def fixtures(world: World) -> None:
    for number, path in enumerate(recordings(world, "first")):
        folder = world.file(f"fixture-{number}")
        made = world.run("fixture", "make", str(path), str(folder), program="wiredump")
        expect_equal(made.returncode, 0, made.stderr)
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                world.heard(str(file), file.read_bytes())
        world.run("fixture", "check", str(folder), program="wiredump")
        for form in (["--format", "hex", "--reveal"], ["--format", "json", "--reveal", "--bytes"]):
            world.run("dump", *form, str(folder), program="wiredump")
        world.run("fixture", "capture", str(folder), "-o", str(world.file("again.pcap")), program="wiredump")
        world.heard("a capture of a fixture", world.file("again.pcap").read_bytes())
    world.expect_silence()


@suite.check("tap shows no secret in any form, and what it saves is for its owner alone")
def taps(world: World) -> None:
    wiredump = str(Path(world.binary).parent / "wiredump")
    trust = ["--tls", "--ca", str(world.file("ca.pem")), "--server-name", "localhost"]
    forms = [["--format", form] for form in ("text", "oneline", "hex", "json", "protoscope")]
    for number, form in enumerate([*forms, ["--hpack-table", "--where", "status==0"]]):
        saved = world.file(f"saved-{number}.pcap")
        options = ["--to", world.service.address, *trust, "--save", str(saved), *form]
        with running([wiredump, "tap", "--listen", "127.0.0.1:0", *options]) as tap:
            address = listening(tap)
            for command in ("refresh-token", "login"):
                done = world.run(
                    command, "--local", address, "--json", "--credentials-file",
                    str(world.file("key.json")), hands_out=True,
                ) if command == "refresh-token" else world.run(
                    command, "--local", address, "--json", hands_out=True)
                expect_equal(done.returncode, 0, done.stderr)
                made = json.loads(done.stdout)
                world.secrets.add_token(command, made.get("apiKey") or made["sessionToken"])
            expect_equal(tap.stop(), 0, "exit code")
        world.heard(f"tap {form}, errors", tap.stderr)
        world.heard(f"tap {form}", "\n".join(lines(tap)))
        expect_equal(saved.stat().st_mode & 0o777, 0o600, "mode of a saved capture")
    world.expect_silence()


def listening(tap: Child) -> str:
    """The address that a tap tells on standard error."""
    deadline = time.monotonic() + 20
    while not (found := re.search(r"listening on (\S+), ", tap.stderr)):
        expect(time.monotonic() < deadline, f"tap listens: {tap.stderr}")
        time.sleep(0.02)
    return found[1]


def lines(child: Child) -> Iterator[str]:
    while (line := child.stdout_lines.get(timeout=20)) is not None:
        yield line


if __name__ == "__main__":
    sys.exit(suite.main(opened))
