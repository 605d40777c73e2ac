"""A TCP proxy for one connection that keeps every byte and the order in which they came."""

from __future__ import annotations

import selectors
import socket
import threading
from dataclasses import dataclass, field


@dataclass
class Capture:
    """All bytes of both directions, and the runs in which they arrived."""

    client: bytearray = field(default_factory=bytearray)
    server: bytearray = field(default_factory=bytearray)
    segments: list[tuple[str, int]] = field(default_factory=list)

    def append(self, direction: str, data: bytes) -> None:
        (self.client if direction == "client" else self.server).extend(data)
        if self.segments and self.segments[-1][0] == direction:
            self.segments[-1] = (direction, self.segments[-1][1] + len(data))
        else:
            self.segments.append((direction, len(data)))


class RecordingProxy:
    """Accepts one connection, relays it to `upstream` and records it until both sides closed."""

    def __init__(self, upstream_port: int) -> None:
        self.capture = Capture()
        self._upstream_port = upstream_port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._relay, daemon=True)
        self._thread.start()

    def finish(self, timeout: float = 10) -> Capture:
        """Waits until the connection has closed on both sides."""
        self._thread.join(timeout)
        if self._thread.is_alive():
            raise TimeoutError("the recorded connection did not close")
        return self.capture

    def _relay(self) -> None:
        client, _ = self._listener.accept()
        self._listener.close()
        server = socket.create_connection(("127.0.0.1", self._upstream_port))
        with client, server, selectors.DefaultSelector() as selector:
            for sock in (client, server):
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            selector.register(client, selectors.EVENT_READ, ("client", server))
            selector.register(server, selectors.EVENT_READ, ("server", client))
            while selector.get_map():
                for key, _ in selector.select():
                    self._forward(selector, key.fileobj, *key.data)

    def _forward(
        self,
        selector: selectors.BaseSelector,
        source: socket.socket,
        direction: str,
        sink: socket.socket,
    ) -> None:
        try:
            data = source.recv(65536)
        except ConnectionResetError:
            data = b""
        if data:
            self.capture.append(direction, data)
        try:
            sink.sendall(data) if data else sink.shutdown(socket.SHUT_WR)
        except OSError:
            data = b""  # the other side is gone already; its own end of file ends its direction
        if not data:
            selector.unregister(source)
