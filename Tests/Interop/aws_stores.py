#!/usr/bin/env python3
"""Our store in AWS Secrets Manager against moto, which checks signatures and policies, and boto3.

It drives `aws-store-check`, which is built beside the executable that it is given.
"""

from __future__ import annotations

import hashlib
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Iterator

import boto3

from harness import Suite, expect, expect_equal

suite = Suite("aws_stores")
REGION = "eu-west-1"
ACTIONS = ["DescribeSecret", "GetSecretValue", "PutSecretValue", "UpdateSecretVersionStage"]


def policy(*actions: str) -> str:
    names = [f"secretsmanager:{action}" for action in actions]
    statement = {"Effect": "Allow", "Action": names + ["sts:AssumeRole"], "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def shown(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:8]


@dataclass
class World:
    binary: str
    url: str
    keys: dict[str, dict[str, str]]
    role: str
    scratch: Path

    def client(self, service: str, user: str = "maker") -> Any:
        keys = self.keys[user]
        return boto3.client(
            service,
            region_name=REGION,
            endpoint_url=self.url,
            aws_access_key_id=keys["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=keys["AWS_SECRET_ACCESS_KEY"],
        )

    def run(self, name: str, *arguments: str, env: dict[str, str], query: str = "") -> str:
        url = f"aws-secretsmanager:{name}?region={REGION}{query}"
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.scratch),
            "AWS_ENDPOINT_URL": self.url,
            "AWS_EC2_METADATA_DISABLED": "true",
        }
        done = subprocess.run(
            [self.binary, url, *arguments],
            env=environment | env,
            capture_output=True,
            text=True,
            timeout=60,
        )
        expect_equal(done.returncode, 0, f"exit code, {done.stderr[:300]}")
        return done.stdout.strip()

    def secret(self, name: str, key: str = "old") -> None:
        content = json.dumps({"apiKey": key, "refreshToken": "r"})
        self.client("secretsmanager").create_secret(Name=name, SecretString=content)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def wait_for(url: str) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            urllib.request.urlopen(f"{url}/moto-api/", timeout=2).read()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def people(url: str) -> tuple[dict[str, dict[str, str]], str]:
    """Users with their keys, and a role; made before moto begins to check."""
    iam = boto3.client(
        "iam", REGION, endpoint_url=url, aws_access_key_id="x", aws_secret_access_key="x"
    )
    grants = {
        "maker": ["*"],
        "rotator": ACTIONS,
        "incumbent": [*ACTIONS[:3], "UpdateversionIdStage"],
        "reader": ACTIONS[:2],
    }
    keys = {}
    for user, actions in grants.items():
        iam.create_user(UserName=user)
        iam.put_user_policy(UserName=user, PolicyName="p", PolicyDocument=policy(*actions))
        made = iam.create_access_key(UserName=user)["AccessKey"]
        keys[user] = {
            "AWS_ACCESS_KEY_ID": made["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": made["SecretAccessKey"],
        }
    trust = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}],
    }
    role = iam.create_role(RoleName="rotating", AssumeRolePolicyDocument=json.dumps(trust))
    iam.put_role_policy(RoleName="rotating", PolicyName="p", PolicyDocument=policy(*ACTIONS))
    return keys, role["Role"]["Arn"]


@contextmanager
def world(binary: str, scratch: Path) -> Iterator[World]:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    server = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        env=os.environ | {"INITIAL_NO_AUTH_ACTION_COUNT": "1000"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(url)
        keys, role = people(url)
        # As a form the number would be lost.
        plain = {"Content-Type": "text/plain"}
        reset = urllib.request.Request(f"{url}/moto-api/reset-auth", b"0", plain)
        urllib.request.urlopen(reset, timeout=5).read()
        check = Path(binary).parent / "aws-store-check"
        yield World(str(check), url, keys, role, scratch)
    finally:
        server.terminate()
        server.wait(10)


@suite.check("a user's keys rotate a secret, and boto3 finds the new key")
def _(world: World) -> None:
    world.secret("by/user")
    said = world.run("by/user", "rotate", "new", env=world.keys["rotator"])
    expect_equal(said, f"current {shown('new')} pending none claimed false", "told")
    manager = world.client("secretsmanager")
    # Without its label moto gives the version that was made first.
    current = manager.get_secret_value(SecretId="by/user", VersionStage="AWSCURRENT")
    value = json.loads(current["SecretString"])
    expect_equal(value["apiKey"], "new", "current key")
    old = manager.get_secret_value(SecretId="by/user", VersionStage="AWSPREVIOUS")
    expect_equal(json.loads(old["SecretString"])["apiKey"], "old", "previous key")
    stages = manager.describe_secret(SecretId="by/user")["VersionIdsToStages"]
    labels = sorted(label for labels in stages.values() for label in labels)
    expect_equal(labels, ["AWSCURRENT", "AWSPREVIOUS"], "labels")


@suite.check("a secret is rotated several times in a row")
def _(world: World) -> None:
    world.secret("again")
    for number in range(4):
        said = world.run("again", "rotate", f"new {number}", env=world.keys["rotator"])
        expect(said.startswith(f"current {shown(f'new {number}')} "), said)


@suite.check("a secret is made, and not made twice")
def _(world: World) -> None:
    said = world.run("made/here", "create", "first", env=world.keys["maker"])
    expect_equal(said, f"current {shown('first')} pending none claimed false", "told")
    said = world.run("made/here", "create", "second", env=world.keys["maker"])
    expect_equal(said, "error conflict CreateSecret ResourceExistsException", "told")


@suite.check("of eight that claim at once one does")
def _(world: World) -> None:
    world.secret("raced")
    expect_equal(world.run("raced", "race", env=world.keys["rotator"]), "1 of 8", "told")


@suite.check("a second rotator is turned away while a claim is held")
def _(world: World) -> None:
    world.secret("held")
    said = world.run("held", "claim", env=world.keys["rotator"])
    expect_equal(said, f"current {shown('old')} pending none claimed true", "told")
    said = world.run("held", "read", env=world.keys["reader"])
    expect_equal(said, f"current {shown('old')} pending none claimed true", "told")


@suite.check("a wrong secret key and an unknown user are turned away")
def _(world: World) -> None:
    world.secret("wrong")
    keys = world.keys["rotator"] | {"AWS_SECRET_ACCESS_KEY": "wrong"}
    said = world.run("wrong", "read", env=keys)
    expect(said.startswith("error unauthenticated DescribeSecret "), said)
    keys = world.keys["rotator"] | {"AWS_ACCESS_KEY_ID": "AKIANOBODY0000000000"}
    said = world.run("wrong", "read", env=keys)
    expect(said.startswith("error unauthenticated DescribeSecret "), said)


@suite.check("a policy that forbids a label's move is found out with the claim")
def _(world: World) -> None:
    world.secret("denied")
    said = world.run("denied", "rotate", "new", env=world.keys["incumbent"])
    expect(said.startswith("error denied UpdateSecretVersionStage "), said)
    said = world.run("denied", "rotate", "new", env=world.keys["reader"])
    expect(said.startswith("error denied PutSecretValue "), said)
    said = world.run("denied", "read", env=world.keys["reader"])
    expect_equal(said, f"current {shown('old')} pending none claimed false", "told")


@suite.check("a secret that is not there is not found")
def _(world: World) -> None:
    said = world.run("nowhere", "read", env=world.keys["rotator"])
    expect_equal(said, "error notFound DescribeSecret ResourceNotFoundException", "told")


@suite.check("temporary credentials of a role rotate with their token, and not without")
def _(world: World) -> None:
    world.secret("by/token")
    taken = world.client("sts", "rotator").assume_role(RoleArn=world.role, RoleSessionName="check")
    keys = {
        "AWS_ACCESS_KEY_ID": taken["Credentials"]["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": taken["Credentials"]["SecretAccessKey"],
        "AWS_SESSION_TOKEN": taken["Credentials"]["SessionToken"],
    }
    said = world.run("by/token", "rotate", "new", env=keys)
    expect_equal(said, f"current {shown('new')} pending none claimed false", "told")
    said = world.run("by/token", "read", env=keys | {"AWS_SESSION_TOKEN": "wrong"})
    expect(said.startswith("error unauthenticated DescribeSecret "), said)
    said = world.run("by/token", "read", env=keys | {"AWS_SESSION_TOKEN": ""})
    expect(said.startswith("error unauthenticated DescribeSecret "), said)


@suite.check("a profile takes on a role through STS")
def _(world: World) -> None:
    world.secret("by/profile")
    folder = world.scratch / ".aws"
    folder.mkdir(exist_ok=True)
    keys = world.keys["rotator"]
    (folder / "credentials").write_text(
        f"[base]\naws_access_key_id = {keys['AWS_ACCESS_KEY_ID']}\n"
        f"aws_secret_access_key = {keys['AWS_SECRET_ACCESS_KEY']}\n"
    )
    (folder / "config").write_text(
        f"[profile rotating]\nrole_arn = {world.role}\nsource_profile = base\n"
    )
    said = world.run("by/profile", "rotate", "new", env={}, query="&profile=rotating")
    expect_equal(said, f"current {shown('new')} pending none claimed false", "told")


if __name__ == "__main__":
    sys.exit(suite.main(world))
