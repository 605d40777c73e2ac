#!/usr/bin/env python3
"""Checks that the suite is whole, with the standard library alone.

Fixtures/check.py [--write]      --write: lists anew what manifest.json of this folder lists

Every file of every folder is listed in a manifest, with its size and its SHA-256, and every file that a
manifest lists is there. Scripts and texts for readers are not part of the suite and in no manifest.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from typing import Any, Iterator

HERE = Path(__file__).parent
TOP = HERE / "manifest.json"
# Folders that have a manifest of their own, and how each entry of it names its file.
OWN_MANIFESTS = ["messages", "cache-messages", "calls", "conformance", "hpack"]
# Texts of this implementation's own, which a test of it holds; no other has to have them.
NOT_SHARED = ["help"]
Entry = tuple[str, int, str]


def is_data(path: Path) -> bool:
    """Whether a file is of the suite: no script, no program, no text for readers, nothing hidden."""
    parts = path.relative_to(HERE).parts
    hidden = any(part.startswith((".", "__")) for part in parts)
    return path.is_file() and not hidden and path.suffix not in (".py", ".md", ".c")


def data_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if is_data(path) and path.name != "manifest.json")


def entries(folder: str, manifest: dict[str, Any]) -> Iterator[Entry]:
    """The files that a folder's manifest lists: path within the folder, size, SHA-256."""
    if folder in ("messages", "cache-messages"):
        for kind, place in (("golden", ""), ("bad", "bad/")):
            for one in manifest[kind]:
                yield f"{place}{one['name']}.bin", one["size"], one["sha256"]
    elif folder == "calls":
        for recording in manifest["recordings"]:
            for side in (recording["client"], recording["server"]):
                yield side["file"], side["size"], side["sha256"]
    else:
        for name, one in manifest["files"].items():
            yield name, one["bytes"], one["sha256"]


def problems(folder: Path, listed: list[Entry], shown: str) -> Iterator[str]:
    names = [name for name, _, _ in listed]
    for name in {name for name in names if names.count(name) > 1}:
        yield f"{shown}{name}: listed twice"
    for name, size, digest in listed:
        path = folder / name
        if not path.is_file():
            yield f"{shown}{name}: listed, and not there"
            continue
        data = path.read_bytes()
        if len(data) != size:
            yield f"{shown}{name}: {len(data)} bytes, not {size}"
        elif hashlib.sha256(data).hexdigest() != digest:
            yield f"{shown}{name}: not the SHA-256 that is listed"


def unlisted(folder: Path, listed: list[Entry], shown: str) -> Iterator[str]:
    names = {name for name, _, _ in listed}
    for path in data_files(folder):
        name = path.relative_to(folder).as_posix()
        if name not in names:
            yield f"{shown}{name}: in no manifest"


def of_top(path: Path) -> bool:
    return path.relative_to(HERE).parts[0] not in OWN_MANIFESTS + NOT_SHARED


def write() -> None:
    files = {}
    for path in filter(of_top, data_files(HERE)):
        data = path.read_bytes()
        name = path.relative_to(HERE).as_posix()
        files[name] = {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    about = "What the folders hold that have no manifest of their own; check.py --write makes it"
    TOP.write_text(json.dumps({"about": about, "files": files}, indent=2) + "\n")


def main() -> int:
    if sys.argv[1:] == ["--write"]:
        write()
    count = 0
    found: list[str] = []
    for name in OWN_MANIFESTS:
        folder = HERE / name
        if not (folder / "manifest.json").is_file():
            found.append(f"{name}/manifest.json: not there")
            continue
        listed = list(entries(name, json.loads((folder / "manifest.json").read_text())))
        count += len(listed)
        found += problems(folder, listed, f"{name}/")
        found += unlisted(folder, listed, f"{name}/")
    listed = list(entries("", json.loads(TOP.read_text())))
    count += len(listed)
    found += problems(HERE, listed, "")
    names = {name for name, _, _ in listed}
    rest = [path.relative_to(HERE).as_posix() for path in filter(of_top, data_files(HERE))]
    found += [f"{name}: in no manifest" for name in rest if name not in names]
    print("\n".join(found) or f"{count} files are what the manifests say")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
