"""The grpcio server that is recorded: auth.Auth, token.Token and a raw interop.Raw service."""

from __future__ import annotations

import threading
from concurrent import futures
from typing import Callable, Iterator

import grpc
from momento_wire_types import auth_pb2, auth_pb2_grpc, token_pb2, token_pb2_grpc

VALID_UNTIL = 1_900_000_000
ENDPOINT = "cell-1-test-1.example.test"


class Auth(auth_pb2_grpc.AuthServicer):
    """Answers as the request's own token asks; `hook` runs first and may abort the call."""

    def __init__(self, hook: Callable[[grpc.ServicerContext], None] | None = None) -> None:
        self.hook = hook
        self.login_states: list[auth_pb2._LoginResponse] = []
        self.login_end: Callable[[grpc.ServicerContext], None] | None = None
        self.blocked = threading.Event()  # set by a scenario to let a waiting Login go on

    def Login(self, request, context) -> Iterator[auth_pb2._LoginResponse]:
        if self.hook:
            self.hook(context)
        for state in self.login_states:
            if state.WhichOneof("state") is None:
                context.add_callback(self.blocked.set)
                self.blocked.wait(30)
            else:
                yield state
        if self.login_end:
            self.login_end(context)

    def GenerateApiToken(self, request, context) -> auth_pb2._GenerateApiTokenResponse:
        if self.hook:
            self.hook(context)
        return auth_pb2._GenerateApiTokenResponse(
            api_key=f"synthetic-key-{request.token_id or 'a'}",
            refresh_token="synthetic-refresh" if request.HasField("expires") else "",
            endpoint=ENDPOINT,
            valid_until=VALID_UNTIL if request.HasField("expires") else 0,
        )

    def RefreshApiToken(self, request, context) -> auth_pb2._RefreshApiTokenResponse:
        if self.hook:
            self.hook(context)
        return auth_pb2._RefreshApiTokenResponse(
            api_key=request.api_key + "-next",
            refresh_token=request.refresh_token + "-next",
            endpoint=ENDPOINT,
            valid_until=VALID_UNTIL,
        )


class Token(token_pb2_grpc.TokenServicer):
    def GenerateDisposableToken(
        self, request, context
    ) -> token_pb2._GenerateDisposableTokenResponse:
        return token_pb2._GenerateDisposableTokenResponse(
            api_key="synthetic-disposable", endpoint=ENDPOINT, valid_until=VALID_UNTIL
        )


def _echo(requests: Iterator[bytes], context: grpc.ServicerContext) -> Iterator[bytes]:
    for message in requests:
        yield b"echo:" + message


def _join(requests: Iterator[bytes], context: grpc.ServicerContext) -> bytes:
    return b"+".join(requests)


RAW = grpc.method_handlers_generic_handler(
    "interop.Raw",
    {
        "Echo": grpc.stream_stream_rpc_method_handler(_echo),
        "Join": grpc.stream_unary_rpc_method_handler(_join),
    },
)


def start(auth: Auth, options: list[tuple[str, int]]) -> tuple[grpc.Server, int]:
    """A plaintext server on a free loopback port."""
    server = grpc.server(futures.ThreadPoolExecutor(32), options=options)
    auth_pb2_grpc.add_AuthServicer_to_server(auth, server)
    token_pb2_grpc.add_TokenServicer_to_server(Token(), server)
    server.add_generic_rpc_handlers((RAW,))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    return server, port
