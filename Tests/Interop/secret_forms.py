"""Looks for secrets in what programs say: as they are, in every usual encoding, and in parts."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

# So many bytes of a secret are as bad as all of it.
PART = 12
# What digits of the same byte may have between them, and before them.
BETWEEN_DIGITS = re.compile(rb"\\x|\\u00|%|0x|[\s:,\-]", re.IGNORECASE)
# As JSON, percent-encoding, Swift and C write a byte that they do not leave as it is.
ESCAPED = re.compile(rb"\\u00([0-9a-f]{2})|%([0-9a-f]{2})|\\x([0-9a-f]{2})", re.IGNORECASE)


def encodings(secret: bytes) -> Iterator[bytes]:
    """The secret and its base64, wherever it begins in what is encoded; the edges are left out."""
    yield secret
    for before in range(3):
        encoded = base64.b64encode(b"\0" * before + secret)
        inner = encoded[-(-before * 4 // 3) :].rstrip(b"=")[:-1]
        yield inner
        yield inner.replace(b"+", b"-").replace(b"/", b"_")


def parts(text: bytes) -> Iterator[bytes]:
    return (text[start : start + PART] for start in range(len(text) - PART + 1))


def readings(text: bytes) -> Iterator[bytes]:
    """What a text may say: itself, without its escapes, and its digits as bytes."""
    yield text
    if ESCAPED.search(text):
        yield ESCAPED.sub(lambda m: bytes.fromhex((m[1] or m[2] or m[3]).decode()), text)
    if b"\\" in text:
        yield text.replace(b"\\/", b"/").replace(b"\\n", b"\n")
    for line in text.splitlines():
        digits = BETWEEN_DIGITS.sub(b"", line)
        for run in re.findall(rb"[0-9a-fA-F]{%d,}" % (2 * PART), digits):
            for start in (0, 1):
                even = run[start : start + (len(run) - start) // 2 * 2]
                yield bytes.fromhex(even.decode())


@dataclass
class Secrets:
    """Secrets by what they are, and the parts by which each is found."""

    names: dict[bytes, str] = field(default_factory=dict)

    def add(self, name: str, secret: "str | bytes") -> None:
        """A secret that is shorter than a part is looked for as a whole."""
        value = secret.encode() if isinstance(secret, str) else secret
        for form in encodings(value):
            for part in parts(form) if len(form) > PART else (form,):
                self.names.setdefault(part, name)

    def add_token(self, name: str, token: str) -> None:
        """The signature of a JWT, or of the one in a bundle: its claims are no secret, and are shown."""
        self.add(name, (token if token.count(".") == 2 else inner_key(token)).rsplit(".", 1)[1])

    def found_in(self, text: bytes) -> set[str]:
        lengths = {len(part) for part in self.names}
        return {
            self.names[reading[start : start + length]]
            for reading in readings(text)
            for length in lengths
            for start in range(len(reading) - length + 1)
            if reading[start : start + length] in self.names
        }


def inner_key(bundle: str) -> str:
    """The key in a bundle of endpoint and key."""
    return re.search(r'"api_key":"([^"]+)"', base64.b64decode(bundle).decode())[1]
