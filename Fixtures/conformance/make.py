#!/usr/bin/env python3
"""Writes the suite, and the Swift source by which the executable carries it along.

Fixtures/conformance/make.py [--check]      --check: only says whether what stands there is what it would write
"""

from __future__ import annotations

import hashlib
import json
import sys
import textwrap
from pathlib import Path

import auth_cases
import grpc_cases
import protobuf_cases

HERE = Path(__file__).parent
SOURCE = HERE.parent.parent / "Sources/ConformanceSuite/SuiteTexts.swift"
WIDTH = 100
DOCUMENTS = {
    "setup": ("setup", "What gets the credentials that cases need", [], auth_cases.preparations()),
    "grpc-requests": ("grpc", "gRPC over HTTP/2: requests", grpc_cases.requests(), []),
    "grpc-metadata": ("grpc", "gRPC over HTTP/2: metadata", grpc_cases.metadata(), []),
    "grpc-messages": ("grpc", "gRPC over HTTP/2: messages", grpc_cases.messages(), []),
    "protobuf-accepted": ("protobuf", "Protobuf that has to be read", protobuf_cases.accepted(), []),
    "protobuf-refused": ("protobuf", "Protobuf that has to be refused", protobuf_cases.broken(), []),
    "auth-login": ("auth", "Momento: logins", auth_cases.logins(), []),
    "auth-keys": ("auth", "Momento: keys", auth_cases.keys(), []),
    "auth-keys-refused": ("auth", "Momento: keys that are refused", auth_cases.key_refusals(), []),
    "auth-refresh": ("auth", "Momento: refreshes", auth_cases.refreshes(), []),
    "auth-tokens": ("auth", "Momento: disposable tokens", auth_cases.tokens(), []),
    "auth-token-rules": ("auth", "Momento: rules of disposable tokens", auth_cases.token_rules(), []),
}  # fmt: skip


def lines(value: object, indent: int, lead: str = "", tail: str = "") -> list[str]:
    """JSON, each value on one line where it fits."""
    whole = " " * indent + lead + json.dumps(value, ensure_ascii=False) + tail
    if len(whole) <= WIDTH or not isinstance(value, (dict, list)):
        return [whole]
    if isinstance(value, list) and all(isinstance(entry, str) for entry in value):
        return filled(value, indent, lead, tail)
    brackets = "{}" if isinstance(value, dict) else "[]"
    result = [" " * indent + lead + brackets[0]]
    entries = list(value.items()) if isinstance(value, dict) else [(None, entry) for entry in value]
    for at, (name, entry) in enumerate(entries):
        comma = "," if at + 1 < len(entries) else ""
        own = "" if name is None else json.dumps(name) + ": "
        result += lines(entry, indent + 2, own, comma)
    return result + [" " * indent + brackets[1] + tail]


def filled(words: list[str], indent: int, lead: str, tail: str) -> list[str]:
    """A list of words, as many on a line as fit."""
    inner = textwrap.wrap(json.dumps(words, ensure_ascii=False)[1:-1], WIDTH - indent - 2)
    return [" " * indent + lead + "[", *(" " * (indent + 2) + line for line in inner),
            " " * indent + "]" + tail]  # fmt: skip


def shared(cases: list, expectations: dict[str, object]) -> list:
    """The cases, with the names of expectations in place of those that have one."""
    result = []
    for case in cases:
        steps = []
        for one in case["steps"]:
            name = one["expect"].name
            if name and expectations.setdefault(name, one["expect"]) != one["expect"]:
                raise ValueError(f"two expectations are called {name}")
            steps.append(one | ({"expect": name} if name else {}))
        result.append(case | {"steps": steps})
    return result


def document(set_name: str, title: str, cases: list, prepare: list) -> str:
    content: dict[str, object] = {"set": set_name, "title": title}
    expectations: dict[str, object] = {}
    prepare, cases = shared(prepare, expectations), shared(cases, expectations)
    if expectations:
        content["expectations"] = expectations
    if prepare:
        content["prepare"] = prepare
    content["cases"] = cases
    return "\n".join(lines(content, 0)) + "\n"


def compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def carried(text: str) -> list[str]:
    """The same document, a case a line."""
    members = []
    for name, value in json.loads(text).items():
        if name in ("cases", "prepare"):
            members.append(f'"{name}":[\n' + ",\n".join(map(compact, value)) + "]")
        else:
            members.append(f'"{name}":{compact(value)}')
    return ("{" + ",\n".join(members) + "}").split("\n")


def swift_text(texts: dict[str, str]) -> str:
    entries = ""
    for name, text in texts.items():
        body = "".join(f"    {line}\n" for line in carried(text))
        entries += f'    "{name}": #"""\n{body}    """#,\n'
    return (
        "// Written by Fixtures/conformance/make.py.\n\n"
        "/// The suite of `Fixtures/conformance`, a case a line: the program carries it along, so that it runs\n"
        "/// wherever the program does. A test holds the two equal.\n"
        "package enum SuiteTexts {\n"
        "  /// The texts by the names of their files.\n"
        f"  package static let texts: [String: String] = [\n{entries}  ]\n}}\n"
    )


def manifest(texts: dict[str, str]) -> str:
    rows = {}
    for name, text in texts.items():
        data = text.encode()
        cases = json.loads(text)
        rows[name] = {
            "bytes": len(data),
            "sha256": hashlib.sha256(data).hexdigest(),
            "cases": len(cases["cases"]) + len(cases.get("prepare", [])),
        }
    return json.dumps({"about": "The suite; README.md says how to read it", "files": rows}, indent=2) + "\n"


def written() -> dict[Path, str]:
    texts = {f"{name}.json": document(*parts) for name, parts in DOCUMENTS.items()}
    files = {HERE / name: text for name, text in texts.items()}
    files[HERE / "manifest.json"] = manifest(texts)
    files[SOURCE] = swift_text(texts)
    return files


def main() -> int:
    files = written()
    if sys.argv[1:] == ["--check"]:
        stale = [path for path, text in files.items() if not path.exists() or path.read_text() != text]
        for path in stale:
            print(f"{path.name} is not what make.py writes")
        return 1 if stale else 0
    for path, text in files.items():
        path.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
