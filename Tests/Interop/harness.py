"""What every interop script shares: named checks, and child processes that are always reaped."""

from __future__ import annotations

import argparse
import queue
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Callable, Iterator


class Mismatch(AssertionError):
    """A check found something other than it asks for."""


def expect(condition: object, detail: str) -> None:
    if not condition:
        raise Mismatch(detail)


def expect_equal(found: object, wanted: object, what: str) -> None:
    expect(found == wanted, f"{what}: {found!r}, not {wanted!r}")


@dataclass
class Suite:
    """Named checks that run in order; one line each, then `N passed, N failed`."""

    name: str
    checks: list[tuple[str, Callable[[Any], None]]] = field(default_factory=list)

    def check(self, title: str) -> Callable[[Callable[[Any], None]], Callable[[Any], None]]:
        def add(run: Callable[[Any], None]) -> Callable[[Any], None]:
            self.checks.append((title, run))
            return run

        return add

    def main(self, environment: Callable[[str, Path], Any]) -> int:
        """Runs all checks in what `environment(binary, scratch)` opens; the exit code."""
        parser = argparse.ArgumentParser(prog=self.name)
        parser.add_argument("binary", help="the momento-auth executable")
        binary = str(Path(parser.parse_args().binary).resolve())
        with tempfile.TemporaryDirectory(prefix="interop-") as scratch:
            try:
                with environment(binary, Path(scratch)) as opened:
                    failed = sum(not self._run(title, run, opened) for title, run in self.checks)
            except Exception as problem:
                traceback.print_exc()
                print(f"FAIL  {self.name}: set-up: {problem}", flush=True)
                failed = len(self.checks)
        print(f"{len(self.checks) - failed} passed, {failed} failed", flush=True)
        return 1 if failed else 0

    def _run(self, title: str, run: Callable[[Any], None], environment: Any) -> bool:
        try:
            run(environment)
        except Exception as problem:
            print(f"FAIL  {self.name}: {title}: {_told(problem)}", flush=True)
            return False
        print(f"ok    {self.name}: {title}", flush=True)
        return True


def _told(problem: Exception) -> str:
    text = str(problem) if isinstance(problem, Mismatch) else f"{type(problem).__name__}: {problem}"
    return " ".join(text.split())[:600]


def command(binary: str) -> list[str]:
    """How to start `binary`, which may be a Python script standing in for it."""
    return [sys.executable, binary] if binary.endswith(".py") else [binary]


class Child:
    """A running process; its lines are read as they come, and `stop` ends it by its own id."""

    def __init__(self, arguments: list[str]) -> None:
        self._process = subprocess.Popen(
            arguments,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
        )
        self.stdout_lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self.stderr = ""
        self._readers = [
            threading.Thread(target=self._read_stdout, daemon=True),
            threading.Thread(target=self._read_stderr, daemon=True),
        ]
        for reader in self._readers:
            reader.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    def wait_for_line(self, pattern: str, timeout: float = 20) -> re.Match[str]:
        """The first line of standard output that matches."""
        deadline = time.monotonic() + timeout
        while True:
            try:
                line = self.stdout_lines.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                raise TimeoutError(f"no line like {pattern!r} within {timeout} s") from None
            if line is None:
                raise Mismatch(f"it ended before a line like {pattern!r}: {self.stderr}")
            if found := re.search(pattern, line):
                return found

    def terminate(self) -> None:
        self._process.send_signal(signal.SIGTERM)

    def wait(self, timeout: float = 20) -> int:
        """The exit code, once it ends by itself."""
        return self._process.wait(timeout)

    def stop(self, timeout: float = 10) -> int:
        """Asks it to end, then insists; the exit code."""
        if self._process.poll() is None:
            self.terminate()
        try:
            code = self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            self._process.kill()
            code = self._process.wait()
        for reader in self._readers:
            reader.join(5)
        return code

    def _read_stdout(self) -> None:
        for line in self._process.stdout or ():
            self.stdout_lines.put(line.rstrip("\n"))
        self.stdout_lines.put(None)

    def _read_stderr(self) -> None:
        for line in self._process.stderr or ():
            self.stderr += line


@contextmanager
def running(arguments: list[str]) -> Iterator[Child]:
    child = Child(arguments)
    try:
        yield child
    finally:
        child.stop()


@dataclass
class Service:
    """An embedded auth service that listens."""

    child: Child
    port: int
    ca_file: Path | None = None

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"


@contextmanager
def serving(binary: str, *options: str, ca_file: Path | None = None) -> Iterator[Service]:
    """`momento-auth serve` on a free port; with TLS when `ca_file` says where its CA goes."""
    tls = ["--tls", "--ca-file", str(ca_file)] if ca_file else []
    arguments = [*command(binary), "serve", "--listen", "127.0.0.1:0", *tls, *options]
    with running(arguments) as child:
        first = child.wait_for_line("^")
        found = re.fullmatch(r"listening on 127\.0\.0\.1:(\d+)", first.string)
        if not found:
            raise Mismatch(f"first line of serve: {first.string!r}")
        yield Service(child, int(found[1]), ca_file)
