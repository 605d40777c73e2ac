#!/usr/bin/env python3
"""Makes vectors.json: requests, and what two official implementations sign them with.

    pip install botocore==1.44.8 awscrt==0.38.1 && python3 make.py > vectors.json

Both must agree on every header signature; the signed URLs are those of awscrt alone. The
credentials are the published example ones. The random requests come from a fixed seed.
"""

from __future__ import annotations

import datetime
import json
import random
import urllib.parse

from awscrt.auth import AwsCredentialsProvider, AwsSigningAlgorithm, AwsSigningConfig
from awscrt.auth import AwsSignatureType, AwsSignedBodyHeaderType, aws_sign_request
from awscrt.http import HttpHeaders, HttpRequest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

KEY, SECRET = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
TIME = datetime.datetime(2015, 8, 30, 12, 36, 0, tzinfo=datetime.timezone.utc)
TOKEN = "6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267"


class FixedTime(SigV4Auth):
    def add_auth(self, request: AWSRequest) -> None:
        request.context["timestamp"] = TIME.strftime("%Y%m%dT%H%M%SZ")
        self._modify_request_before_signing(request)
        canonical = self.canonical_request(request)
        string_to_sign = self.string_to_sign(request, canonical)
        signature = self.signature(string_to_sign, request)
        self._inject_signature_to_request(request, signature)
        request.context["texts"] = canonical, string_to_sign, signature


def by_botocore(case: dict) -> tuple[str, str, str]:
    request = AWSRequest(
        method=case["method"], url=case["url"], data=case["body"].encode(), headers=case["fields"]
    )
    credentials = Credentials(KEY, SECRET, case.get("token"))
    FixedTime(credentials, case["service"], case["region"]).add_auth(request)
    return request.context["texts"]


def by_awscrt(case: dict, kind: AwsSignatureType) -> str:
    url = urllib.parse.urlsplit(case["url"])
    request = HttpRequest(case["method"], url.path + ("?" + url.query if url.query else ""))
    request.headers.add("Host", url.netloc)
    for name, value in case["fields"].items():
        request.headers.add(name, value)
    if case["body"]:
        import io

        request.body_stream = io.BytesIO(case["body"].encode())
    config = AwsSigningConfig(
        algorithm=AwsSigningAlgorithm.V4,
        signature_type=kind,
        credentials_provider=AwsCredentialsProvider.new_static(KEY, SECRET, case.get("token")),
        region=case["region"],
        service=case["service"],
        date=TIME,
        use_double_uri_encode=True,
        should_normalize_uri_path=True,
        signed_body_header_type=AwsSignedBodyHeaderType.NONE,
        expiration_in_seconds=3600 if kind == AwsSignatureType.HTTP_REQUEST_QUERY_PARAMS else None,
    )
    signed = aws_sign_request(request, config).result(10)
    if kind == AwsSignatureType.HTTP_REQUEST_HEADERS:
        return signed.headers.get("Authorization").rsplit("Signature=", 1)[1]
    return signed.path.rsplit("X-Amz-Signature=", 1)[1]


def chosen() -> list[dict]:
    host = "https://example.amazonaws.com"
    unreserved = "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    get = [
        ("vanilla", "/", {}),
        ("unreserved-path", "/" + unreserved, {}),
        ("encoded-path", "/%E1%88%B4/a%20b", {}),
        ("relative-path", "/example/..", {}),
        ("two-relative-segments", "/example1/example2/../..", {}),
        ("dot-in-path", "/./example", {}),
        ("empty-segments", "//example//", {}),
        ("query-order-of-keys", "/?Param2=value2&Param1=value1", {}),
        ("query-order-of-case", "/?Param-3=Value3&Param=Value2&%E1%88%B4=Value1", {}),
        ("query-without-value", "/?Param1=", {}),
        ("query-unreserved", f"/?{unreserved}={unreserved}", {}),
        ("field-with-spaces", "/", {"My-Header1": "  value1", "My-Header2": '"a   b   c"'}),
        ("fields-out-of-order", "/", {"Zeta": "1", "alpha": "2", "My-Header": "3"}),
        ("port", None, {}),
    ]
    cases = []
    for name, path, fields in get:
        url = host + path if path else "http://127.0.0.1:5000/"
        cases.append({"name": name, "method": "GET", "url": url, "fields": fields, "body": ""})
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    cases.append(
        {"name": "form", "method": "POST", "url": host + "/", "fields": form, "body": "Param1=value1"}
    )
    vanilla = {"name": "session-token", "method": "GET", "url": host + "/", "fields": {}, "body": ""}
    cases.append(vanilla | {"token": TOKEN})
    secret = {
        "Content-Type": "application/x-amz-json-1.1",
        "X-Amz-Target": "secretsmanager.GetSecretValue",
    }
    cases.append(
        {
            "name": "get-secret-value",
            "method": "POST",
            "url": "https://secretsmanager.us-west-2.amazonaws.com/",
            "fields": secret,
            "body": '{"SecretId":"momento/authentication-token"}',
            "token": TOKEN,
            "region": "us-west-2",
            "service": "secretsmanager",
        }
    )
    return cases


def at_random(count: int) -> list[dict]:
    source = random.Random(20261124)
    letters = "abcXYZ019-._~ /+=&%*'()!ሴ"

    def text(most: int) -> str:
        return "".join(source.choice(letters) for _ in range(source.randint(1, most)))

    cases = []
    for number in range(count):
        path = "/" + urllib.parse.quote(text(12), safe="/~")
        pairs = {urllib.parse.quote(text(5), safe="~"): text(8) for _ in range(source.randint(0, 4))}
        query = "&".join(f"{k}={urllib.parse.quote(v, safe='~')}" for k, v in pairs.items())
        case = {
            "name": f"random-{number}",
            "method": source.choice(["GET", "POST", "PUT", "DELETE"]),
            "url": f"https://host{number}.amazonaws.com{path}" + (f"?{query}" if query else ""),
            "fields": {"X-Amz-Target": f"service.Action{number}", "X-Note": "a  b " + str(number)},
            "body": text(60) if source.random() < 0.6 else "",
            "region": source.choice(["us-east-1", "eu-central-2"]),
            "service": source.choice(["sts", "secretsmanager"]),
        }
        if source.random() < 0.5:
            case["token"] = urllib.parse.quote(text(40))
        cases.append(case)
    return cases


def main() -> None:
    vectors = []
    for case in chosen() + at_random(60):
        case.setdefault("region", "us-east-1")
        case.setdefault("service", "service")
        canonical, string_to_sign, signature = by_botocore(case)
        other = by_awscrt(case, AwsSignatureType.HTTP_REQUEST_HEADERS)
        if signature != other:
            raise SystemExit(f"{case['name']}: botocore and awscrt differ")
        case |= {"canonical": canonical, "stringToSign": string_to_sign, "signature": signature}
        case["querySignature"] = by_awscrt(case, AwsSignatureType.HTTP_REQUEST_QUERY_PARAMS)
        vectors.append(case)
    document = {
        "made with": "botocore 1.44.8, awscrt 0.38.1",
        "accessKeyID": KEY,
        "secretAccessKey": SECRET,
        "epochSeconds": int(TIME.timestamp()),
        "vectors": vectors,
    }
    print(json.dumps(document, indent=1, ensure_ascii=True))


if __name__ == "__main__":
    main()
