#!/usr/bin/env python3
"""Runs every interop script against one executable, two at a time.

Tests/Interop/run_all.py [BINARY]      BINARY: .build/debug/momento-auth unless given
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).parent
SCRIPTS = [
    "nghttp2_tools",
    "grpcio_client",
    "standard_services",
    "conformance_suite",
    "protobuf_differential",
    "protobuf_compiler",
    "grpc_interop",
    "http2_faults",
    "client_answers",
    "http2_server",
    "http2_attacks",
    "wiredump_frames",
    "wiredump_protobuf",
    "wiredump_tap",
    "wiredump_fixtures",
    "wiredump_tshark",
    "grpcio_server",
    "tls_refusals",
    "momento_sdk",
    "momento_auth_scenarios",
    "google_secret_manager",
    "google_server",
    "aws_stores",
    "aws_fake",
    "vault_hvac",
    "lambda_runtime",
    "prometheus_metrics",
    "deployment_files",
    "console_page",
    "service_state",
    "secret_leaks",
    "secret_wire",
    "secret_stores",
]
LIMIT = 400


def run(script: str, binary: Path) -> tuple[int, int]:
    """Prints the script's lines when it is done; how many of its checks passed and failed."""
    process = subprocess.Popen(
        [sys.executable, "-B", str(HERE / f"{script}.py"), str(binary)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,  # so that what it started ends with it
    )
    try:
        said, _ = process.communicate(timeout=LIMIT)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        said = process.communicate()[0] + f"FAIL  {script}: not done after {LIMIT} s\n"
    counts = re.search(r"^(\d+) passed, (\d+) failed\s*\Z", said, re.MULTILINE)
    sys.stdout.write(said[: counts.start()] if counts else said)
    sys.stdout.flush()
    if not counts:
        print(f"FAIL  {script}: it ended without a count, exit code {process.returncode}")
        return said.count("\nok "), said.count("\nFAIL ") + 1
    return int(counts[1]), int(counts[2])


def main() -> int:
    default = HERE.parent.parent / ".build/debug/momento-auth"
    binary = Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else default
    if not binary.exists():
        print(f"{binary} does not exist; build it with: swift build")
        return 2
    with ThreadPoolExecutor(2) as pool:
        counts = list(pool.map(lambda script: run(script, binary), SCRIPTS))
    passed, failed = (sum(column) for column in zip(*counts))
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
