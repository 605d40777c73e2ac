#!/usr/bin/env python3
"""Records every scenario anew: writes NAME.client.bin, NAME.server.bin and manifest.json.

    python3 -m venv /tmp/recorder
    /tmp/recorder/bin/pip install grpcio momento-wire-types hpack hyperframe
    /tmp/recorder/bin/python Fixtures/calls/record.py [NAME...]

Run by hand only: recordings are input to the tests, not something a build may change.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

import grpc

from recorder import frames, service
from recorder.caller import Caller
from recorder.model import Call
from recorder.proxy import Capture, RecordingProxy
from recorder.scenarios import SCENARIOS, Scenario

HERE = Path(__file__).parent


def record(scenario: Scenario) -> dict:
    """Runs one scenario through the proxy; its manifest entry."""
    auth = service.Auth()
    server, upstream = service.start(auth, scenario.server_options)
    proxy = RecordingProxy(upstream)
    caller = Caller(proxy.port, scenario.client_options)
    scenario.run(caller, auth, server)
    caller.channel.close()
    server.stop(grace=5).wait()
    capture = proxy.finish()
    match_streams(caller.calls, capture)
    return {
        "name": scenario.name,
        "about": scenario.about,
        "client": store(f"{scenario.name}.client.bin", bytes(capture.client)),
        "server": store(f"{scenario.name}.server.bin", bytes(capture.server)),
        "segments": [{"direction": d, "length": n} for d, n in capture.segments],
        "calls": [call.as_json() for call in sorted(caller.calls, key=lambda c: c.stream or 0)],
    }


def match_streams(calls: list[Call], capture: Capture) -> None:
    """Gives each call its stream and timeout as an independent HPACK decoder reads them."""
    requests = frames.header_blocks(bytes(capture.client), from_client=True)
    list(frames.frames(bytes(capture.server), from_client=False))  # raises when cut off
    if len(requests) != len(calls):
        raise ValueError(f"{len(requests)} header blocks for {len(calls)} calls")
    bodies = frames.first_data(bytes(capture.client))
    unmatched = list(calls)
    for block in requests:
        body = bodies[block.stream]
        call = next(c for c in unmatched if c.path == block.first(":path") and c.sent(body))
        unmatched.remove(call)
        call.stream = block.stream
        call.timeout = block.first("grpc-timeout")


def store(name: str, data: bytes) -> dict:
    (HERE / name).write_bytes(data)
    return {"file": name, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}


def main() -> None:
    wanted = set(sys.argv[1:])
    path = HERE / "manifest.json"
    kept = {r["name"]: r for r in json.loads(path.read_text())["recordings"]} if wanted else {}
    for scenario in SCENARIOS:
        if not wanted or scenario.name in wanted:
            kept[scenario.name] = record(scenario)
            print(
                f"{scenario.name}: {kept[scenario.name]['client']['size']} bytes from the client, "
                f"{kept[scenario.name]['server']['size']} from the server"
            )
    manifest = {
        "from": f"grpcio {grpc.__version__} on both sides, plaintext loopback",
        "secrets": "synthetic",
        "recordings": [kept[s.name] for s in SCENARIOS if s.name in kept],
    }
    path.write_text(json.dumps(manifest, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
