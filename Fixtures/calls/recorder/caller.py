"""The grpcio client that is recorded; it notes what went out and what came back."""

from __future__ import annotations

import queue

import grpc
from google.protobuf.message import Message

from .model import Call, Pairs, user_metadata

AUTH = "/auth.Auth/"
TOKEN = "/token.Token/"


class Caller:
    def __init__(self, port: int, options: list[tuple[str, int | str]]) -> None:
        fixed = [("grpc.default_authority", "control.example.test"), ("grpc.enable_retries", 0)]
        self.channel = grpc.insecure_channel(f"127.0.0.1:{port}", options=fixed + options)
        grpc.channel_ready_future(self.channel).result(timeout=10)
        self.calls: list[Call] = []

    def unary(
        self, path: str, request: Message, metadata: Pairs = [], timeout: float | None = None
    ) -> Call:
        """One unary call, to its end."""
        return self.finish_unary(*self.start_unary(path, request, metadata, timeout))

    def start_unary(
        self, path: str, request: Message, metadata: Pairs = [], timeout: float | None = None
    ) -> tuple[Call, grpc.Future]:
        body = request.SerializeToString(deterministic=True)
        call = self._note(Call(path, "unary", user_metadata(metadata), [body]))
        return call, self.channel.unary_unary(path).future(body, timeout, metadata)

    def finish_unary(self, call: Call, running: grpc.Future) -> Call:
        if running.code() is grpc.StatusCode.OK:
            call.responses = [running.result()]
        return self._finish(call, running)

    def unary_compressed(self, path: str, request: Message, how: grpc.Compression) -> Call:
        body = request.SerializeToString(deterministic=True)
        call = self._note(Call(path, "unary", [], [body]))
        return self.finish_unary(call, self.channel.unary_unary(path).future(body, compression=how))

    def start_stream(
        self, path: str, request: Message, timeout: float | None = None, metadata: Pairs = []
    ) -> tuple[Call, grpc.Call]:
        """A server-streaming call; the caller reads its messages."""
        body = request.SerializeToString(deterministic=True)
        call = self._note(Call(path, "serverStreaming", user_metadata(metadata), [body]))
        return call, self.channel.unary_stream(path)(body, timeout, metadata)

    def drain(self, call: Call, running: grpc.Call) -> Call:
        """Reads a server-streaming call to its end."""
        try:
            call.responses.extend(running)
        except grpc.RpcError:
            pass
        return self._finish(call, running)

    def bidirectional(self, path: str, messages: list[bytes]) -> Call:
        """Sends each message after the answer to the one before came."""
        call = self._note(Call(path, "bidirectionalStreaming", [], messages))
        outbox: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        running = self.channel.stream_stream(path)(iter(outbox.get, None))
        for message in messages:
            outbox.put(message)
            call.responses.append(next(running))
        outbox.put(None)
        call.responses.extend(running)
        return self._finish(call, running)

    def client_streaming(self, path: str, messages: list[bytes]) -> Call:
        call = self._note(Call(path, "clientStreaming", [], messages))
        running = self.channel.stream_unary(path).future(iter(messages))
        call.responses = [running.result()]
        return self._finish(call, running)

    def _note(self, call: Call) -> Call:
        self.calls.append(call)
        return call

    def _finish(self, call: Call, running: grpc.Call) -> Call:
        call.code = running.code().value[0]
        call.message = running.details() or ""
        call.initial_metadata = user_metadata(running.initial_metadata())
        call.trailers = user_metadata(running.trailing_metadata())
        return call
