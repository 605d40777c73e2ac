#!/usr/bin/env python3
"""Google's own Secret Manager client uses the fake that the tests of GoogleSecretStore run against."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator

import grpc
from google.api_core import exceptions
from google.cloud import secretmanager_v1 as api
from google.cloud.secretmanager_v1.services.secret_manager_service.transports import (
    SecretManagerServiceGrpcTransport,
)

from harness import Suite, expect, expect_equal

SUITE = Suite("google_secret_manager")
NAME = "projects/p/secrets/s"


def crc32c(data: bytes) -> int:
    """CRC-32C (Castagnoli), bit by bit (RFC 3720 appendix B.4)."""
    rest = 0xFFFFFFFF
    for byte in data:
        rest ^= byte
        for _ in range(8):
            rest = rest >> 1 ^ (0x82F63B78 if rest & 1 else 0)
    return rest ^ 0xFFFFFFFF


@contextmanager
def client(binary: str, scratch: Path) -> Iterator[api.SecretManagerServiceClient]:
    fake = subprocess.Popen(
        [str(Path(binary).parent / "secret-manager-fake")],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
    try:
        port = fake.stdout.readline().strip()
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            yield api.SecretManagerServiceClient(
                transport=SecretManagerServiceGrpcTransport(channel=channel))
    finally:
        fake.stdin.close()
        try:
            fake.wait(20)
        except subprocess.TimeoutExpired:
            fake.kill()
            fake.wait()


def add(client, data: bytes, checksum: int | None = None) -> str:
    if checksum is None:
        checksum = crc32c(data)
    return client.add_secret_version(
        parent=NAME, payload={"data": data, "data_crc32c": checksum}).name


def refuses(kind, call, *arguments, **named) -> None:
    try:
        call(*arguments, **named)
    except kind:
        return
    expect(False, f"it is not refused with {kind.__name__}")


@SUITE.check("a version is added and read back with its checksum")
def add_and_access(client) -> None:
    expect_equal(add(client, b"one"), NAME + "/versions/1", "name")
    payload = client.access_secret_version(name=NAME + "/versions/latest").payload
    expect_equal(payload.data, b"one", "data")
    expect_equal(payload.data_crc32c, crc32c(b"one"), "checksum")


@SUITE.check("a wrong checksum is refused")
def wrong_checksum(client) -> None:
    refuses(exceptions.InvalidArgument, add, client, b"two", 1)


@SUITE.check("aliases and annotations change by etag, and name versions")
def etags(client) -> None:
    secret = client.get_secret(name=NAME)
    mask = {"paths": ["version_aliases", "annotations"]}
    change = {
        "name": NAME, "etag": secret.etag, "version_aliases": {"current": 1},
        "annotations": {"note": "text"}}
    changed = client.update_secret(secret=change, update_mask=mask)
    expect(changed.etag != secret.etag, "the etag is the same")
    expect_equal(dict(changed.version_aliases), {"current": 1}, "aliases")
    expect_equal(dict(changed.annotations), {"note": "text"}, "annotations")
    refuses(exceptions.FailedPrecondition, client.update_secret, secret=change, update_mask=mask)
    change.update(etag=changed.etag, version_aliases={"current": 99})
    refuses(exceptions.InvalidArgument, client.update_secret, secret=change, update_mask=mask)
    version = client.access_secret_version(name=NAME + "/versions/current")
    expect_equal(version.name, NAME + "/versions/1", "the version that the alias names")


@SUITE.check("all pages of versions are listed, the newest first")
def pages(client) -> None:
    for number in range(4):
        add(client, b"more %d" % number)
    listed = client.list_secret_versions(
        request={"parent": NAME, "page_size": 2, "filter": "state:ENABLED"})
    numbers = [int(version.name.rsplit("/", 1)[1]) for version in listed]
    expect_equal(numbers, [5, 4, 3, 2, 1], "numbers")


@SUITE.check("what is not there is not found")
def absent(client) -> None:
    refuses(exceptions.NotFound, client.get_secret, name=NAME + "x")
    refuses(exceptions.NotFound, client.access_secret_version, name=NAME + "/versions/77")


@SUITE.check("the rights that are granted are told")
def permissions(client) -> None:
    asked = ["secretmanager.versions.add", "secretmanager.secrets.delete"]
    answer = client.test_iam_permissions(request={"resource": NAME, "permissions": asked})
    expect_equal(list(answer.permissions), asked[:1], "permissions")


if __name__ == "__main__":
    sys.exit(SUITE.main(client))
