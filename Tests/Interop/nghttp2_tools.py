#!/usr/bin/env python3
"""nghttp2's own tools against our embedded service: h2load for load, nghttp for frames."""

from __future__ import annotations

import re
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator

from momento_wire_types import auth_pb2

from harness import Service, Suite, expect, expect_equal, serving
from momento_api import all_data, connected, generate_request

suite = Suite("nghttp2_tools")
REQUESTS = 20_000
GRPC = ["-H", "content-type: application/grpc", "-H", "te: trailers"]


@dataclass
class World:
    services: dict[str, Service]
    bodies: dict[str, Path]

    def url(self, scheme: str, path: str) -> str:
        return f"{scheme}://{self.services[scheme].address}{path}"


@contextmanager
def world(binary: str, scratch: Path) -> Iterator[World]:
    with ExitStack() as stack:
        services = {
            "http": stack.enter_context(serving(binary)),
            "https": stack.enter_context(serving(binary, ca_file=scratch / "ca.pem")),
        }
        bodies = {}
        for scheme, service in services.items():
            bodies[scheme] = scratch / f"{scheme}.request"
            bodies[scheme].write_bytes(framed(renewal(service)))
        yield World(services, bodies)


def renewal(service: Service) -> bytes:
    """A RefreshApiToken request that this service grants."""
    with connected(service.address, service.ca_file) as api:
        request = generate_request(api.superuser_key(), all_data(), 3600)
        made = api.auth.GenerateApiToken(request, timeout=20)
        return auth_pb2._RefreshApiTokenRequest(
            api_key=made.api_key, refresh_token=made.refresh_token
        ).SerializeToString()


def framed(message: bytes) -> bytes:
    return b"\x00" + len(message).to_bytes(4, "big") + message


def run(*arguments: str, timeout: float = 240) -> str:
    done = subprocess.run(arguments, capture_output=True, text=True, timeout=timeout)
    return done.stdout + done.stderr


def load(world: World, scheme: str) -> None:
    said = run(
        "h2load", f"-n{REQUESTS}", "-c4", "-m64", "-t1", "-d", str(world.bodies[scheme]),
        *GRPC, world.url(scheme, "/auth.Auth/RefreshApiToken"),
    )  # fmt: skip
    counts = re.search(r"(\d+) succeeded, (\d+) failed, (\d+) errored, (\d+) timeout", said)
    expect(counts, f"h2load said: {said}")
    expect_equal(counts.groups(), (str(REQUESTS), "0", "0", "0"), "ok, failed, errored, timeout")
    expect(f"{REQUESTS} 2xx" in said, f"not all 2xx: {said}")


@suite.check(f"h2load: {REQUESTS:,} renewals, plaintext")
def _(world: World) -> None:
    load(world, "http")


@suite.check(f"h2load: {REQUESTS:,} renewals, TLS")
def _(world: World) -> None:
    load(world, "https")


def post(world: World, scheme: str, path: str) -> str:
    body = str(world.bodies[scheme])
    return run("nghttp", "-nv", "-d", body, *GRPC, world.url(scheme, path), timeout=20)


@suite.check("nghttp POST: HEADERS, DATA, then trailers with grpc-status 0 that end the stream")
def _(world: World) -> None:
    for scheme in world.services:
        said = post(world, scheme, "/auth.Auth/RefreshApiToken")
        expect(re.search(r"\) :status: 200", said), f"no :status 200: {said}")
        status = said.find("grpc-status: 0")
        expect(0 < said.find("recv DATA frame") < status, f"no trailers after DATA: {said}")
        # nghttp prints the fields of a block before the frame they came in.
        ended = re.search(r"recv HEADERS frame <length=\d+, flags=0x05", said[status:])
        expect(ended, f"the trailers do not end the stream: {said}")


@suite.check("nghttp POST of an unknown method: trailers-only UNIMPLEMENTED")
def _(world: World) -> None:
    said = post(world, "http", "/auth.Auth/Nothing")
    expect(re.search(r"\) :status: 200", said), f"no :status 200: {said}")
    expect("grpc-status: 12" in said and "recv DATA" not in said, f"not trailers-only: {said}")


@suite.check("nghttp GET of the page: 200, headers and a body")
def _(world: World) -> None:
    said = run("nghttp", "-v", world.url("http", "/"), timeout=20)
    expect(re.search(r"\) :status: 200", said), f"no 200: {said}")
    expect("recv DATA" in said and "</html>" in said, f"no body: {said}")
    expect("RST_STREAM" not in said, f"reset: {said}")


@suite.check("nghttp GET of anything else: an HTTP error, no reset")
def _(world: World) -> None:
    for path in ("/none", "/auth.Auth/Login"):
        said = run("nghttp", "-nv", world.url("http", path), timeout=20)
        expect(re.search(r"\) :status: (404|405|415)", said), f"{path}: no HTTP error: {said}")
        expect("RST_STREAM" not in said, f"{path}: reset: {said}")


@suite.check("nghttp POST of another content type: 415")
def _(world: World) -> None:
    body, url = str(world.bodies["http"]), world.url("http", "/auth.Auth/Login")
    said = run("nghttp", "-nv", "-d", body, "-H", "content-type: application/json", url, timeout=20)
    expect(re.search(r"\) :status: 415", said), f"no 415: {said}")


if __name__ == "__main__":
    sys.exit(suite.main(world))
