#!/usr/bin/env python3
"""Stands in for the momento-auth executable, made of grpcio: shows that the checks themselves hold.

Tests/Interop/run_all.py Tests/Interop/reference.py
"""

from __future__ import annotations

import sys

import reference_client
import reference_server


def main(arguments: list[str]) -> int:
    if arguments[:1] == ["serve"]:
        return reference_server.serve(arguments[1:])
    return reference_client.run(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
