#!/usr/bin/env python3
"""awslambdaric, AWS's own client of the runtime interface, finds our stand-in for it to be what it expects.

A function of its own runs on `rotation-fakes lambda`, which is built beside the executable that is given.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Iterator

from harness import Suite, expect, expect_equal

suite = Suite("lambda_runtime")
HANDLER = """
def handle(event, context):
    if event.get("fail"):
        raise ValueError("told to")
    return {
        "echo": event,
        "request": context.aws_request_id,
        "arn": context.invoked_function_arn,
        "left": context.get_remaining_time_in_millis(),
        "trace": __import__("os").environ.get("_X_AMZN_TRACE_ID"),
    }
"""


@dataclass
class World:
    fakes: str
    scratch: Path

    @contextmanager
    def interface(self, handler: str) -> Iterator[subprocess.Popen[str]]:
        """The stand-in, with AWS's client on it; events go in as lines, endings come out as lines."""
        fake = subprocess.Popen(
            [self.fakes, "lambda"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        address = fake.stdout.readline().strip()
        client = subprocess.Popen(
            [sys.executable, "-m", "awslambdaric", handler],
            cwd=self.scratch,
            env={**os.environ, "AWS_LAMBDA_RUNTIME_API": address, **FUNCTION},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            yield fake
        finally:
            client.terminate()
            client.wait(20)
            fake.communicate(timeout=20)

    def run(self, fake: subprocess.Popen[str], event: Any) -> dict[str, Any]:
        fake.stdin.write(json.dumps(event) + "\n")
        fake.stdin.flush()
        return json.loads(fake.stdout.readline())


FUNCTION = {
    "AWS_LAMBDA_FUNCTION_NAME": "rotate",
    "AWS_LAMBDA_FUNCTION_VERSION": "1",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128",
    "AWS_LAMBDA_LOG_GROUP_NAME": "g",
    "AWS_LAMBDA_LOG_STREAM_NAME": "s",
    "AWS_REGION": "eu-west-1",
}


@contextmanager
def opened(binary: str, scratch: Path) -> Iterator[World]:
    (scratch / "function.py").write_text(HANDLER)
    yield World(str(Path(binary).parent / "rotation-fakes"), scratch)


@suite.check("events are handled one after the other, and their answers come back")
def answers(world: World) -> None:
    with world.interface("function.handle") as fake:
        requests = set()
        for number in range(1, 4):
            ending = world.run(fake, {"number": number})
            expect_equal(ending["kind"], "response", "ending")
            expect_equal(ending["number"], number, "number of the event")
            answer = json.loads(ending["body"])
            expect_equal(answer["echo"], {"number": number}, "event")
            expect(answer["arn"].startswith("arn:aws:lambda:"), answer["arn"])
            expect(100_000 < answer["left"] <= 120_000, f"{answer['left']} ms are left")
            expect(answer["trace"].startswith("Root=1-"), f"trace {answer['trace']}")
            requests.add(answer["request"])
        expect_equal(len(requests), 3, "request ids")


@suite.check("a failure of the handler is an error, with a type")
def errors(world: World) -> None:
    with world.interface("function.handle") as fake:
        ending = world.run(fake, {"fail": True})
        expect_equal((ending["kind"], ending["number"]), ("error", 1), "ending")
        body = json.loads(ending["body"])
        expect_equal(body["errorMessage"], "told to", "message")
        expect_equal(body["errorType"], "ValueError", "type")
        expect_equal(world.run(fake, {})["kind"], "response", "ending after an error")


@suite.check("a function that cannot begin says so")
def beginnings(world: World) -> None:
    with world.interface("nowhere.handle") as fake:
        ending = json.loads(fake.stdout.readline())
        expect(ending["kind"] in ("init/error", "error"), f"{ending}")
        expect("nowhere" in ending["body"], ending["body"])


if __name__ == "__main__":
    sys.exit(suite.main(opened))
