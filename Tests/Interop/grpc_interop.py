#!/usr/bin/env python3
"""gRPC's interoperability cases: our client at grpcio's server, and grpcio's client at our server.

grpc_interop.py BINARY      grpc-interop-client and grpc-interop-server lie beside BINARY
"""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator

import grpc

from certificates import Authority
from harness import Suite, expect, expect_equal, running

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent / "Protos"))
messages, services = grpc.protos_and_services("grpctesting.proto")

CASES = """empty_unary cacheable_unary large_unary client_streaming server_streaming ping_pong
empty_stream custom_metadata status_code_and_message special_status_message unimplemented_method
unimplemented_service cancel_after_begin cancel_after_first_response timeout_on_sleeping_server
rpc_soak channel_soak""".split()
INITIAL, TRAILING = "x-grpc-test-echo-initial", "x-grpc-test-echo-trailing-bin"
SPECIAL = "\t\ntest with whitespace\r\nand Unicode BMP \u263a and non-BMP \U0001f608\t\n"
REQUESTS, RESPONSES = (27182, 8, 1828, 45904), (31415, 9, 2653, 58979)
suite = Suite("grpc_interop")


class TestService(services.TestServiceServicer):
    """What the public description asks of a server."""

    def __init__(self) -> None:
        self.cache: dict[bytes, bytes] = {}

    def EmptyCall(self, request, context):
        return messages.Empty()

    def UnaryCall(self, request, context):
        self.echo(context)
        self.fail_if_asked(request, context)
        return messages.SimpleResponse(payload=zeros(request.response_size))

    def CacheableUnaryCall(self, request, context):
        body = self.cache.setdefault(request.payload.body, str(time.monotonic_ns()).encode())
        return messages.SimpleResponse(payload=messages.Payload(body=body))

    def StreamingOutputCall(self, request, context):
        for parameters in request.response_parameters:
            time.sleep(parameters.interval_us / 1e6)
            yield messages.StreamingOutputCallResponse(payload=zeros(parameters.size))

    def StreamingInputCall(self, requests, context):
        total = sum(len(request.payload.body) for request in requests)
        return messages.StreamingInputCallResponse(aggregated_payload_size=total)

    def FullDuplexCall(self, requests, context):
        self.echo(context)
        for request in requests:
            self.fail_if_asked(request, context)
            yield from self.StreamingOutputCall(request, context)

    @staticmethod
    def echo(context) -> None:
        for key, value in context.invocation_metadata():
            if key == INITIAL:
                context.send_initial_metadata(((key, value),))
            if key == TRAILING:
                context.set_trailing_metadata(((key, value),))

    @staticmethod
    def fail_if_asked(request, context) -> None:
        if request.response_status.code:
            code = {c.value[0]: c for c in grpc.StatusCode}[request.response_status.code]
            context.abort(code, request.response_status.message)


def zeros(size: int):
    return messages.Payload(body=bytes(size))


@dataclass
class World:
    client: Path
    plain: tuple[int, int]
    tls: tuple[int, int]
    authority: Authority

    def call(self, case: str, tls: bool) -> None:
        port = (self.tls if tls else self.plain)[0]
        flags = ["--server_host=127.0.0.1", f"--server_port={port}", f"--test_case={case}"]
        flags += ["--soak_iterations=5", "--soak_per_iteration_max_acceptable_latency_ms=60000"]
        flags += ["--soak_overall_timeout_seconds=120"]
        if tls:
            flags += ["--use_tls=true", f"--ca_file={self.authority.ca_file}"]
            flags += ["--server_host_override=foo.test.example"]
        done = subprocess.run(
            [self.client, *flags], capture_output=True, text=True, timeout=150, check=False
        )
        expect_equal(done.returncode, 0, f"exit code, {done.stderr.strip()}")

    @contextmanager
    def channel(self, tls: bool) -> Iterator[grpc.Channel]:
        address = f"127.0.0.1:{(self.tls if tls else self.plain)[1]}"
        if not tls:
            with grpc.insecure_channel(address) as channel:
                yield channel
            return
        credentials = grpc.ssl_channel_credentials(self.authority.ca_file.read_bytes())
        options = [("grpc.ssl_target_name_override", "foo.test.example")]
        with grpc.secure_channel(address, credentials, options) as channel:
            yield channel


@contextmanager
def world(binary: str, scratch: Path) -> Iterator[World]:
    programs = Path(binary).parent
    authority = Authority(scratch, "interop")
    identity = authority.issue("server", ["foo.test.example"])
    server = grpc.server(ThreadPoolExecutor(16))
    services.add_TestServiceServicer_to_server(TestService(), server)
    pair = (identity.key.read_bytes(), identity.certificate.read_bytes())
    ports = (
        server.add_insecure_port("127.0.0.1:0"),
        server.add_secure_port("127.0.0.1:0", grpc.ssl_server_credentials([pair])),
    )
    server.start()
    tls = ["--use_tls=true", f"--tls_cert_file={identity.certificate}"]
    tls += [f"--tls_key_file={identity.key}"]
    with ExitStack() as stack:
        ours = []
        for options in ([], tls):
            child = stack.enter_context(
                running([str(programs / "grpc-interop-server"), "--port=0", *options])
            )
            ours.append(int(child.wait_for_line(r"listening on port (\d+)")[1]))
        client = programs / "grpc-interop-client"
        yield World(client, (ports[0], ours[0]), (ports[1], ours[1]), authority)
    server.stop(0)


# grpcio's client, by the description of each case.


def large_unary(stub, **options):
    request = messages.SimpleRequest(response_size=314159, payload=zeros(271828))
    response, call = stub.UnaryCall.with_call(request, timeout=60, **options)
    expect_equal(len(response.payload.body), 314159, "the size of the response")
    return call


def failure(run) -> grpc.RpcError:
    try:
        run()
    except grpc.RpcError as error:
        return error
    raise AssertionError("the call did not fail")


def empty_unary(stub, _) -> None:
    expect_equal(stub.EmptyCall(messages.Empty(), timeout=60), messages.Empty(), "the response")


def cacheable_unary(stub, _) -> None:
    request = messages.SimpleRequest(payload=messages.Payload(body=b"now"))
    answers = {stub.CacheableUnaryCall(request, timeout=60).payload.body for _ in range(2)}
    expect_equal(len(answers), 1, "the number of different answers")


def client_streaming(stub, _) -> None:
    requests = (messages.StreamingInputCallRequest(payload=zeros(size)) for size in REQUESTS)
    response = stub.StreamingInputCall(requests, timeout=60)
    expect_equal(response.aggregated_payload_size, 74922, "the sum")


def output_request(sizes, payload=None, status=None):
    return messages.StreamingOutputCallRequest(
        response_parameters=[messages.ResponseParameters(size=size) for size in sizes],
        payload=payload,
        response_status=status,
    )


def server_streaming(stub, _) -> None:
    responses = stub.StreamingOutputCall(output_request(RESPONSES), timeout=60)
    expect_equal([len(r.payload.body) for r in responses], list(RESPONSES), "the sizes")


def ping_pong(stub, _) -> None:
    turn = threading.Semaphore(1)

    def requests():
        for request, response in zip(REQUESTS, RESPONSES):
            turn.acquire()
            yield output_request([response], zeros(request))

    sizes = []
    for response in stub.FullDuplexCall(requests(), timeout=60):
        sizes.append(len(response.payload.body))
        turn.release()
    expect_equal(sizes, list(RESPONSES), "the sizes")


def empty_stream(stub, _) -> None:
    expect_equal(list(stub.FullDuplexCall(iter(()), timeout=60)), [], "the responses")


def custom_metadata(stub, _) -> None:
    metadata = ((INITIAL, "test_initial_metadata_value"), (TRAILING, b"\xab\xab\xab"))
    unary = large_unary(stub, metadata=metadata)
    stream = stub.FullDuplexCall(
        iter([output_request([314159], zeros(271828))]), timeout=60, metadata=metadata
    )
    expect_equal(len(list(stream)), 1, "the number of responses")
    for call in (unary, stream):
        expect(metadata[0] in call.initial_metadata(), "the initial metadata is sent back")
        expect(metadata[1] in call.trailing_metadata(), "the trailers are sent back")


def status_code_and_message(stub, _, text="test status message") -> None:
    status = messages.EchoStatus(code=2, message=text)
    unary = failure(
        lambda: stub.UnaryCall(messages.SimpleRequest(response_status=status), timeout=60)
    )
    stream = failure(
        lambda: list(stub.FullDuplexCall(iter([output_request([], None, status)]), timeout=60))
    )
    for error in (unary, stream):
        expect_equal(error.code(), grpc.StatusCode.UNKNOWN, "the code")
        expect_equal(error.details(), text, "the message")


def special_status_message(stub, channel) -> None:
    status_code_and_message(stub, channel, SPECIAL)


def unimplemented_method(stub, _) -> None:
    error = failure(lambda: stub.UnimplementedCall(messages.Empty(), timeout=60))
    expect_equal(error.code(), grpc.StatusCode.UNIMPLEMENTED, "the code")


def unimplemented_service(_, channel) -> None:
    stub = services.UnimplementedServiceStub(channel)
    error = failure(lambda: stub.UnimplementedCall(messages.Empty(), timeout=60))
    expect_equal(error.code(), grpc.StatusCode.UNIMPLEMENTED, "the code")


def cancel_after_begin(stub, _) -> None:
    ended = threading.Event()

    def requests():
        ended.wait(60)
        yield from ()

    call = stub.StreamingInputCall.future(requests())
    call.cancel()
    ended.set()
    expect_equal(call.code(), grpc.StatusCode.CANCELLED, "the code")


def cancel_after_first_response(stub, _) -> None:
    ended = threading.Event()

    def requests():
        yield output_request([31415], zeros(27182))
        ended.wait(60)

    call = stub.FullDuplexCall(requests(), timeout=60)
    expect_equal(len(next(call).payload.body), 31415, "the size of the response")
    call.cancel()
    error = failure(lambda: next(call))
    ended.set()
    expect_equal(error.code(), grpc.StatusCode.CANCELLED, "the code")


def timeout_on_sleeping_server(stub, _) -> None:
    request = output_request([1], zeros(27182))
    request.response_parameters[0].interval_us = 10_000_000
    error = failure(lambda: list(stub.FullDuplexCall(iter([request]), timeout=0.001)))
    expect_equal(error.code(), grpc.StatusCode.DEADLINE_EXCEEDED, "the code")


def rpc_soak(stub, _) -> None:
    for _ in range(5):
        large_unary(stub)


THEIRS = {case: globals().get(case) for case in CASES if case != "channel_soak"}
THEIRS["large_unary"] = lambda stub, _: large_unary(stub)

for tls in (False, True):
    kind = "TLS" if tls else "plaintext"
    for case in CASES:
        suite.check(f"{case}, {kind}, our client at grpcio's server")(
            lambda world, case=case, tls=tls: world.call(case, tls)
        )

    for case, run in THEIRS.items():

        def at_ours(world: World, run=run, tls=tls) -> None:
            with world.channel(tls) as channel:
                run(services.TestServiceStub(channel), channel)

        suite.check(f"{case}, {kind}, grpcio's client at our server")(at_ours)


if __name__ == "__main__":
    sys.exit(suite.main(world))
