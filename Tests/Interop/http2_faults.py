#!/usr/bin/env python3
"""gRPC's negative HTTP/2 cases: our client at a server, made with PyPI's h2, that misbehaves.

http2_faults.py BINARY      grpc-interop-client lies beside BINARY
"""

from __future__ import annotations

import socket
import struct
import subprocess
import sys
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Iterator

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.errors import ErrorCodes
from h2.events import (
    DataReceived,
    PingAckReceived,
    RequestReceived,
    StreamEnded,
    WindowUpdated,
)
from h2.settings import SettingCodes

from harness import Suite, expect, expect_equal

SIZE = 314159
PAYLOAD = b"\x12" + b"\xaf\x96\x13" + bytes(SIZE)  # field 2, its length as a varint
MESSAGE = b"\x0a" + b"\xb3\x96\x13" + PAYLOAD  # field 1
ANSWER = struct.pack(">BI", 0, len(MESSAGE)) + MESSAGE
HEADERS = [(":status", "200"), ("content-type", "application/grpc")]
suite = Suite("http2_faults")


@dataclass
class Fault:
    """One server that does what its case says, on every connection."""

    case: str
    listener: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0)))
    connections: int = 0
    most_streams: int = 0
    pings: int = 0
    acknowledged: int = 0

    @property
    def port(self) -> int:
        return self.listener.getsockname()[1]

    def accept(self) -> None:
        while True:
            try:
                peer, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=Connection(self, peer).serve, daemon=True).start()


class Connection:
    def __init__(self, fault: Fault, peer: socket.socket) -> None:
        self.fault, self.peer = fault, peer
        self.h2 = H2Connection(H2Configuration(client_side=False, header_encoding="utf-8"))
        self.waiting: dict[int, bytes] = {}
        self.open: set[int] = set()

    def serve(self) -> None:
        self.h2.initiate_connection()
        if self.fault.case == "max_streams":
            self.h2.update_settings({SettingCodes.MAX_CONCURRENT_STREAMS: 1})
        self.flush()
        try:
            while data := self.peer.recv(65536):
                for event in self.h2.receive_data(data):
                    self.react(event)
                self.flush()
        except OSError:
            pass
        self.peer.close()

    def flush(self) -> None:
        if data := self.h2.data_to_send():
            self.peer.sendall(data)

    def react(self, event: object) -> None:
        if isinstance(event, RequestReceived):
            self.open.add(event.stream_id)
            self.fault.most_streams = max(self.fault.most_streams, len(self.open))
            self.began(event.stream_id)
        elif isinstance(event, DataReceived):
            self.h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
            self.ping()
        elif isinstance(event, StreamEnded):
            self.answer(event.stream_id)
        elif isinstance(event, WindowUpdated):
            for stream in list(self.waiting):
                self.send(stream)
        elif isinstance(event, PingAckReceived):
            self.fault.acknowledged += 1

    def ping(self) -> None:
        if self.fault.case == "ping":
            self.fault.pings += 1
            self.h2.ping(struct.pack(">Q", self.fault.pings))

    def began(self, stream: int) -> None:
        self.ping()
        if self.fault.case == "rst_after_header":
            self.h2.send_headers(stream, HEADERS)
            self.reset(stream)

    def reset(self, stream: int) -> None:
        self.h2.reset_stream(stream, ErrorCodes.NO_ERROR)
        self.open.discard(stream)

    def answer(self, stream: int) -> None:
        if stream not in self.open:
            return
        self.h2.send_headers(stream, HEADERS)
        half = self.fault.case == "rst_during_data"
        self.waiting[stream] = ANSWER[: len(ANSWER) // 2] if half else ANSWER
        self.send(stream)

    def send(self, stream: int) -> None:
        """Sends what the windows allow, and the end after all of it."""
        padded = self.fault.case == "data_frame_padding"
        step, padding = (5, 255) if padded else (16384, None)
        overhead = 256 if padded else 0
        while rest := self.waiting[stream]:
            room = min(
                self.h2.local_flow_control_window(stream), self.h2.max_outbound_frame_size
            )
            count = min(step, len(rest), room - overhead)
            if count <= 0:
                return
            self.h2.send_data(stream, rest[:count], pad_length=padding)
            self.waiting[stream] = rest[count:]
            self.ping() if len(rest) == len(ANSWER) else None
        del self.waiting[stream]
        if self.fault.case.startswith("rst_"):
            return self.reset(stream)
        self.h2.send_headers(stream, [("grpc-status", "0")], end_stream=True)
        self.open.discard(stream)
        if self.fault.case == "goaway":
            self.h2.close_connection(last_stream_id=stream)


@contextmanager
def world(binary: str, scratch: Path) -> Iterator[Path]:
    yield Path(binary).parent / "grpc-interop-client"


def run(client: Path, case: str) -> Fault:
    fault = Fault(case)
    threading.Thread(target=fault.accept, daemon=True).start()
    flags = ["--server_host=127.0.0.1", f"--server_port={fault.port}", f"--test_case={case}"]
    done = subprocess.run(
        [client, *flags], capture_output=True, text=True, timeout=120, check=False
    )
    fault.listener.close()
    expect_equal(done.returncode, 0, f"exit code, {done.stderr.strip()}")
    return fault


for case in ("rst_after_header", "rst_during_data", "rst_after_data"):
    suite.check(f"{case}: a call whose stream is reset with NO_ERROR is INTERNAL")(
        lambda client, case=case: expect_equal(run(client, case).connections, 1, "connections")
    )


@suite.check("goaway: after GOAWAY the next call takes another connection")
def _(client: Path) -> None:
    expect_equal(run(client, "goaway").connections, 2, "connections")


@suite.check("ping: every PING is acknowledged, and the call goes on")
def _(client: Path) -> None:
    fault = run(client, "ping")
    expect(fault.pings > 2, "there were pings")
    expect_equal(fault.acknowledged, fault.pings, "acknowledged pings")


@suite.check("max_streams: where one stream is allowed, ten calls go one by one")
def _(client: Path) -> None:
    fault = run(client, "max_streams")
    expect_equal((fault.connections, fault.most_streams), (1, 1), "connections and open streams")


@suite.check("data_frame_padding: 62,835 frames of five bytes and their padding are one message")
def _(client: Path) -> None:
    run(client, "data_frame_padding")


@suite.check("no_df_padding_sanity_test: the same without padding")
def _(client: Path) -> None:
    run(client, "no_df_padding_sanity_test")


if __name__ == "__main__":
    sys.exit(suite.main(world))
