"""Servers that refuse everything and repeat, in their errors, all that they were told."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import grpc


class Repeating(BaseHTTPRequestHandler):
    """Over HTTP: in the members where the stores' services write what went wrong."""

    status = 403

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode(errors="replace")
        told = f"{self.path} {dict(self.headers.items())} {body}"
        content = json.dumps({
            "__type": "AccessDeniedException", "Message": told, "message": told, "errors": [told],
            "error": told, "error_description": told, "reason": told,
        }).encode()
        self.send_response(self.status, "refused")
        self.send_header("Metadata-Flavor", "Google")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_PUT = do_POST = do_PATCH = do_DELETE = answer

    def log_message(self, *arguments: object) -> None:
        pass


@contextmanager
def over_http(status: int = 403) -> Iterator[str]:
    """The address of one."""
    handler = type("Handler", (Repeating,), {"status": status})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Refusing(grpc.GenericRpcHandler):
    """Over gRPC: in the status message, and in metadata."""

    def __init__(self, code: grpc.StatusCode) -> None:
        self.code = code

    def service(self, details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler:
        def refuse(requests: Iterator[bytes], context: grpc.ServicerContext) -> None:
            told = f"{[tuple(entry) for entry in details.invocation_metadata]} {next(requests, b'')!r}"
            context.set_trailing_metadata([("err", told.encode("ascii", "replace").decode())])
            context.abort(self.code, told)
            yield b""

        return grpc.stream_stream_rpc_method_handler(refuse)


@contextmanager
def over_grpc(code: grpc.StatusCode = grpc.StatusCode.UNAUTHENTICATED) -> Iterator[str]:
    """The address of one."""
    server = grpc.server(ThreadPoolExecutor(4), handlers=[Refusing(code)])
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield f"127.0.0.1:{port}"
    finally:
        server.stop(None).wait()
