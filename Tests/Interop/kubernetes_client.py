#!/usr/bin/env python3
"""The official Python client of Kubernetes finds our stand-in for its API server as it expects."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator

from kubernetes import client

from harness import Suite, expect, expect_equal

suite = Suite("kubernetes_client")


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


if __name__ == "__main__":
    sys.exit(suite.main(opened))
