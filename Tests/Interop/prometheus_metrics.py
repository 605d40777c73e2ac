#!/usr/bin/env python3
"""Prometheus' Python client reads what a running rotator serves at /metrics."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator

from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families

from harness import Suite, expect, expect_equal

suite = Suite("prometheus_metrics")
# A name whose characters have to be escaped.
FILE = 'key "a"\\b.json'


@contextmanager
def opened(binary: str, scratch: Path) -> Iterator[dict[str, Metric]]:
    """The figures of a rotator whose key is not due."""
    issued = int(time.time())
    key = {"apiKey": "k", "refreshToken": "r", "validUntil": issued + 86_400, "issuedAt": issued}
    path = scratch / FILE
    path.write_text(json.dumps(key))
    path.chmod(0o600)
    process = subprocess.Popen(
        [binary, "rotate", "run", "--store", f"file:{path}", "--spool", str(scratch / "spool")]
        + ["--listen", "127.0.0.1:0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    watchdog = threading.Timer(120, process.kill)
    watchdog.start()
    try:
        address = process.stdout.readline().removeprefix("listening on ").strip()
        yield figures(f"http://{address}/metrics")
    finally:
        process.terminate()
        process.communicate(timeout=60)
        watchdog.cancel()


def figures(url: str) -> dict[str, Metric]:
    """The families by their names, once the rotator has looked at its key."""
    while True:
        with urllib.request.urlopen(url, timeout=60) as answer:
            kind = answer.headers["Content-Type"]
            text = answer.read().decode()
        expect(kind.startswith("text/plain; version=0.0.4"), f"it is {kind}")
        families = {family.name: family for family in text_string_to_metric_families(text)}
        if "momento_key_expiry_timestamp_seconds" in families:
            return families
        time.sleep(0.1)


@suite.check("each family has a type and a help, and its samples are of one secret")
def families(found: dict[str, Metric]) -> None:
    for name, family in found.items():
        expect(family.type in ("gauge", "counter"), f"{name} is a {family.type}")
        expect(family.documentation, f"{name} has no help")
        expect(family.samples, f"{name} has no samples")
        for sample in family.samples:
            expect(sample.labels["secret"].endswith(FILE), f"{name} is of {sample.labels}")


@suite.check("the moments of the key are those of its file")
def moments(found: dict[str, Metric]) -> None:
    def value(name: str) -> float:
        return found[name].samples[0].value

    issued = value("momento_key_issued_timestamp_seconds")
    expect_equal(value("momento_key_expiry_timestamp_seconds") - issued, 86_400, "lifetime")
    due = value("momento_rotation_next_attempt_timestamp_seconds")
    expect(issued < due < issued + 86_400, f"it is due at {due}")
    expect_equal(value("momento_rotations"), 0, "rotations")


@suite.check("every alarm is there, and off")
def alarms(found: dict[str, Metric]) -> None:
    states = {s.labels["alarm"]: s.value for s in found["momento_rotation_alarm"].samples}
    expect({"emergency", "expired", "refused"} <= states.keys(), f"there are {states}")
    expect_equal(set(states.values()), {0.0}, "states")


if __name__ == "__main__":
    sys.exit(suite.main(opened))
