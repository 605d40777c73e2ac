#!/usr/bin/env python3
"""The package of the Lambda function: nothing in it needs a C library that Amazon Linux 2023 does not
have, and its executable answers an event with the libraries that it brings.

Tests/Interop/lambda_package.py BINARY      BINARY: momento-auth; rotation-fakes is beside it
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
import zipfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator

from harness import Suite, expect, expect_equal

suite = Suite("lambda_package")
BUILD = Path(__file__).parents[2] / "Sources/RotationService/Deployment/lambda/build.sh"
NEWEST = (2, 34)
MOST_BYTES = 50 * 1024 * 1024  # what Lambda takes in a direct upload
# Amazon Linux 2023 has the C library's own parts, and the compiler's library that it needs itself.
OF_THE_SYSTEM = re.compile(r"(lib(c|m|dl|pthread|rt|resolv|util|anl|gcc_s)\.so\.|ld-linux|linux-vdso)")


@dataclass
class Package:
    fakes: str
    folder: Path
    archive: Path

    @property
    def files(self) -> list[Path]:
        return [self.folder / "bootstrap", *sorted((self.folder / "lib").iterdir())]


@contextmanager
def opened(binary: str, scratch: Path) -> Iterator[Package]:
    archive = scratch / "package.zip"
    subprocess.run([str(BUILD), str(archive)], check=True, stdout=subprocess.DEVNULL)
    folder = scratch / "package"
    with zipfile.ZipFile(archive) as package:
        for entry in package.infolist():
            path = package.extract(entry, folder)
            os.chmod(path, entry.external_attr >> 16)
    yield Package(str(Path(binary).parent / "rotation-fakes"), folder, archive)


@suite.check("it is an executable called bootstrap, and libraries, and not too large")
def content(package: Package) -> None:
    names = zipfile.ZipFile(package.archive).namelist()
    expect_equal([n for n in names if not n.startswith("lib/")], ["bootstrap"], "files")
    expect(os.access(package.folder / "bootstrap", os.X_OK), "bootstrap is not executable")
    size = package.archive.stat().st_size
    expect(size < MOST_BYTES, f"{size} bytes")


@suite.check("no file of it needs a newer C library than Amazon Linux 2023 has")
def c_library(package: Package) -> None:
    for file in package.files:
        said = subprocess.run(
            ["objdump", "-T", str(file)], check=True, capture_output=True, text=True
        ).stdout
        versions = [(int(a), int(b)) for a, b in re.findall(r"GLIBC_(\d+)\.(\d+)", said)]
        expect(max(versions, default=(2, 0)) <= NEWEST, f"{file.name} needs {max(versions)}")


@suite.check("every library that it loads is its own or the C library's")
def closure(package: Package) -> None:
    said = subprocess.run(
        ["ldd", str(package.folder / "bootstrap")],
        check=True,
        capture_output=True,
        text=True,
        # The system's come first there, and must not be taken.
        env={"LD_LIBRARY_PATH": "/lib/x86_64-linux-gnu:/usr/lib/x86_64-linux-gnu"},
    ).stdout
    for line in said.splitlines():
        name, _, path = line.strip().partition(" => ")
        own = path.startswith(str(package.folder / "lib"))
        expect(own or OF_THE_SYSTEM.search(name), f"it loads {line.strip()}")


@suite.check("it answers an event, without arguments")
def event(package: Package) -> None:
    now = int(time.time())
    key = {"apiKey": "k", "refreshToken": "r", "issuedAt": now, "validUntil": now + 2_592_000}
    store = package.folder / "key.json"
    store.write_text(json.dumps(key))
    store.chmod(0o600)
    fake = subprocess.Popen(
        [package.fakes, "lambda"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    address = fake.stdout.readline().strip()
    function = subprocess.Popen(
        [str(package.folder / "bootstrap")],
        env={
            "AWS_LAMBDA_RUNTIME_API": address,
            "MOMENTO_ROTATION_STORES": f"file:{store}",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        fake.stdin.write('{"source":"aws.events"}\n')
        fake.stdin.flush()
        ending = json.loads(fake.stdout.readline())
        expect_equal(ending["kind"], "response", f"ending {ending}")
        result = json.loads(ending["body"])["results"][0]
        expect_equal(result["outcome"], "not-due", "outcome")
        expect_equal(result["validUntil"], key["validUntil"], "expiry")
        figures = json.loads(function.stdout.readline())
        namespace = figures["_aws"]["CloudWatchMetrics"][0]["Namespace"]
        expect_equal(namespace, "Momento/AuthTokenRefreshLambda", "namespace")
        expect(2_591_000 < figures["seconds_to_expiry"] <= 2_592_000, f"{figures}")
    finally:
        fake.communicate(timeout=20)
        # Without the runtime interface it ends by itself.
        function.communicate(timeout=20)
    expect_equal(function.returncode, 1, "exit code")


if __name__ == "__main__":
    sys.exit(suite.main(opened))
