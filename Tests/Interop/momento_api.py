"""The four calls through grpcio and momento-wire-types, and the requests that the checks send."""

from __future__ import annotations

import base64
import json
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator

import grpc
from momento_wire_types import (
    auth_pb2,
    auth_pb2_grpc,
    permissionmessages_pb2 as permissions_pb2,
    token_pb2,
    token_pb2_grpc,
)

Metadata = list[tuple[str, "str | bytes"]]
Selectors = permissions_pb2.PermissionsType


class Api:
    """Stubs on one connection of their own."""

    def __init__(self, channel: grpc.Channel) -> None:
        self.channel = channel
        self.auth = auth_pb2_grpc.AuthStub(channel)
        self.token = token_pb2_grpc.TokenStub(channel)

    def log_in(self, timeout: float = 20) -> str:
        """The session token that a completed login gives."""
        for state in self.auth.Login(auth_pb2._LoginRequest(), timeout=timeout):
            if state.HasField("logged_in"):
                return state.logged_in.session_token
            if state.HasField("error"):
                raise AssertionError(f"login refused: {state.error.description}")
        raise AssertionError("the login ended without a session")

    def superuser_key(self) -> str:
        request = generate_request(self.log_in(), superuser(), seconds=3600)
        return self.auth.GenerateApiToken(request, timeout=20).api_key


@contextmanager
def connected(address: str, ca_file: Path | None = None) -> Iterator[Api]:
    """A channel that shares its connection with no other."""
    options = [
        ("grpc.use_local_subchannel_pool", 1),
        ("grpc.max_receive_message_length", 8 << 20),
        ("grpc.enable_retries", 0),
    ]
    if ca_file:
        credentials = grpc.ssl_channel_credentials(ca_file.read_bytes())
        channel = grpc.secure_channel(address, credentials, options)
    else:
        channel = grpc.insecure_channel(address, options)
    with channel:
        grpc.channel_ready_future(channel).result(timeout=15)
        yield Api(channel)


def superuser() -> permissions_pb2.Permissions:
    return permissions_pb2.Permissions(super_user=permissions_pb2.SuperUser)


def all_data() -> permissions_pb2.Permissions:
    cache = Selectors.CachePermissions(
        role=permissions_pb2.CacheReadWrite, all_caches=Selectors.All()
    )
    topic = Selectors.TopicPermissions(
        role=permissions_pb2.TopicReadWrite, all_caches=Selectors.All(), all_topics=Selectors.All()
    )
    return explicit(Selectors(cache_permissions=cache), Selectors(topic_permissions=topic))


def cache_key(cache: str, key: bytes) -> Selectors:
    return Selectors(
        cache_permissions=Selectors.CachePermissions(
            role=permissions_pb2.CacheReadOnly,
            cache_selector=Selectors.CacheSelector(cache_name=cache),
            item_selector=Selectors.CacheItemSelector(key=key),
        )
    )


def explicit(*entries: Selectors) -> permissions_pb2.Permissions:
    listed = permissions_pb2.ExplicitPermissions(permissions=entries)
    return permissions_pb2.Permissions(explicit=listed)


def generate_request(
    token: str, scope: permissions_pb2.Permissions, seconds: int | None, description: str = ""
) -> auth_pb2._GenerateApiTokenRequest:
    """`seconds` None: a key that never expires."""
    request = auth_pb2._GenerateApiTokenRequest(
        auth_token=token, permissions=scope, description=description
    )
    if seconds is None:
        request.never.SetInParent()
    else:
        request.expires.valid_for_seconds = seconds
    return request


def disposable_request(
    token: str, scope: permissions_pb2.Permissions, seconds: int, token_id: str = ""
) -> token_pb2._GenerateDisposableTokenRequest:
    return token_pb2._GenerateDisposableTokenRequest(
        auth_token=token,
        permissions=scope,
        token_id=token_id,
        expires=token_pb2._GenerateDisposableTokenRequest.Expires(valid_for_seconds=seconds),
    )


def shown_form(endpoint: str, api_key: str) -> str:
    """A v1 key as users see it: base64 of JSON."""
    bundle = json.dumps({"endpoint": endpoint, "api_key": api_key})
    return base64.b64encode(bundle.encode()).decode()


def inner_key(shown: str) -> str:
    """The key inside the shown form; a bare key is its own."""
    try:
        return json.loads(base64.b64decode(shown, validate=True))["api_key"]
    except ValueError:
        return shown
