"""A grpcio server that keeps what our client sent and answers as a check tells it to."""

from __future__ import annotations

import base64
import json
import threading
from concurrent import futures
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Callable, Iterator

import grpc
from momento_wire_types import auth_pb2, auth_pb2_grpc, token_pb2, token_pb2_grpc

from certificates import Identity

ENDPOINT = "cell-1-test-1.example.test"
VALID_UNTIL = 4_102_444_800
BROWSER = "https://login.example.test/activate?code=TEST"


def synthetic_key(name: str) -> str:
    """Looks like a JWT, opens nothing; the name makes it findable in output."""
    head, claims = ({"alg": "HS256", "typ": "JWT"}, {"sub": name, "ver": 1, "p": ""})
    parts = [json.dumps(part).encode() for part in (head, claims)] + [b"not-a-real-signature"]
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


SESSION = synthetic_key("session")
KEY = synthetic_key("key")
REFRESH = "synthetic-refresh-token"
NEW_KEY = synthetic_key("new-key")
NEW_REFRESH = "synthetic-new-refresh-token"
TOKEN = synthetic_key("token")
SECRETS = [SESSION, KEY, REFRESH, NEW_KEY, NEW_REFRESH, TOKEN]


@dataclass
class Received:
    """One call as it arrived."""

    method: str
    request: Any
    metadata: dict[str, str | bytes]
    seconds_left: float | None


@dataclass
class Recorder(auth_pb2_grpc.AuthServicer, token_pb2_grpc.TokenServicer):
    """`failing` runs before each answer and may abort the call or keep it waiting."""

    calls: list[Received] = field(default_factory=list)
    failing: Callable[[grpc.ServicerContext], None] | None = None

    def _take(self, method: str, request: Any, context: grpc.ServicerContext) -> None:
        metadata = {key: value for key, value in context.invocation_metadata()}
        self.calls.append(Received(method, request, metadata, context.time_remaining()))
        if self.failing:
            self.failing(context)

    def Login(self, request: Any, context: grpc.ServicerContext) -> Iterator[Any]:
        self._take("Login", request, context)
        state = auth_pb2._LoginResponse
        yield state(direct_browser=state.DirectBrowser(url=BROWSER))
        yield state(message=state.Message(text="Waiting for the browser"))
        yield state(logged_in=state.LoggedIn(session_token=SESSION, valid_for_seconds=3600))

    def GenerateApiToken(self, request: Any, context: grpc.ServicerContext) -> Any:
        self._take("GenerateApiToken", request, context)
        expires = request.HasField("expires")
        return auth_pb2._GenerateApiTokenResponse(
            api_key=KEY,
            endpoint=ENDPOINT,
            refresh_token=REFRESH if expires else "",
            valid_until=VALID_UNTIL if expires else 0,
        )

    def RefreshApiToken(self, request: Any, context: grpc.ServicerContext) -> Any:
        self._take("RefreshApiToken", request, context)
        return auth_pb2._RefreshApiTokenResponse(
            api_key=NEW_KEY, endpoint=ENDPOINT, refresh_token=NEW_REFRESH, valid_until=VALID_UNTIL
        )

    def GenerateDisposableToken(self, request: Any, context: grpc.ServicerContext) -> Any:
        self._take("GenerateDisposableToken", request, context)
        return token_pb2._GenerateDisposableTokenResponse(
            api_key=TOKEN, endpoint=ENDPOINT, valid_until=VALID_UNTIL
        )


def never_answer(context: grpc.ServicerContext) -> None:
    """Holds a call until its caller gives it up."""
    ended = threading.Event()
    if not context.add_callback(ended.set):
        return
    ended.wait(30)


@contextmanager
def recording(recorder: Recorder, identity: Identity | None = None) -> Iterator[str]:
    """The recorder on a free port, over TLS when it has an identity; its address."""
    server = grpc.server(futures.ThreadPoolExecutor(16), options=[("grpc.so_reuseport", 0)])
    auth_pb2_grpc.add_AuthServicer_to_server(recorder, server)
    token_pb2_grpc.add_TokenServicer_to_server(recorder, server)
    if identity:
        pair = (identity.key.read_bytes(), identity.certificate.read_bytes())
        port = server.add_secure_port("127.0.0.1:0", grpc.ssl_server_credentials([pair]))
    else:
        port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield f"127.0.0.1:{port}"
    finally:
        server.stop(grace=None).wait(10)
