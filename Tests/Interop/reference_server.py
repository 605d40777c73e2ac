"""A grpcio service with our service's rules and `serve` options: the checks' own control group."""

from __future__ import annotations

import argparse
import math
import re
import secrets
import signal
import threading
import time
from concurrent import futures
from pathlib import Path
from typing import Iterator

import grpc
from momento_wire_types import auth_pb2, auth_pb2_grpc, token_pb2, token_pb2_grpc

from certificates import Authority

ENDPOINT = "local.example.test"
LONGEST_TOKEN = 90_000


class Keys:
    """Which credential may do what: "session", "superuser" or "data"."""

    def __init__(self) -> None:
        self.kinds: dict[str, str] = {}
        self.refresh: dict[str, str] = {}
        self.lifetimes: dict[str, int] = {}
        self.ends: dict[str, float] = {}

    def make(self, kind: str, seconds: int = 0) -> str:
        """A key that lives so long; with 0 for ever."""
        key = f"{kind}-{secrets.token_hex(12)}"
        self.kinds[key] = kind
        if seconds:
            self.lifetimes[key], self.ends[key] = seconds, time.time() + seconds
        return key

    def kind(self, key: str, context: grpc.ServicerContext) -> str:
        if key not in self.kinds or self.ends.get(key, math.inf) < time.time():
            context.abort(grpc.StatusCode.UNAUTHENTICATED, "Invalid authentication credentials")
        return self.kinds[key]


def deny(context: grpc.ServicerContext) -> None:
    context.set_trailing_metadata((("err", "insufficient_permissions"),))
    context.abort(grpc.StatusCode.PERMISSION_DENIED, "Insufficient permissions")


def check_list(permissions: object, context: grpc.ServicerContext) -> None:
    """Refuses an empty list, empty names and two entries for the same thing."""
    entries = [e.SerializeToString(deterministic=True) for e in permissions.explicit.permissions]
    bare = []
    for entry in permissions.explicit.permissions:
        copy = type(entry).FromString(entry.SerializeToString())
        getattr(copy, copy.WhichOneof("kind")).ClearField("role")
        bare.append(copy.SerializeToString(deterministic=True))
    names = re.findall(r'(?:cache_name|topic_name|key|key_prefix): ""', str(permissions))
    if not 0 < len(entries) <= 20 or names or len(set(bare)) != len(bare):
        context.abort(grpc.StatusCode.INVALID_ARGUMENT, "Invalid permissions")


class Auth(auth_pb2_grpc.AuthServicer):
    def __init__(self, keys: Keys, login_delay: float) -> None:
        self.keys = keys
        self.login_delay = login_delay

    def Login(self, request, context) -> Iterator[auth_pb2._LoginResponse]:
        url = "https://login.example.test/"
        yield auth_pb2._LoginResponse(direct_browser=auth_pb2._LoginResponse.DirectBrowser(url=url))
        ended = threading.Event()
        context.add_callback(ended.set)
        if self.login_delay and ended.wait(self.login_delay):
            return
        session = auth_pb2._LoginResponse.LoggedIn(
            session_token=self.keys.make("session"), valid_for_seconds=3600
        )
        yield auth_pb2._LoginResponse(logged_in=session)

    def GenerateApiToken(self, request, context) -> auth_pb2._GenerateApiTokenResponse:
        kind = self.keys.kind(request.auth_token, context)
        superuser = request.permissions.HasField("super_user")
        if kind == "data" or (superuser and kind != "session"):
            deny(context)
        if not superuser:
            check_list(request.permissions, context)
        seconds = request.expires.valid_for_seconds if request.HasField("expires") else 0
        key = self.keys.make("superuser" if superuser else "data", seconds)
        response = auth_pb2._GenerateApiTokenResponse(api_key=key, endpoint=ENDPOINT)
        if request.HasField("expires"):
            self.keys.refresh[key] = response.refresh_token = secrets.token_hex(12)
            response.valid_until = int(time.time()) + seconds
        return response

    def RefreshApiToken(self, request, context) -> auth_pb2._RefreshApiTokenResponse:
        kind = self.keys.kind(request.api_key, context)
        if self.keys.refresh.get(request.api_key) != request.refresh_token:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, "Invalid refresh token")
        seconds = self.keys.lifetimes[request.api_key]
        key = self.keys.make(kind, seconds)
        self.keys.refresh[key] = secrets.token_hex(12)
        return auth_pb2._RefreshApiTokenResponse(
            api_key=key,
            refresh_token=self.keys.refresh[key],
            endpoint=ENDPOINT,
            valid_until=int(time.time()) + seconds,
        )


class Token(token_pb2_grpc.TokenServicer):
    def __init__(self, keys: Keys) -> None:
        self.keys = keys

    def GenerateDisposableToken(self, request, context):
        if self.keys.kind(request.auth_token, context) != "superuser":
            deny(context)
        seconds = request.expires.valid_for_seconds
        if not 0 < seconds <= LONGEST_TOKEN or len(request.token_id) > 64:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, "Invalid expiry or token id")
        check_list(request.permissions, context)
        return token_pb2._GenerateDisposableTokenResponse(
            api_key=self.keys.make("data", seconds),
            endpoint=ENDPOINT,
            valid_until=int(time.time()) + seconds,
        )


def serve(arguments: list[str]) -> int:
    """`serve --listen HOST:PORT [--tls --ca-file FILE] [--login-delay 5s]`."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--listen", default="127.0.0.1:0")
    parser.add_argument("--tls", action="store_true")
    parser.add_argument("--ca-file", type=Path)
    parser.add_argument("--login-delay", default="0s")
    options = parser.parse_args(arguments)
    keys = Keys()
    limit = [("grpc.max_receive_message_length", 5_243_000), ("grpc.so_reuseport", 0)]
    server = grpc.server(futures.ThreadPoolExecutor(128), options=limit)
    login_delay = float(options.login_delay.removesuffix("s"))
    auth_pb2_grpc.add_AuthServicer_to_server(Auth(keys, login_delay), server)
    token_pb2_grpc.add_TokenServicer_to_server(Token(keys), server)
    if options.tls:
        authority = Authority(options.ca_file.parent, options.ca_file.stem)
        identity = authority.issue("reference", ["127.0.0.1", "localhost"])
        pair = (identity.key.read_bytes(), identity.certificate.read_bytes())
        port = server.add_secure_port(options.listen, grpc.ssl_server_credentials([pair]))
    else:
        port = server.add_insecure_port(options.listen)
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    server.start()
    print(f"listening on 127.0.0.1:{port}", flush=True)
    stop.wait()
    server.stop(grace=15).wait()
    return 0
