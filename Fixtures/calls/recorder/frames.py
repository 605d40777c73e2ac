"""Reads recorded bytes back with hyperframe and hpack, which share no code with grpc-core."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Iterator

import hpack
from hyperframe.frame import ContinuationFrame, DataFrame, Frame, HeadersFrame

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"


@dataclass
class Block:
    stream: int
    headers: list[tuple[str, bytes]]

    def first(self, name: str) -> str | None:
        return next((v.decode("latin-1") for n, v in self.headers if n == name), None)


def frames(data: bytes, from_client: bool) -> Iterator[Frame]:
    """Every frame of one direction; raises when a frame is cut off."""
    offset = 0
    if from_client:
        if not data.startswith(PREFACE):
            raise ValueError("no connection preface")
        offset = len(PREFACE)
    while offset < len(data):
        frame, length = Frame.parse_frame_header(memoryview(data)[offset : offset + 9])
        end = offset + 9 + length
        if end > len(data):
            raise ValueError(f"frame at {offset} is cut off")
        frame.parse_body(memoryview(data)[offset + 9 : end])
        yield frame
        offset = end


def header_blocks(data: bytes, from_client: bool) -> list[Block]:
    """The decoded header blocks of one direction, in order."""
    decoder = hpack.Decoder()
    blocks: list[Block] = []
    pending = b""
    for frame in frames(data, from_client):
        if isinstance(frame, (HeadersFrame, ContinuationFrame)):
            pending += bytes(frame.data)
            if "END_HEADERS" in frame.flags:
                fields = decoder.decode(pending, raw=True)
                blocks.append(Block(frame.stream_id, [(n.decode(), bytes(v)) for n, v in fields]))
                pending = b""
    return blocks


def first_data(data: bytes) -> dict[int, bytes]:
    """The bytes of the first DATA frame of each stream that has payload."""
    found: dict[int, bytes] = {}
    for frame in frames(data, from_client=True):
        if isinstance(frame, DataFrame) and frame.data:
            found.setdefault(frame.stream_id, bytes(frame.data))
    return found
