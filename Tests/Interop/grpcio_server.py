#!/usr/bin/env python3
"""Our command-line client calls a grpcio server (gRPC C-core), which keeps what it got."""

from __future__ import annotations

import json
import sys
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator

import grpc

from certificates import Authority
from cli import Client, Outcome
from harness import Suite, expect, expect_equal
from momento_api import (
    Selectors,
    all_data,
    cache_key,
    explicit,
    inner_key,
    permissions_pb2,
    shown_form,
    superuser,
)
from recording_service import (
    ENDPOINT,
    KEY,
    NEW_KEY,
    NEW_REFRESH,
    REFRESH,
    SECRETS,
    SESSION,
    TOKEN,
    VALID_UNTIL,
    Received,
    Recorder,
    never_answer,
    recording,
)

suite = Suite("grpcio_server")

ERROR_CODES = {
    "CANCELLED": "CANCELLED_ERROR",
    "UNKNOWN": "UNKNOWN_SERVICE_ERROR",
    "INVALID_ARGUMENT": "INVALID_ARGUMENT_ERROR",
    "DEADLINE_EXCEEDED": "TIMEOUT_ERROR",
    "NOT_FOUND": "NOT_FOUND_ERROR",
    "ALREADY_EXISTS": "ALREADY_EXISTS_ERROR",
    "PERMISSION_DENIED": "PERMISSION_ERROR",
    "RESOURCE_EXHAUSTED": "LIMIT_EXCEEDED_ERROR",
    "FAILED_PRECONDITION": "FAILED_PRECONDITION_ERROR",
    "ABORTED": "INTERNAL_SERVER_ERROR",
    "OUT_OF_RANGE": "BAD_REQUEST_ERROR",
    "UNIMPLEMENTED": "BAD_REQUEST_ERROR",
    "INTERNAL": "INTERNAL_SERVER_ERROR",
    "UNAVAILABLE": "SERVER_UNAVAILABLE",
    "DATA_LOSS": "INTERNAL_SERVER_ERROR",
    "UNAUTHENTICATED": "AUTHENTICATION_ERROR",
}

EXIT_CODES = {
    "INTERNAL": 1,
    "INVALID_ARGUMENT": 2,
    "UNAUTHENTICATED": 3,
    "PERMISSION_DENIED": 4,
    "RESOURCE_EXHAUSTED": 5,
    "UNAVAILABLE": 6,
}


@dataclass
class World:
    recorder: Recorder
    clients: list[Client]

    def each(self) -> Iterator[Client]:
        """Our client in plaintext, then over TLS; the recorder starts afresh for each."""
        for client in self.clients:
            self.recorder.calls.clear()
            self.recorder.failing = None
            yield client

    def received(self, method: str) -> Received:
        expect_equal([call.method for call in self.recorder.calls], [method], "calls received")
        return self.recorder.calls[0]


@contextmanager
def world(binary: str, scratch: Path) -> Iterator[World]:
    authority = Authority(scratch, "authority")
    identity = authority.issue("server", ["127.0.0.1", "localhost"])
    recorder = Recorder()
    with ExitStack() as stack:
        plain = stack.enter_context(recording(recorder))
        secure = stack.enter_context(recording(recorder, identity))
        clients = [Client(binary, plain), Client(binary, secure, authority.ca_file)]
        yield World(recorder, clients)


def expect_momento_metadata(call: Received, key: str | None) -> None:
    """`agent`, `runtime-version`, a deadline, and the key itself as `authorization`."""
    agent = str(call.metadata.get("agent"))
    expect(agent.startswith("swift:auth:"), f"agent: {agent}")
    expect(call.metadata.get("runtime-version"), "no runtime-version")
    expect(call.seconds_left is not None and call.seconds_left < 601, "no deadline was sent")
    expect_equal(call.metadata.get("authorization"), key, "authorization")


def generate(client: Client, *options: str) -> Outcome:
    return client.run("generate-token", *options, credentials=SESSION)


@suite.check("login: session token printed, no credential sent")
def _(world: World) -> None:
    for client in world.each():
        answer = client.run("login").json()
        expect_equal(answer, {"sessionToken": SESSION, "validForSeconds": 3600}, "answer")
        expect_momento_metadata(world.received("Login"), None)


@suite.check("generate-token: superuser, 30 minutes")
def _(world: World) -> None:
    for client in world.each():
        answer = generate(client, "--scope", "super-user", "--expires-in", "30m").json()
        expect_equal(inner_key(answer["apiKey"]), KEY, "apiKey")
        expect_equal(answer["refreshToken"], REFRESH, "refreshToken")
        expect_equal(answer["endpoint"], ENDPOINT, "endpoint")
        expect_equal(answer["validUntil"], VALID_UNTIL, "validUntil")
        call = world.received("GenerateApiToken")
        expect_momento_metadata(call, SESSION)
        expect_equal(call.request.auth_token, SESSION, "auth_token")
        expect_equal(call.request.permissions, superuser(), "permissions")
        expect_equal(call.request.expires.valid_for_seconds, 1800, "valid_for_seconds")


@suite.check("generate-token: all data for 90 days, then for ever")
def _(world: World) -> None:
    for client in world.each():
        generate(client, "--scope", "all-data-read-write", "--expires-in", "90d").json()
        call = world.received("GenerateApiToken")
        sent = {e.WhichOneof("kind"): e for e in call.request.permissions.explicit.permissions}
        for entry in all_data().explicit.permissions:
            expect_equal(sent.get(entry.WhichOneof("kind")), entry, "permission")
        expect_equal(call.request.expires.valid_for_seconds, 90 * 86400, "valid_for_seconds")
        world.recorder.calls.clear()
        answer = generate(client, "--scope", "all-data-read-write", "--expires-in", "never").json()
        expect(world.received("GenerateApiToken").request.HasField("never"), "not never")
        expect(not answer.get("refreshToken"), "a refresh token for a key that never expires")
        expect(not answer.get("validUntil"), f"validUntil: {answer.get('validUntil')}")


@suite.check("refresh-token: the pair is sent, the new pair printed")
def _(world: World) -> None:
    pair = {"apiKey": shown_form(ENDPOINT, KEY), "refreshToken": REFRESH, "validUntil": VALID_UNTIL}
    for client in world.each():
        answer = client.run("refresh-token", credentials=json.dumps(pair)).json()
        expect_equal(inner_key(answer["apiKey"]), NEW_KEY, "apiKey")
        expect_equal(answer["refreshToken"], NEW_REFRESH, "refreshToken")
        call = world.received("RefreshApiToken")
        expect_momento_metadata(call, KEY)
        expect_equal((call.request.api_key, call.request.refresh_token), (KEY, REFRESH), "pair")


@suite.check("generate-disposable-token: a key and a topic, token id, 5 minutes")
def _(world: World) -> None:
    topic = Selectors.TopicPermissions(
        role=permissions_pb2.TopicReadOnly,
        cache_selector=Selectors.CacheSelector(cache_name="cache-a"),
        topic_selector=Selectors.TopicSelector(topic_name_prefix="room-"),
    )
    wanted = explicit(cache_key("cache-a", b"k"), Selectors(topic_permissions=topic))
    options = [
        "--permission", "cache:readonly:cache-a:key=k",
        "--permission", "topic:subscribe:cache-a:prefix=room-",
        "--token-id", "device-1", "--expires-in", "5m",
    ]  # fmt: skip
    for client in world.each():
        credentials = shown_form(ENDPOINT, KEY)
        answer = client.run("generate-disposable-token", *options, credentials=credentials).json()
        texts = [value for value in answer.values() if isinstance(value, str)]
        expect(TOKEN in map(inner_key, texts), f"no token in {sorted(answer)}")
        call = world.received("GenerateDisposableToken")
        expect_momento_metadata(call, KEY)
        expect_equal(call.request.auth_token, KEY, "auth_token")
        expect_equal(call.request.permissions, wanted, "permissions")
        expect_equal(call.request.token_id, "device-1", "token_id")
        expect_equal(call.request.expires.valid_for_seconds, 300, "valid_for_seconds")


def expect_failure(outcome: Outcome, code: str) -> None:
    """The error is named, the exit code is not 0, and nothing secret is said."""
    expect(outcome.code not in (0, 64), outcome.said)
    expect(code in outcome.stdout + outcome.stderr, f"no {code}: {outcome.said}")
    told = [secret for secret in SECRETS if secret in outcome.said]
    expect(not told, f"secrets in the output: {outcome.said}")


@suite.check(f"{len(ERROR_CODES)} statuses become error codes; the message comes through")
def _(world: World) -> None:
    client = world.clients[0]
    for status, code in ERROR_CODES.items():
        message = f"Grund: 100 % „{status}“"
        world.recorder.failing = lambda context: context.abort(grpc.StatusCode[status], message)
        outcome = generate(client, "--scope", "super-user", "--expires-in", "30m")
        expect_failure(outcome, code)
        expect(message in outcome.stdout + outcome.stderr, f"no {message!r}: {outcome.said}")
    world.recorder.failing = None


@suite.check("each kind of failure has the exit code that the help says")
def _(world: World) -> None:
    for status, code in EXIT_CODES.items():
        world.recorder.failing = lambda context: context.abort(grpc.StatusCode[status], "refused")
        outcome = generate(world.clients[0], "--scope", "super-user", "--expires-in", "30m")
        expect_equal(outcome.code, code, f"exit code of {status}")
    world.recorder.failing = None


@suite.check("a server that repeats the credentials in its message: they are cut out")
def _(world: World) -> None:
    for client in world.each():
        world.recorder.failing = lambda context: context.abort(
            grpc.StatusCode.INVALID_ARGUMENT, f"bad token {SESSION}"
        )
        outcome = generate(client, "--scope", "super-user", "--expires-in", "30m")
        expect_failure(outcome, "INVALID_ARGUMENT_ERROR")


@suite.check("a server that never answers: TIMEOUT_ERROR in time")
def _(world: World) -> None:
    for client in world.each():
        world.recorder.failing = never_answer
        options = ["--scope", "super-user", "--expires-in", "30m", "--timeout", "1s"]
        outcome = generate(client, *options)
        expect_failure(outcome, "TIMEOUT_ERROR")
        expect(outcome.seconds < 5, f"{outcome.seconds:.1f} s")
    world.recorder.failing = None


@suite.check("a login that ends without a session is an error")
def _(world: World) -> None:
    client = world.clients[0]
    world.recorder.failing = lambda context: context.abort(
        grpc.StatusCode.CANCELLED, "the browser was closed"
    )
    expect_failure(client.run("login"), "CANCELLED_ERROR")
    world.recorder.failing = None


if __name__ == "__main__":
    sys.exit(suite.main(world))
