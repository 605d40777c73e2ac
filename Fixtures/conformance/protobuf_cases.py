"""The rules of protobuf's encoding, tried at a request that is right but for one thing."""

from __future__ import annotations

from pieces import (
    ALL_DATA, GENERATE, block, case, cache, expires, explicit, frame, key_answer, raw, secret, step,
    tag, topic, varint, wanted, word,
)  # fmt: skip

SPEC = "protobuf encoding"
TOKEN = secret(3, "auth_token", "superuser")
HOUR = expires(2, 3600)
SCOPE = block(4, ALL_DATA, "permissions: all data")
MALFORMED = wanted("INTERNAL", "INVALID_ARGUMENT", "UNKNOWN").called("refused as malformed")


def taken(name, title, says, *pieces, level="required", seconds=3600):
    return case(f"protobuf/{name}", title, level, SPEC, says,
                step(GENERATE, frame(*pieces), key_answer(seconds)), needs=["superuser"])


def beside(name, title, says, *pieces, **more):
    """A request that is right, and something behind it."""
    return taken(name, title, says, HOUR, *TOKEN, SCOPE, *pieces, **more)


def refused(name, title, says, *pieces, level="required"):
    return case(f"protobuf/{name}", title, level, SPEC, says,
                step(GENERATE, frame(HOUR, *TOKEN, SCOPE, *pieces), MALFORMED), needs=["superuser"])


UNKNOWN_SAYS = "Unknown Fields: what a parser does not know it keeps or drops"
VARINT_SAYS = "Varints: each byte has seven bits; longer forms of the same number are read"
TYPE_SAYS = "Message Structure: a field of another wire type is an unknown field"
LAST_SAYS = "Last One Wins: of several values of one field the last counts"


def accepted():
    many_groups = b"\xfb\x3e" * 20 + b"\xfc\x3e" * 20
    return [
        beside("unknown-varint", "an unknown VARINT does no harm", UNKNOWN_SAYS,
               raw(tag(1000, 0) + b"\x96\x01", "field 1000, VARINT 150")),
        beside("unknown-i64", "an unknown I64 does no harm", UNKNOWN_SAYS,
               raw(tag(1000, 1) + bytes(8), "field 1000, I64")),
        beside("unknown-len", "an unknown LEN does no harm", UNKNOWN_SAYS,
               raw(tag(1000, 2) + b"\x03abc", "field 1000, LEN of 3")),
        beside("unknown-i32", "an unknown I32 does no harm", UNKNOWN_SAYS,
               raw(tag(1000, 5) + bytes(4), "field 1000, I32")),
        beside("unknown-group", "an unknown group does no harm", UNKNOWN_SAYS,
               raw(tag(1000, 3) + tag(1, 0) + b"\x01" + tag(1000, 4), "field 1000, a group of a VARINT")),
        beside("unknown-groups-nested", "unknown groups 20 deep do no harm", UNKNOWN_SAYS,
               raw(many_groups, "field 1007, groups 20 deep")),
        beside("unknown-largest-number", "the largest field number may be unknown", UNKNOWN_SAYS,
               raw(tag((1 << 29) - 1, 0) + b"\x00", "field 536,870,911, VARINT 0")),
        taken("unknown-first", "an unknown field may come first", UNKNOWN_SAYS,
              raw(tag(1000, 0) + b"\x01", "field 1000, VARINT 1"), HOUR, *TOKEN, SCOPE),
        taken("unknown-inside", "an unknown field within a message does no harm", UNKNOWN_SAYS,
              HOUR, *TOKEN,
              block(4, ALL_DATA + tag(1000, 0) + b"\x01", "permissions: all data, and field 1000")),
        taken("order", "fields may come in any order",
              "Field Order: a parser takes fields in any order", SCOPE, *TOKEN, HOUR),
        taken("overlong-length", "a length in more bytes than it needs is read", VARINT_SAYS,
              raw(b"\x12\x83\x80\x00\x08\x90\x1c", "expires, a length of 3 in 3 bytes: 3600"), *TOKEN, SCOPE),
        taken("overlong-value", "a number in ten bytes is read", VARINT_SAYS,
              raw(b"\x12\x0b\x08\x90\x9c\x80\x80\x80\x80\x80\x80\x80\x00", "expires: 3600 in ten bytes"),
              *TOKEN, SCOPE),
        taken("overlong-tag", "a tag in more bytes than it needs is read", VARINT_SAYS,
              raw(b"\x92\x80\x00\x03\x08\x90\x1c", "expires, its tag in 3 bytes: 3600"), *TOKEN, SCOPE),
        taken("uint32-truncated", "of a uint32 the lowest 32 bits count",
              "Varints: a parser truncates a number that is too large for its type",
              raw(b"\x12\x06\x08" + varint((1 << 32) + 3600), "expires: 2^32 + 3600"), *TOKEN, SCOPE),
        beside("wrong-type-varint", "a string sent as VARINT is an unknown field", TYPE_SAYS,
               raw(tag(6, 0) + b"\x01", "description as VARINT 1")),
        beside("wrong-type-i32", "a string sent as I32 is an unknown field", TYPE_SAYS,
               raw(tag(6, 5) + bytes(4), "description as I32")),
        beside("wrong-type-message", "a message sent as VARINT is an unknown field", TYPE_SAYS,
               raw(tag(4, 0) + b"\x01", "permissions as VARINT 1")),
        taken("last-string-counts", "of two strings the last counts", LAST_SAYS,
              HOUR, word(3, "wrong", "auth_token"), *TOKEN, SCOPE),
        taken("last-of-oneof-counts", "of two members of a oneof the last counts", LAST_SAYS,
              block(1, b"", "never"), HOUR, *TOKEN, SCOPE),
        taken("message-merged", "a message that comes in two pieces is merged",
              "Last One Wins: embedded messages of one field are merged",
              HOUR, *TOKEN, block(4, explicit(cache(1, None)), "permissions: caches"),
              block(4, explicit(topic(1, None, None)), "permissions: and topics")),
        beside("default-written", "a default that is written is read", "Default Values",
               raw(b"\x2a\x00\x32\x00", 'token_id = "", description = ""')),
    ]  # fmt: skip


def broken():
    tag_says = "Message Structure: a tag is a field number from 1 and a wire type from 0 to 5"
    end_says = "Message Structure: a value lies within its message"
    group_says = "Groups: a group ends with a tag of its number"
    utf8 = "proto3: a string holds UTF-8"
    return [
        refused("field-number-0", "field number 0 is refused", tag_says, raw(b"\x00\x00", "field 0")),
        refused("wire-type-6", "wire type 6 is refused", tag_says, raw(varint(1000 << 3 | 6), "type 6")),
        refused("wire-type-7", "wire type 7 is refused", tag_says, raw(varint(1000 << 3 | 7), "type 7")),
        refused("tag-beyond-32-bits", "a tag of more than 32 bits is refused", tag_says,
                raw(b"\x80\x80\x80\x80\x80\x01\x00", "a tag of 2^35")),
        refused("varint-11-bytes", "a varint of eleven bytes is refused",
                "Varints: at most ten bytes",
                raw(tag(1000, 0) + b"\xff" * 10 + b"\x01", "field 1000, eleven bytes")),
        refused("varint-truncated", "a varint that does not end is refused", end_says,
                raw(tag(1000, 0) + b"\x80", "field 1000, VARINT without its end")),
        refused("i32-truncated", "an I32 of three bytes is refused", end_says,
                raw(tag(1000, 5) + bytes(3), "field 1000, 3 of 4 bytes")),
        refused("i64-truncated", "an I64 of seven bytes is refused", end_says,
                raw(tag(1000, 1) + bytes(7), "field 1000, 7 of 8 bytes")),
        refused("len-truncated", "a length beyond the end is refused", end_says,
                raw(tag(6, 2) + b"\x0aabc", "description, LEN of 10 with 3 bytes")),
        refused("len-truncated-unknown", "a length beyond the end of an unknown field is refused",
                end_says, raw(tag(1000, 2) + b"\x0aabc", "field 1000, LEN of 10 with 3 bytes")),
        refused("len-negative", "a length of 2^64 - 1 is refused", end_says,
                raw(tag(6, 2) + varint((1 << 64) - 1), "description, LEN of 2^64 - 1")),
        refused("tag-alone", "a tag without a value is refused", end_says, raw(tag(6, 2), "description")),
        refused("inner-beyond-outer", "a field that ends behind its message is refused", end_says,
                raw(b"\x12\x02\x08\x80", "expires of 2 bytes, a VARINT without its end")),
        refused("group-not-closed", "a group without its end is refused", group_says,
                raw(tag(1000, 3) + tag(1, 0) + b"\x01", "field 1000, a group")),
        refused("group-not-opened", "the end of a group that is none is refused", group_says,
                raw(tag(1000, 4), "field 1000, the end of a group")),
        refused("group-closed-by-another", "a group that another number ends is refused", group_says,
                raw(tag(1000, 3) + tag(1001, 4), "field 1000, ended as 1001")),
        refused("utf8-broken", "a string that is not UTF-8 is refused", utf8,
                raw(tag(6, 2) + b"\x02\xff\xfe", "description, ff fe"), level="recommended"),
        refused("utf8-overlong", "overlong UTF-8 is refused", utf8,
                raw(tag(6, 2) + b"\x02\xc0\x80", "description, c0 80"), level="recommended"),
        refused("utf8-surrogate", "a surrogate in UTF-8 is refused", utf8,
                raw(tag(6, 2) + b"\x03\xed\xa0\x80", "description, ed a0 80"), level="recommended"),
        refused("utf8-truncated", "a character cut off is refused", utf8,
                raw(tag(6, 2) + b"\x02\xe2\x82", "description, e2 82"), level="recommended"),
        case("protobuf/groups-10000-deep", "groups 10,000 deep do no harm", "required", SPEC,
             "parsers may limit how deep messages nest",
             step(GENERATE, frame(HOUR, *TOKEN, SCOPE, raw(tag(1000, 3), "a group", 10_000),
                                  raw(tag(1000, 4), "its end", 10_000)),
                  wanted("OK", "INTERNAL", "INVALID_ARGUMENT", "UNKNOWN", "RESOURCE_EXHAUSTED")),
             needs=["superuser"]),
    ]  # fmt: skip
