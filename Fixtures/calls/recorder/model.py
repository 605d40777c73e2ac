"""What a replay of a recording must come to: calls, messages, metadata, status."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import Any, Iterable, Union

Value = Union[str, bytes]
Pairs = list[tuple[str, Value]]

# Names that grpc-core adds on its own or that another field of a call already shows.
TRANSPORT_NAMES = {"user-agent", "grpc-accept-encoding", "accept-encoding"}


def user_metadata(pairs: Iterable[tuple[str, Value]] | None) -> Pairs:
    """The metadata that the applications put there, lower-case names in their order."""
    return [(name.lower(), value) for name, value in pairs or () if name not in TRANSPORT_NAMES]


@dataclass
class Call:
    """One call as the two applications saw it; messages are protobuf bytes."""

    path: str
    kind: str
    request_metadata: Pairs = field(default_factory=list)
    requests: list[bytes] = field(default_factory=list)
    responses: list[bytes] = field(default_factory=list)
    initial_metadata: Pairs = field(default_factory=list)
    trailers: Pairs = field(default_factory=list)
    code: int = 0
    message: str = ""
    # "peer": the status came over the wire; "client": the caller's own machine made it.
    status_from: str = "peer"
    stream: int | None = None
    timeout: str | None = None

    def sent(self, data: bytes) -> bool:
        """Whether `data`, a start of the stream's bytes, begins this call's first message."""
        if data[:1] == b"\x01":
            return True  # compressed: only its path can tell
        first = self.requests[0]
        return (
            first.startswith(data[5:]) if len(data) < len(first) + 5 else data[5:].startswith(first)
        )

    def as_json(self) -> dict[str, Any]:
        entry: dict[str, Any] = {"stream": self.stream, "path": self.path, "kind": self.kind}
        if self.timeout is not None:
            entry["timeout"] = self.timeout
        entry["requestMetadata"] = [_pair(p) for p in self.request_metadata]
        entry["requestMessages"] = [_message(m) for m in self.requests]
        entry["initialMetadata"] = [_pair(p) for p in self.initial_metadata]
        entry["responseMessages"] = [_message(m) for m in self.responses]
        entry["trailers"] = [_pair(p) for p in self.trailers]
        entry["status"] = {"code": self.code, "message": self.message, "from": self.status_from}
        return entry


def _pair(pair: tuple[str, Value]) -> dict[str, str]:
    name, value = pair
    if isinstance(value, bytes):
        return {"name": name, "base64": base64.b64encode(value).decode()}
    return {"name": name, "value": value}


# The one text that long messages are filled with: its length is prime, so that no frame or window
# size divides it and a DATA frame out of place shows.
FILLER = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXY"


def _message(message: bytes) -> dict[str, Any]:
    """Hex; for a long message the hex before the filler, then how often the filler repeats."""
    if len(message) <= 2048:
        return {"hex": message.hex()}
    start = message.index(FILLER)
    count, rest = divmod(len(message) - start, len(FILLER))
    if rest or message[start:] != FILLER * count:
        raise ValueError("a long message must end in whole fillers")
    return {"hex": message[:start].hex(), "repeated": {"hex": FILLER.hex(), "count": count}}
