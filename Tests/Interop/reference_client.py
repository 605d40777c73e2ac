"""A grpcio client with our client's options: the checks' own control group."""

from __future__ import annotations

import argparse
import json
import re
import socket
import ssl
import sys
from pathlib import Path
from typing import Any

import grpc

from grpcio_server import ERROR_CODES, EXIT_CODES
from momento_api import (
    Api,
    Selectors,
    all_data,
    auth_pb2,
    cache_key,
    disposable_request,
    explicit,
    generate_request,
    inner_key,
    permissions_pb2,
    shown_form,
    superuser,
)

SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


class Failure(Exception):
    """Ends the run with a line that names the phase."""


def run(arguments: list[str]) -> int:
    options = parse(arguments)
    try:
        print(json.dumps(call(options)))
        return 0
    except Failure as failure:
        print(failure, file=sys.stderr)
        return 3
    except grpc.RpcError as error:
        secret = options.credentials or "no credentials"
        message = (error.details() or "").replace(secret, "…")
        print(f"{ERROR_CODES[error.code().name]}: {message}", file=sys.stderr)
        return EXIT_CODES.get(error.code().name, 1)


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("command")
    parser.add_argument("--local", required=True)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--tls", action="store_true")
    parser.add_argument("--ca-file", type=Path)
    parser.add_argument("--credentials-file")
    parser.add_argument("--scope")
    parser.add_argument("--permission", action="append")
    parser.add_argument("--expires-in", default="30m")
    parser.add_argument("--token-id", default="")
    parser.add_argument("--timeout", default="15s")
    options = parser.parse_args(arguments)
    options.credentials = sys.stdin.read().strip() if options.credentials_file else None
    options.expires = duration(options.expires_in)
    options.limit = duration(options.timeout)
    return options


def duration(text: str) -> int | None:
    return None if text == "never" else int(text[:-1]) * SECONDS[text[-1]]


def probe(options: argparse.Namespace) -> None:
    """Goes through the phases by hand, because gRPC's own errors do not tell them apart."""
    host, port = options.local.rsplit(":", 1)
    try:
        sock = socket.create_connection((host, int(port)), timeout=5)
    except OSError as error:
        raise Failure(f"connect: {error}") from error
    with sock:
        if options.tls:
            context = ssl.create_default_context(cafile=options.ca_file)
            context.set_alpn_protocols(["h2"])
            try:
                sock = context.wrap_socket(sock, server_hostname=host)
            except OSError as error:
                raise Failure(f"tls: {error}") from error
            if sock.selected_alpn_protocol() != "h2":
                raise Failure("tls: the peer did not choose h2 by ALPN")
        try:
            sock.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes([0, 0, 0, 4, 0, 0, 0, 0, 0]))
            first = sock.recv(9)
        except TimeoutError as error:
            raise Failure("TIMEOUT_ERROR: http2: the peer says nothing") from error
        except OSError as error:
            raise Failure(f"http2: {error}") from error
        if not first:
            raise Failure("http2: the peer closed the connection")
        if first[3:4] != b"\x04":
            raise Failure("http2: no SETTINGS from the peer")


def call(options: argparse.Namespace) -> dict[str, Any]:
    probe(options)
    credentials = None
    if options.ca_file:
        credentials = grpc.ssl_channel_credentials(options.ca_file.read_bytes())
    channel = (
        grpc.secure_channel(options.local, credentials)
        if credentials
        else grpc.insecure_channel(options.local)
    )
    with channel:
        return CALLS[options.command](Api(channel), options)


def metadata(key: str | None) -> list[tuple[str, str]]:
    agent = [("agent", "swift:auth:reference"), ("runtime-version", "python")]
    return agent + ([("authorization", key)] if key else [])


def log_in(api: Api, options: argparse.Namespace) -> dict[str, Any]:
    request = auth_pb2._LoginRequest()
    for state in api.auth.Login(request, timeout=options.limit, metadata=metadata(None)):
        if state.HasField("logged_in"):
            session = state.logged_in
            return {
                "sessionToken": session.session_token,
                "validForSeconds": session.valid_for_seconds,
            }
    raise Failure("CANCELLED_ERROR: the login ended without a session")


def generate(api: Api, options: argparse.Namespace) -> dict[str, Any]:
    scope = superuser() if options.scope == "super-user" else all_data()
    key = inner_key(options.credentials)
    request = generate_request(key, scope, options.expires)
    return shown(api.auth.GenerateApiToken(request, timeout=options.limit, metadata=metadata(key)))


def refresh(api: Api, options: argparse.Namespace) -> dict[str, Any]:
    pair = json.loads(options.credentials)
    key = inner_key(pair["apiKey"])
    request = auth_pb2._RefreshApiTokenRequest(api_key=key, refresh_token=pair["refreshToken"])
    return shown(api.auth.RefreshApiToken(request, timeout=options.limit, metadata=metadata(key)))


def disposable(api: Api, options: argparse.Namespace) -> dict[str, Any]:
    key = inner_key(options.credentials)
    scope = explicit(*(permission(text) for text in options.permission))
    request = disposable_request(key, scope, options.expires, options.token_id)
    response = api.token.GenerateDisposableToken(
        request, timeout=options.limit, metadata=metadata(key)
    )
    return {"authToken": shown_form(response.endpoint, response.api_key)}


def permission(text: str) -> Selectors:
    """Just the two forms that the checks write."""
    if found := re.fullmatch(r"cache:readonly:([^:]+):key=(.+)", text):
        return cache_key(found[1], found[2].encode())
    found = re.fullmatch(r"topic:subscribe:([^:]+):prefix=(.+)", text)
    topic = Selectors.TopicPermissions(
        role=permissions_pb2.TopicReadOnly,
        cache_selector=Selectors.CacheSelector(cache_name=found[1]),
        topic_selector=Selectors.TopicSelector(topic_name_prefix=found[2]),
    )
    return Selectors(topic_permissions=topic)


def shown(response: Any) -> dict[str, Any]:
    return {
        "apiKey": shown_form(response.endpoint, response.api_key),
        "refreshToken": response.refresh_token,
        "endpoint": response.endpoint,
        "validUntil": response.valid_until,
    }


CALLS = {
    "login": log_in,
    "generate-token": generate,
    "refresh-token": refresh,
    "generate-disposable-token": disposable,
}
