"""The rules of gRPC over HTTP/2, which need no credential."""

from __future__ import annotations

from pieces import (
    ALL, ANSWERED, GENERATE, LOGIN, REFRESH, REFUSED, case, frame, raw, step, wanted, word,
)  # fmt: skip

SPEC = "gRPC over HTTP/2 (PROTOCOL-HTTP2.md)"
HTTP2 = "RFC 9113"
COMPRESSION = "gRPC compression.md"
CODES = "gRPC statuscodes.md"
UNKNOWN = [word(1, "unknown", "api_key"), word(2, "unknown", "refresh_token")]
MESSAGE = frame(*UNKNOWN)
HARMLESS = wanted(ALL, **{"or": ["reset", "close", "http"]}).called("any answer")
BROKEN = wanted(
    REFUSED, "CANCELLED", "DATA_LOSS", "RESOURCE_EXHAUSTED", **{"or": ["reset", "close"]}
).called("refused as broken")
MALFORMED = wanted(**{"or": ["reset", "close", "http"]}).called("refused as malformed")
BY_METHOD = wanted(ANSWERED, messages=[1, 1]).called("answered by the method")


def call(expect=None, body=None, path=REFRESH, **more):
    expect = BY_METHOD if expect is None else expect
    return step(path, MESSAGE if body is None else body, expect, **more)


def with_fields(*fields, **more):
    return call(**{"with": fields}, **more)


def requests():
    return [
        case("grpc/answers", "a unary call is answered by the method", "required", SPEC,
             "Responses: one message beside OK, none beside an error; grpc-status in the trailers",
             call()),
        case("grpc/unknown-method", "a method that the service has not is UNIMPLEMENTED",
             "required", CODES, "UNIMPLEMENTED: the operation is not implemented or supported",
             call(wanted("UNIMPLEMENTED"), path="/auth.Auth/NoSuchMethod")),
        case("grpc/unknown-method-trailers-only", "an error at once is one header block alone",
             "recommended", SPEC,
             "Trailers-Only: most responses have headers and trailers, errors at once do not need both",
             call(wanted("UNIMPLEMENTED", trailers_only=True), path="/auth.Auth/NoSuchMethod")),
        case("grpc/unknown-service", "a service that the server has not is UNIMPLEMENTED",
             "required", CODES, "UNIMPLEMENTED: the operation is not implemented or supported",
             call(wanted("UNIMPLEMENTED"), path="/no.such.Service/Login")),
        case("grpc/method-in-small-letters", "method names tell capitals from small letters",
             "required", SPEC, "Path is case-sensitive",
             call(wanted("UNIMPLEMENTED"), path="/auth.Auth/refreshapitoken")),
        case("grpc/path-without-method", "a path of one part is no method", "required", SPEC,
             "Path: /, service name, /, method name",
             call(wanted("UNIMPLEMENTED", "INTERNAL", "INVALID_ARGUMENT", **{"or": ["http", "reset"]}),
                  path="/auth.Auth")),
        case("grpc/content-type-proto", "application/grpc+proto is taken as application/grpc",
             "required", SPEC, "Content-Type: application/grpc [(+proto / +json / {custom})]",
             with_fields(("content-type", "application/grpc+proto"), without=["content-type"])),
        case("grpc/content-type-text", "a content-type that is not gRPC's is HTTP 415",
             "recommended", SPEC,
             "a Content-Type that does not begin with application/grpc should be HTTP 415",
             with_fields(("content-type", "text/html"), without=["content-type"],
                         expect=wanted(http=[415]))),
        case("grpc/content-type-json", "application/json is HTTP 415", "recommended", SPEC,
             "a Content-Type that does not begin with application/grpc should be HTTP 415",
             with_fields(("content-type", "application/json"), without=["content-type"],
                         expect=wanted(http=[415]))),
        case("grpc/content-type-missing", "a request without a content-type is HTTP 415",
             "recommended", SPEC,
             "a Content-Type that does not begin with application/grpc should be HTTP 415",
             call(wanted(http=[415]), without=["content-type"])),
        case("grpc/http-get", "a call is POST: GET reaches no method", "recommended", SPEC,
             "Request-Headers: the method is POST",
             step(REFRESH, [], wanted("INTERNAL", "UNIMPLEMENTED", **{"or": ["http", "reset"]}),
                  method="GET")),
        case("grpc/te-missing", "a request without te does no harm", "required", SPEC,
             "TE: trailers is used to detect incompatible proxies", call(HARMLESS, without=["te"])),
        case("grpc/te-gzip", "te with another value than trailers is malformed", "recommended",
             HTTP2, "8.2.2: TE must not contain any value other than trailers",
             with_fields(("te", "gzip"), without=["te"], expect=MALFORMED)),
        case("grpc/timeout-units", "grpc-timeout is taken in each of its units", "required", SPEC,
             "TimeoutUnit: H, M, S, m, u, n; at most 8 digits",
             *(with_fields(("grpc-timeout", text))
               for text in ("1H", "99999999M", "30S", "30000m", "30000000u", "99999999n"))),
        case("grpc/timeout-malformed", "a grpc-timeout that is none does no harm", "required", SPEC,
             "Timeout: at most 8 digits and a unit",
             *(with_fields(("grpc-timeout", text), expect=HARMLESS)
               for text in ("", "S", "1", "-1S", "1x", "1.5S", "123456789S"))),
        case("grpc/timeout-tiny", "a call whose time is up at once ends", "required", SPEC,
             "Timeout; the answer, or DEADLINE_EXCEEDED where the deadline passed first",
             *(with_fields(("grpc-timeout", text), expect=HARMLESS) for text in ("1n", "0n", "0S"))),
    ]  # fmt: skip


def metadata():
    return [
        case("grpc/metadata-binary", "-bin metadata in base64 is taken, padded or not", "required",
             SPEC, "Custom-Metadata: implementations must accept padded and un-padded values",
             *(with_fields(("trace-bin", text)) for text in ("AAEC", "AAE=", "AAE", ""))),
        case("grpc/metadata-binary-joined", "-bin values that are joined by commas are taken apart",
             "recommended", SPEC, "Custom-Metadata: split at commas before decoding",
             with_fields(("trace-bin", "AAEC,AAE"))),
        case("grpc/metadata-binary-wrong", "-bin metadata that is no base64 does no harm",
             "required", SPEC, "Binary-Header: base64 of the value",
             with_fields(("trace-bin", "*not base64*"), expect=HARMLESS)),
        case("grpc/metadata-twice", "a name of metadata may come twice", "required", SPEC,
             "Custom-Metadata: the order of values with the same name is kept",
             with_fields(("x-trace", "one"), ("x-trace", "two"))),
        case("grpc/metadata-large", "6,000 bytes of metadata are taken", "recommended", SPEC,
             "Request-Headers: servers may limit their size, by default to 8 KiB",
             with_fields(("x-large", "v", 6000))),
        case("grpc/metadata-huge", "60,000 bytes of metadata do no harm", "required", SPEC,
             "Request-Headers: servers may limit their size",
             with_fields(("x-huge", "v", 60000), expect=HARMLESS)),
        case("grpc/metadata-reserved", "a field of gRPC's that nobody knows is ignored", "required",
             SPEC, "names that begin with grpc- are reserved for future use",
             with_fields(("grpc-from-the-future", "1"))),
        case("grpc/user-agent", "a user-agent of any form is taken", "required", SPEC,
             "User-Agent is free text", with_fields(("user-agent", "grpc-test/0.1 (; %) \"x\""))),
        case("grpc/encoding-identity", "grpc-encoding: identity is no compression", "required",
             COMPRESSION, "identity means no compression", with_fields(("grpc-encoding", "identity"))),
        case("grpc/accept-encoding-unknown", "encodings that the server does not know are ignored",
             "required", COMPRESSION, "a peer uses what both know",
             with_fields(("grpc-accept-encoding", "zstd,snappy,identity"))),
        case("grpc/encoding-unknown-refused", "a message of an unknown encoding is refused",
             "required", COMPRESSION, "nobody can read it",
             with_fields(("grpc-encoding", "no-such-encoding"), body=frame(*UNKNOWN, flag=1),
                         expect=wanted("UNIMPLEMENTED", "INTERNAL"))),
        case("grpc/encoding-unknown", "a message of an unknown encoding is UNIMPLEMENTED",
             "recommended", COMPRESSION,
             "a message compressed in a way that the server does not support is UNIMPLEMENTED",
             with_fields(("grpc-encoding", "no-such-encoding"), body=frame(*UNKNOWN, flag=1),
                         expect=wanted("UNIMPLEMENTED"))),
        case("grpc/authorization-twice", "authorization that comes twice does no harm", "required",
             SPEC, "Custom-Metadata",
             with_fields(("authorization", "Bearer wrong"), ("authorization", "wrong"))),
        case("grpc/authorization-empty", "an empty authorization does no harm", "required", SPEC,
             "Custom-Metadata", with_fields(("authorization", ""))),
        case("grpc/name-with-capitals", "a field name with capitals is malformed", "recommended",
             HTTP2, "8.2.1: names in upper case must be treated as malformed",
             with_fields(("Authorization", "wrong"), expect=MALFORMED)),
        case("grpc/connection-field", "fields of the connection are malformed", "recommended",
             HTTP2, "8.2.2: connection-specific header fields must be treated as malformed",
             with_fields(("connection", "keep-alive"), expect=MALFORMED)),
        case("grpc/path-missing", "a request without :path is malformed", "recommended", HTTP2,
             "8.3.1: all requests have exactly one :method, :scheme and :path",
             call(MALFORMED, without=[":path"])),
        case("grpc/pseudo-field-behind", "a pseudo-header field behind others is malformed",
             "recommended", HTTP2, "8.3: pseudo-header fields come before regular ones",
             with_fields((":path", REFRESH), without=[":path"], expect=MALFORMED)),
    ]  # fmt: skip


def messages():
    prefix = "Length-Prefixed-Message"
    return [
        case("grpc/message-empty", "a message of no bytes is a message", "required", SPEC,
             f"{prefix}: a length of 0 is right", call(body=frame()), call(body=frame(), path=GENERATE)),
        case("grpc/message-none", "a unary call without a message is refused", "required", CODES,
             "UNIMPLEMENTED or INTERNAL: a request is missing", call(wanted(REFUSED), body=[])),
        case("grpc/message-twice", "a unary call with two messages is refused", "recommended",
             CODES, "UNIMPLEMENTED or INTERNAL: more requests than one",
             call(wanted(REFUSED, **{"or": ["reset"]}), body=MESSAGE + MESSAGE)),
        case("grpc/message-twice-streamed", "a call of Login with two messages is refused",
             "recommended", CODES, "UNIMPLEMENTED or INTERNAL: more requests than one",
             call(wanted(REFUSED, **{"or": ["reset"]}), body=frame() + frame(), path=LOGIN)),
        case("grpc/message-1-mebibyte", "a message of 1 MiB is taken", "required", SPEC,
             "messages of up to 4 MiB are taken by default",
             call(body=frame(word(1, "unknown", "api_key"),
                             raw(b"\x12\x80\x80\x40", "refresh_token, LEN of 1,048,576"),
                             raw("61", times=1 << 20)))),
        case("grpc/message-6-mebibytes", "a message beyond the limit is RESOURCE_EXHAUSTED",
             "recommended", CODES, "RESOURCE_EXHAUSTED: a message is larger than configured",
             call(wanted("RESOURCE_EXHAUSTED"),
                  body=frame(raw(b"\x0a\x80\x80\x80\x03", "api_key, LEN of 6,291,456"),
                             raw("61", times=6 << 20)))),
        case("grpc/message-length-2-gibibytes", "a length of 2 GiB is refused, whatever follows",
             "required", CODES, "RESOURCE_EXHAUSTED: a message is larger than configured",
             call(wanted(REFUSED, "RESOURCE_EXHAUSTED", "CANCELLED", **{"or": ["reset", "close"]}),
                  body=[raw("007fffffff", "prefix: not compressed, 2,147,483,647 bytes"), raw("00")])),
        case("grpc/message-length-open", "a length of 2 GiB is refused before more comes",
             "recommended", CODES, "RESOURCE_EXHAUSTED: a message is larger than configured",
             call(wanted("RESOURCE_EXHAUSTED", "INTERNAL", **{"or": ["reset", "close"]}),
                  body=[raw("007fffffff", "prefix: not compressed, 2,147,483,647 bytes")], ends=False)),
        case("grpc/prefix-truncated", "a request that ends within a prefix is refused", "required",
             SPEC, f"{prefix}: 5 bytes, then the message",
             call(BROKEN, body=[raw("000000", "3 bytes of a prefix")])),
        case("grpc/message-truncated", "a request that ends within a message is refused", "required",
             SPEC, f"{prefix}: as many bytes as its length says",
             call(BROKEN, body=[raw("0000000064", "prefix: 100 bytes"), *UNKNOWN])),
        case("grpc/byte-behind-message", "a byte behind the message is refused", "recommended",
             SPEC, f"{prefix}: a request is a sequence of them",
             call(BROKEN, body=MESSAGE + [raw("00", "a byte of a second prefix")])),
        case("grpc/compressed-without-encoding", "a compressed message without grpc-encoding is INTERNAL",
             "required", COMPRESSION,
             "INTERNAL: the compressed flag is set, and no encoding is named",
             call(wanted("INTERNAL"), body=frame(*UNKNOWN, flag=1))),
        case("grpc/compressed-identity", "a compressed message of the encoding identity is INTERNAL",
             "required", COMPRESSION, "INTERNAL: the compressed flag is set for identity",
             with_fields(("grpc-encoding", "identity"), body=frame(*UNKNOWN, flag=1),
                         expect=wanted("INTERNAL"))),
        case("grpc/flag-2", "a flag other than 0 and 1 is refused", "recommended", SPEC,
             "Compressed-Flag: 0 or 1", call(BROKEN, body=frame(*UNKNOWN, flag=2))),
    ]  # fmt: skip
