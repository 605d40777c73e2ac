#!/usr/bin/env python3
"""Servers that answer wrongly, by halves or not at all, at grpcio's client and at ours.

client_answers.py BINARY      grpc-interop-client lies beside BINARY

The cases are those of `answers`, which the tests of GRPCTransport hold our client to as well. grpcio's
client has to end each call with the same status, or with the other one that the case names beside why.
"""

from __future__ import annotations

import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Iterator

import grpc

from answer_script import AnsweringServer, tables
from harness import Suite, expect

LIMIT = 1000
DEADLINE = 6
EMPTY_CALL = "/grpc.testing.TestService/EmptyCall"
STREAMING_CALL = "/grpc.testing.TestService/StreamingOutputCall"
suite = Suite("client_answers")


def grpcio_ending(case: dict[str, Any]) -> str:
    """The name of the status that grpcio's client gives the call."""
    server = AnsweringServer(case["steps"])
    options = [
        ("grpc.max_receive_message_length", LIMIT),
        ("grpc.max_metadata_size", 8192),
        ("grpc.absolute_max_metadata_size", 8192),
        ("grpc.use_local_subchannel_pool", 1),
    ]
    if case.get("keepalive"):
        options += [("grpc.keepalive_time_ms", 10), ("grpc.keepalive_timeout_ms", 500)]
    timeout = case.get("deadline", DEADLINE * 1000) / 1000
    try:
        with grpc.insecure_channel(f"127.0.0.1:{server.port}", options) as channel:
            if "messages" in case:
                list(channel.unary_stream(STREAMING_CALL)(b"", timeout=timeout))
            else:
                channel.unary_unary(EMPTY_CALL)(b"", timeout=timeout)
            return "OK"
    except grpc.RpcError as error:
        return error.code().name
    finally:
        server.close()


def our_ending(client: Path, case: dict[str, Any]) -> str:
    server = AnsweringServer(case["steps"])
    flags = ["--server_host=127.0.0.1", f"--server_port={server.port}", "--test_case=empty_unary"]
    try:
        done = subprocess.run(
            [client, *flags], capture_output=True, text=True, timeout=120, check=False
        )
    finally:
        server.close()
    # Its test case wants an Empty, and the message of a good answer has a field: the call has succeeded.
    if done.returncode == 0 or "an Empty has no fields" in done.stderr:
        return "OK"
    found = re.match(r"FAILED: ([A-Z_]+)", done.stderr)
    return found[1] if found else done.stderr


def needs_no_settings(case: dict[str, Any]) -> bool:
    """Whether a client without options of its own, with a deadline of a minute, can try the case."""
    return not case.keys() & {"deadline", "keepalive", "limits", "messages"}


@contextmanager
def world(binary: str, scratch: Path) -> Iterator[Path]:
    yield Path(binary).parent / "grpc-interop-client"


def differences(ending: Any, cases: list[dict[str, Any]], wanted: Any) -> list[str]:
    with ThreadPoolExecutor(16) as pool:
        endings = list(pool.map(ending, cases))
    return [
        f"{case['name']}: {found}, not {wanted(case)}"
        for case, found in zip(cases, endings)
        if found != wanted(case)
    ]


def add(table: dict[str, Any]) -> None:
    cases = table["cases"]

    @suite.check(f"{table['title']}: grpcio's client ends each call as the table says")
    def _(client: Path) -> None:
        tried = [case for case in cases if case.get("grpcio", "") is not None]
        found = differences(grpcio_ending, tried, lambda case: case.get("grpcio", case["ends"]))
        expect(not found, "; ".join(found))

    @suite.check(f"{table['title']}: our client, in a process of its own, does so too")
    def _(client: Path) -> None:
        tried = [case for case in cases if needs_no_settings(case)]
        found = differences(lambda case: our_ending(client, case), tried, lambda case: case["ends"])
        expect(not found, "; ".join(found))


for one in tables():
    add(one)


if __name__ == "__main__":
    sys.exit(suite.main(world))
