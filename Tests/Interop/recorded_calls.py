"""Calls of every kind between grpcio and grpcio, for captures: `serve` and `call` share a schema."""

from __future__ import annotations

import random
import threading
import time
from concurrent import futures
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Iterator

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from grpc_tools import protoc

SCHEMA = """
syntax = "proto3";
package recorded;
message Kinds {
  enum Mood { CALM = 0; GLAD = 1; SAD = -1; }
  int32 a_number = 1;
  sint64 zigzag = 2;
  fixed32 four_bytes = 3;
  sfixed64 eight_bytes = 4;
  float single = 5;
  double wide = 6;
  bool truth = 7;
  string text = 8;
  bytes blob = 9;
  Mood mood = 10;
  Kinds inner = 11;
  repeated int32 packed = 12;
  repeated string texts = 13;
  map<string, uint64> counts = 14;
  uint64 largest = 536870911;
}
service Calls {
  rpc Unary(Kinds) returns (Kinds);
  rpc Upload(stream Kinds) returns (Kinds);
  rpc Download(Kinds) returns (stream Kinds);
  rpc Chat(stream Kinds) returns (stream Kinds);
  rpc Fail(Kinds) returns (Kinds);
  rpc Wait(Kinds) returns (Kinds);
}
"""
OPTIONS = (
    ("grpc.use_local_subchannel_pool", 1),
    ("grpc.max_metadata_size", 1 << 17),
    ("grpc.absolute_max_metadata_size", 1 << 17),
)
SYNTHETIC = (("authorization", "Bearer synthetic"), ("trace-bin", bytes(range(40))))


class Calls:
    """The schema's message and both peers of its service."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.proto = folder / "recorded.proto"
        self.proto.write_text(SCHEMA)
        built = folder / "recorded.set"
        arguments = [f"-I{folder}", f"--descriptor_set_out={built}", str(self.proto)]
        if protoc.main(["protoc", *arguments]):
            raise RuntimeError("protoc refused the schema")
        pool = descriptor_pool.DescriptorPool()
        for file in descriptor_pb2.FileDescriptorSet.FromString(built.read_bytes()).file:
            pool.Add(file)
        self.Kinds = message_factory.GetMessageClass(pool.FindMessageTypeByName("recorded.Kinds"))

    def sample(self, seed: int, size: int = 20, depth: int = 2) -> Any:
        """A message in which every field is set."""
        chance = random.Random(seed)
        message = self.Kinds(
            a_number=chance.choice([-1, 1, 150, 2**31 - 1]),
            zigzag=chance.randint(-(2**40), 2**40),
            four_bytes=chance.getrandbits(32),
            eight_bytes=-chance.getrandbits(62),
            single=1.5,
            wide=chance.random(),
            truth=True,
            text="smörgås " + "x" * size,
            blob=chance.randbytes(size),
            mood=chance.choice([-1, 1, 7]),
            packed=[chance.getrandbits(20) for _ in range(5)],
            texts=["one", "", "0101"],
            counts={"a": 1, "b": 2**63},
            largest=2**64 - 1,
        )
        if depth:
            message.inner.CopyFrom(self.sample(seed + 1, size, depth - 1))
        return message

    @contextmanager
    def serve(self) -> Iterator[int]:
        """A server on a free port."""
        server = grpc.server(futures.ThreadPoolExecutor(24), options=OPTIONS)
        server.add_generic_rpc_handlers((self._handlers(),))
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        try:
            yield port
        finally:
            server.stop(1).wait(20)

    def _handlers(self) -> grpc.GenericRpcHandler:
        def unary(request: Any, context: grpc.ServicerContext) -> Any:
            context.send_initial_metadata((("seen", "yes"),))
            context.set_trailing_metadata((("trail", "end"), ("trail-bin", b"\x00\xff\x01")))
            return request

        def fail(request: Any, context: grpc.ServicerContext) -> Any:
            context.abort(grpc.StatusCode.PERMISSION_DENIED, "not for you: 100 % sure, ünd")

        def wait(request: Any, context: grpc.ServicerContext) -> Any:
            ended = threading.Event()
            context.add_callback(ended.set)
            ended.wait(20)
            return request

        def last(requests: Iterator[Any], _: grpc.ServicerContext) -> Any:
            return [request for request in requests][-1]

        kinds = {
            "Unary": grpc.unary_unary_rpc_method_handler(unary, *self._codec),
            "Upload": grpc.stream_unary_rpc_method_handler(last, *self._codec),
            "Download": grpc.unary_stream_rpc_method_handler(
                lambda request, _: (self.sample(n) for n in range(5)), *self._codec
            ),
            "Chat": grpc.stream_stream_rpc_method_handler(
                lambda requests, _: (request for request in requests), *self._codec
            ),
            "Fail": grpc.unary_unary_rpc_method_handler(fail, *self._codec),
            "Wait": grpc.unary_unary_rpc_method_handler(wait, *self._codec),
        }
        return grpc.method_handlers_generic_handler("recorded.Calls", kinds)

    @property
    def _codec(self) -> tuple[Any, Any]:
        return self.Kinds.FromString, self.Kinds.SerializeToString

    def call(self, port: int) -> None:
        """Makes calls of every kind."""
        with grpc.insecure_channel(f"127.0.0.1:{port}", OPTIONS) as channel:
            encode, decode = self.Kinds.SerializeToString, self.Kinds.FromString
            unary = channel.unary_unary("/recorded.Calls/Unary", encode, decode)
            for seed in range(3):
                unary(self.sample(seed), metadata=SYNTHETIC, timeout=30)
            unary(self.Kinds(), timeout=30)
            unary(self.sample(9, size=90_000, depth=0), timeout=30)
            unary(self.sample(5, 400), compression=grpc.Compression.Gzip, timeout=30)
            unary(self.sample(6), metadata=(("long", "v" * 20_000),), timeout=30)
            for name in ("Fail", "Nowhere"):
                self._expect_error(channel.unary_unary(f"/recorded.Calls/{name}", encode, decode))
            upload = channel.stream_unary("/recorded.Calls/Upload", encode, decode)
            upload((self.sample(n, n * 3000, 1) for n in range(6)), timeout=30)
            download = channel.unary_stream("/recorded.Calls/Download", encode, decode)
            list(download(self.sample(1), timeout=30))
            chat = channel.stream_stream("/recorded.Calls/Chat", encode, decode)
            list(chat((self.sample(n) for n in range(8)), timeout=30))
            self._cancel(channel.unary_unary("/recorded.Calls/Wait", encode, decode))
            for call in [unary.future(self.sample(n), timeout=30) for n in range(40)]:
                call.result()

    def _expect_error(self, method: Any) -> None:
        try:
            method(self.sample(2), timeout=30)
        except grpc.RpcError:
            return
        raise RuntimeError("a call that has to fail did not")

    def _cancel(self, method: Any) -> None:
        """Cancels a call that is under way, and lets another one's deadline pass."""
        call = method.future(self.sample(3), timeout=30)
        time.sleep(0.3)
        call.cancel()
        self._expect_deadline(method)

    def _expect_deadline(self, method: Any) -> None:
        try:
            method(self.sample(4), timeout=0.3)
        except grpc.RpcError as error:
            if error.code() == grpc.StatusCode.DEADLINE_EXCEEDED:
                return
            raise
        raise RuntimeError("a call outlived its deadline")
