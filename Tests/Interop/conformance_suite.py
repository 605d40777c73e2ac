#!/usr/bin/env python3
"""`momento-auth conformance` at our service, at a sound grpcio server, and at grpcio servers with one fault each."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import sys
import xml.etree.ElementTree as ElementTree
from concurrent import futures
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Callable, Iterator

os.environ["GRPC_VERBOSITY"] = "NONE"  # C-core would log each wrong header
import grpc
from momento_wire_types import auth_pb2, auth_pb2_grpc, token_pb2_grpc

from harness import Mismatch, Service, Suite, command, expect, expect_equal, serving
from momento_api import shown_form
from reference_server import Auth, Keys, Token

suite = Suite("conformance_suite")
FIXTURES = Path(__file__).parent.parent.parent / "Fixtures/conformance"
LIMIT = 120.0
Names = set[str]


@dataclass
class Run:
    """What a run of the suite said."""

    code: int
    said: str
    results: dict[str, dict[str, Any]]
    report: Path

    def named(self, outcome: str) -> Names:
        return {name for name, result in self.results.items() if result["outcome"] == outcome}

    def told(self, outcome: str) -> str:
        return "; ".join(f"{name}: {self.results[name]['reason']}" for name in self.named(outcome))


@dataclass
class World:
    binary: str
    scratch: Path
    plain: Service
    secure: Service
    # At servers with a fault, by the fault.
    faulty: dict[str, tuple[Run, list[str]]] = field(default_factory=dict)

    def run(self, address: str, *options: str, credentials: str = "") -> Run:
        report = Path(tempfile.mkstemp(suffix=".xml", dir=self.scratch)[1])
        arguments = ["conformance", "--target", address, "--junit", str(report), "--format", "json"]
        done = subprocess.run(
            [*command(self.binary), *arguments, *options],
            input=credentials, capture_output=True, text=True, timeout=LIMIT, env={},
        )  # fmt: skip
        said = done.stdout + done.stderr
        try:
            document = json.loads(done.stdout)
        except ValueError:
            raise Mismatch(f"exit {done.returncode}: {said}") from None
        results = {result["name"]: result for result in document["cases"]}
        expect_equal(len(results), len(document["cases"]), "results by name")
        return Run(done.returncode, said, results, report)


@contextmanager
def world(binary: str, scratch: Path) -> Iterator[World]:
    with ExitStack() as stack:
        plain = stack.enter_context(serving(binary))
        secure = stack.enter_context(serving(binary, ca_file=scratch / "ca.pem"))
        opened = World(binary, scratch, plain, secure)
        with futures.ThreadPoolExecutor(len(FAULTS)) as pool:
            runs = pool.map(lambda fault: run_at_fault(opened, *fault), FAULTS.values())
            opened.faulty = dict(zip(FAULTS, runs))
        yield opened


# grpcio's server, sound or with a fault


class WrongStatus(Auth):
    """INTERNAL instead of UNAUTHENTICATED where a key is made."""

    def GenerateApiToken(self, request, context):
        if request.auth_token not in self.keys.kinds:
            context.abort(grpc.StatusCode.INTERNAL, "unknown key")
        return super().GenerateApiToken(request, context)


class SameKey(Auth):
    """A refresh that gives the old key again."""

    def RefreshApiToken(self, request, context):
        answer = super().RefreshApiToken(request, context)
        self.keys.refresh[request.api_key] = answer.refresh_token
        answer.api_key = request.api_key
        return answer


class MessageBesideError(Auth):
    """PERMISSION_DENIED with a message beside it."""

    def GenerateApiToken(self, request, context):
        if request.permissions.HasField("super_user") and "session" not in request.auth_token:
            context.set_code(grpc.StatusCode.PERMISSION_DENIED)
            return type(super().GenerateApiToken(as_session(self.keys, request), context))()
        return super().GenerateApiToken(request, context)


class LateToken(Token):
    """Disposable tokens that are said to live an hour longer."""

    def GenerateDisposableToken(self, request, context):
        answer = super().GenerateDisposableToken(request, context)
        answer.valid_until += 3600
        return answer


def as_session(keys: Keys, request: Any) -> Any:
    copy = type(request).FromString(request.SerializeToString())
    copy.auth_token = keys.make("session")
    return copy


@dataclass
class Reference:
    address: str
    keys: Keys

    def told(self, run: Run) -> list[str]:
        """Credentials of this server that a run's output or report repeats."""
        output = run.said + run.report.read_text()
        secrets = [*self.keys.kinds, *self.keys.refresh.values()]
        return [secret for secret in secrets if secret in output]


@contextmanager
def reference(
    auth: Callable[[Keys, float], Auth] = Auth, token: Callable[[Keys], Token] = Token
) -> Iterator[Reference]:
    keys = Keys()
    options = [("grpc.max_receive_message_length", 5_243_000), ("grpc.so_reuseport", 0)]
    server = grpc.server(futures.ThreadPoolExecutor(16), options=options)
    auth_pb2_grpc.add_AuthServicer_to_server(auth(keys, 0.0), server)
    token_pb2_grpc.add_TokenServicer_to_server(token(keys), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield Reference(f"127.0.0.1:{port}", keys)
    finally:
        server.stop(grace=None).wait(10)


FAULTS: dict[str, tuple[Callable[..., Auth], Callable[..., Token]]] = {
    "wrong status": (WrongStatus, Token),
    "same key": (SameKey, Token),
    "message beside error": (MessageBesideError, Token),
    "late token": (Auth, LateToken),
}


def run_at_fault(
    world: World, auth: Callable[..., Auth], token: Callable[..., Token]
) -> tuple[Run, list[str]]:
    with reference(auth, token) as server:
        run = world.run(server.address, "--login")
        return run, server.told(run)


def check_failures(world: World, fault: str, failing: Names) -> Run:
    """Exactly these fail at a server with a fault, and nothing secret is said."""
    run, secrets = world.faulty[fault]
    expect(not secrets, f"{len(secrets)} secrets in the output")
    expect(run.named("failed") == failing, f"failed: {run.told('failed')}")
    expect_equal(run.code, 1, "exit code")
    return run


# The checks


@suite.check("our service passes all cases, required and recommended")
def _(world: World) -> None:
    run = world.run(world.plain.address, "--login", "--strict")
    expect(run.code == 0, run.told("failed") or run.said)
    expect_equal(run.named("passed"), set(run.results), "passed")
    expect(len(run.results) > 150, f"{len(run.results)} cases")


@suite.check("over TLS too, with the documents of the repository")
def _(world: World) -> None:
    options = ["--tls", "--ca-file", str(world.secure.ca_file), "--suite", str(FIXTURES)]
    run = world.run(world.secure.address, "--login", "--strict", *options)
    expect(run.code == 0, run.told("failed") or run.said)
    expect_equal(run.named("passed"), set(run.results), "passed")


@suite.check("a service that cannot be called is told once, with the reason")
def _(world: World) -> None:
    for options, reason in ((["--tls"], "certificate"), ([], "want TLS: add --tls")):
        target = ["conformance", "--target", world.secure.address, *options]
        done = subprocess.run(
            [*command(world.binary), *target], capture_output=True, text=True, timeout=LIMIT
        )
        expect(done.returncode not in (0, 64), f"exit {done.returncode}")
        expect(reason in done.stderr and not done.stdout, done.stdout + done.stderr)


@suite.check("a sound grpcio server passes all that is required")
def _(world: World) -> None:
    with reference() as server:
        run = world.run(server.address, "--login")
        expect(not server.told(run), f"{len(server.told(run))} secrets in the output")
    expect(run.code == 0, run.told("failed") or run.said)
    expect_equal(run.named("failed") | run.named("skipped"), set(), "failed or skipped")
    expect("grpc/content-type-text" in run.named("warned"), "C-core takes any content-type")


class EmptyAuth(Auth):
    """Methods without any rules."""

    def Login(self, request, context):
        yield from ()

    def GenerateApiToken(self, request, context):
        return auth_pb2._GenerateApiTokenResponse()

    def RefreshApiToken(self, request, context):
        return auth_pb2._RefreshApiTokenResponse()


@suite.check("a gRPC server that knows none of Momento's rules passes what gRPC requires")
def _(world: World) -> None:
    with reference(EmptyAuth) as server:
        run = world.run(server.address, "--filter", "grpc/")
    expect(run.code == 0, run.told("failed") or run.said)
    expect(len(run.results) > 40, f"{len(run.results)} cases")
    expect_equal(run.named("failed") | run.named("skipped"), set(), "failed or skipped")


@suite.check("without a credential the cases that need one are skipped, and say what is missing")
def _(world: World) -> None:
    run = world.run(world.plain.address)
    expect(run.code == 0, run.told("failed") or run.said)
    listed = subprocess.run(
        [*command(world.binary), "conformance", "--list", "--format", "json"],
        capture_output=True, text=True, timeout=LIMIT, check=True,
    )  # fmt: skip
    needing = {case["name"] for case in json.loads(listed.stdout) if case["needs"]}
    expect_equal(run.named("skipped"), needing, "skipped")
    reasons = [run.results[name]["reason"] for name in needing]
    expect(all(reason.startswith("needs '") for reason in reasons), f"reasons: {set(reasons)}")


@suite.check("with a super-user key all but sessions and logins are tried")
def _(world: World) -> None:
    with reference() as server:
        key = server.keys.make("superuser", 3600)
        run = world.run(server.address, "--credentials-file", "-", credentials=shown(key))
        expect(not server.told(run), f"{len(server.told(run))} secrets in the output")
    expect(run.code == 0, run.told("failed") or run.said)
    missing = {run.results[name]["reason"].split("'")[1] for name in run.named("skipped")}
    expect_equal(missing, {"login", "session"}, "missing")


def shown(key: str) -> str:
    """What a credentials file says of a key."""
    inner = shown_form("cell.example.test", key)
    return json.dumps({"apiKey": inner, "refreshToken": "unused", "validUntil": 0})


@suite.check("the JUnit report has each case once, with counts that fit")
def _(world: World) -> None:
    with reference(SameKey) as server:
        run = world.run(server.address, "--login", "--filter", "auth/re", "--filter", "grpc/c")
    root = ElementTree.parse(run.report).getroot()
    expect_equal((root.tag, [child.tag for child in root]), ("testsuites", ["testsuite"]), "outline")
    cases = root[0].findall("testcase")
    names = [f"{case.get('classname')}/{case.get('name')}" for case in cases]
    expect_equal(sorted(names), sorted(run.results), "names")
    expect(all(float(case.get("time", "-1")) >= 0 for case in cases), "times")
    expect(all(len(case) <= 1 for case in cases), "at most one outcome")
    failed = {name for name, case in zip(names, cases) if case.find("failure") is not None}
    skipped = {name for name, case in zip(names, cases) if case.find("skipped") is not None}
    expect_equal(failed, run.named("failed"), "failures")
    expect_equal(skipped, run.named("skipped") | run.named("warned"), "skipped")
    for element in (root, root[0]):
        expect_equal(element.get("tests"), str(len(cases)), "tests")
        expect_equal(element.get("failures"), str(len(failed)), "failures")
    for name, case in zip(names, cases):
        for child in case:
            expect(run.results[name]["reason"] in child.get("message", ""), f"message of {name}")


@suite.check("a wrong status fails the cases of that status, and no others")
def _(world: World) -> None:
    strangers = {"token-wrong", "token-missing", "message-empty"}
    failing = {f"auth/{name}" for name in strangers} | {"grpc/message-empty"}
    run = check_failures(world, "wrong status", failing)
    expect("grpc-status is INTERNAL" in run.results["auth/token-wrong"]["reason"], run.told("failed"))


@suite.check("a refresh that gives the old key fails the cases of refreshes, and no others")
def _(world: World) -> None:
    names = {"refresh", "refresh-chain", "refresh-twice", "refreshed-key-lives"}
    run = check_failures(world, "same key", {f"auth/{name}" for name in names})
    expect_equal(run.results["auth/refresh"]["reason"], "step 2: api_key is the same as key", "reason")


@suite.check("a message beside an error fails the cases of that error, and no others")
def _(world: World) -> None:
    names = {"super-user-makes-no-super-user", "data-key-makes-no-super-user"}
    run = check_failures(world, "message beside error", {f"auth/{name}" for name in names})
    reason = run.results["auth/super-user-makes-no-super-user"]["reason"]
    expect_equal(reason, "1 messages beside an error", "reason")


@suite.check("a wrong time fails each token, and what needs one is skipped")
def _(world: World) -> None:
    rules = {"auth/token-25-hours", "auth/token-id", "auth/token-id-64", "setup/disposable"}
    listed = (FIXTURES / "auth-tokens.json").read_text()
    scopes = {case["name"] for case in json.loads(listed)["cases"] if "/token-scope-" in case["name"]}
    run = check_failures(world, "late token", rules | scopes)
    skipped = {"auth/token-makes-no-key", "auth/token-by-token", "auth/refresh-disposable"}
    expect_equal(run.named("skipped"), skipped, "skipped")


if __name__ == "__main__":
    sys.exit(suite.main(world))
