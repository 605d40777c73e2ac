#!/usr/bin/env python3
"""boto3, AWS's own client, finds our stand-in for Secrets Manager to be what it expects."""

from __future__ import annotations

import subprocess
import sys
import uuid
from contextlib import contextmanager
from pathlib import Path
from typing import Callable, Iterator

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from harness import Suite, expect, expect_equal

suite = Suite("aws_fake")
NAME = "momento/key"


def client_of(address: str, secret_key: str = "secret"):
    return boto3.client(
        "secretsmanager",
        endpoint_url=address,
        region_name="eu-west-1",
        aws_access_key_id="AKID",
        aws_secret_access_key=secret_key,
        config=Config(retries={"max_attempts": 1}),
    )


@contextmanager
def opened(binary: str, scratch: Path) -> Iterator[Path]:
    yield Path(binary).parent / "rotation-fakes"


def check(title: str):
    """A check that is given the address of a stand-in of its own, without any secret."""

    def decorate(body: Callable[[str], None]) -> None:
        def run(fakes: Path) -> None:
            process = subprocess.Popen(
                [str(fakes), "aws"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
            try:
                body(process.stdout.readline().strip())
            finally:
                process.communicate(timeout=20)

        suite.check(title)(run)

    return decorate


def refused(client, kind: str, call, **arguments) -> None:
    """The call fails by an error that the client knows by name."""
    try:
        call(**arguments)
    except ClientError as problem:
        expect_equal(problem.response["Error"]["Code"], kind, "error")
        expect_equal(problem.response["ResponseMetadata"]["HTTPStatusCode"], 400, "status")
        known = getattr(client.exceptions, kind, None)
        expect(known is None or isinstance(problem, known), f"{problem!r} is no {kind}")
    else:
        expect(False, f"no {kind}")


def created(client) -> str:
    return client.create_secret(Name=NAME, SecretString="one")["VersionId"]


def labels(client) -> dict[str, list[str]]:
    return client.describe_secret(SecretId=NAME)["VersionIdsToStages"]


@check("a secret is made, found by its name, and not made twice")
def create(address: str) -> None:
    client = client_of(address)
    refused(client, "ResourceNotFoundException", client.get_secret_value, SecretId=NAME)
    refused(client, "ResourceNotFoundException", client.describe_secret, SecretId=NAME)
    version = created(client)
    value = client.get_secret_value(SecretId=NAME)
    expect_equal((value["SecretString"], value["VersionId"]), ("one", version), "value")
    refused(
        client, "ResourceExistsException", client.create_secret, Name=NAME, SecretString="two"
    )


@check("a version is written once: the same again is no error, another is")
def once(address: str) -> None:
    client = client_of(address)
    created(client)
    token = str(uuid.uuid4())
    put = dict(SecretId=NAME, ClientRequestToken=token, VersionStages=["AWSPENDING"])
    for _ in range(2):
        client.put_secret_value(SecretString="two", **put)
    refused(
        client, "ResourceExistsException", client.put_secret_value, SecretString="three", **put
    )
    refused(
        client, "ResourceNotFoundException", client.get_secret_value,
        SecretId=NAME, VersionId=str(uuid.uuid4()),
    )
    pending = client.get_secret_value(SecretId=NAME, VersionStage="AWSPENDING")
    expect_equal(pending["SecretString"], "two", "pending")
    expect_equal(client.get_secret_value(SecretId=NAME)["SecretString"], "one", "current")


@check("labels move from the version that has them, and AWSPREVIOUS by itself")
def move(address: str) -> None:
    client = client_of(address)
    first = created(client)
    second = str(uuid.uuid4())
    client.put_secret_value(
        SecretId=NAME, ClientRequestToken=second, SecretString="two", VersionStages=["AWSPENDING"]
    )
    stage = dict(SecretId=NAME, VersionStage="AWSCURRENT")
    for wrong in ({}, {"RemoveFromVersionId": second}):
        refused(
            client, "InvalidParameterException", client.update_secret_version_stage,
            MoveToVersionId=second, **wrong, **stage,
        )
    client.update_secret_version_stage(
        MoveToVersionId=second, RemoveFromVersionId=first, **stage
    )
    expect_equal(sorted(labels(client)[second]), ["AWSCURRENT", "AWSPENDING"], "second")
    expect_equal(labels(client)[first], ["AWSPREVIOUS"], "first")


@check("AWSCURRENT is never taken away, another label is")
def remove(address: str) -> None:
    client = client_of(address)
    first = created(client)
    refused(
        client, "InvalidParameterException", client.update_secret_version_stage,
        SecretId=NAME, VersionStage="AWSCURRENT", RemoveFromVersionId=first,
    )
    own = dict(SecretId=NAME, VersionStage="MINE")
    client.update_secret_version_stage(MoveToVersionId=first, **own)
    expect("MINE" in labels(client)[first], "the label is not there")
    client.update_secret_version_stage(RemoveFromVersionId=first, **own)
    expect("MINE" not in labels(client)[first], "the label is still there")


@check("who signs with another key is turned away")
def signature(address: str) -> None:
    client = client_of(address)
    created(client)
    try:
        client_of(address, "another").describe_secret(SecretId=NAME)
    except ClientError as problem:
        expect_equal(problem.response["Error"]["Code"], "InvalidSignatureException", "error")
        expect_equal(problem.response["ResponseMetadata"]["HTTPStatusCode"], 403, "status")
    else:
        expect(False, "it was let in")


if __name__ == "__main__":
    sys.exit(suite.main(opened))
