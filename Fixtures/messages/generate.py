"""Makes the golden messages anew: `python generate.py`, run by hand, never by CI.

Needs the PyPI packages `momento-wire-types` and `protobuf`. The bytes of valid messages, their JSON and
their canonical form are what these packages say; the texts of errors are ours. Output depends on
nothing else: no clock, no random numbers.
"""
import hashlib
import json
import pathlib
import re

from google.protobuf import descriptor_pool, message_factory
from google.protobuf.json_format import MessageToDict
from google.protobuf.message import DecodeError
from momento_wire_types import auth_pb2, permissionmessages_pb2, token_pb2  # noqa: F401 (registers)

HERE = pathlib.Path(__file__).parent
PERMISSIONS = "permission_messages.Permissions"
LIST = "permission_messages.ExplicitPermissions"
ENTRY = "permission_messages.PermissionsType"
GENERATE = "auth._GenerateApiTokenRequest"
GENERATED = "auth._GenerateApiTokenResponse"
REFRESH = "auth._RefreshApiTokenRequest"
REFRESHED = "auth._RefreshApiTokenResponse"
LOGIN = "auth._LoginRequest"
STEP = "auth._LoginResponse"
DISPOSE = "token._GenerateDisposableTokenRequest"
DISPOSED = "token._GenerateDisposableTokenResponse"
CELL = "cell.example.test"


def message_class(name):
    pool = descriptor_pool.Default()
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(name))


def varint(number, length=0):
    """A varint; padded with needless bytes up to `length`."""
    out = bytearray()
    while number > 0x7F or len(out) + 1 < length:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes(out) + bytes([number])


def field(number, content):
    return varint(number << 3 | 2) + varint(len(content)) + content


def groups(depth):
    """Groups of field 1 in one another."""
    return "0b" * depth + "0c" * depth


def accepts(message, data):
    try:
        message_class(message).FromString(data)
        return True
    except DecodeError:
        return False


class Fixtures:
    def __init__(self, folder):
        self.folder = folder
        self.golden, self.bad = [], []

    def value(self, name, message, note="", /, **fields):
        """A message given by its fields: the package writes the bytes."""
        data = message_class(message)(**fields).SerializeToString(deterministic=True)
        self.add(name, message, data, note)

    def wire(self, name, message, data, note, unknown=""):
        """A message given by its bytes, mostly not canonical. Without `unknown`, the package says what
        the canonical form is. With it, it is the known fields and then those bytes as they came: the
        package sorts or rewrites some of them, which the encoding does not ask for."""
        self.add(name, message, bytes.fromhex(data), note, bytes.fromhex(unknown))

    def add(self, name, message, data, note, unknown=b""):
        parsed = message_class(message)()
        parsed.ParseFromString(data)
        as_json = MessageToDict(parsed, preserving_proto_field_name=True)
        if unknown:
            parsed.DiscardUnknownFields()
        canonical = parsed.SerializeToString(deterministic=True) + unknown
        again = message_class(message).FromString(canonical)
        assert MessageToDict(again, preserving_proto_field_name=True) == as_json, name
        entry = self.entry(name, message, data, self.folder)
        if canonical != data:
            entry["canonical"] = canonical.hex()
        entry["accepted_prefixes"] = [n for n in range(len(data)) if accepts(message, data[:n])]
        entry["json"] = as_json
        entry["note"] = note
        self.golden.append(entry)

    def refused(self, name, message, data, error, note=""):
        data = bytes.fromhex(data)
        assert not accepts(message, data), f"{name} was accepted"
        entry = self.entry(name, message, data, self.folder / "bad")
        self.bad.append(entry | {"error": error, "note": note})

    def entry(self, name, message, data, folder):
        assert name not in [e["name"] for e in self.golden + self.bad], name
        (folder / f"{name}.bin").write_bytes(data)
        return {"name": name, "message": message, "size": len(data),
                "sha256": hashlib.sha256(data).hexdigest()}

    def write(self):
        names = {f"{e['name']}.bin" for e in self.golden}, {f"{e['name']}.bin" for e in self.bad}
        for folder, kept in zip((self.folder, self.folder / "bad"), names):
            for path in folder.glob("*.bin"):
                if path.name not in kept:
                    path.unlink()
        text = json.dumps({"golden": self.golden, "bad": self.bad}, indent=1)
        # Lists of numbers stay on one line.
        text = re.sub(r"\[\s+(\d[\d,\s]*?)\s+\]", lambda m: f"[{' '.join(m[1].split())}]", text)
        (self.folder / "manifest.json").write_text(text + "\n")


def cache(role=0, item=None, **selectors):
    if item:
        selectors["item_selector"] = item
    return {"cache_permissions": {"role": role, **selectors}}


def topic(role=0, **selectors):
    return {"topic_permissions": {"role": role, **selectors}}


def function(role=0, **selectors):
    return {"function_permissions": {"role": role, **selectors}}


def explicit(*entries):
    return {"explicit": {"permissions": list(entries)}}


FOO = {"cache_selector": {"cache_name": "foo"}}
ALL_CACHES = {"all_caches": {}}
ALL_DATA = [cache(1, **ALL_CACHES), topic(1, **ALL_CACHES, all_topics={}),
            function(1, **ALL_CACHES, all_functions={})]
SUPER = {"super_user": 0}


def permissions(f):
    f.value("perm-empty", PERMISSIONS, "no right at all: the oneof is not set")
    f.value("perm-superuser", PERMISSIONS, "0 in a oneof is written", **SUPER)
    f.value("perm-explicit-empty", PERMISSIONS, "a list without entries is written", **explicit())
    f.value("perm-alldata-js", PERMISSIONS, "all data: cache, topic, function", **explicit(*ALL_DATA))
    f.value("perm-alldata-go-rust-py", PERMISSIONS, "all data: cache, topic", **explicit(*ALL_DATA[:2]))
    f.value("perm-alldata-go-order", PERMISSIONS, "all data: topic, cache",
            **explicit(ALL_DATA[1], ALL_DATA[0]))
    cow, pet = {"key": b"cow"}, {"key_prefix": b"pet"}
    entries = {
        "perm-cache-ro-named": cache(2, **FOO),
        "perm-cache-wo-key": cache(3, cow, **FOO),
        "perm-cache-ro-prefix-all": cache(2, pet, **ALL_CACHES),
        "perm-cache-allitems": cache(1, **FOO, all_items={}),
        "perm-cache-permitnone": cache(0, **FOO),
        "perm-cache-nothing-set": cache(),
        "perm-topic-sub-name": topic(2, **FOO, topic_selector={"topic_name": "t1"}),
        "perm-topic-pub-prefix": topic(3, **FOO, topic_selector={"topic_name_prefix": "room-"}),
        "perm-topic-permitnone": topic(0, **ALL_CACHES, all_topics={}),
        "perm-func-name": function(1, **FOO, function_selector={"function_name": "f"}),
        "perm-func-prefix": function(1, **FOO, function_selector={"function_name_prefix": "fn-"}),
        "perm-func-permitnone": function(0, **ALL_CACHES, all_functions={}),
    }
    for name, entry in entries.items():
        f.value(name, PERMISSIONS, "", **explicit(entry))
    f.value("perm-mixed", PERMISSIONS, "each entry keeps its own selectors",
            **explicit(*entries.values()))
    many = [cache(2, {"key": b"key-%d" % i}, **FOO) for i in range(100)]
    f.value("perm-many", PERMISSIONS, "100 entries, lengths of two bytes", **explicit(*many))
    f.value("list-one-empty-entry", LIST, "an entry of which nothing is set", permissions=[{}])
    f.value("entry-topic", ENTRY, **ALL_DATA[1])


def parts(f):
    """Each nested message by itself."""
    f.value("all", ENTRY + ".All", "a message without fields")
    f.value("cache-selector", ENTRY + ".CacheSelector", cache_name="foo")
    f.value("cache-selector-empty", ENTRY + ".CacheSelector", "set but empty", cache_name="")
    f.value("cache-selector-unset", ENTRY + ".CacheSelector", "not set")
    f.value("item-selector-binary", ENTRY + ".CacheItemSelector", "no UTF-8", key=b"\xff\x00\xc0\x80")
    f.value("item-selector-empty", ENTRY + ".CacheItemSelector", "set but empty", key=b"")
    f.value("item-selector-prefix", ENTRY + ".CacheItemSelector", key_prefix=bytes(range(256)))
    f.value("topic-selector-empty", ENTRY + ".TopicSelector", "set but empty", topic_name="")
    f.value("function-selector-empty", ENTRY + ".FunctionSelector", "set but empty",
            function_name_prefix="")
    f.value("cache-permissions", ENTRY + ".CachePermissions", **cache(2, **FOO)["cache_permissions"])
    f.value("topic-permissions", ENTRY + ".TopicPermissions", **ALL_DATA[1]["topic_permissions"])
    f.value("function-permissions", ENTRY + ".FunctionPermissions",
            **ALL_DATA[2]["function_permissions"])
    f.value("expires", GENERATE + ".Expires", valid_for_seconds=127)
    f.value("expires-two-bytes", GENERATE + ".Expires", valid_for_seconds=128)
    f.value("expires-max", GENERATE + ".Expires", "2^32 - 1", valid_for_seconds=2**32 - 1)
    f.value("never", GENERATE + ".Never")
    f.value("direct-browser", STEP + ".DirectBrowser", url="https://login.example.test/x")
    f.value("logged-in", STEP + ".LoggedIn", session_token="S", valid_for_seconds=2**32 - 1)
    f.value("message", STEP + ".Message", text="hi")
    f.value("error", STEP + ".Error", description="no")
    f.value("disposable-expires", DISPOSE + ".Expires", valid_for_seconds=3600)


def requests(f):
    f.value("gen-empty", GENERATE)
    f.value("gen-never-superuser", GENERATE, never={}, auth_token="AUTH", permissions=SUPER)
    f.value("gen-expires-zero", GENERATE, "an expiry of 0 seconds is not never",
            expires={}, auth_token="AUTH", permissions=SUPER)
    f.value("gen-expires-full", GENERATE, expires={"valid_for_seconds": 3600}, auth_token="AUTH",
            permissions=explicit(*ALL_DATA), token_id="tid", description="desc")
    f.value("gen-permissions-unset-kind", GENERATE, "present, but without a kind", permissions={})
    f.value("gen-long-strings", GENERATE, "lengths of two and three bytes", auth_token="a" * 16384,
            token_id="t" * 128, description="d" * 127)
    f.value("gen-unicode", GENERATE, "each length of UTF-8, first and last code points, ZWJ, BOM, NUL",
            auth_token="\x7f\x80\u07ff\u0800\ud7ff\ue000\ufffd\uffff\U00010000\U0010ffff",
            token_id="\ufeffe\u0301\u00e9\x00", description="👩‍👩‍👧 токен 鍵")
    f.value("gen-response", GENERATED, api_key="K", refresh_token="R", endpoint=CELL,
            valid_until=1_700_000_000)
    f.value("gen-response-never", GENERATED, "0 is not written", api_key="K", endpoint=CELL)
    f.value("gen-response-max", GENERATED, "2^64 - 1: a varint of ten bytes", valid_until=2**64 - 1)
    f.value("gen-response-signed-max", GENERATED, "2^63", valid_until=2**63)
    f.value("refresh-empty", REFRESH)
    f.value("refresh-request", REFRESH, api_key="K", refresh_token="R")
    f.value("refresh-response", REFRESHED, api_key="K2", refresh_token="R2", endpoint=CELL,
            valid_until=1_700_003_600)
    f.value("disp-empty", DISPOSE)
    f.value("disp-request", DISPOSE, expires={"valid_for_seconds": 60}, auth_token="AUTH",
            permissions=explicit(cache(2, {"key": b"cow"}, **FOO)), token_id="tid")
    f.value("disp-expires-empty", DISPOSE, "present, 0 seconds", expires={})
    f.value("disp-response", DISPOSED, api_key="K", endpoint=CELL, valid_until=1_700_000_060)
    f.value("disp-response-max", DISPOSED, valid_until=2**64 - 1)
    f.value("login-request", LOGIN, "an empty file")
    f.value("login-empty", STEP, "no state")
    f.value("login-direct-browser", STEP, direct_browser={"url": "https://login.example.test/x"})
    f.value("login-logged-in", STEP, logged_in={"session_token": "S", "valid_for_seconds": 86400})
    f.value("login-message", STEP, message={"text": "hi"})
    f.value("login-message-empty", STEP, "present, without text", message={})
    f.value("login-error", STEP, error={"description": "no"})


def not_canonical(f):
    f.wire("overlong-tag", REFRESH, "8a80808000 01 4b", "a tag of five bytes for 1:LEN")
    f.wire("overlong-length", REFRESH, "0a 8180808000 4b", "a length of five bytes for 1")
    f.wire("overlong-value", GENERATED, "20 85808080808080808000", "a value of ten bytes for 5")
    f.wire("explicit-default", GENERATED, "0a00 2000", "defaults that need not be written")
    f.wire("uint32-truncated", GENERATE + ".Expires", "08 8580808010", "bits above 32 are dropped")
    f.wire("uint32-all-ones", GENERATE + ".Expires", "08 ffffffffffffffffff01", "likewise")
    f.wire("uint64-tenth-byte", GENERATED, "20 8080808080808080807f", "bits above 64 are dropped")
    f.wire("order-reversed", GENERATED, "2005 1a0163 120152 0a014b", "any order is read")
    f.wire("scalar-last-wins", REFRESH, "0a0131 0a0132 120152 0a0133", "the last one wins")
    f.wire("scalar-emptied", REFRESH, "0a0131 0a00", "the last one wins, empty as it is")
    f.wire("oneof-last-wins", GENERATE, "0a00 1202083c", "never, then expires")
    f.wire("oneof-last-wins-back", GENERATE, "1202083c 0a00", "expires, then never")
    f.wire("oneof-no-revival", STEP, "12030a0153 1a00 12021005",
           "logged_in, message, logged_in: the first is gone and not merged")
    f.wire("oneof-enum-then-list", PERMISSIONS, "0800 1200", "super_user, then explicit")
    f.wire("oneof-list-then-enum", PERMISSIONS, "1202 0a00 0800", "explicit, then super_user")
    f.wire("oneof-string-last-wins", ENTRY + ".TopicSelector", "0a0161 120162 0a0163", "")
    f.wire("split-oneof-message", STEP, "12030a0153 12021005", "two parts merge")
    f.wire("split-message", DISPOSE, "1a04 1202 0a00 1200 1a06 1204 0a02 1200",
           "permissions in two parts: the lists are joined")
    f.wire("split-nested", GENERATE, "2206 1204 0a02 0a00 2208 1206 0a04 0a02 0801",
           "the parts of a list are joined, its entries not merged")
    f.wire("split-cache-permissions", ENTRY, "0a02 0801 0a02 1200 0a02 2200", "three parts merge")
    f.wire("enum-unknown", ENTRY + ".CachePermissions", "0863 1200", "role 99 is kept")
    f.wire("enum-negative", ENTRY + ".TopicPermissions", "08 ffffffffffffffffff01", "role -1 is kept")
    f.wire("enum-max", ENTRY + ".FunctionPermissions", "08 ffffffff07", "role 2^31 - 1 is kept")
    f.wire("enum-truncated", ENTRY + ".CachePermissions", "08 8280808010", "bits above 32 are dropped")
    f.wire("enum-superuser-unknown", PERMISSIONS, "0807", "super_user 7 is kept")


def unknown_fields(f):
    def wire(name, message, data, note, unknown):
        f.wire(name, message, data, note, unknown)

    wire("unknown-varint", REFRESH, "0a014b 9806 01", "field 99", "9806 01")
    wire("unknown-first", REFRESH, "7a0178 0a014b 980601 120152", "they move behind the known ones",
         "7a0178 980601")
    wire("unknown-i64", REFRESH, "0a014b 79 0102030405060708", "field 15", "79 0102030405060708")
    wire("unknown-i32", REFRESH, "0a014b 7d 01020304", "field 15", "7d 01020304")
    wire("unknown-group", REFRESH, "7b 0801 13 0802 14 7c", "field 15, a group in a group",
         "7b 0801 13 0802 14 7c")
    wire("unknown-largest-number", REFRESH, "faffffff0f 0161", "field 2^29 - 1", "faffffff0f 0161")
    wire("unknown-in-empty-message", LOGIN, "0a0378797a", "a message without fields keeps them",
         "0a0378797a")
    wire("unknown-out-of-order", REFRESH, "980601 7801 980602", "kept in the order in which they came",
         "980601 7801 980602")
    wire("wrong-wire-type", REFRESH, "0805 120152", "field 1 as a varint is an unknown field", "0805")
    wire("wrong-wire-type-message", GENERATE, "2007 0a00", "field 4 as a varint", "2007")
    f.wire("unknown-nested", STEP, "1205 0a0153 7801", "kept in the message that it came in")
    f.wire("unknown-nested-deep", PERMISSIONS, "120a 0a08 0a06 1200 7a026162",
           "kept in the innermost message")


def numbers_cut(f):
    """Bits that are dropped, and what is left."""
    f.wire("uint32-only-above-32", GENERATE + ".Expires", "08 8080808010", "2^32 becomes 0")
    f.wire("uint64-only-above-64", GENERATED, "20 8080808080808080807e", "becomes 0")
    f.wire("enum-negative-five-bytes", ENTRY + ".CachePermissions", "08 ffffffff0f",
           "-1 in five bytes; ten are written")
    f.wire("enum-zero-written", ENTRY + ".TopicPermissions", "0800", "not written again")
    f.wire("overlong-nested", DISPOSE, "0a 878000 08 bc808000 7801",
           "length and value padded inside a message, its unknown field kept")


def pieces(f):
    """More of what comes in several parts."""
    f.wire("split-keeps-unknown", GENERATE, "12023801 12020809", "unknown fields of both parts")
    f.wire("split-three", LIST, "0a0f 0a020802 0a021200 0a051a030a0161",
           "role, all caches, then a selector in the place of all caches")
    f.wire("two-oneofs", ENTRY + ".CachePermissions", "2200 1200 1a050a03666f6f 2a030a016b",
           "the two oneofs do not disturb each other")
    f.wire("oneof-bytes-emptied", ENTRY + ".CacheItemSelector", "0a01ff 1200", "key, then key_prefix")


def wrong_types(f):
    """A known field with a wire type that it cannot have is an unknown field."""
    f.wire("wrong-type-len-for-varint", GENERATED, "220101", "no packed form for a single value")
    f.wire("wrong-type-i64-for-varint", GENERATED, "21 0100000000000000", "")
    f.wire("wrong-type-i32-for-varint", GENERATE + ".Expires", "0d 01000000", "")
    f.wire("wrong-type-len-for-enum", PERMISSIONS, "0a0100", "the oneof is not set")
    f.wire("wrong-type-group-for-message", DISPOSE, "0b 083c 0c", "proto3 has no groups of its own")
    f.wire("wrong-type-varint-in-list", LIST, "0a00 0801", "an entry, then no entry")
    f.wire("wrong-type-keeps-oneof", GENERATE, "0a00 1009", "never stays set")


def unknown_forms(f):
    """More forms of unknown fields."""
    f.wire("unknown-field-16", REFRESH, "8001 01", "the first tag of two bytes")
    f.wire("unknown-padded", REFRESH, "98808000 818080808000", "kept byte for byte")
    f.wire("unknown-group-empty", REFRESH, "1b1c", "")
    f.wire("unknown-group-mixed", REFRESH, "1b 2324 2d01000000 1c", "a group and an i32 in a group")
    f.wire("unknown-each-level", GENERATE,
           "2212 120e 0a0a 0a06 1202 3001 3002 3003 3004 3005 3806",
           "each level keeps its own")
    f.wire("unknown-groups-100-deep", LOGIN, groups(100), "as deep as may be")
    f.wire("unknown-groups-99-deep-in-message", DISPOSE, field(1, bytes.fromhex(groups(99))).hex(),
           "a message and 99 groups: 100 levels")


def refused_deep(f):
    """Faults in groups, in messages, and in what is dropped later."""
    bad = f.refused
    bad("group-inner-open", REFRESH, "1b 23 1c",
        "RefreshApiTokenRequest.3: end of group 3 without its start at offset 2",
        "the inner group is to end first")
    bad("group-end-of-known-field", REFRESH, "0a014b 0c",
        "RefreshApiTokenRequest: end of group 1 without its start at offset 3")
    bad("group-across-message", STEP, "1a01 2b 2c",
        "LoginResponse.message.5: group 5 does not end at offset 3",
        "a group ends in the message in which it starts")
    bad("group-value-cut", REFRESH, "1b 0a09 1c",
        "RefreshApiTokenRequest.3: length 9 but only 1 bytes left at offset 2")
    bad("group-too-deep-in-message", DISPOSE, field(1, bytes.fromhex(groups(100))).hex(),
        "GenerateDisposableTokenRequest.expires.1: nested deeper than 100 levels at offset 102",
        "a message and 100 groups: 101 levels")
    bad("group-thousands", LOGIN, "0b" * 5000,
        "LoginRequest.1: nested deeper than 100 levels at offset 100")
    bad("length-negative", REFRESH, "0a ffffffffffffffffff01",
        "RefreshApiTokenRequest.api_key: length larger than 2147483647 or longer than 5 bytes "
        "at offset 1", "-1 as an int64")
    bad("length-largest", REFRESH, "0a ffffffff07 4b",
        "RefreshApiTokenRequest.api_key: length 2147483647 but only 1 bytes left at offset 1",
        "nothing may be reserved for such a claim")
    bad("field-zero-in-message", STEP, "0a01 00",
        "LoginResponse.direct_browser: field number 0 at offset 2", "a zero byte for a tag")
    bad("wire-type-7-in-list", LIST, "0a00 0a02 4f00",
        "ExplicitPermissions.permissions[1]: wire type 7 does not exist at offset 4")
    bad("tag-cut-in-message", DISPOSE, "0a01 88 220174",
        "GenerateDisposableTokenRequest.expires: the bytes end inside a varint at offset 2",
        "the next byte is not the message's")
    bad("bytes-cut", ENTRY + ".CacheItemSelector", "1201",
        "PermissionsType.CacheItemSelector.key_prefix: length 1 but only 0 bytes left at offset 1")
    bad("utf8-latin1", STEP, "2206 0a04 636166e9",
        "LoginResponse.error.description: string is not valid UTF-8 at offset 7", "Latin-1")
    bad("utf8-then-replaced", REFRESH, "0a01ff 0a026f6b",
        "RefreshApiTokenRequest.api_key: string is not valid UTF-8 at offset 2",
        "refused though the next one would win")
    bad("utf8-in-dropped-oneof", PERMISSIONS, "1209 0a07 0a05 1a03 0a01ff 0800",
        "Permissions.explicit.permissions[0].cache_permissions.cache_selector.cache_name: "
        "string is not valid UTF-8 at offset 10", "refused though the oneof changes later")


def refused(f):
    bad = f.refused
    bad("tag-cut", REFRESH, "0a014b 8a",
        "RefreshApiTokenRequest: the bytes end inside a varint at offset 3")
    bad("tag-six-bytes", REFRESH, "8a8080808000 014b",
        "RefreshApiTokenRequest: tag larger than 32 bits at offset 0")
    bad("tag-33-bits", REFRESH, "8a80808010 014b",
        "RefreshApiTokenRequest: tag larger than 32 bits at offset 0")
    bad("field-zero", REFRESH, "0a014b 0201 61",
        "RefreshApiTokenRequest: field number 0 at offset 3")
    bad("wire-type-6", REFRESH, "0e 00",
        "RefreshApiTokenRequest: wire type 6 does not exist at offset 0")
    bad("wire-type-7", LOGIN, "0f 00", "LoginRequest: wire type 7 does not exist at offset 0")
    bad("value-cut", GENERATED, "20 8080",
        "GenerateApiTokenResponse.valid_until: the bytes end inside a varint at offset 1")
    bad("value-missing", GENERATED, "20",
        "GenerateApiTokenResponse.valid_until: the bytes end inside a varint at offset 1")
    bad("value-eleven-bytes", GENERATED, "20 8080808080808080808000",
        "GenerateApiTokenResponse.valid_until: varint longer than 10 bytes at offset 1")
    bad("string-cut", REFRESH, "0a054b",
        "RefreshApiTokenRequest.api_key: length 5 but only 1 bytes left at offset 1")
    bad("length-missing", REFRESH, "0a014b 12",
        "RefreshApiTokenRequest.refresh_token: the bytes end inside a varint at offset 4")
    bad("length-two-gib", REFRESH, "0a 8080808008",
        "RefreshApiTokenRequest.api_key: length larger than 2147483647 or longer than 5 "
        "bytes at offset 1")
    bad("length-six-bytes", REFRESH, "0a 818080808000 4b",
        "RefreshApiTokenRequest.api_key: length larger than 2147483647 or longer than 5 "
        "bytes at offset 1")
    utf8 = {"ff": "a byte that UTF-8 never has", "c080": "NUL in two bytes", "eda080": "a surrogate",
            "f4908080": "beyond U+10FFFF", "e282": "cut", "80": "a lone continuation",
            "e08080": "three bytes for NUL", "f0808080": "four bytes for NUL"}
    for text, note in utf8.items():
        bad(f"utf8-{text}", REFRESH, "0a" + varint(len(text) // 2).hex() + text,
            "RefreshApiTokenRequest.api_key: string is not valid UTF-8 at offset 2", note)
    bad("utf8-nested", GENERATE, "2212 1210 0a00 0a0c 0a0a 0801 1a06 0a04 666f6fff",
        "GenerateApiTokenRequest.permissions.explicit.permissions[1].cache_permissions.cache_selector"
        ".cache_name: string is not valid UTF-8 at offset 19",
        "the offset is that of the first byte that does not fit")
    bad("nested-beyond-parent", STEP, "1203 0a0453",
        "LoginResponse.logged_in.session_token: length 4 but only 1 bytes left at offset 3",
        "the inner length reaches beyond the message around it")
    bad("nested-beyond-parent-though-more", STEP, "1203 0a0453 1a021005",
        "LoginResponse.logged_in.session_token: length 4 but only 1 bytes left at offset 3",
        "the same with bytes behind it that would suffice")
    bad("nested-varint-cut", DISPOSE, "0a02 0880 12024155",
        "GenerateDisposableTokenRequest.expires.valid_for_seconds: the bytes end inside a "
        "varint at offset 3")
    bad("list-entry-varint", GENERATE,
        "2218 1216 0a00 0a00 0a00 0a0e 0a0c 08ffffffffffffffffffff01",
        "GenerateApiTokenRequest.permissions.explicit.permissions[3].cache_permissions.role: varint "
        "longer than 10 bytes at offset 15")
    bad("group-not-ended", REFRESH, "0a014b 7b 0801",
        "RefreshApiTokenRequest.15: group 15 does not end at offset 6")
    bad("group-wrong-end", REFRESH, "7b 74",
        "RefreshApiTokenRequest.15: end of group 14 without its start at offset 1")
    bad("group-only-end", REFRESH, "0a014b 7c",
        "RefreshApiTokenRequest: end of group 15 without its start at offset 3")
    bad("group-too-deep", REFRESH, "7b" * 101 + "7c" * 101,
        "RefreshApiTokenRequest.15: nested deeper than 100 levels at offset 100")
    bad("unknown-i64-cut", REFRESH, "79 01020304",
        "RefreshApiTokenRequest.15: 8-byte value but only 4 bytes left at offset 1")
    bad("unknown-i32-cut", REFRESH, "7d 010203",
        "RefreshApiTokenRequest.15: 4-byte value but only 3 bytes left at offset 1")
    bad("unknown-len-cut", LOGIN, "0a05 78",
        "LoginRequest.1: length 5 but only 1 bytes left at offset 1")
    bad("unknown-varint-long", LOGIN, "08" + "80" * 10 + "00",
        "LoginRequest.1: varint longer than 10 bytes at offset 1")


if __name__ == "__main__":
    fixtures = Fixtures(HERE)
    for part in (permissions, parts, requests, not_canonical, numbers_cut, pieces,
                 wrong_types, unknown_fields, unknown_forms, refused, refused_deep):
        part(fixtures)
    fixtures.write()
    print(f"{len(fixtures.golden)} golden, {len(fixtures.bad)} bad")
