#!/usr/bin/env python3
"""Checks the recordings against manifest.json with the standard library alone.

Sizes and SHA-256 of every file, segments that add up to the files, frames that tile each direction,
and no file that the manifest does not name.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

HERE = Path(__file__).parent
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"


def problems_of(recording: dict) -> list[str]:
    found: list[str] = []
    for direction in ("client", "server"):
        entry = recording[direction]
        data = (HERE / entry["file"]).read_bytes()
        if len(data) != entry["size"] or hashlib.sha256(data).hexdigest() != entry["sha256"]:
            found.append(f"{entry['file']}: not the bytes that were recorded")
        lengths = [s["length"] for s in recording["segments"] if s["direction"] == direction]
        if sum(lengths) != len(data):
            found.append(f"{entry['file']}: segments add up to {sum(lengths)}, not {len(data)}")
        if not tiled_by_frames(data, direction == "client"):
            found.append(f"{entry['file']}: the last frame is cut off")
    return found


def tiled_by_frames(data: bytes, from_client: bool) -> bool:
    offset = len(PREFACE) if from_client and data.startswith(PREFACE) else 0
    while offset + 9 <= len(data):
        offset += 9 + int.from_bytes(data[offset : offset + 3], "big")
    return offset == len(data)


def main() -> int:
    recordings = json.loads((HERE / "manifest.json").read_text())["recordings"]
    found = [problem for recording in recordings for problem in problems_of(recording)]
    named = {recording[d]["file"] for recording in recordings for d in ("client", "server")}
    found += [f"{p.name}: not in the manifest" for p in HERE.glob("*.bin") if p.name not in named]
    print("\n".join(found) or f"{len(recordings)} recordings are as recorded")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
