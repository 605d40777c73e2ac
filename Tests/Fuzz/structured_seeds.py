"""First inputs of the targets that take their inputs apart into choices."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

FIXTURES = Path(__file__).resolve().parent.parent.parent / "Fixtures"
TOKEN = "0123456789abcdef0123456789abcdef"


def frame_steps(frames: list[bytes]) -> bytes:
    """Frames as the targets for sessions take them; long ones are left out."""
    steps = b"\x00"
    for frame in frames:
        payload = frame[9:]
        if len(payload) < 256 and frame[3] < 16:
            steps += bytes([frame[3], frame[4], frame[8] & 0x1F, len(payload)]) + payload
    return steps


def seeds() -> Iterator[tuple[str, str, bytes]]:
    """Target, name and bytes of each input."""
    for number, data in enumerate(SESSIONS):
        yield "clientframes", f"made-{number}", data
        yield "serverframes", f"made-{number}", data
    for number, data in enumerate(CALLS):
        yield "calls", f"made-{number}", data
    for number in range(4):
        yield "tlspeers", f"empty-{number}", bytes([number])
        yield "tlspeers", f"record-{number}", bytes([number]) + bytes.fromhex(
            "160303007a0100007603031111111111111111111111111111111111111111111111111111111111111111"
            "00000a1301130213031303c02f0100004300000e000c0000096c6f63616c686f7374000a00040002001d"
            "0010000500030268320033000200000000002b0003020304000d0006000404030804"
        )
    for path in sorted((FIXTURES / "help").iterdir()):
        for number, line in enumerate(re.findall(r"^  (?:momento-auth|wiredump|wirebench) (.*)$", path.read_text(), re.M)):
            program = 1 if path.name.startswith("wiredump") else 0
            yield "commands", f"{path.name}-{number}", bytes([program]) + line.replace(" ", "\n").encode()
    for number, line in enumerate(COMMANDS):
        yield "commands", f"made-{number}", line
    for target, texts in TEXTS.items():
        for number, text in enumerate(texts):
            yield target, f"text-{number}", text if isinstance(text, bytes) else text.encode()
    for number, (choice, *bodies) in enumerate(ANSWERS):
        answers = b"".join(b"\x00" + len(body).to_bytes(2, "big") + body.encode() for body in bodies)
        yield "answers", f"made-{number}", bytes([choice]) + answers
    for name in ("etcd", "secret_manager"):
        for key, digits in json.loads((FIXTURES / "stores" / f"{name}.json").read_text()).items():
            if isinstance(digits, str) and re.fullmatch(r"(?:[0-9a-f]{2})*", digits):
                yield "storemessages", f"{name}-{key}", bytes.fromhex(digits)
    for path in sorted((FIXTURES / "cache-messages").glob("*.bin")):
        yield "storemessages", path.name, path.read_bytes()


SESSIONS = [
    # SETTINGS, then a request or a response of made fields, a body, trailers.
    b"\x03\x04\x00\x00\x00" + b"\x11\x04\x01\x05\x00\x01\x02\x03\x07" + b"\x00\x01\x01\x03abc",
    b"\x03\x04\x01\x00\x00" + b"\xc0\x00" + b"\x11\x04\x01\x02\x04\x07" + b"\x00\x00\x01\x08\0\0\0\0\3abc"
    + b"\x11\x05\x01\x01\x09",
    b"\x05\xc0\x01\x11\x04\x01\x02\x04\x07\x03\x00\x01\x04\0\0\0\x08\x07\x00\x00\x08\0\0\0\0\0\0\0\0",
    b"\x07\x11\x00\x01\x02\x00\x01\x09\x04\x01\x02\x01\x01\xc2\x10\xc3\x10\xc4\x08\x08\x00\x01\x04\0\0\0\7"
    b"\x06\x00\x00\x08abcdefgh\x02\x00\x01\x05\0\0\0\0\7",
]
CALLS = [
    b"\x00\x00\x00\x00\x00\x06\x07\x03\x05\x08\0\0\0\0\3abc\x00\x08\x0b\x04",
    b"\x01\x00\x02\x04\x00\x01\x06\x00\x06\x07\x00\x0a\x11\x03\x05\x05\0\0\0\0\0\x06",
    b"\x02\x00\x01\x04\x00\x02\x03\x00\x0f\x45AAEC=\x00\x09\x14\x04",
    b"10S",
    b"%E2%98%82 abc%zz",
    b"AAEC,AA==,AAE",
]
COMMANDS = [
    b"\x00generate-token\n--scope\nsuper-user\n--expires-in\n30d\n--json",
    b"\x00generate-disposable-token\n--permission\ntopic:subscribe:chat:lobby\n--expires-in=30m",
    b"\x00serve\n--listen\n127.0.0.1:0\n--max-memory\n64MiB\n--max-permissions\n7",
    b"\x00rotate\nrun\n--store\nfile:./key.json\n--check-interval\n1m",
    b"\x00help\nrotate\nlambda",
    b"\x01dump\n--format\nhex\n--where\nstatus!=0\n-\n",
    b"\x01tap\n--listen\n[::1]:9000\n--to\nlocalhost:1\n--max-backlog\n1GiB",
    b"\x01fixture\ncheck\n--\n-x",
    b"\x02call\n--connections\n4\n--help",
]
JSON = '{"apiKey":"k","refreshToken":"r","validUntil":1764000000,"endpoint":"e.example"}'
INTENT = (
    '{"format":1,"operation":"' + TOKEN + '","attempt":1,"owner":"' + TOKEN + '","from":"1",'
    '"fromFingerprint":"f","startedAt":1,"phase":"refreshing"}'
)
TEXTS = {
    "state": [
        JSON,
        "key",
        '{"format":"momento-auth service state","version":1,"signingKey":"' + "A" * 43 + '=",'
        '"refreshKey":"' + "A" * 43 + '=","keys":[],"usedRefreshTokens":{"a":1}}',
        '{"format":"momento-auth service caches","version":1,"caches":[{"name":"a","items":'
        '[{"key":"AA==","value":"AA==","expiresAt":1}]}]}',
        '{"identity":"i","intent":' + INTENT + ',"document":' + JSON + "}",
        '{"identity":"i","operation":"' + TOKEN + '","retireAt":1,"document":' + JSON + "}",
        '{"intent":' + INTENT + ',"pending":' + JSON + "}",
        '{"directory":"d","identity":"i","intent":' + INTENT + ',"document":' + JSON
        + ',"deadline":1,"isResumed":true}',
        '{"result":"failed","kind":"retryable","code":"c","message":"m","mayHaveHappened":true}',
        "[default]\naws_access_key_id = a ; c\n[profile x]\nregion=eu-west-1\ns3 =\n  max=1\n",
        '{"type":"service_account","client_email":"a@b","private_key":"-----BEGIN PRIVATE KEY-----",'
        '"private_key_id":"1","token_uri":"https://oauth2.googleapis.com/token"}',
    ],
    "httprequests": [
        "\x05GET /a?b=c HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.0\r\n\r\n",
        "\x03POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\nabc",
        "\x01POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nA: b\r\n\r\n",
    ],
    "events": [
        '{"Step":"createSecret","SecretId":"s","ClientRequestToken":"' + TOKEN + '","RotationToken":"t"}',
        '{"SecretId":"s","force":true}',
        '{"momento_auth_token_secret_name":"s"}',
        '{"message":{"attributes":{"eventType":"SECRET_ROTATE","secretId":"projects/1/secrets/s"}}}',
    ],
    "urls": [
        "file:///key.json?allow-readable=true",
        "aws-secretsmanager:momento/key?region=eu-west-1&endpoint=http://127.0.0.1:1&fips=true",
        "aws-secretsmanager:arn:aws:secretsmanager:eu-west-1:1:secret:name",
        "gcp-secretmanager:projects/p/locations/l/secrets/s?endpoint=127.0.0.1:1&plaintext=true",
        "vault:kv/a%2Fb?address=https://h&auth=approle&role-id-file=a&secret-id-file=b",
        "kubernetes:a/b?server=https://[::1]:6443&token-file=t&key=k",
        "etcd:k?endpoints=[::1]:2379,h&tls=true&user=u&timeout=3",
        "https://cell-1.example.com:9443/a?b",
        "https://:443",
    ],
}
SECRET_STRING = json.dumps({"Name": "key", "VersionId": TOKEN, "SecretString": JSON, "CreatedDate": 1.5})
DESCRIPTION = json.dumps(
    {"ARN": "a", "Name": "key", "VersionIdsToStages": {TOKEN: ["AWSCURRENT"]}, "RotationEnabled": True}
)
CREDENTIALS = (
    '{"Code":"Success","AccessKeyId":"a","SecretAccessKey":"s","Token":"t",'
    '"Expiration":"2027-11-24T17:00:00Z"}'
)
ROLE = (
    "<AssumeRoleResponse><Credentials><AccessKeyId>a</AccessKeyId><SecretAccessKey>s&amp;s"
    "</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2027-11-24T17:00:00Z</Expiration>"
    "</Credentials></AssumeRoleResponse>"
)
VAULT = json.dumps({"data": {"data": json.loads(JSON), "metadata": {"version": 3}}})
KUBERNETES = json.dumps(
    {"metadata": {"resourceVersion": "1", "name": "b"}, "data": {"key.json": "eyJhcGlLZXkiOiJrIn0="}}
)
ANSWERS = [
    (0, DESCRIPTION, SECRET_STRING, "{}", "{}", DESCRIPTION, SECRET_STRING),
    (0, '{"__type":"com.amazon#AccessDeniedException","Message":"m"}'),
    (1, VAULT, VAULT, VAULT, VAULT),
    (2, KUBERNETES, KUBERNETES, KUBERNETES),
    (3, "token", "role", CREDENTIALS),
    (4, CREDENTIALS),
    (5, ROLE),
    (6, '{"access_token":"t","expires_in":3599,"token_type":"Bearer"}'),
]
