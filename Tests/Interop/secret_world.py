"""A service, credentials of it, and a search for them in everything that is said of them."""

from __future__ import annotations

import base64
import json
import os
import random
import string
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Iterator

from cryptography.hazmat.primitives.serialization import load_pem_private_key

from harness import Service, expect, expect_equal, serving
from secret_forms import Secrets

# Seconds that a command may take; more than any deadline in here.
LIMIT = 90
# No home: what is not told where the spool is has none, and leaves nothing behind.
ENVIRONMENT = {"PATH": os.environ["PATH"], "SWIFT_BACKTRACE": "enable=no"}


def made_up(count: int) -> str:
    """Digits, small and capital letters, some of each."""
    choices = random.SystemRandom().choices
    return "".join(choices(string.ascii_letters, k=count - 4)) + "Zx" + "".join(choices("0123456789", k=2))


@dataclass
class World:
    binary: str
    scratch: Path
    service: Service
    secrets: Secrets = field(default_factory=Secrets)
    said: list[tuple[str, bytes]] = field(default_factory=list)

    def file(self, name: str, content: "str | None" = None) -> Path:
        path = self.scratch / name
        if content is not None:
            path.write_text(content)
            path.chmod(0o600)
        return path

    def heard(self, what: str, text: "str | bytes") -> None:
        self.said.append((what, text.encode() if isinstance(text, str) else text))

    def seed(self, name: str, count: int = 40) -> str:
        secret = made_up(count)
        self.secrets.add(name, secret)
        return secret

    def run(
        self, *arguments: str, stdin: str = "", hands_out: bool = False, program: str = "momento-auth",
        **environment: str,
    ) -> subprocess.CompletedProcess[str]:
        """Runs a command, and keeps what it says for the search."""
        done = subprocess.run(
            [str(Path(self.binary).parent / program), *arguments], input=stdin, capture_output=True,
            text=True, errors="surrogateescape", timeout=LIMIT, env=ENVIRONMENT | environment,
        )
        what = f"{program} {' '.join(arguments)[:60]}"
        self.heard(f"{what}, errors", done.stderr.encode(errors="surrogateescape"))
        if not hands_out:
            self.heard(what, done.stdout.encode(errors="surrogateescape"))
        return done

    def call(self, command: str, *options: str, **more: str) -> subprocess.CompletedProcess[str]:
        """A command that uses the service."""
        trust = ["--local", self.service.address, "--tls", "--ca-file", str(self.file("ca.pem"))]
        return self.run(command, *trust, *options, **more)

    def expect_silence(self) -> None:
        """Nothing that was said since the last time holds any secret."""
        said, self.said = self.said, []
        expect(said, "nothing was said")
        leaks = [(what, found, text) for what, text in said if (found := self.secrets.found_in(text))]
        expect(not leaks, "".join(f"\n{what}: it holds {found}" for what, found, _ in leaks))

    @property
    def key(self) -> dict[str, str]:
        return json.loads(self.file("key.json").read_text())


@contextmanager
def opened(binary: str, scratch: Path) -> Iterator[World]:
    options = ["--state", str(scratch / "state.json"), "--log", str(scratch / "calls.log")]
    with serving(binary, *options, ca_file=scratch / "ca.pem") as service:
        world = World(binary, scratch, service)
        state = json.loads((scratch / "state.json").read_text())
        for name in ("signingKey", "refreshKey"):
            world.secrets.add(name, base64.b64decode(state[name]))
        private = load_pem_private_key(state["authority"]["privateKey"].encode(), None)
        world.secrets.add("private key", private.private_numbers().private_value.to_bytes(32, "big"))
        make_credentials(world)
        yield world


def make_credentials(world: World) -> None:
    def output(name: str) -> list[str]:
        return ["--output", str(world.file(name))]

    # Where they go by --output, standard output is searched, too.
    expect_equal(world.call("login", *output("session.json")).returncode, 0, "login")
    session = json.loads(world.file("session.json").read_text())["sessionToken"]
    world.secrets.add_token("session token", session)
    world.call(
        "generate-token", "--credentials-file", str(world.file("session.json")),
        "--scope", "super-user", "--expires-in", "30d", *output("key.json"),
    )
    world.secrets.add_token("API key", world.key["apiKey"])
    world.secrets.add("refresh token", world.key["refreshToken"])
    world.call(
        "generate-disposable-token", "--credentials-file", str(world.file("key.json")),
        "--permission", "topic:subscribe:chat:lobby", "--expires-in", "30m", *output("token.json"),
    )
    token = json.loads(world.file("token.json").read_text())["apiKey"]
    world.secrets.add_token("disposable token", token)
