"""Packet captures of relayed connections: what passes is written as a pcap file with TCP around it.

No privilege is needed, and every packet is there: a capture of an interface may drop some.
"""

from __future__ import annotations

import asyncio
import ssl
import struct
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Iterator

SYN, FIN, ACK, PUSH = 2, 1, 16, 8
RAW_IP = 101
CLIENT, SERVER = 0, 1


def _checksum(data: bytes) -> int:
    """RFC 1071."""
    total = sum(struct.unpack(f"!{(len(data) + 1) // 2}H", data + b"\0" * (len(data) % 2)))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


@dataclass
class Recorder:
    """The packets of the connections that relays carry, in the order in which they passed."""

    server_port: int
    largest: int = 8192
    packets: list[tuple[float, bytes]] = field(default_factory=list)
    connections: int = 0

    def open(self) -> "Conversation":
        self.connections += 1
        return Conversation(self, 40_000 + self.connections)

    def write(self, path: Path) -> Path:
        with path.open("wb") as file:
            file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 1 << 18, RAW_IP))
            for when, packet in self.packets:
                second, fraction = divmod(int(when * 1e6), 1_000_000)
                file.write(struct.pack("<IIII", second, fraction, len(packet), len(packet)))
                file.write(packet)
        return path


class Conversation:
    """One TCP connection of a recorder."""

    def __init__(self, recorder: Recorder, client_port: int) -> None:
        self._recorder = recorder
        self._ports = (client_port, recorder.server_port)
        self._next = [1000, 2_000_000_000]
        self._closed = [False, False]
        self._segment(CLIENT, SYN, b"")
        self._segment(SERVER, SYN | ACK, b"")
        self._segment(CLIENT, ACK, b"")

    def send(self, side: int, data: bytes) -> None:
        for start in range(0, len(data), self._recorder.largest):
            self._segment(side, ACK | PUSH, data[start : start + self._recorder.largest])

    def close(self, side: int) -> None:
        if not self._closed[side]:
            self._closed[side] = True
            self._segment(side, FIN | ACK, b"")

    def _segment(self, side: int, flags: int, data: bytes) -> None:
        number, peer = self._next[side], self._next[1 - side] if flags & ACK else 0
        ports = (self._ports[side], self._ports[1 - side])
        head = struct.pack("!HHIIBBHHH", *ports, number, peer, 5 << 4, flags, 65535, 0, 0)
        loopback = bytes([127, 0, 0, 1])
        pseudo = loopback * 2 + struct.pack("!BBH", 0, 6, len(head) + len(data))
        check = struct.pack("!H", _checksum(pseudo + head + data))
        tcp = head[:16] + check + head[18:] + data
        ip = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(tcp), 1, 0, 64, 6, 0) + loopback * 2
        ip = ip[:10] + struct.pack("!H", _checksum(ip)) + ip[12:]
        self._recorder.packets.append((time.time(), ip + tcp))
        self._next[side] += len(data) + bool(flags & (SYN | FIN))


class Relays:
    """An event loop on a thread of its own, on which relays run."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def open(
        self,
        target: int,
        recorder: Recorder | None = None,
        accept: ssl.SSLContext | None = None,
        connect: ssl.SSLContext | None = None,
    ) -> int:
        """Relays a new port to the target's; the port."""

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            far = await asyncio.open_connection(
                "127.0.0.1", target, ssl=connect, server_hostname="localhost" if connect else None
            )
            conversation = recorder.open() if recorder else None
            await asyncio.gather(
                _pump(reader, far[1], conversation, CLIENT),
                _pump(far[0], writer, conversation, SERVER),
            )

        start = asyncio.start_server(serve, "127.0.0.1", 0, ssl=accept)
        server = asyncio.run_coroutine_threadsafe(start, self._loop).result(20)
        return server.sockets[0].getsockname()[1]

    def close(self) -> None:
        async def finish() -> None:
            others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
            await asyncio.wait(others, timeout=10) if others else None

        asyncio.run_coroutine_threadsafe(finish(), self._loop).result(20)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)


async def _pump(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    conversation: Conversation | None,
    side: int,
) -> None:
    try:
        while data := await reader.read(1 << 16):
            if conversation:
                conversation.send(side, data)
            writer.write(data)
            await writer.drain()
    except OSError:
        pass  # a peer that resets has closed, too
    if conversation:
        conversation.close(side)
    writer.close()


@contextmanager
def relays() -> Iterator[Relays]:
    opened = Relays()
    try:
        yield opened
    finally:
        opened.close()
