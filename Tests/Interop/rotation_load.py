#!/usr/bin/env python3
"""Twenty rotations under ten thousand calls a second: no call fails, and every old key expires.

Tests/Interop/rotation_load.py ROTATION_LOAD     the executable, from `swift build -c release`

What the calls fall short of the rate is told and not judged: it depends on the machine.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile

ROTATIONS = 20
LIFETIME = 6  # seconds; a key is due after two thirds of that at the latest
RATE = 10_000  # calls a second
LIMIT = 600


def main() -> int:
    if len(sys.argv) != 2:
        print(__doc__)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.argv[1], folder, str(ROTATIONS), str(LIFETIME), str(RATE)]
        ran = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=LIMIT)
    if ran.returncode:
        print(f"FAIL  rotation-load: exit code {ran.returncode}")
        return 1
    said = json.loads(ran.stdout)
    print(
        f"{said['calls']:,} calls in {said['seconds']:.1f} s, {said['callsPerSecond']:,} a second,"
        f" {said['rotations']} rotations, {said['failed']} failed calls"
    )
    for trouble in filter(None, [said["firstFailure"], *said["troubles"]]):
        print(f"  {trouble}")
    return 0 if said["failed"] == 0 and said["rotations"] >= ROTATIONS else 1


if __name__ == "__main__":
    sys.exit(main())
