#!/usr/bin/env python3
"""Connections that must fail: our client says at which phase and why, soon, and without secrets."""

from __future__ import annotations

import re
import socket
import ssl
import sys
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator

from certificates import Authority, Identity
from cli import Client
from harness import Suite, expect, running
from recording_service import SECRETS, SESSION, Recorder, recording

suite = Suite("tls_refusals")
# A retry with back-off may come before a connection is given up.
SOON = 10.0


@dataclass
class World:
    binary: str
    authority: Authority
    stranger: Authority
    good: Identity

    def refused(
        self,
        address: str,
        phases: str,
        reason: str = "",
        tls: bool = True,
        authority: Authority | None = None,
    ) -> None:
        """The client fails at one of `phases`; `reason` is a pattern of what it must say."""
        ca_file = (authority or self.authority).ca_file if tls else None
        options = ["--scope", "super-user", "--expires-in", "30m", "--timeout", "3s"]
        outcome = Client(self.binary, address, ca_file).run(
            "generate-token", *options, credentials=SESSION
        )
        said = outcome.stdout + outcome.stderr
        expect(outcome.code not in (0, 64) and outcome.code > 0, outcome.said)
        expect(re.search(rf"\b({phases})\b", said, re.IGNORECASE), f"no {phases}: {outcome.said}")
        expect(re.search(reason, said, re.IGNORECASE), f"no {reason!r}: {outcome.said}")
        expect(not any(secret in said for secret in SECRETS), f"a secret: {outcome.said}")
        expect(outcome.seconds < SOON, f"only after {outcome.seconds:.1f} s")


@contextmanager
def world(binary: str, scratch: Path) -> Iterator[World]:
    authority = Authority(scratch, "authority")
    stranger = Authority(scratch, "stranger")
    yield World(binary, authority, stranger, authority.issue("good", ["127.0.0.1"]))


@contextmanager
def s_server(identity: Identity, *options: str) -> Iterator[str]:
    """OpenSSL's own server on a free port; its address."""
    arguments = [
        "openssl", "s_server", "-accept", "127.0.0.1:0", "-naccept", "20",
        "-cert", str(identity.certificate), "-key", str(identity.key), *options,
    ]  # fmt: skip
    with running(arguments) as child:
        yield child.wait_for_line(r"^ACCEPT (127\.0\.0\.1:\d+)")[1]


@contextmanager
def python_server(answer: bytes, tls: Identity | None = None) -> Iterator[str]:
    """Takes a connection, says `answer` to whatever comes, and closes."""
    listener = socket.create_server(("127.0.0.1", 0))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    if tls:
        context.load_cert_chain(tls.certificate, tls.key)
        context.set_alpn_protocols(["h2"])

    def serve() -> None:
        while True:
            try:
                connection = listener.accept()[0]
            except OSError:
                return
            try:
                if tls:
                    connection = context.wrap_socket(connection, server_side=True)
                with connection:
                    if answer:
                        connection.recv(4096)
                        connection.sendall(answer)
            except OSError:
                pass  # the client gave up first; what it says is what counts

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)


@suite.check("certificate for another host name")
def _(world: World) -> None:
    other = world.authority.issue("other", ["other.example.test"])
    with s_server(other, "-alpn", "h2") as address:
        world.refused(address, "tls", "name|host|mismatch|address")


@suite.check("certificate that has expired")
def _(world: World) -> None:
    expired = world.authority.issue("expired", ["127.0.0.1"], days=(-10, -1))
    with s_server(expired, "-alpn", "h2") as address:
        world.refused(address, "tls", "expired")


@suite.check("certificate that is not valid yet")
def _(world: World) -> None:
    early = world.authority.issue("early", ["127.0.0.1"], days=(2, 10))
    with s_server(early, "-alpn", "h2") as address:
        world.refused(address, "tls", "not (yet )?valid")


@suite.check("certificate of an unknown authority")
def _(world: World) -> None:
    with s_server(world.good, "-alpn", "h2") as address:
        reason = "authority|issuer|trust|self.signed"
        world.refused(address, "tls", reason, authority=world.stranger)


@suite.check("peer without ALPN")
def _(world: World) -> None:
    with s_server(world.good) as address:
        world.refused(address, "tls", "alpn|h2|http/2|application protocol")


@suite.check("peer that offers HTTP/1.1 only by ALPN")
def _(world: World) -> None:
    with s_server(world.good, "-alpn", "http/1.1") as address:
        world.refused(address, "tls", "alpn|h2|http/2|application protocol")


@suite.check("peer that speaks TLS 1.1 only")
def _(world: World) -> None:
    with s_server(world.good, "-tls1_1", "-cipher", "ALL:@SECLEVEL=0", "-alpn", "h2") as address:
        world.refused(address, "tls", "version")


@suite.check("peer that wants a client certificate")
def _(world: World) -> None:
    wants = ["-alpn", "h2", "-Verify", "1", "-CAfile", str(world.authority.ca_file)]
    with s_server(world.good, *wants, "-verify_return_error") as address:
        world.refused(address, "tls|http2", "certificate")


HTTP1 = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@suite.check("peer that speaks HTTP/1.1, plaintext and over TLS")
def _(world: World) -> None:
    with python_server(HTTP1) as address:
        world.refused(address, "http2|http/2", tls=False)
    with python_server(HTTP1, world.good) as address:
        world.refused(address, "http2|http/2")


@suite.check("plaintext server, TLS client")
def _(world: World) -> None:
    with recording(Recorder()) as address:
        world.refused(address, "tls")


@suite.check("TLS server, plaintext client")
def _(world: World) -> None:
    with s_server(world.good, "-alpn", "h2") as address:
        world.refused(address, "http2|http/2", tls=False)


@suite.check("nobody listens")
def _(world: World) -> None:
    with socket.socket() as unheard:
        unheard.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{unheard.getsockname()[1]}"
        world.refused(address, "connect", "refused", tls=False)
        world.refused(address, "connect", "refused")


@suite.check("server that closes at once, plaintext")
def _(world: World) -> None:
    with python_server(b"") as address:
        world.refused(address, "http2|http/2", "clos|reset|end", tls=False)


@suite.check("server that closes at once, TLS")
def _(world: World) -> None:
    with python_server(b"") as address:
        world.refused(address, "tls", "clos|reset|end|eof")


@suite.check("server that takes the connection and says nothing: the deadline ends it")
def _(world: World) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"127.0.0.1:{silent.getsockname()[1]}"
        world.refused(address, "http2|http/2", "TIMEOUT_ERROR", tls=False)


if __name__ == "__main__":
    sys.exit(suite.main(world))
