"""The recordings: each function makes the calls of one connection."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Callable

import grpc
from momento_wire_types import auth_pb2, permissionmessages_pb2, token_pb2

from .caller import AUTH, TOKEN, Caller
from .model import FILLER
from .service import Auth

GENERATE = AUTH + "GenerateApiToken"
REFRESH = AUTH + "RefreshApiToken"
LOGIN = AUTH + "Login"
DISPOSABLE = TOKEN + "GenerateDisposableToken"
BINARY = bytes([0x00, 0xFF, 0x0A, 0x2C, 0x20, 0x80, 0x7F])
ADDRESS = "https://login.example.test/activate?code=TEST-CODE"


@dataclass
class Scenario:
    name: str
    about: str
    run: Callable[[Caller, Auth, grpc.Server], None]
    client_options: list[tuple[str, int]] = field(default_factory=list)
    server_options: list[tuple[str, int]] = field(default_factory=list)


SCENARIOS: list[Scenario] = []


def scenario(about: str, client: dict[str, int] = {}, server: dict[str, int] = {}):
    """Adds the function as a scenario named after it."""

    def add(run: Callable[[Caller, Auth, grpc.Server], None]):
        name = run.__name__.replace("_", "-")
        SCENARIOS.append(Scenario(name, about, run, list(client.items()), list(server.items())))
        return run

    return add


def generate(**fields: object) -> auth_pb2._GenerateApiTokenRequest:
    return auth_pb2._GenerateApiTokenRequest(
        never=auth_pb2._GenerateApiTokenRequest.Never(), auth_token="synthetic-session", **fields
    )


def superuser() -> permissionmessages_pb2.Permissions:
    return permissionmessages_pb2.Permissions(super_user=permissionmessages_pb2.SuperUser)


def browser() -> auth_pb2._LoginResponse:
    return auth_pb2._LoginResponse(
        direct_browser=auth_pb2._LoginResponse.DirectBrowser(url=ADDRESS)
    )


def text(line: str) -> auth_pb2._LoginResponse:
    return auth_pb2._LoginResponse(message=auth_pb2._LoginResponse.Message(text=line))


def logged_in() -> auth_pb2._LoginResponse:
    return auth_pb2._LoginResponse(
        logged_in=auth_pb2._LoginResponse.LoggedIn(
            session_token="synthetic-session", valid_for_seconds=3600
        )
    )


def wait() -> auth_pb2._LoginResponse:
    """No state: the service waits here until the call ends or the scenario lets it go on."""
    return auth_pb2._LoginResponse()


@scenario("GenerateApiToken answered; agent, runtime-version and authorization sent")
def generate_api_token(caller: Caller, auth: Auth, server: grpc.Server) -> None:
    metadata = [
        ("authorization", "synthetic-session"),
        ("agent", "swift:auth:0.1.0"),
        ("runtime-version", "swift:6.3.1"),
    ]
    caller.unary(GENERATE, generate(permissions=superuser()), metadata)


@scenario("RefreshApiToken answered")
def refresh_api_token(caller: Caller, auth: Auth, server: grpc.Server) -> None:
    caller.unary(
        REFRESH,
        auth_pb2._RefreshApiTokenRequest(
            api_key="synthetic-key", refresh_token="synthetic-refresh"
        ),
    )


@scenario("GenerateDisposableToken answered, explicit permissions with a binary key")
def generate_disposable_token(caller: Caller, auth: Auth, server: grpc.Server) -> None:
    messages = permissionmessages_pb2
    item = messages.PermissionsType.CachePermissions(
        role=messages.CacheReadOnly,
        cache_selector=messages.PermissionsType.CacheSelector(cache_name="cache-a"),
        item_selector=messages.PermissionsType.CacheItemSelector(key=BINARY),
    )
    explicit = messages.ExplicitPermissions(
        permissions=[messages.PermissionsType(cache_permissions=item)]
    )
    request = token_pb2._GenerateDisposableTokenRequest(
        expires=token_pb2._GenerateDisposableTokenRequest.Expires(valid_for_seconds=300),
        auth_token="synthetic-key",
        permissions=messages.Permissions(explicit=explicit),
        token_id="device-1",
    )
    caller.unary(DISPOSABLE, request)


@scenario("Login with one message")
def login(caller: Caller, auth: Auth, server: grpc.Server) -> None:
    auth.login_states = [logged_in()]
    caller.drain(*caller.start_stream(LOGIN, auth_pb2._LoginRequest()))


@scenario("Login: browser address, two texts, then logged in")
def login_several_messages(caller: Caller, auth: Auth, server: grpc.Server) -> None:
    auth.login_states = [
        browser(),
        text("Waiting for the browser"),
        text("Grüezi \U0001f511"),
        logged_in(),
    ]
    caller.drain(*caller.start_stream(LOGIN, auth_pb2._LoginRequest()))


@scenario("PERMISSION_DENIED: message percent-encoded on the wire, `err` trailer, status details")
def permission_denied(caller: Caller, auth: Auth, server: grpc.Server) -> None:
    def deny(context: grpc.ServicerContext) -> None:
        context.send_initial_metadata((("x-request-id", "7"),))
        details = ("grpc-status-details-bin", b"\x08\x07\x12\x06denied")
        context.set_trailing_metadata((("err", "insufficient_permissions"), details))
        message = "Zugriff verweigert: 100 % für „cache-a“\n\tkey=\U0001f511"
        context.abort(grpc.StatusCode.PERMISSION_DENIED, message)

    auth.hook = deny
    caller.unary(GENERATE, generate(permissions=superuser()))


@scenario("UNAUTHENTICATED with no initial metadata")
def unauthenticated(caller: Caller, auth: Auth, server: grpc.Server) -> None:
    auth.hook = lambda context: context.abort(grpc.StatusCode.UNAUTHENTICATED, "Invalid token")
    caller.unary(GENERATE, generate())


@scenario("RESOURCE_EXHAUSTED after one streamed message, `err` trailer")
def stream_fails_midway(caller: Caller, auth: Auth, server: grpc.Server) -> None:
    def fail(context: grpc.ServicerContext) -> None:
        context.set_trailing_metadata((("err", "operations_rate_limit_exceeded"),))
        context.abort(grpc.StatusCode.RESOURCE_EXHAUSTED, "Too many logins")

    auth.login_states = [text("one")]
    auth.login_end = fail
    caller.drain(*caller.start_stream(LOGIN, auth_pb2._LoginRequest()))


@scenario("Unknown method: UNIMPLEMENTED in one HEADERS frame (trailers-only)")
def unimplemented(caller: Caller, auth: Auth, server: grpc.Server) -> None:
    caller.unary(AUTH + "RevokeApiToken", generate())


def _both_ways(caller: Caller, auth: Auth) -> None:
    def answer(context: grpc.ServicerContext) -> None:
        context.send_initial_metadata((("initial-bin", BINARY), ("initial", "text")))
        context.set_trailing_metadata((("trailing-bin", BINARY[:5]), ("trailing-bin", b"")))

    auth.hook = answer
    metadata = [
        ("trace-bin", BINARY),
        ("trace-bin", b"\x01"),
        ("empty-bin", b""),
        ("plain", "a, b"),
    ]
    caller.unary(GENERATE, generate(), metadata)


@scenario("-bin metadata both ways as raw bytes behind 00: both peers sent SETTINGS fe03 = 1")
def binary_metadata_raw(caller: Caller, auth: Auth, server: grpc.Server) -> None:
    _both_ways(caller, auth)


NO_TRUE_BINARY = {"grpc.http2.true_binary": 0}


@scenario("-bin metadata both ways in Base64", client=NO_TRUE_BINARY, server=NO_TRUE_BINARY)
def binary_metadata_base64(caller: Caller, auth: Auth, server: grpc.Server) -> None:
    _both_ways(caller, auth)


# Windows of 65,535 bytes that do not grow by themselves.
SMALL_WINDOWS = {"grpc.http2.lookahead_bytes": 65535, "grpc.http2.bdp_probe": 0}


@scenario("A request of 200 KiB through windows of 64 KiB", server=SMALL_WINDOWS)
def large_request(caller: Caller, auth: Auth, server: grpc.Server) -> None:
    description = (FILLER * (200 * 1024 // len(FILLER))).decode()
    caller.unary(GENERATE, generate(description=description))


@scenario("A response of 200 KiB in one message through windows of 64 KiB", client=SMALL_WINDOWS)
def large_response(caller: Caller, auth: Auth, server: grpc.Server) -> None:
    auth.login_states = [text((FILLER * (200 * 1024 // len(FILLER))).decode())]
    caller.drain(*caller.start_stream(LOGIN, auth_pb2._LoginRequest()))


@scenario("20 calls at once on one connection; answered only once all had come")
def concurrent_calls(caller: Caller, auth: Auth, server: grpc.Server) -> None:
    barrier = threading.Barrier(20)
    auth.hook = lambda context: barrier.wait(20)
    running = [caller.start_unary(GENERATE, generate(token_id=f"call-{i}")) for i in range(20)]
    for call, future in running:
        caller.finish_unary(call, future)


@scenario(
    "One stream at a time allowed: five calls take turns", server={"grpc.max_concurrent_streams": 1}
)
def one_stream_at_a_time(caller: Caller, auth: Auth, server: grpc.Server) -> None:
    running = [caller.start_unary(GENERATE, generate(token_id=f"call-{i}")) for i in range(5)]
    for call, future in running:
        caller.finish_unary(call, future)


@scenario("A deadline of 30 s that is kept")
def deadline_kept(caller: Caller, auth: Auth, server: grpc.Server) -> None:
    caller.unary(GENERATE, generate(), timeout=30)


@scenario("A deadline that passes while the service waits")
def deadline_passes(caller: Caller, auth: Auth, server: grpc.Server) -> None:
    auth.login_states = [text("one"), wait(), logged_in()]
    call, running = caller.start_stream(LOGIN, auth_pb2._LoginRequest(), timeout=0.4)
    call.status_from = "client"
    caller.drain(call, running)


@scenario("The caller cancels after the first message: RST_STREAM CANCEL")
def cancelled(caller: Caller, auth: Auth, server: grpc.Server) -> None:
    auth.login_states = [browser(), wait(), logged_in()]
    call, running = caller.start_stream(LOGIN, auth_pb2._LoginRequest())
    call.responses = [next(running)]
    call.status_from = "client"
    running.cancel()
    caller.drain(call, running)
    if not auth.blocked.wait(10):
        raise TimeoutError("the cancellation did not reach the service")


@scenario("Bidirectional: three messages, one of them empty, each echoed before the next is sent")
def bidirectional(caller: Caller, auth: Auth, server: grpc.Server) -> None:
    caller.bidirectional("/interop.Raw/Echo", [b"one", b"", BINARY])


@scenario("Client streaming: three messages, one answer")
def client_streaming(caller: Caller, auth: Auth, server: grpc.Server) -> None:
    caller.client_streaming("/interop.Raw/Join", [b"a", b"bc", b""])


@scenario("Graceful stop: GOAWAY while a call runs, which is still answered")
def goaway_graceful(caller: Caller, auth: Auth, server: grpc.Server) -> None:
    auth.login_states = [browser(), wait(), logged_in()]
    call, running = caller.start_stream(LOGIN, auth_pb2._LoginRequest())
    call.responses = [next(running)]
    idle = threading.Event()
    caller.channel.subscribe(
        lambda state: idle.set() if state is grpc.ChannelConnectivity.IDLE else None
    )
    stopped = server.stop(grace=20)
    if not idle.wait(10):
        raise TimeoutError("the client did not see the GOAWAY")
    auth.blocked.set()
    caller.drain(call, running)
    stopped.wait(20)


@scenario("A message compressed with gzip, which a peer without compression must refuse")
def compressed_request(caller: Caller, auth: Auth, server: grpc.Server) -> None:
    request = generate(description="compressible " * 40)
    caller.unary_compressed(GENERATE, request, grpc.Compression.Gzip)


@scenario("Ten calls in a row: header fields come from the dynamic tables")
def calls_in_a_row(caller: Caller, auth: Auth, server: grpc.Server) -> None:
    for index in range(10):
        caller.unary(GENERATE, generate(token_id=f"call-{index}"), [("agent", "swift:auth:0.1.0")])
