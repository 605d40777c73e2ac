"""Pieces of request bodies and of cases, from which `make.py` writes the suite."""

from __future__ import annotations

from typing import Any

Piece = dict[str, Any]
KINDS = {0: "VARINT", 1: "I64", 2: "LEN", 3: "SGROUP", 4: "EGROUP", 5: "I32"}
ALL = [
    "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND",
    "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED",
    "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED",
]  # fmt: skip
# What a method itself may say of a credential that nobody has given out.
ANSWERED = [
    "OK", "INVALID_ARGUMENT", "NOT_FOUND", "PERMISSION_DENIED", "FAILED_PRECONDITION",
    "UNAUTHENTICATED",
]  # fmt: skip
REFUSED = ["INTERNAL", "INVALID_ARGUMENT", "UNIMPLEMENTED", "UNKNOWN"]

GENERATE = "/auth.Auth/GenerateApiToken"
REFRESH = "/auth.Auth/RefreshApiToken"
LOGIN = "/auth.Auth/Login"
DISPOSABLE = "/token.Token/GenerateDisposableToken"


def varint(number: int) -> bytes:
    data = b""
    while number >= 0x80:
        data += bytes([number & 0x7F | 0x80])
        number >>= 7
    return data + bytes([number])


def raw(data: bytes | str, note: str = "", times: int = 0) -> Piece:
    """Bytes as they are."""
    piece: Piece = {"hex": data if isinstance(data, str) else data.hex()}
    if times:
        piece["times"] = times
    if note:
        piece["note"] = note
    return piece


def tag(number: int, kind: int) -> bytes:
    return varint(number << 3 | kind)


def block(number: int, content: bytes, note: str) -> Piece:
    """A field of the type LEN, whole."""
    return raw(tag(number, 2) + varint(len(content)) + content, note)


def word(number: int, text: str, name: str) -> Piece:
    return block(number, text.encode(), f'{name} = "{text}"')


def field_bytes(number: int, content: bytes) -> bytes:
    return tag(number, 2) + varint(len(content)) + content


def secret(number: int, name: str, value: str) -> list[Piece]:
    """A field of the type LEN that holds a named value."""
    return [raw(tag(number, 2), f"{name}, LEN"), {"length": [{"value": value}]}]


def frame(*pieces: Piece, flag: int = 0) -> list[Piece]:
    piece: Piece = {"frame": list(pieces)}
    if flag:
        piece["flag"] = flag
    return [piece]


def step(path: str, body: list[Piece], expect: dict[str, Any], **more: Any) -> dict[str, Any]:
    request: dict[str, Any] = {"path": path}
    for key in ("method", "without", "with", "ends"):
        if key in more:
            request[key] = more.pop(key)
    if "with" in request:
        request["with"] = [header(*entry) for entry in request["with"]]
    request["body"] = body
    return {**more, "request": request, "expect": expect}


def header(name: str, value: str, times: int = 1) -> dict[str, Any]:
    return {"name": name, "value": value} | ({"times": times} if times != 1 else {})


class Expectation(dict):
    """What has to come of a request; those with a name are written once for their document."""

    name: str | None = None

    def called(self, name: str) -> Expectation:
        self.name = name
        return self


def wanted(*statuses: str | list[str], **more: Any) -> Expectation:
    names = [name for s in statuses for name in ([s] if isinstance(s, str) else s)]
    return Expectation(status=names, **more)


def case(
    name: str, title: str, level: str, source: str, says: str, *steps: Any, needs: list[str] = []
) -> dict[str, Any]:
    return {
        "name": name,
        "title": title,
        "level": level,
        "rule": {"source": source, "says": says},
        "needs": needs,
        "steps": list(steps),
    }


# Momento's messages


def expires(number: int, seconds: int) -> Piece:
    inner = b"\x08" + varint(seconds) if seconds else b""
    return block(number, inner, f"expires: valid_for_seconds = {seconds}")


ALL_SELECTOR = b""


def cache(role: int, name: str | None, item: tuple[str, str] | None = None) -> bytes:
    """PermissionsType with cache_permissions; `name` None: all caches."""
    selector = field_bytes(2, b"") if name is None else field_bytes(3, named(1, name))
    inner = b"\x08" + varint(role) + selector
    if item:
        inner += field_bytes(5, named(1 if item[0] == "key" else 2, item[1]))
    return field_bytes(1, inner)


def topic(role: int, name: str | None, text: str | None, prefix: bool = False) -> bytes:
    selector = field_bytes(2, b"") if name is None else field_bytes(3, named(1, name))
    which = field_bytes(4, b"") if text is None else field_bytes(5, named(2 if prefix else 1, text))
    return field_bytes(2, b"\x08" + varint(role) + selector + which)


def named(number: int, text: str) -> bytes:
    """A string of a oneof, which is written when it is empty, too."""
    return field_bytes(number, text.encode())


def explicit(*entries: bytes) -> bytes:
    return field_bytes(2, b"".join(field_bytes(1, entry) for entry in entries))


SUPER_USER = b"\x08\x00"
ALL_DATA = explicit(cache(1, None), topic(1, None, None))


def generate(
    token: str, scope: bytes, words: str, seconds: int | None = 3600, *more: Piece
) -> list[Piece]:
    """GenerateApiToken's request; `seconds` None: never."""
    expiry = block(1, b"", "never") if seconds is None else expires(2, seconds)
    return frame(expiry, *secret(3, "auth_token", token), block(4, scope, words), *more)


def refresh(key: str, token: str) -> list[Piece]:
    return frame(*secret(1, "api_key", key), *secret(2, "refresh_token", token))


def disposable(
    token: str, scope: bytes, words: str, seconds: int | None = 600, *more: Piece
) -> list[Piece]:
    expiry = [] if seconds is None else [expires(1, seconds)]
    return frame(*expiry, *secret(2, "auth_token", token), block(3, scope, words), *more)


def text_field(number: int, name: str, **more: Any) -> dict[str, Any]:
    return {"field": [number], "name": name, "type": "string", **more}


def time_field(number: int, seconds: int) -> dict[str, Any]:
    near = {"now": seconds, "within": 60}
    return {"field": [number], "name": "valid_until", "type": "number", "near": near}


def key_answer(seconds: int | None = 3600, differs: list[str] = []) -> dict[str, Any]:
    """A key as GenerateApiToken and RefreshApiToken give it; `seconds` None: one for ever."""
    more = {"differs": differs} if differs else {}
    fields = [text_field(1, "api_key", **more), text_field(3, "endpoint")]
    if seconds is None:
        fields.append(text_field(2, "refresh_token", absent=True))
        fields.append({"field": [4], "name": "valid_until", "type": "number", "absent": True})
    else:
        fields += [text_field(2, "refresh_token"), time_field(4, seconds)]
    name = f"key, {'for ever' if seconds is None else f'{seconds} s'}"
    name += "".join(f", not {other}" for other in differs)
    return wanted("OK", messages=[1, 1], fields=fields).called(name)


def token_answer(seconds: int = 600) -> dict[str, Any]:
    fields = [text_field(1, "api_key"), text_field(2, "endpoint"), time_field(3, seconds)]
    return wanted("OK", messages=[1, 1], fields=fields).called(f"token, {seconds} s")
