#!/usr/bin/env python3
"""What a call costs where that is exact: allocations, by wirebench in release mode.

Tests/Interop/call_cost.py WIREBENCH     the executable, from `swift build -c release`
"""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import contextmanager
from typing import Iterator

CALLS = 20_000
# Arguments of `wirebench call`, and the most allocations that a call may cost with them. The client's
# own are the request, the call, the answer and its three texts.
LOADS = [
    (["--in-flight", "64"], 8),
    (["--in-flight", "1"], 8.1),
    (["--in-flight", "64", "--on-loop"], 8),
    (["--in-flight", "64", "--connections", "4", "--loops", "2"], 9),
    (["--in-flight", "64", "--via", "auth"], 14),
]


@contextmanager
def serving(wirebench: str) -> Iterator[str]:
    command = [wirebench, "serve", "--listen", "127.0.0.1:0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            line = server.stdout.readline()
            yield line.removeprefix("listening on ").strip()
        finally:
            server.terminate()
            server.wait(timeout=60)


def call(wirebench: str, address: str, arguments: list[str]) -> dict[str, float]:
    command = [wirebench, "call", "--target", address, "--calls", str(CALLS), "--json", *arguments]
    return json.loads(subprocess.run(command, check=True, capture_output=True, timeout=120).stdout)


def codec(wirebench: str) -> list[tuple[str, float, float]]:
    command = [wirebench, "codec", "--rounds", "1", "--json"]
    told = json.loads(subprocess.run(command, check=True, capture_output=True, timeout=120).stdout)
    return [
        (f"{row['way']} {row['message']}", row["allocations"], row["allocationsNeeded"])
        for row in told["messages"]
    ]


def main() -> int:
    wirebench = sys.argv[1]
    results: list[tuple[str, float, float, bool]] = []
    with serving(wirebench) as address:
        for arguments, most in LOADS:
            found = call(wirebench, address, arguments)
            whole = found["calls"] == CALLS and found["errors"] == 0
            results.append(
                (f"call {' '.join(arguments)}", found["allocationsPerCall"], most, whole)
            )
    results += [(name, count, most, True) for name, count, most in codec(wirebench)]
    failed = 0
    for name, count, most, whole in results:
        holds = whole and count <= most
        failed += not holds
        told = f"{count:g} allocations, at most {most:g}" if whole else "calls failed"
        print(f"{'ok  ' if holds else 'FAIL'}  {name}: {told}")
    print(f"{len(results) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
