#!/usr/bin/env python3
"""hvac, a client of Vault that is not ours, finds our stand-in for Vault to be what it expects."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator

import hvac
from hvac import exceptions

from harness import Suite, expect, expect_equal

suite = Suite("vault_hvac")


@contextmanager
def opened(binary: str, scratch: Path) -> Iterator[hvac.Client]:
    """A client of a fake that ends with its standard input."""
    fakes = Path(binary).parent / "rotation-fakes"
    process = subprocess.Popen(
        [str(fakes), "vault"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        yield hvac.Client(url=process.stdout.readline().strip(), token="root")
    finally:
        process.communicate(timeout=20)


def refused(kind: type[Exception], call, text: str = "") -> None:
    try:
        call()
    except kind as problem:
        expect(text in str(problem), f"{problem} does not say {text!r}")
    else:
        expect(False, f"no {kind.__name__}")


@suite.check("a secret is written and read, version by version")
def versions(client: hvac.Client) -> None:
    engine = client.secrets.kv.v2
    first = engine.create_or_update_secret("a/b", {"apiKey": "one", "n": {"m": 1}}, cas=0)
    expect_equal(first["data"]["version"], 1, "first version")
    engine.create_or_update_secret("a/b", {"apiKey": "two"}, cas=1)
    latest = engine.read_secret_version("a/b", raise_on_deleted_version=True)["data"]
    expect_equal(latest["data"], {"apiKey": "two"}, "latest data")
    expect_equal(latest["metadata"]["version"], 2, "latest version")
    old = engine.read_secret_version("a/b", version=1, raise_on_deleted_version=True)["data"]
    expect_equal(old["data"], {"apiKey": "one", "n": {"m": 1}}, "old data")


@suite.check("a write that compares with another version is refused")
def compare(client: hvac.Client) -> None:
    engine = client.secrets.kv.v2
    engine.create_or_update_secret("cas", {"k": "1"}, cas=0)
    for version in (0, 2):
        refused(
            exceptions.InvalidRequest,
            lambda: engine.create_or_update_secret("cas", {"k": "2"}, cas=version),
            "check-and-set parameter did not match the current version",
        )


@suite.check("a secret may require the comparison")
def required(client: hvac.Client) -> None:
    engine = client.secrets.kv.v2
    engine.update_metadata("strict", cas_required=True)
    refused(
        exceptions.InvalidRequest,
        lambda: engine.create_or_update_secret("strict", {"k": "1"}),
        "check-and-set parameter required",
    )
    engine.create_or_update_secret("strict", {"k": "1"}, cas=0)
    expect_equal(engine.read_secret_metadata("strict")["data"]["current_version"], 1, "version")


@suite.check("a deleted version is not found, keeps its number, and comes back")
def deleted(client: hvac.Client) -> None:
    engine = client.secrets.kv.v2
    engine.create_or_update_secret("gone", {"k": "1"}, cas=0)
    engine.delete_latest_version_of_secret("gone")
    refused(
        exceptions.InvalidPath,
        lambda: engine.read_secret_version("gone", raise_on_deleted_version=True),
    )
    answer = engine.read_secret_version("gone", raise_on_deleted_version=False)["data"]
    expect_equal((answer["data"], answer["metadata"]["version"]), (None, 1), "deleted version")
    engine.undelete_secret_versions("gone", versions=[1])
    found = engine.read_secret_version("gone", raise_on_deleted_version=True)["data"]
    expect_equal(found["data"], {"k": "1"}, "data that came back")


@suite.check("what was never there is not found")
def absent(client: hvac.Client) -> None:
    refused(
        exceptions.InvalidPath,
        lambda: client.secrets.kv.v2.read_secret_version("never", raise_on_deleted_version=True),
    )


@suite.check("AppRole and Kubernetes log in, and the token renews itself")
def logins(client: hvac.Client) -> None:
    other = hvac.Client(url=client.url)
    answer = other.auth.approle.login(role_id="role", secret_id="secret")
    expect_equal(other.token, answer["auth"]["client_token"], "token")
    expect(other.is_authenticated(), "it is not authenticated")
    expect_equal(other.auth.token.renew_self()["auth"]["lease_duration"], 3600, "lease")
    other.auth.kubernetes.login(role="role", jwt="jwt")
    expect(other.is_authenticated(), "it is not authenticated")
    refused(
        exceptions.InvalidRequest,
        lambda: other.auth.approle.login(role_id="role", secret_id="wrong"),
    )


@suite.check("a token that is not known is forbidden")
def forbidden(client: hvac.Client) -> None:
    other = hvac.Client(url=client.url, token="unknown")
    expect(not other.is_authenticated(), "it is authenticated")
    refused(
        exceptions.Forbidden,
        lambda: other.secrets.kv.v2.read_secret_version("a/b", raise_on_deleted_version=True),
    )


if __name__ == "__main__":
    sys.exit(suite.main(opened))
