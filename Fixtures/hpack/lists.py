"""Header lists of calls, for encoders that take a list: stories of blocks that share one context."""

from __future__ import annotations

from typing import NamedTuple


class Field(NamedTuple):
    name: str
    value: str
    never_indexed: bool = False


class Block(NamedTuple):
    fields: list[Field]
    stream: int
    ends: bool


Story = tuple[str, str, list[Block]]  # who sends it, what it shows, its blocks


def token(seed: int, size: int = 100) -> str:
    """Looks like a token, opens nothing; made by a small generator, so that it is the same each time."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    state, text = seed or 1, []
    for _ in range(size):
        state = (state * 1103515245 + 12345) % (1 << 31)
        text.append(letters[state >> 16 & 63])
    return "eyJ" + "".join(text)


def request(path: str, *more: Field, authority: str = "control.cell-1.example.test") -> list[Field]:
    head = [(":method", "POST"), (":scheme", "https"), (":path", path), (":authority", authority),
            ("te", "trailers"), ("content-type", "application/grpc"), ("user-agent", "swift:auth:0.1.0")]
    return [Field(*pair) for pair in head] + list(more)  # fmt: skip


def secret(seed: int) -> Field:
    return Field("authorization", token(seed), never_indexed=True)


def requests() -> list[Block]:
    """Calls of an auth client: what repeats comes from the table, secrets never enter it."""
    calls = [
        request("/auth.Auth/Login", Field("grpc-timeout", "600S")),
        request("/auth.Auth/GenerateApiToken", secret(1), Field("grpc-timeout", "15S")),
        request("/auth.Auth/GenerateApiToken", secret(1), Field("grpc-timeout", "14998m")),
        request("/auth.Auth/RefreshApiToken", secret(2), Field("grpc-timeout", "15S"),
                Field("x-b3-traceid", "80f198ee56343ba864fe8b2a57d3eff7")),
        request("/token.Token/GenerateDisposableToken", secret(1), secret(3), Field("te", "trailers"),
                authority="token.cell-1.example.test"),
    ]  # fmt: skip
    return [Block(fields, 2 * index + 1, True) for index, fields in enumerate(calls)]


def responses() -> list[Block]:
    """Headers and trailers, errors in trailers alone, messages with percent signs and emptiness."""
    head = [Field(":status", "200"), Field("content-type", "application/grpc")]
    done = [Field("grpc-status", "0")]
    denied = [Field("grpc-status", "7"), Field("grpc-message", "Insufficient permissions: caf%C3%A9 100%25"),
              Field("err", "insufficient_permissions")]
    limited = head + [Field("grpc-status", "8"), Field("grpc-message", ""), Field("retry-after", "30")]
    blocks = []
    for index, parts in enumerate(
        [[head, done], [head, done + [Field("grpc-message", "")]], [head + denied],
         [head + [Field("trace-bin", "AAECAwQ")], done], [limited], [head, denied]]
    ):  # fmt: skip
        blocks += [Block(part, 2 * index + 1, part is parts[-1]) for part in parts]
    return blocks


def evictions(size: int) -> list[Block]:
    """More than a table of `size` bytes holds: entries go, come back under other numbers, and one is
    larger than the table."""
    blocks = []
    for index in range(7):
        more = [Field(f"x-part-{index % 4}", token(index + 10, 300)), Field("x-same", "same")]
        if index == 4:
            more.append(Field("x-whole-table", token(99, size)))
        if index == 5:
            more += [Field("x-same", "same"), Field("x-same", "other")]
        blocks.append(Block(request("/auth.Auth/Login", *more), 2 * index + 1, True))
    return blocks


def odd_values() -> list[Block]:
    """Values of every byte that a field may have, empty ones, long ones, and lengths around 7 bits."""
    printable = "".join(map(chr, range(0x21, 0x7F)))
    lists = [
        [Field("x-ascii", printable), Field("x-empty", ""), Field("x-space", "a b  c\td")],
        [Field(f"x-{size}", "v" * size) for size in (1, 126, 127, 128, 129, 254, 255, 256)],
        [Field("x-ascii", printable), Field("x-empty", ""), Field("n" * 200, "long name")],
        [Field("x-digits", "0123456789" * 12), Field("x-marks", "!\"#$&'()*+,/:;<=>?@[]^`{|}~" * 3)],
        [Field("cookie", "a=1"), Field("cookie", "b=2"), Field("cookie", "a=1")],
    ]
    return [
        Block(request("/auth.Auth/Login", *fields), 2 * index + 1, True)
        for index, fields in enumerate(lists)
    ]


def stories(size: int) -> list[Story]:
    """For tables of `size` bytes; what no table changes is there for the usual size alone."""
    told = [
        ("client", "requests of an auth client, secrets never indexed", requests()),
        ("server", "responses, trailers and trailers alone", responses()),
        ("client", "evictions, and a value larger than the table", evictions(size)),
    ]
    if size == 4096:
        about = "every printable byte, empty and long values, lengths around 7 bits"
        told.append(("client", about, odd_values()))
    return told
