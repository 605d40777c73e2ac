"""`serve --state` outlives its process: killed without a word, it goes on where it was."""

from __future__ import annotations

import json
import os
import signal
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator

import grpc
from momento_wire_types import (
    cacheclient_pb2 as cache_pb2,
    cacheclient_pb2_grpc as cache_pb2_grpc,
    controlclient_pb2 as control_pb2,
    controlclient_pb2_grpc as control_pb2_grpc,
)

from cli import Client
from harness import Child, Service, Suite, command, expect, expect_equal, running, serving
from momento_api import inner_key

suite = Suite("service_state")


@dataclass
class Place:
    binary: str
    scratch: Path

    @property
    def state(self) -> Path:
        return self.scratch / "state.json"

    @property
    def log(self) -> Path:
        return self.scratch / "calls.log"

    @contextmanager
    def serving(self, name: str = "ca.pem") -> Iterator[Service]:
        options = ["--state", str(self.state), "--log", str(self.log)]
        options += ["--refresh-tokens", "single-use"]
        with serving(self.binary, *options, ca_file=self.scratch / name) as service:
            yield service

    def client(self, service: Service) -> Client:
        # The authority of the first start: it is the same ever after.
        return Client(self.binary, service.address, ca_file=self.scratch / "ca.pem")

    def key(self, name: str) -> str:
        return (self.scratch / name).read_text()


@contextmanager
def environment(binary: str, scratch: Path) -> Iterator[Place]:
    yield Place(binary, scratch)


def kill(child: Child) -> None:
    os.kill(child.pid, signal.SIGKILL)
    expect_equal(child.wait(), -signal.SIGKILL, "exit code")


@contextmanager
def data(service: Service, place: Place) -> Iterator[grpc.Channel]:
    """A channel of grpcio, trusting the authority of the first start."""
    roots = grpc.ssl_channel_credentials((place.scratch / "ca.pem").read_bytes())
    with grpc.secure_channel(service.address, roots) as channel:
        yield channel


@suite.check("keys and caches are good after SIGKILL, and the authority is the same")
def _(place: Place) -> None:
    with place.serving() as service:
        client = place.client(service)
        session = client.run("login").stdout
        made = client.run(
            "generate-token", "--scope", "super-user", "--expires-in", "1d", credentials=session
        )
        (place.scratch / "first.json").write_text(json.dumps(made.json()))
        refreshed = client.run("refresh-token", credentials=place.key("first.json"))
        (place.scratch / "second.json").write_text(json.dumps(refreshed.json()))
        metadata = [("authorization", inner_key(made.json()["apiKey"]))]
        with data(service, place) as channel:
            control_pb2_grpc.ScsControlStub(channel).CreateCache(
                control_pb2._CreateCacheRequest(cache_name="kept"), metadata=metadata, timeout=20
            )
        kill(service.child)
    with place.serving("again.pem") as service:
        client = place.client(service)
        expect_equal(place.key("again.pem"), place.key("ca.pem"), "authority")
        used = client.run("refresh-token", credentials=place.key("first.json"))
        expect(used.code != 0 and "used before" in used.stderr, used.said)
        again = client.run("refresh-token", credentials=place.key("second.json"))
        expect_equal(again.code, 0, again.said)
        with data(service, place) as channel:
            listed = control_pb2_grpc.ScsControlStub(channel).ListCaches(
                control_pb2._ListCachesRequest(), metadata=metadata, timeout=20
            )
            expect_equal([cache.cache_name for cache in listed.cache], ["kept"], "caches")


@suite.check("items are there again after SIGTERM")
def _(place: Place) -> None:
    key = inner_key(json.loads(place.key("second.json"))["apiKey"])
    metadata = [("authorization", key), ("cache", "kept")]
    with place.serving() as service, data(service, place) as channel:
        cache_pb2_grpc.ScsStub(channel).Set(
            cache_pb2._SetRequest(cache_key=b"k", cache_body=b"\x00v", ttl_milliseconds=600_000),
            metadata=metadata,
            timeout=20,
        )
        expect_equal(service.child.stop(), 0, "exit code")
    with place.serving() as service, data(service, place) as channel:
        found = cache_pb2_grpc.ScsStub(channel).Get(
            cache_pb2._GetRequest(cache_key=b"k"), metadata=metadata, timeout=20
        )
        expect_equal(found.cache_body, b"\x00v", "value")


@suite.check("one process at a time has the state, and a file of something else is left as it is")
def _(place: Place) -> None:
    with place.serving():
        arguments = [*command(place.binary), "serve", "--port", "0", "--state", str(place.state)]
        with running(arguments) as second:
            expect_equal(second.wait(), 1, "exit code")
        expect("in use by another process" in second.stderr, second.stderr)
    foreign = place.scratch / "first.json"
    foreign.chmod(0o600)
    before = foreign.read_bytes()
    with running([*command(place.binary), "serve", "--port", "0", "--state", str(foreign)]) as child:
        expect_equal(child.wait(), 1, "exit code")
    expect("left as it is" in child.stderr, child.stderr)
    expect_equal(foreign.read_bytes(), before, "the file")


@suite.check("the log has a line of JSON for each call, which names keys and holds no secret")
def _(place: Place) -> None:
    text = place.log.read_text()
    lines = [json.loads(line) for line in text.splitlines()]
    methods = {line["method"].rsplit("/", 1)[-1] for line in lines}
    expect({"Login", "GenerateApiToken", "RefreshApiToken", "Set", "Get"} <= methods, f"{methods}")
    made = next(line for line in lines if line["method"] == "/auth.Auth/GenerateApiToken")
    expect_equal(made["status"], "OK", "status")
    used = [line for line in lines if line.get("caller") == made["issued"]]
    expect(len(used) > 1, "no call is told to be the key's")
    refused = [line["status"] for line in lines if line["status"] == "INVALID_ARGUMENT"]
    expect_equal(len(refused), 1, "refused calls")
    for name in ("first.json", "second.json"):
        credential = json.loads(place.key(name))
        for secret in (credential["refreshToken"], inner_key(credential["apiKey"])):
            expect(secret not in text, "a secret is in the log")
    expect("eyJ" not in text, "something like a token is in the log")
    for path in (place.state, place.log, place.scratch / "state.json.caches"):
        expect_equal(path.stat().st_mode & 0o777, 0o600, f"mode of {path.name}")


if __name__ == "__main__":
    sys.exit(suite.main(environment))
