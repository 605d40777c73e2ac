#!/usr/bin/env python3
"""A grpcio client (gRPC C-core) calls our embedded service."""

from __future__ import annotations

import socket
import sys
import threading
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator

import grpc
from momento_wire_types import auth_pb2

from harness import Service, Suite, expect, expect_equal, serving
from momento_api import (
    Api,
    all_data,
    cache_key,
    connected,
    disposable_request,
    explicit,
    generate_request,
    superuser,
)

suite = Suite("grpcio_client")


@dataclass
class World:
    binary: str
    plain: Service
    secure: Service
    api: Api
    key: str


@contextmanager
def world(binary: str, scratch: Path) -> Iterator[World]:
    with ExitStack() as stack:
        plain = stack.enter_context(serving(binary))
        secure = stack.enter_context(serving(binary, ca_file=scratch / "ca.pem"))
        api = stack.enter_context(connected(plain.address))
        yield World(binary, plain, secure, api, api.superuser_key())


def refusal(call: object) -> grpc.RpcError:
    try:
        call()  # type: ignore[operator]
    except grpc.RpcError as error:
        return error
    raise AssertionError("the call was answered, not refused")


def refuses(port: int, timeout: float = 1.5) -> bool:
    """Whether new connections to `port` come to be refused in time."""
    until = time.monotonic() + timeout
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            return True
        time.sleep(0.02)
    return False


def four_calls(api: Api) -> None:
    session = api.log_in()
    made = api.auth.GenerateApiToken(generate_request(session, superuser(), 3600), timeout=20)
    expect(made.api_key and made.refresh_token and made.endpoint, f"fields missing: {made}")
    expect(abs(made.valid_until - time.time() - 3600) < 60, f"valid until {made.valid_until}")
    renewed = api.auth.RefreshApiToken(
        auth_pb2._RefreshApiTokenRequest(api_key=made.api_key, refresh_token=made.refresh_token),
        timeout=20,
    )
    expect(renewed.api_key not in ("", made.api_key), "the renewed key is the old one")
    scope = explicit(cache_key("cache-a", b"\x00\xff"))
    token = api.token.GenerateDisposableToken(
        disposable_request(renewed.api_key, scope, 300, "device-1"), timeout=20
    )
    expect(token.api_key and token.endpoint, f"fields missing: {token}")
    expect(abs(token.valid_until - time.time() - 300) < 60, f"valid until {token.valid_until}")


@suite.check("all four calls are answered, plaintext")
def _(world: World) -> None:
    four_calls(world.api)


@suite.check("all four calls are answered, TLS with the authority that serve wrote")
def _(world: World) -> None:
    with connected(world.secure.address, world.secure.ca_file) as api:
        four_calls(api)


@suite.check("a key that never expires has no refresh token and valid_until 0")
def _(world: World) -> None:
    request = generate_request(world.key, all_data(), seconds=None)
    made = world.api.auth.GenerateApiToken(request, timeout=20)
    expect_equal((made.valid_until, made.refresh_token), (0, ""), "valid_until, refresh_token")


@suite.check("refusals carry their status: unknown key, superuser by a key, empty list, no method")
def _(world: World) -> None:
    auth = world.api.auth
    cases = [
        (auth.GenerateApiToken, generate_request("unknown", all_data(), 60), "UNAUTHENTICATED"),
        (auth.GenerateApiToken, generate_request(world.key, superuser(), 60), "PERMISSION_DENIED"),
        (auth.GenerateApiToken, generate_request(world.key, explicit(), 60), "INVALID_ARGUMENT"),
        (world.api.channel.unary_unary("/auth.Auth/Nothing"), b"", "UNIMPLEMENTED"),
        (world.api.channel.unary_unary("/no.Service/Nothing"), b"", "UNIMPLEMENTED"),
    ]
    for method, request, code in cases:
        error = refusal(lambda: method(request, timeout=20))
        expect_equal(error.code().name, code, str(error.details()))
        expect(error.details(), f"{code} without a message")


@suite.check("a request that is not protobuf is refused, the connection lives on")
def _(world: World) -> None:
    method = world.api.channel.unary_unary("/auth.Auth/GenerateApiToken")
    error = refusal(lambda: method(b"\xff\xff\xff", timeout=20))
    expect(error.code().name in ("INTERNAL", "INVALID_ARGUMENT"), f"{error.code()}")
    world.api.log_in()


@suite.check("1,000 calls at once on one connection")
def _(world: World) -> None:
    request = generate_request(world.key, all_data(), 3600)
    calls = [world.api.auth.GenerateApiToken.future(request, timeout=60) for _ in range(1000)]
    keys = {call.result(timeout=60).api_key for call in calls}
    expect_equal(len(keys), 1000, "different keys")


@suite.check("a description of 3 MiB")
def _(world: World) -> None:
    request = generate_request(world.key, all_data(), 3600, "0123456789abcdef" * (3 << 16))
    expect(world.api.auth.GenerateApiToken(request, timeout=60).api_key, "no key")


@suite.check("a message over the limit is refused, the connection lives on")
def _(world: World) -> None:
    request = generate_request(world.key, all_data(), 3600, "x" * (12 << 20))
    error = refusal(lambda: world.api.auth.GenerateApiToken(request, timeout=60))
    expect_equal(error.code().name, "RESOURCE_EXHAUSTED", str(error.details()))
    world.api.log_in()


@suite.check("a compressed message is refused as UNIMPLEMENTED or read, never misread")
def _(world: World) -> None:
    request = generate_request(world.key, all_data(), 3600, "compressible " * 200)
    try:
        method = world.api.auth.GenerateApiToken
        expect(method(request, timeout=20, compression=grpc.Compression.Gzip).api_key, "no key")
    except grpc.RpcError as error:
        expect_equal(error.code().name, "UNIMPLEMENTED", str(error.details()))


@suite.check("a deadline passes during a slow login; the connection lives on")
def _(world: World) -> None:
    with serving(world.binary, "--login-delay", "5s") as slow, connected(slow.address) as api:
        started = time.monotonic()
        error = refusal(lambda: api.log_in(timeout=0.5))
        expect_equal(error.code().name, "DEADLINE_EXCEEDED", str(error.details()))
        expect(time.monotonic() - started < 3, "the deadline came late")
        request = generate_request("unknown", all_data(), 60)
        after = refusal(lambda: api.auth.GenerateApiToken(request, timeout=5))
        expect_equal(after.code().name, "UNAUTHENTICATED", str(after.details()))


@suite.check("100 calls cancelled, the connection lives on")
def _(world: World) -> None:
    with serving(world.binary, "--login-delay", "5s") as slow, connected(slow.address) as api:
        streams = [api.auth.Login(auth_pb2._LoginRequest(), timeout=20) for _ in range(100)]
        for stream in streams:
            stream.cancel()
        expect({stream.code().name for stream in streams} == {"CANCELLED"}, "not all cancelled")
        request = generate_request("unknown", all_data(), 60)
        after = refusal(lambda: api.auth.GenerateApiToken(request, timeout=5))
        expect_equal(after.code().name, "UNAUTHENTICATED", str(after.details()))


@suite.check("metadata with -bin names and odd values is accepted")
def _(world: World) -> None:
    metadata = [
        ("trace-bin", bytes(range(256))),
        ("trace-bin", b""),
        ("agent", "python:auth:1.0.0"),
        ("x-spaced", "a, b; c=d"),
        ("x-long", "y" * 6000),
    ]
    request = generate_request(world.key, all_data(), 60)
    made = world.api.auth.GenerateApiToken(request, metadata=metadata, timeout=20)
    expect(made.api_key, "no key")


@suite.check("20 connections at once, 50 calls on each")
def _(world: World) -> None:
    request = generate_request(world.key, all_data(), 60)
    done: list[int] = []

    def use() -> None:
        with connected(world.plain.address) as api:
            calls = [api.auth.GenerateApiToken.future(request, timeout=30) for _ in range(50)]
            done.append(sum(bool(call.result(timeout=30).api_key) for call in calls))

    threads = [threading.Thread(target=use, daemon=True) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    expect_equal(sum(done), 1000, "answers")


@suite.check("SIGTERM while calls run: they finish, new connections are refused, exit code 0")
def _(world: World) -> None:
    with serving(world.binary, "--login-delay", "2s") as slow, connected(slow.address) as api:
        streams = [api.auth.Login(auth_pb2._LoginRequest(), timeout=20) for _ in range(10)]
        # Answered on the same connection after the ten: so the service has all ten by then.
        request = generate_request("unknown", all_data(), 60)
        refusal(lambda: api.auth.GenerateApiToken(request, timeout=5))
        slow.child.terminate()
        expect(refuses(slow.port), "it still takes connections")
        last = [list(stream)[-1] for stream in streams]
        expect(all(state.HasField("logged_in") for state in last), "a login did not finish")
        api.channel.close()
        expect_equal(slow.child.wait(10), 0, "exit code")


@suite.check("SIGTERM without calls ends it at once")
def _(world: World) -> None:
    with serving(world.binary) as idle, connected(idle.address) as api:
        api.log_in()
        idle.child.terminate()
        expect_equal(idle.child.wait(5), 0, "exit code")


if __name__ == "__main__":
    sys.exit(suite.main(world))
