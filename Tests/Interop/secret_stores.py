#!/usr/bin/env python3
"""No secret is in what rotations print, log and serve, nor in what other processes can see of them.

Left out is what is there to keep secrets: the stores, and the spool.
"""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator

import grpc

from harness import Child, Suite, expect, expect_equal
from repeating_servers import over_grpc, over_http
from secret_world import ENVIRONMENT, World, opened

suite = Suite("secret_stores")


def due(world: World, name: str) -> str:
    """A store with a key that is to be renewed at once."""
    now = int(time.time())
    path = world.file(name, json.dumps(world.key | {"issuedAt": now - 20_000_000}))
    return f"file:{path}"


def trust(world: World) -> list[str]:
    return ["--local", world.service.address, "--tls", "--ca-file", str(world.file("ca.pem"))]


def keep(world: World, store: str) -> dict[str, object]:
    """What is in a store of files is secret from now on."""
    found = json.loads(Path(store.removeprefix("file:")).read_text())
    world.secrets.add_token(f"key in {store[-9:]}", found["apiKey"])
    world.secrets.add(f"refresh token in {store[-9:]}", found["refreshToken"])
    return found


@contextmanager
def daemon(world: World, *arguments: str, **environment: str) -> Iterator[Child]:
    """A command that runs until it is asked to end; what it says is kept."""
    kept = dict(os.environ)
    os.environ.clear()
    os.environ.update(ENVIRONMENT | environment)
    try:
        child = Child([world.binary, *arguments])
    finally:
        os.environ.clear()
        os.environ.update(kept)
    try:
        yield child
    finally:
        child.stop(60)
        world.heard(f"{arguments[:2]}, errors", child.stderr)
        while (line := child.stdout_lines.get(timeout=20)) is not None:
            world.heard(f"{arguments[:2]}", line)


def fetch(world: World, url: str, body: "bytes | None" = None) -> bytes:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body), timeout=60) as answer:
            text = answer.read()
    except urllib.error.HTTPError as error:
        text = error.read()
    world.heard(url, text)
    return text


@suite.check("renewing once, planning, looking and importing tells no secret")
def once(world: World) -> None:
    store, spool = due(world, "once.json"), ["--spool", str(world.file("spool"))]
    figures = world.file("figures.prom")
    for command in ("status", "plan"):
        for form in ([], ["--json"]):
            world.run("rotate", command, "--store", store, *spool, *form)
    for courier in ("on", "off"):
        done = world.run(
            "rotate", "once", "--force", "--store", store, *spool, *trust(world), "--courier", courier,
            "--metrics-file", str(figures))
        expect_equal(done.returncode, 0, done.stderr)
        keep(world, store)
    world.heard("figures", figures.read_bytes())
    world.run("rotate", "import", str(world.file("key.json")), "--store", f"file:{world.file('new.json')}")
    world.expect_silence()


@suite.check("a daemon tells no secret in its log, its figures and its answers, and its children have none to show")
def running(world: World) -> None:
    store = due(world, "daemon.json")
    before = keep(world, store)
    with daemon(
        world, "rotate", "run", "--store", store, "--spool", str(world.file("spool")), *trust(world),
        "--listen", "127.0.0.1:0", "--check-interval", "1s",
    ) as child:
        address = child.wait_for_line(r"listening on (\S+)")[1]
        deadline = time.monotonic() + 60
        while json.loads(Path(store.removeprefix("file:")).read_text())["apiKey"] == before["apiKey"]:
            expect(time.monotonic() < deadline, "the key is renewed")
            show_processes(world, child.pid)
            for path in ("livez", "readyz", "healthz", "metrics", "nothing"):
                fetch(world, f"http://{address}/{path}")
        keep(world, store)
        fetch(world, f"http://{address}/metrics")
    world.expect_silence()


def show_processes(world: World, parent: int) -> None:
    """What anybody on the machine can see of a process and its children."""
    for folder in Path("/proc").iterdir():
        try:
            if folder.name.isdigit() and is_of(folder, parent):
                world.heard(f"command line of {folder.name}", (folder / "cmdline").read_bytes())
        except OSError:
            continue  # it has ended


def is_of(folder: Path, parent: int) -> bool:
    fields = (folder / "stat").read_text().rsplit(")", 1)[1].split()
    return folder.name == str(parent) or int(fields[1]) == parent


@suite.check("called over HTTP, neither answers nor logs tell a secret, whatever the request")
def called(world: World) -> None:
    store = due(world, "called.json")
    secret = world.seed("secret in a request")
    with daemon(
        world, "rotate", "http", "--store", store, "--spool", str(world.file("spool")), *trust(world),
        "--listen", "127.0.0.1:0",
    ) as child:
        address = child.wait_for_line(r"listening on (\S+)")[1]
        for body in (b"{}", f'{{"apiKey":"{secret}"'.encode(), secret.encode() * 3000, b"\xff" + secret.encode()):
            fetch(world, f"http://{address}/", body)
        fetch(world, f"http://{address}/{secret}?key={secret}", b"")
        keep(world, store)
    world.expect_silence()


@suite.check("as a function of AWS Lambda, neither endings nor logs tell a secret")
def function(world: World) -> None:
    store, secret = due(world, "function.json"), world.seed("rotation token")
    fake = subprocess.Popen(
        [str(Path(world.binary).parent / "rotation-fakes"), "lambda"], stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, text=True,
    )
    try:
        address = fake.stdout.readline().strip()
        events = [
            "{}", '{"force":true}', f'{{"Step":"createSecret","RotationToken":"{secret}"}}', f'"{secret}',
            json.dumps({"Step": "createSecret", "SecretId": "s", "ClientRequestToken": "0" * 32,
                        "RotationToken": secret}),
            json.dumps({"Step": secret, "SecretId": "s", "ClientRequestToken": secret}),
            json.dumps({"Step": "testSecret", "SecretId": f"s/{secret}", "ClientRequestToken": 7}),
        ]
        with daemon(
            world, "rotate", "lambda", "--spool", str(world.file("spool")), *trust(world),
            AWS_LAMBDA_RUNTIME_API=address, MOMENTO_ROTATION_STORES=store,
            AWS_ACCESS_KEY_ID="AKID", AWS_SECRET_ACCESS_KEY=world.seed("AWS key"), AWS_REGION="r",
            AWS_SESSION_TOKEN=world.seed("session"), AWS_ENDPOINT_URL="http://127.0.0.1:9",
        ):
            for event in events:
                fake.stdin.write(event + "\n")
                fake.stdin.flush()
                world.heard(f"ending of {event[:30]}", fake.stdout.readline())
                keep(world, store)
            fake.stdin.close()
            fake.wait(60)
    finally:
        fake.kill()
        fake.wait()
    world.expect_silence()


@suite.check("what a store or a service repeats of a secret in its errors is not told on")
def repeated(world: World) -> None:
    token = world.file("kubernetes.token", world.seed("Kubernetes token"))
    environment = {
        "AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": world.seed("AWS key"), "AWS_REGION": "r",
        "AWS_SESSION_TOKEN": world.seed("AWS session token"), "VAULT_TOKEN": world.seed("Vault token"),
        "ETCD_PASSWORD": world.seed("etcd password"),
        "AWS_CONTAINER_AUTHORIZATION_TOKEN": world.seed("container token"),
    }
    secret_id, role_id = (world.file(n, world.seed(n)) for n in ("secret-id", "role-id"))
    for status in (400, 403, 404):
        with over_http(status) as web:
            urls = [
                f"aws-secretsmanager:k?endpoint=http://{web}", f"vault:kv/k?address=http://{web}",
                f"vault:kv/k?address=http://{web}&auth=approle&role-id-file={role_id}&secret-id-file={secret_id}",
                f"kubernetes:a/b?server=http://{web}&token-file={token}",
            ]
            for url in urls:
                attempt(world, url, environment)
            attempt(world, urls[0], {
                "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"http://{web}/creds", "AWS_REGION": "r",
                "AWS_CONTAINER_AUTHORIZATION_TOKEN": environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"]})
            attempt(world, "gcp-secretmanager:projects/p/secrets/s", {"GCE_METADATA_HOST": web})
    for code in (grpc.StatusCode.UNAUTHENTICATED, grpc.StatusCode.INTERNAL, grpc.StatusCode.INVALID_ARGUMENT):
        with over_grpc(code) as address:
            attempt(world, f"etcd:k?endpoints={address}&user=rotator&timeout=2", environment)
            google = f"gcp-secretmanager:projects/p/secrets/s?endpoint=http://{address}&auth=none&timeout=2"
            attempt(world, google, environment)
            for command in (
                ["refresh-token"], ["generate-token", "--scope", "super-user", "--expires-in", "1d"],
                ["generate-disposable-token", "--scope", "super-user", "--expires-in", "1m"],
            ):
                world.run(*command, "--local", address, "--credentials-file", str(world.file("key.json")))
            world.run("rotate", "once", "--force", "--store", due(world, "repeated.json"), "--local", address,
                      "--spool", str(world.file("spool")))
    world.expect_silence()


def attempt(world: World, url: str, environment: dict[str, str]) -> None:
    for command in (["once", "--spool", str(world.file("spool"))], ["status"]):
        world.run("rotate", *command, "--store", url, **environment)
    world.run("rotate", "import", str(world.file("key.json")), "--store", url, **environment)


@suite.check("files that hold secrets are for their owner alone, and so is what they are made of meanwhile")
def modes(world: World) -> None:
    old = os.umask(0)  # nothing is left to it
    try:
        key, out = str(world.file("key.json")), world.file("open.json")
        out.touch(0o666)
        world.call("refresh-token", "--credentials-file", key, "--output", str(out))
        store = due(world, "modes.json")
        watched = world.file("watched")
        watched.mkdir(0o755)
        done = world.run(
            "rotate", "once", "--force", "--store", store, "--spool", str(watched / "spool"), *trust(world))
        expect_equal(done.returncode, 0, done.stderr)
    finally:
        os.umask(old)
    for path in (f"file:{out}", store):
        keep(world, path)
    secret = {path for path in world.scratch.rglob("*") if holds_secret(world, path)}
    expect({"state.json", "key.json", "open.json", "modes.json"} <= {path.name for path in secret}, f"{secret}")
    for path in secret:
        expect_equal(path.stat().st_mode & 0o777, 0o600, f"mode of {path.name}")
        folder = path.parent.stat().st_mode
        expect(not folder & 0o022 or folder & stat.S_ISVTX, f"{path.parent} is open to others")
    expect_equal((watched / "spool").stat().st_mode & 0o777, 0o700, "mode of the spool")


def holds_secret(world: World, path: Path) -> bool:
    return path.is_file() and bool(world.secrets.found_in(path.read_bytes()))


@suite.check("a process with secrets leaves no core, and no other process of its user may look into it")
def cores(world: World) -> None:
    with reader_of_a_key(world) as process:
        while "inspect" not in Path(f"/proc/{process.pid}/cmdline").read_text():
            time.sleep(0.01)  # it is still Python's child
        process.stdin.write("{")
        process.stdin.flush()
        owner, limits = until_private(process.pid)
        expect_equal(owner, 0, "owner of what tells its memory")
        expect_equal(limits.split()[4:6], ["0", "0"], "limits of cores")
        os.kill(process.pid, signal.SIGSEGV)
        # Swift's handler reports a signal from outside and goes on.
        for text in process.communicate(timeout=60):
            world.heard("a crash", text)
    world.expect_silence()


@contextmanager
def reader_of_a_key(world: World) -> Iterator["subprocess.Popen[str]"]:
    """A command that has one key in its environment and waits for another. It is no process of root's:
    those belong to root in any case."""
    process = subprocess.Popen(
        [world.binary, "inspect", "--credentials-file", "-"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        user=65534 if os.getuid() == 0 else None,
        env=ENVIRONMENT | {"MOMENTO_API_KEY": world.key["apiKey"], "SWIFT_BACKTRACE": "enable=yes,color=no"},
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def until_private(process: int) -> tuple[int, str]:
    """Who owns what the system tells of a process, and the line of its limits about cores."""
    deadline = time.monotonic() + 20
    while True:
        owner = os.stat(f"/proc/{process}/environ").st_uid
        limits = Path(f"/proc/{process}/limits").read_text()
        line = next(line for line in limits.splitlines() if line.startswith("Max core file size"))
        if owner == 0 or time.monotonic() > deadline:
            return owner, line
        time.sleep(0.05)


if __name__ == "__main__":
    sys.exit(suite.main(opened))
