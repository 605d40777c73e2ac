#!/usr/bin/env python3
"""No secret is in what the commands print, log or leave behind, whether they succeed or fail.

Every secret is one of its own, and is looked for in every output as it is, encoded, and in parts of 12
bytes. Left out is what is there to hand a secret out: the standard output or the --output of `login`,
`generate-token`, `generate-disposable-token` and `refresh-token`; the state of `serve`, a store and the
spool; and what --save, --reveal and a wire capture write. Those files are for their owner alone.
"""

from __future__ import annotations

import base64
import json
import socket
import sys

from harness import Suite, expect, expect_equal
from secret_forms import Secrets, inner_key
from secret_world import World, opened

suite = Suite("secret_leaks")


@suite.check("a secret is found in every form that it may take")
def forms(world: World) -> None:
    secrets = Secrets()
    secret = "kT4/x+Qm81=Zp&'\"n7\\Wc2Lr"
    secrets.add("it", secret)
    raw = secret.encode()
    columns = " ".join(f"{byte:02x}" for byte in raw[:16])
    for text in [
        raw, b"x" + raw[4:16] + b"y", base64.b64encode(raw), base64.urlsafe_b64encode(b"ab" + raw),
        base64.b64encode(b"a" + raw), raw.hex().encode(), raw.hex(" ").upper().encode(),
        "".join(f"%{byte:02x}" for byte in raw).encode(), json.dumps(secret).encode(),
        "".join(f"\\u{byte:04x}" for byte in raw).encode(), f"000000  {columns}  |..|".encode(),
        json.dumps(secret).replace("/", "\\/").encode(),
    ]:
        expect_equal(secrets.found_in(text), {"it"}, f"in {text!r}")
    expect_equal(secrets.found_in(raw[:11] + b"nothing" + raw[-11:]), set(), "in too short parts")


@suite.check("making, showing and renewing credentials tells no secret")
def flows(world: World) -> None:
    for form in ([], ["--json"]):
        for name in ("key.json", "session.json", "token.json"):
            world.run("inspect", "--credentials-file", str(world.file(name)), *form)
            world.run(
                "check", "--credentials-file", str(world.file(name)), "--cache", "c", "--get", "k", *form)
        world.run("inspect", *form, MOMENTO_API_KEY=world.key["apiKey"])
        renewed = world.call(
            "refresh-token", "--credentials-file", str(world.file("key.json")), *form, hands_out=True)
        expect_equal(renewed.returncode, 0, renewed.stderr)
    world.secrets.add_token("renewed key", json.loads(renewed.stdout)["apiKey"])
    world.run("demo")
    world.heard("log of calls", world.file("calls.log").read_bytes())
    world.expect_silence()


@suite.check("failures tell no secret: wrong keys, malformed keys, nobody there")
def failures(world: World) -> None:
    wrong = json.dumps(world.key | {"apiKey": tampered(world, world.key["apiKey"])})
    malformed = world.seed("malformed key", 120)
    damaged = world.seed("key in damaged JSON")
    inputs = {
        "wrong": wrong, "refresh": json.dumps(world.key | {"refreshToken": world.seed("refresh")}),
        "malformed": malformed, "in JSON": json.dumps({"apiKey": malformed, "refreshToken": damaged}),
        "damaged": f'{{"apiKey": "{damaged}", ', "twice": f'{{"apiKey":"{damaged}"}} {{"a":"{damaged}"}}',
        "array": json.dumps([damaged]), "number": f'{{"apiKey": 5, "refreshToken": "{damaged}"}}',
        "controls": world.key["apiKey"][:-9] + "\x1b[31m" + damaged, "JWT": f"eyJhbGciOiJIUzI1NiJ9.{damaged}.x",
        "lines": "\n".join([damaged] * 3), "bundle": base64.b64encode(
            json.dumps({"endpoint": "localhost", "api_key": damaged}).encode()).decode(),
        "endpoint": json.dumps(world.key | {"endpoint": f"https://user:{damaged}@host"}),
    }
    commands = [
        ["refresh-token"], ["generate-token", "--scope", "super-user", "--expires-in", "1d"],
        ["generate-disposable-token", "--scope", "all-data-read-write", "--expires-in", "5m"],
    ]
    for name, text in inputs.items():
        for command in commands:
            done = world.call(
                *command, "--credentials-file", "-", "--json", stdin=text, hands_out=True)
            # What stands beside the key is not looked at where the command does not need it.
            expect(done.returncode != 0 or name in ("refresh", "endpoint"), f"{name}: {done.stdout}")
        world.run("inspect", "--credentials-file", "-", stdin=text)
        world.run("check", "--credentials-file", "-", "--cache", "c", "--get", "k", stdin=text)
        world.run(
            "rotate", "import", "-", "--store", f"file:{world.file('imported.json')}", stdin=text)
        world.run("refresh-token", "--local", f"127.0.0.1:{free_port()}", MOMENTO_API_KEY=text.replace("\0", ""))
    world.run(
        "refresh-token", "--local", f"127.0.0.1:{free_port()}", "--timeout", "2s",
        "--credentials-file", str(world.file("key.json")))
    world.expect_silence()


def tampered(world: World, bundle: str) -> str:
    """The same key with another signature."""
    head, signature = inner_key(bundle).rsplit(".", 1)
    text = json.dumps({"endpoint": "localhost", "api_key": f"{head}.{signature[::-1]}"})
    world.secrets.add("tampered signature", signature[::-1])
    return base64.b64encode(text.encode()).decode()


@suite.check("a secret in the wrong place of a command line is not repeated")
def wrong_places(world: World) -> None:
    key, api = world.key["apiKey"], inner_key(world.key["apiKey"])
    aws, vault, short = world.seed("AWS key"), "hvs." + world.seed("Vault token", 24), world.seed("password", 16)
    for secret in (key, api, world.key["refreshToken"], aws, vault, short):
        for line in [
            [secret], ["login", secret], ["inspect", secret], ["--" + secret], ["help", secret],
            ["inspect", "--" + secret], ["inspect", f"--{secret}=x"], ["inspect", f"--json={secret}"],
            ["inspect", "--credentials-file", secret], ["inspect", "--api-key", secret],
            ["inspect", f"--api-key={secret}"], ["refresh-token", "--token", secret],
            ["generate-token", "--scope", secret, "--expires-in", "1d"],
            ["generate-token", "--scope", "super-user", "--expires-in", secret],
            ["generate-token", "--permission", secret, "--expires-in", "1d"],
            ["login", "--local", secret], ["login", "--local", f"user:{secret}@127.0.0.1:1"],
            ["login", "--endpoint", f"https://user:{secret}@127.0.0.1:1", "--timeout", "1s"],
            ["login", "--ca-file", secret, "--tls", "--local", world.service.address],
            ["login", "--timeout", secret], ["serve", "--listen", secret], ["serve", "--tls-key", secret],
            ["serve", "--max-memory", secret], ["serve", "--tls-cert", secret, "--tls-key", secret],
            ["rotate", secret], ["rotate", "once", "--store", secret], ["rotate", "once", "--store", f"{secret}:x"],
            ["rotate", "once", "--store", f"vault:kv/x?address=https://u:{secret}@127.0.0.1:1"],
            ["rotate", "once", "--store", f"vault:kv/x?{secret}=1"],
            ["rotate", "once", "--store", f"etcd:k?endpoints=u:{secret}@127.0.0.1:1&timeout=1"],
            ["rotate", "once", "--store", f"etcd:k?user=u:{secret}&timeout=1"],
            ["rotate", "once", "--store", f"aws-secretsmanager:k?region={secret}"],
            ["rotate", "once", "--store", f"aws-secretsmanager:k?region=r&endpoint={secret}"],
            ["rotate", "once", "--store", f"kubernetes:a/b?token={secret}"],
            ["rotate", "run", "--store", "file:x", "--listen", secret],
            ["rotate", "run", "--store", "file:x", "--check-interval", secret],
            ["rotate", "once", "--store", "file:x", "--courier", secret], ["check", "--permission", secret],
            ["conformance", "--target", secret], ["rotate", "import", secret, "--store", "file:x"],
        ]:
            for form in ([], ["--json"]):
                expect(world.run(*line, *form).returncode != 0, f"it took {line[:2]}")
        for line in [
            [secret], ["dump", "--where", secret], ["dump", "--format", secret], ["tap", "--listen", secret],
            ["tap", "--to", secret, "--listen", "127.0.0.1:0"], ["explain", secret], ["diff", secret, secret],
        ]:
            world.run(*line, program="wiredump")
    world.expect_silence()


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


@suite.check("damaged state and other files are refused without a word of what is in them")
def damaged_files(world: World) -> None:
    state = world.file("state.json").read_text()
    secret = json.loads(state)["signingKey"]
    for name, text in {
        "cut": state[: len(state) // 2], "other": state.replace('"version":1', '"version":9'),
        "kind": state.replace('"keys":', '"keys":7,"old":'), "key": state.replace(secret, secret[:20]),
        "authority": state.replace("PRIVATE KEY-----", "PRIVATE KEY"), "none": f'"{secret}"',
    }.items():
        path = world.file(f"damaged-{name}.json", text)
        done = world.run("serve", "--port", "0", "--tls", "--state", str(path))
        expect_equal(done.returncode, 1, f"{name}: {done.stderr}")
        for command in ("once", "status", "plan"):
            world.run("rotate", command, "--store", f"file:{path}", "--spool", str(world.file("spool")))
    private = json.loads(state)["authority"]["privateKey"]
    key = world.file("tls.key", private.replace("\n", "", 3))
    certificate = world.file("ca.pem")
    world.run("serve", "--port", "0", "--tls-cert", str(certificate), "--tls-key", str(key))
    world.run("serve", "--port", "0", "--tls-cert", str(key), "--tls-key", str(certificate))
    world.run("inspect", "--credentials-file", str(world.file("state.json")))
    world.expect_silence()


if __name__ == "__main__":
    sys.exit(suite.main(opened))
