#!/usr/bin/env python3
"""How long PyPI's protobuf takes to read and write a message of a schema that is read at run time, and how long
`wirebench dynamic-codec` takes for the same.

Tests/Peers/protobuf_dynamic.py WIREBENCH      a release build, or the figures say nothing
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "Interop"))
from google.protobuf import json_format, message_factory  # noqa: E402
from google.protobuf.internal import api_implementation  # noqa: E402
from protobuf_differential import INCLUDED, PROTOS, pool  # noqa: E402

NAME = "fixtures.kinds3.Kinds"
FIELDS = {
    "anInt32": 150, "anInt64": "-9000000000", "aUint32": 4000000000, "aSint64": "-77", "aFixed64": "123456789012",
    "aDouble": 2.5, "aBool": True, "aString": "a string of ordinary length", "someBytes": "AAECAwQFBgc=",
    "mood": "GLAD", "child": {"number": 5}, "int32s": list(range(0, 4000, 100)),
    "strings": [f"element {i}" for i in range(10)], "children": [{"number": i} for i in range(10)],
    "int32Map": {str(i): i * i for i in range(10)}, "childMap": {f"key {i}": {"number": i} for i in range(5)},
    "stringChoice": "chosen", "maybeInt32": 0,
}  # fmt: skip


def nanoseconds(work: Callable[[], object]) -> float:
    figures, count = [], 1000
    for _ in range(7):
        start = time.thread_time_ns()
        for _ in range(count):
            work()
        figures.append((time.thread_time_ns() - start) / count)
    return median(figures)


def main() -> None:
    descriptors = pool()
    kind = message_factory.GetMessageClass(descriptors.FindMessageTypeByName(NAME))
    message = json_format.ParseDict(FIELDS, kind(), descriptor_pool=descriptors)
    data, text = message.SerializeToString(), json_format.MessageToJson(message, indent=None)
    theirs = {
        "decode": nanoseconds(lambda: kind.FromString(data)),
        "encode": nanoseconds(message.SerializeToString),
        "from JSON": nanoseconds(lambda: json_format.Parse(text, kind())),
        "to JSON": nanoseconds(lambda: json_format.MessageToJson(message, indent=None)),
    }
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        command = [sys.argv[1], "dynamic-codec", "--json", "--message", NAME, "--data", file.name]
        command += ["--proto-path", str(PROTOS), "--proto-path", str(INCLUDED), "kinds3.proto"]
        ours = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    print(f"{len(data)} bytes; PyPI's protobuf is {api_implementation.Type()}")
    for way, their in theirs.items():
        our = ours[way]
        print(f"{way:10} {our:8.0f} ns  PyPI {their:8.0f} ns  ratio {our / their:.2f}")


if __name__ == "__main__":
    main()
