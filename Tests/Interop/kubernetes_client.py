#!/usr/bin/env python3
"""The official Python client of Kubernetes finds our stand-in for its API server as it expects, and
what our rotator writes there.

It runs in an environment of its own, with requirements-kubernetes.txt, because the versions that it
pins exclude those of other clients.
"""

from __future__ import annotations

import datetime
import subprocess
import sys
import tempfile
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator, TextIO

from kubernetes import client

from harness import Suite, expect, expect_equal

suite = Suite("kubernetes_client")
PROGRAM = Path(sys.argv[1] if len(sys.argv) > 1 else ".build/debug/momento-auth").resolve()


@contextmanager
def opened(binary: str, scratch: Path) -> Iterator[client.CoreV1Api]:
    """A client of a fake that ends with its standard input."""
    fakes = Path(binary).parent / "rotation-fakes"
    process = subprocess.Popen(
        [str(fakes), "kubernetes"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        yield api(process.stdout.readline().strip(), "token")
    finally:
        process.communicate(timeout=20)


def api(host: str, token: str) -> client.CoreV1Api:
    configuration = client.Configuration(host=host)
    made = client.ApiClient(configuration)
    made.set_default_header("Authorization", f"Bearer {token}")
    return client.CoreV1Api(made)


def secret(name: str, **members: object) -> client.V1Secret:
    return client.V1Secret(
        metadata=client.V1ObjectMeta(name=name, labels={"a": "b"}), data={"k": "eHl6"}, **members
    )


def refused(status: int, reason: str, call) -> None:
    try:
        call()
    except client.ApiException as problem:
        expect_equal(problem.status, status, "status")
        expect(f'"reason":"{reason}"' in problem.body, f"{problem.body} has not {reason}")
    else:
        expect(False, f"no {status}")


@suite.check("a Secret is made and read")
def made(core: client.CoreV1Api) -> None:
    core.create_namespaced_secret("apps", secret("one"))
    found = core.read_namespaced_secret("one", "apps")
    expect_equal(found.data, {"k": "eHl6"}, "data")
    expect_equal(found.metadata.labels, {"a": "b"}, "labels")
    expect(found.metadata.resource_version, "it has no resourceVersion")
    refused(409, "AlreadyExists", lambda: core.create_namespaced_secret("apps", secret("one")))


@suite.check("a change that is based on an older version is a conflict")
def conflict(core: client.CoreV1Api) -> None:
    old = core.create_namespaced_secret("apps", secret("two"))
    old.data = {"k": "YQ=="}
    new = core.replace_namespaced_secret("two", "apps", old)
    expect(new.metadata.resource_version != old.metadata.resource_version, "the version stays")
    refused(409, "Conflict", lambda: core.replace_namespaced_secret("two", "apps", old))
    expect_equal(core.read_namespaced_secret("two", "apps").data, {"k": "YQ=="}, "data")


@suite.check("an immutable Secret is not changed")
def immutable(core: client.CoreV1Api) -> None:
    found = core.create_namespaced_secret("apps", secret("three", immutable=True))
    refused(422, "Invalid", lambda: core.replace_namespaced_secret("three", "apps", found))


@suite.check("what was never there is not found, and a wrong token is not let in")
def absent(core: client.CoreV1Api) -> None:
    refused(404, "NotFound", lambda: core.read_namespaced_secret("never", "apps"))
    other = api(core.api_client.configuration.host, "wrong")
    refused(401, "Unauthorized", lambda: other.read_namespaced_secret("one", "apps"))


def leases(core: client.CoreV1Api) -> client.CoordinationV1Api:
    return client.CoordinationV1Api(core.api_client)


def lease(name: str, holder: str, seconds: int = 15) -> client.V1Lease:
    now = datetime.datetime.now(datetime.timezone.utc)
    return client.V1Lease(
        metadata=client.V1ObjectMeta(name=name),
        spec=client.V1LeaseSpec(
            holder_identity=holder,
            lease_duration_seconds=seconds,
            acquire_time=now,
            renew_time=now,
            lease_transitions=0,
        ),
    )


@suite.check("a Lease is taken from an older version once")
def taken(core: client.CoreV1Api) -> None:
    api = leases(core)
    old = api.create_namespaced_lease("apps", lease("rotator", "a"))
    refused(409, "AlreadyExists", lambda: api.create_namespaced_lease("apps", lease("rotator", "b")))
    old.spec.holder_identity = "b"
    api.replace_namespaced_lease("rotator", "apps", old)
    old.spec.holder_identity = "c"
    refused(409, "Conflict", lambda: api.replace_namespaced_lease("rotator", "apps", old))
    found = api.read_namespaced_lease("rotator", "apps").spec
    expect_equal(found.holder_identity, "b", "holder")
    expect_equal(found.renew_time, old.spec.renew_time, "renewTime")


@suite.check("a Lease of no time is refused")
def timeless(core: client.CoreV1Api) -> None:
    api = leases(core)
    refused(422, "Invalid", lambda: api.create_namespaced_lease("apps", lease("bad", "a", 0)))
    refused(404, "NotFound", lambda: api.read_namespaced_lease("bad", "apps"))


@suite.check("a Lease that our rotator holds reads as the client knows it")
def ours(core: client.CoreV1Api) -> None:
    with tempfile.TemporaryDirectory() as folder:
        token = Path(folder) / "token"
        token.write_text("token")
        election = (
            f"kubernetes:apps/ours?server={core.api_client.configuration.host}&token-file={token}"
        )
        process = subprocess.Popen(
            [str(PROGRAM), "rotate", "run", "--store", f"file:{folder}/key.json"]
            + ["--spool", f"{folder}/spool", "--leader-election", election],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        watchdog = threading.Timer(120, process.kill)
        watchdog.start()
        try:
            wait_for(process.stderr, '"message":"leads"')
            held = leases(core).read_namespaced_lease("ours", "apps").spec
            age = datetime.datetime.now(datetime.timezone.utc) - held.renew_time
            expect(abs(age.total_seconds()) < 60, f"renewTime is {age} ago")
            expect_equal(held.lease_duration_seconds, 15, "leaseDurationSeconds")
            expect(held.holder_identity, "nobody holds it")
        finally:
            process.terminate()
            process.communicate(timeout=60)
            watchdog.cancel()
        given_back = leases(core).read_namespaced_lease("ours", "apps").spec
        expect(not given_back.holder_identity, f"{given_back.holder_identity} holds it still")


def wait_for(stream: TextIO, text: str) -> None:
    for line in stream:
        if text in line:
            return
    expect(False, f"it ended without {text}")


if __name__ == "__main__":
    sys.exit(suite.main(opened))
