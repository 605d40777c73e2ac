"""Runs our command-line client against a service and keeps what it said."""

from __future__ import annotations

import json
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness import Mismatch, command

# What a run may take: more than the client's own deadline of 15 s.
LIMIT = 20.0


@dataclass
class Outcome:
    code: int
    stdout: str
    stderr: str
    seconds: float

    @property
    def said(self) -> str:
        return f"exit {self.code}: {self.stdout} {self.stderr}"

    def json(self) -> dict[str, Any]:
        """The answer of a run that went well."""
        if self.code != 0:
            raise Mismatch(self.said)
        return json.loads(self.stdout)


@dataclass
class Client:
    """`momento-auth SUBCOMMAND --local ADDRESS …`, over TLS when `ca_file` is given."""

    binary: str
    address: str
    ca_file: Path | None = None
    tls: bool = False

    def run(self, subcommand: str, *options: str, credentials: str | None = None) -> Outcome:
        """`credentials` go in by standard input, never by argument."""
        arguments = [*command(self.binary), subcommand, "--local", self.address, "--json"]
        if self.tls or self.ca_file:
            arguments.append("--tls")
        if self.ca_file:
            arguments += ["--ca-file", str(self.ca_file)]
        if credentials is not None:
            arguments += ["--credentials-file", "-"]
        started = time.monotonic()
        done = subprocess.run(
            [*arguments, *options],
            input=credentials or "",
            capture_output=True,
            text=True,
            timeout=LIMIT,
        )
        return Outcome(done.returncode, done.stdout, done.stderr, time.monotonic() - started)
