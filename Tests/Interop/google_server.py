#!/usr/bin/env python3
"""Our rotator keeps a key in a Secret Manager that is made of Google's own messages and gRPC C-core."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator

import grpc
from google.cloud import secretmanager_v1 as api
from google.iam.v1 import iam_policy_pb2

from cli import Client
from google_secret_manager import crc32c
from harness import Suite, command, expect, expect_equal, serving

SUITE = Suite("google_server")
NAME = "projects/p/secrets/s"


class SecretManager:
    """One secret, with the service's rules of etags and aliases."""

    def __init__(self) -> None:
        self.secret = api.Secret(name=NAME, etag='"0"')
        self.versions: list[bytes] = []
        self.calls: list[str] = []

    def GetSecret(self, request: api.GetSecretRequest, context: grpc.ServicerContext) -> api.Secret:
        self.require(request.name == NAME, grpc.StatusCode.NOT_FOUND, context)
        return self.secret

    def UpdateSecret(
        self, request: api.UpdateSecretRequest, context: grpc.ServicerContext
    ) -> api.Secret:
        new = request.secret
        self.require(new.name == NAME, grpc.StatusCode.NOT_FOUND, context)
        self.require(new.etag == self.secret.etag, grpc.StatusCode.FAILED_PRECONDITION, context)
        for path in request.update_mask.paths:
            expect(path in ("version_aliases", "annotations"), path)
            setattr(self.secret, path, getattr(new, path))
        self.secret.etag = f'"{int(self.secret.etag[1:-1]) + 1}"'
        return self.secret

    def AddSecretVersion(
        self, request: api.AddSecretVersionRequest, context: grpc.ServicerContext
    ) -> api.SecretVersion:
        self.require(request.parent == NAME, grpc.StatusCode.NOT_FOUND, context)
        payload = request.payload
        is_whole = payload.data_crc32c == crc32c(payload.data)
        self.require(is_whole, grpc.StatusCode.INVALID_ARGUMENT, context)
        self.versions.append(payload.data)
        return self.version(len(self.versions))

    def AccessSecretVersion(
        self, request: api.AccessSecretVersionRequest, context: grpc.ServicerContext
    ) -> api.AccessSecretVersionResponse:
        parent, _, last = request.name.rpartition("/versions/")
        number = int(last) if last.isdigit() else self.secret.version_aliases.get(last, 0)
        known = parent == NAME and 0 < number <= len(self.versions)
        self.require(known, grpc.StatusCode.NOT_FOUND, context)
        data = self.versions[number - 1]
        payload = api.SecretPayload(data=data, data_crc32c=crc32c(data))
        return api.AccessSecretVersionResponse(name=f"{NAME}/versions/{number}", payload=payload)

    def ListSecretVersions(
        self, request: api.ListSecretVersionsRequest, context: grpc.ServicerContext
    ) -> api.ListSecretVersionsResponse:
        self.require(request.parent == NAME, grpc.StatusCode.NOT_FOUND, context)
        newest_first = [self.version(n) for n in range(len(self.versions), 0, -1)]
        return api.ListSecretVersionsResponse(versions=newest_first)

    def TestIamPermissions(
        self, request: iam_policy_pb2.TestIamPermissionsRequest, context: grpc.ServicerContext
    ) -> iam_policy_pb2.TestIamPermissionsResponse:
        return iam_policy_pb2.TestIamPermissionsResponse(permissions=request.permissions)

    def version(self, number: int) -> api.SecretVersion:
        return api.SecretVersion(
            name=f"{NAME}/versions/{number}", state=api.SecretVersion.State.ENABLED
        )

    def require(
        self, condition: bool, code: grpc.StatusCode, context: grpc.ServicerContext
    ) -> None:
        if not condition:
            context.abort(code, "the service says so")

    def current(self) -> dict[str, object]:
        return json.loads(self.versions[self.secret.version_aliases["current"] - 1])

    def handlers(self) -> grpc.GenericRpcHandler:
        requests = {
            "GetSecret": api.GetSecretRequest,
            "UpdateSecret": api.UpdateSecretRequest,
            "AddSecretVersion": api.AddSecretVersionRequest,
            "AccessSecretVersion": api.AccessSecretVersionRequest,
            "ListSecretVersions": api.ListSecretVersionsRequest,
        }
        methods = {name: self.handler(name, kind.deserialize) for name, kind in requests.items()}
        methods["TestIamPermissions"] = self.handler(
            "TestIamPermissions", iam_policy_pb2.TestIamPermissionsRequest.FromString
        )
        service = "google.cloud.secretmanager.v1.SecretManagerService"
        return grpc.method_handlers_generic_handler(service, methods)

    def handler(self, name: str, deserialize) -> grpc.RpcMethodHandler:
        def run(request, context: grpc.ServicerContext):
            self.calls.append(name)
            return getattr(self, name)(request, context)

        def serialize(answer) -> bytes:
            message = answer._pb if hasattr(answer, "_pb") else answer
            return message.SerializeToString()

        return grpc.unary_unary_rpc_method_handler(run, deserialize, serialize)


@dataclass
class World:
    service: SecretManager
    binary: str
    auth: Client
    store: str
    spool: Path

    def rotate(self, what: str, *options: str, given: str = "") -> tuple[int, str]:
        """The exit code of `rotate WHAT`, and all that it says."""
        ran = subprocess.run(
            [*command(self.binary), "rotate", what, "--local", self.auth.address]
            + ["--store", self.store, *options],
            input=given,
            capture_output=True,
            text=True,
            timeout=120,
        )
        return ran.returncode, ran.stdout + ran.stderr


@contextmanager
def opened(binary: str, scratch: Path) -> Iterator[World]:
    service = SecretManager()
    server = grpc.server(ThreadPoolExecutor(1))
    server.add_generic_rpc_handlers((service.handlers(),))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        with serving(binary) as auth:
            store = f"gcp-secretmanager:{NAME}?endpoint=http://127.0.0.1:{port}&auth=none"
            yield World(service, binary, Client(binary, auth.address), store, scratch / "spool")
    finally:
        server.stop(None)


@SUITE.check("a first key is put there, with its checksum and under an alias")
def imported(world: World) -> None:
    session = json.dumps(world.auth.run("login").json())
    options = ["--scope", "all-data-read-write", "--expires-in", "30d"]
    key = world.auth.run("generate-token", *options, credentials=session)
    # As if it had been made an hour ago: a key that was just made is not renewed.
    document = {**key.json(), "issuedAt": int(key.json()["validUntil"]) - 31 * 86_400}
    code, said = world.rotate("import", "-", given=json.dumps(document))
    expect_equal(code, 0, said)
    expect_equal(dict(world.service.secret.version_aliases), {"current": 1}, "aliases")


@SUITE.check("a rotation claims, stages, promotes and clears up, each by etag")
def rotated(world: World) -> None:
    before = world.service.current()
    code, said = world.rotate("once", "--spool", str(world.spool), "--force", "--detailed-exitcode")
    expect_equal(code, 2, said)
    expect(world.service.current()["apiKey"] != before["apiKey"], "the key is the same")
    expect_equal(
        dict(world.service.secret.version_aliases), {"current": 2, "previous": 1}, "aliases"
    )
    expect_equal(dict(world.service.secret.annotations), {}, "annotations")
    expect("TestIamPermissions" in world.service.calls, "the rights were not asked for")
    expect(str(before["apiKey"]) not in said, "the key is told")


@SUITE.check("what others have written there stays")
def foreign(world: World) -> None:
    world.service.secret.annotations["theirs"] = "1"
    world.service.secret.version_aliases["theirs"] = 1
    document = {**world.service.current(), "issuedAt": 1}
    code, said = world.rotate("import", "-", "--force", given=json.dumps(document))
    expect_equal(code, 0, said)
    expect_equal(dict(world.service.secret.annotations), {"theirs": "1"}, "annotations")
    expect_equal(world.service.secret.version_aliases["theirs"], 1, "their alias")


if __name__ == "__main__":
    sys.exit(SUITE.main(opened))
