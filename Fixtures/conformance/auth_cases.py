"""Momento's rules for keys, tokens and logins."""

from __future__ import annotations

from pieces import (
    ALL_DATA, DISPOSABLE, GENERATE, LOGIN, REFRESH, SUPER_USER, block, cache, case, disposable,
    explicit, frame, generate, key_answer, refresh, secret, step, token_answer, topic, wanted,
    word, expires,
)  # fmt: skip

TESTS = "Momento: tests of its SDKs"
DOCS = "Momento: documentation"
CHOICE = "Momento: not documented; a choice"
SESSION, SUPERUSER, DATA, TOKEN = "session", "superuser", "data_key", "disposable"
INVALID = wanted("INVALID_ARGUMENT").called("invalid")
DENIED = wanted("PERMISSION_DENIED").called("denied")
STRANGER = wanted("UNAUTHENTICATED").called("unauthenticated")

# Names of scopes, their bytes, and whether a key may have them too, not a disposable token alone.
SCOPES = [
    ("all-data", ALL_DATA, True),
    ("cache-read-write", explicit(cache(1, "shop")), True),
    ("cache-read-only", explicit(cache(2, "shop")), True),
    ("cache-write-only", explicit(cache(3, "shop")), True),
    ("every-cache-read-only", explicit(cache(2, None)), True),
    ("topic-publish-subscribe", explicit(topic(1, "chat", "lobby")), True),
    ("topic-subscribe-only", explicit(topic(2, "chat", "lobby")), True),
    ("topic-publish-only", explicit(topic(3, "chat", None)), True),
    ("cache-and-topic", explicit(cache(2, "shop"), topic(1, "chat", "lobby")), True),
    ("key", explicit(cache(2, "shop", ("key", "price:7"))), False),
    ("key-prefix", explicit(cache(1, "shop", ("prefix", "price:"))), False),
    ("key-in-every-cache", explicit(cache(3, None, ("key", "price:7"))), False),
    ("key-and-prefix", explicit(cache(2, "shop", ("key", "a")), cache(2, "shop", ("prefix", "b"))), False),
    ("topic-prefix", explicit(topic(2, "chat", "room-", prefix=True)), False),
]  # fmt: skip
WRONG_SCOPES = [
    ("empty-list", "a list without a permission", explicit(), TESTS, True),
    ("every-cache-twice", "two permissions on all caches", explicit(cache(2, None), cache(1, None)), TESTS, True),
    ("cache-twice", "two permissions on one cache", explicit(cache(2, "a"), cache(1, "a")), TESTS, True),
    ("topic-twice", "two permissions on one topic", explicit(topic(1, "a", "t"), topic(2, "a", "t")), TESTS, True),
    ("cache-name-empty", "an empty cache name", explicit(cache(2, "")), TESTS, True),
    ("topic-name-empty", "an empty topic name", explicit(topic(2, "chat", "")), TESTS, True),
    ("topic-cache-name-empty", "a topic in a cache with an empty name", explicit(topic(2, "", "t")), TESTS, True),
    ("key-empty", "an empty key", explicit(cache(2, "shop", ("key", ""))), TESTS, False),
    ("key-prefix-empty", "an empty key prefix", explicit(cache(2, "shop", ("prefix", ""))), TESTS, False),
]  # fmt: skip


def rule(name, title, source, says, *steps, needs, level="required"):
    return case(f"auth/{name}", title, level, source, says, *steps, needs=needs)


def preparations():
    login = [{"field": [2, 1], "name": "session_token", "type": "string"}]
    session = step(LOGIN, frame(), wanted("OK", fields=login), keep={SESSION: [2, 1]})
    superuser = step(GENERATE, generate(SESSION, SUPER_USER, "permissions: super user"), key_answer(),
                     keep={SUPERUSER: [1]})
    data = step(GENERATE, generate(SUPERUSER, ALL_DATA, "permissions: all data"), key_answer(),
                keep={DATA: [1]})
    token = step(DISPOSABLE, disposable(SUPERUSER, ALL_DATA, "permissions: all data"), token_answer(),
                 keep={TOKEN: [1]})
    made = [(SESSION, "login", session), (SUPERUSER, SESSION, superuser), (DATA, SUPERUSER, data),
            (TOKEN, SUPERUSER, token)]
    return [
        {**case(f"setup/{name}", f"get the value '{name}'", "required", TESTS, "what cases need",
                one, needs=[needed]), "provides": name}
        for name, needed, one in made
    ]  # fmt: skip


def logins():
    fields = [{"field": [2, 1], "name": "logged_in.session_token", "type": "string"},
              {"field": [2, 2], "name": "logged_in.valid_for_seconds", "type": "number", "min": 1,
               "max": 4294967295}]
    expect = wanted("OK", messages=[1, 100], oneof=[1, 2, 3, 4], fields=fields).called("session")
    return [
        rule("login", "a login that is approved ends with a session token", TESTS,
             "each message has one state; logged_in or error is the last", step(LOGIN, frame(), expect),
             needs=["login"]),
        rule("login-with-authorization", "a login takes no notice of authorization", TESTS,
             "the caller of Login has no credential",
             step(LOGIN, frame(), expect, **{"with": [("authorization", "wrong")]}), needs=["login"]),
    ]  # fmt: skip


def keys():
    say = "permissions: super user"
    cases = [
        rule("session-makes-super-user", "a session token makes a super-user key", TESTS,
             "a session may make any key; it expires as asked for",
             step(GENERATE, generate(SESSION, SUPER_USER, say), key_answer()), needs=[SESSION]),
        rule("session-makes-super-user-for-ever", "a key that never expires has no refresh token",
             TESTS, "never: valid_until is 0, and there is no refresh token",
             step(GENERATE, generate(SESSION, SUPER_USER, say, None), key_answer(None)),
             needs=[SESSION]),
        rule("session-makes-all-data", "a session token makes a key for all data", TESTS,
             "a session may make any key",
             step(GENERATE, generate(SESSION, ALL_DATA, "permissions: all data"), key_answer()),
             needs=[SESSION]),
        rule("super-user-makes-no-super-user", "a super-user key makes no super-user key", TESTS,
             "PERMISSION_DENIED", step(GENERATE, generate(SUPERUSER, SUPER_USER, say), DENIED),
             needs=[SUPERUSER]),
        rule("key-for-ever", "a super-user key makes a key that never expires", TESTS,
             "never: valid_until is 0, and there is no refresh token",
             step(GENERATE, generate(SUPERUSER, ALL_DATA, "permissions: all data", None),
                  key_answer(None)), needs=[SUPERUSER]),
        rule("key-for-90-days", "a key of 90 days expires in 90 days", TESTS,
             "valid_until is now + valid_for_seconds",
             step(GENERATE, generate(SUPERUSER, ALL_DATA, "permissions: all data", 7776000),
                  key_answer(7776000)), needs=[SUPERUSER]),
        rule("data-key-makes-no-super-user", "a key for data makes no super-user key", TESTS,
             "PERMISSION_DENIED", step(GENERATE, generate(DATA, SUPER_USER, say), DENIED), needs=[DATA]),
        rule("data-key-makes-no-key", "a key for data makes no key", TESTS, "PERMISSION_DENIED",
             step(GENERATE, generate(DATA, ALL_DATA, "permissions: all data"), DENIED), needs=[DATA]),
        rule("token-makes-no-key", "a disposable token makes no key", DOCS,
             "tokens cannot make other tokens",
             step(GENERATE, generate(TOKEN, ALL_DATA, "permissions: all data"),
                  wanted("PERMISSION_DENIED", "UNAUTHENTICATED")), needs=[TOKEN]),
        rule("authorization-ignored", "who calls is told by the body, not by authorization", TESTS,
             "not every SDK sends authorization",
             step(GENERATE, generate(SUPERUSER, ALL_DATA, "permissions: all data"), key_answer(),
                  **{"with": [("authorization", "wrong"), ("authorization", "Bearer wrong")]}),
             needs=[SUPERUSER], level="recommended"),
        rule("token-wrong", "a token that nobody has given out is UNAUTHENTICATED", TESTS,
             "UNAUTHENTICATED",
             step(GENERATE, frame(expires(2, 600), word(3, "wrong", "auth_token"),
                                  block(4, ALL_DATA, "permissions: all data")), STRANGER), needs=[]),
        rule("token-missing", "a request without a token is UNAUTHENTICATED", TESTS,
             "UNAUTHENTICATED",
             step(GENERATE, frame(expires(2, 600), block(4, ALL_DATA, "permissions: all data")),
                  STRANGER), needs=[]),
        rule("message-empty", "an empty request is refused", TESTS, "no token, no permissions",
             step(GENERATE, frame(), wanted("UNAUTHENTICATED", "INVALID_ARGUMENT")), needs=[]),
        rule("key-expired", "a key that has expired is UNAUTHENTICATED", TESTS, "UNAUTHENTICATED",
             step(GENERATE, generate(SESSION, SUPER_USER, say, 1), key_answer(1), keep={"short": [1]}),
             step(GENERATE, generate("short", ALL_DATA, "permissions: all data"), STRANGER, wait=2.5),
             needs=[SESSION]),
    ]  # fmt: skip
    return cases + [
        rule(f"key-scope-{name}", f"a key of the scope {name}", TESTS, "explicit permissions",
             step(GENERATE, generate(SUPERUSER, scope, f"permissions: {name}", 600), key_answer(600)),
             needs=[SUPERUSER])
        for name, scope, for_keys in SCOPES if for_keys
    ]  # fmt: skip


def key_refusals():
    many = explicit(*(cache(2, f"cache-{number}") for number in range(21)))
    cases = [
        rule(f"key-refused-{name}", f"no key has {title}", source, "INVALID_ARGUMENT",
             step(GENERATE, generate(SUPERUSER, scope, f"permissions: {name}"), INVALID),
             needs=[SUPERUSER])
        for name, title, scope, source, for_keys in WRONG_SCOPES if for_keys
    ]
    return cases + [
        rule("key-21-permissions", "no key has more than 20 permissions", DOCS,
             "policy statements of a token: 20",
             step(GENERATE, generate(SUPERUSER, many, "21 permissions"), INVALID), needs=[SUPERUSER],
             level="recommended"),
        rule("key-permissions-unset", "a request without permissions grants nothing", CHOICE,
             "INVALID_ARGUMENT, or a key that may do nothing",
             step(GENERATE, frame(expires(2, 600), *secret(3, "auth_token", SUPERUSER)),
                  wanted("OK", "INVALID_ARGUMENT")), needs=[SUPERUSER], level="recommended"),
    ]  # fmt: skip


def refreshes():
    def made(seconds=600):
        return step(GENERATE, generate(SUPERUSER, ALL_DATA, "permissions: all data", seconds),
                    key_answer(seconds), keep={"key": [1], "renewal": [2]})

    again = wanted("OK", "INVALID_ARGUMENT", "UNAUTHENTICATED", messages=[1, 1])
    wrong = wanted("INVALID_ARGUMENT", "UNAUTHENTICATED").called("refused")
    return [
        rule("refresh", "a refresh gives another key with the same time to live", TESTS,
             "valid_until is the time of the refresh + the duration of the old key", made(),
             step(REFRESH, refresh("key", "renewal"), key_answer(600, ["key"])), needs=[SUPERUSER]),
        rule("refresh-chain", "a refreshed key can be refreshed", TESTS, "the new pair is a pair",
             made(),
             step(REFRESH, refresh("key", "renewal"), key_answer(600, ["key"]),
                  keep={"key2": [1], "renewal2": [2]}),
             step(REFRESH, refresh("key2", "renewal2"), key_answer(600, ["key", "key2"])),
             needs=[SUPERUSER]),
        rule("refresh-twice", "a refresh token used twice is taken or refused, no more", CHOICE,
             "OK, INVALID_ARGUMENT or UNAUTHENTICATED", made(),
             step(REFRESH, refresh("key", "renewal"), key_answer(600, ["key"])),
             step(REFRESH, refresh("key", "renewal"), again), needs=[SUPERUSER]),
        rule("refreshed-key-lives", "the old key is good until it expires", DOCS,
             "a refresh leaves the old key as it is",
             step(GENERATE, generate(SESSION, SUPER_USER, "permissions: super user"), key_answer(),
                  keep={"key": [1], "renewal": [2]}),
             step(REFRESH, refresh("key", "renewal"), key_answer(3600, ["key"])),
             step(GENERATE, generate("key", ALL_DATA, "permissions: all data"), key_answer()),
             needs=[SESSION]),
        rule("refresh-wrong-key", "a refresh of a key that nobody has given out is refused", CHOICE,
             "UNAUTHENTICATED or INVALID_ARGUMENT",
             step(REFRESH, frame(word(1, "wrong", "api_key"), word(2, "wrong", "refresh_token")), wrong),
             needs=[]),
        rule("refresh-wrong-token", "a refresh with another refresh token is refused", CHOICE,
             "INVALID_ARGUMENT or UNAUTHENTICATED", made(),
             step(REFRESH, frame(*secret(1, "api_key", "key"), word(2, "wrong", "refresh_token")), wrong),
             needs=[SUPERUSER]),
        rule("refresh-other-pair", "a refresh token is good for its own key alone", CHOICE,
             "INVALID_ARGUMENT or UNAUTHENTICATED", made(),
             step(REFRESH, frame(*secret(1, "api_key", DATA), *secret(2, "refresh_token", "renewal")),
                  wrong), needs=[SUPERUSER, DATA]),
        rule("refresh-without-token", "a refresh without a refresh token is refused", CHOICE,
             "INVALID_ARGUMENT or UNAUTHENTICATED", made(),
             step(REFRESH, frame(*secret(1, "api_key", "key")), wrong), needs=[SUPERUSER]),
        rule("refresh-disposable", "a disposable token cannot be refreshed", DOCS,
             "no refresh token comes with it",
             step(REFRESH, frame(*secret(1, "api_key", TOKEN), word(2, "wrong", "refresh_token")), wrong),
             needs=[TOKEN]),
        rule("refresh-empty", "an empty request is refused", CHOICE,
             "INVALID_ARGUMENT or UNAUTHENTICATED", step(REFRESH, frame(), wrong), needs=[]),
        rule("refresh-expired", "a key that has expired cannot be refreshed", TESTS,
             "INVALID_ARGUMENT or UNAUTHENTICATED", made(1),
             step(REFRESH, refresh("key", "renewal"), wrong, wait=2.5), needs=[SUPERUSER]),
    ]  # fmt: skip


def tokens():
    say = "permissions: all data"
    ok = [
        rule(f"token-scope-{name}", f"a disposable token of the scope {name}", TESTS,
             "explicit permissions",
             step(DISPOSABLE, disposable(SUPERUSER, scope, f"permissions: {name}"), token_answer()),
             needs=[SUPERUSER])
        for name, scope, _ in SCOPES
    ]  # fmt: skip
    refused = [
        rule(f"token-refused-{name}", f"no disposable token has {title}", source,
             "INVALID_ARGUMENT",
             step(DISPOSABLE, disposable(SUPERUSER, scope, f"permissions: {name}"), INVALID),
             needs=[SUPERUSER])
        for name, title, scope, source, _ in WRONG_SCOPES
    ]  # fmt: skip
    return ok + refused


def token_rules():
    say = "permissions: all data"

    def asked(expect, seconds=600, *more, scope=ALL_DATA, words=say, token=SUPERUSER):
        return step(DISPOSABLE, disposable(token, scope, words, seconds, *more), expect)

    return [
        rule("token-25-hours", "a disposable token may live 25 hours", DOCS, "at most 90,000 s",
             asked(token_answer(90_000), 90_000), needs=[SUPERUSER]),
        rule("token-beyond-25-hours", "a disposable token lives no longer than 25 hours", DOCS,
             "at most 90,000 s", asked(INVALID, 90_001), needs=[SUPERUSER]),
        rule("token-a-year", "a disposable token lives no year", TESTS, "INVALID_ARGUMENT",
             asked(INVALID, 31_536_000), needs=[SUPERUSER]),
        rule("token-uint32-max", "a disposable token lives no 2^32 - 1 seconds", TESTS,
             "INVALID_ARGUMENT", asked(INVALID, (1 << 32) - 1), needs=[SUPERUSER]),
        rule("token-0-seconds", "a disposable token lives longer than 0 seconds", TESTS,
             "INVALID_ARGUMENT", asked(INVALID, 0), needs=[SUPERUSER]),
        rule("token-without-expiry", "a disposable token has an expiry", CHOICE, "INVALID_ARGUMENT",
             asked(INVALID, None), needs=[SUPERUSER]),
        rule("token-super-user", "a disposable token is no super user's", DOCS,
             "INVALID_ARGUMENT or PERMISSION_DENIED",
             asked(wanted("INVALID_ARGUMENT", "PERMISSION_DENIED"), scope=SUPER_USER,
                   words="permissions: super user"), needs=[SUPERUSER], level="recommended"),
        rule("token-id", "a disposable token may have an id", TESTS, "token_id",
             asked(token_answer(), 600, word(4, "device-1", "token_id")), needs=[SUPERUSER]),
        rule("token-id-64", "a token id may have 64 characters", TESTS, "at most 64",
             asked(token_answer(), 600, word(4, "i" * 64, "token_id")), needs=[SUPERUSER]),
        rule("token-id-66", "a token id has at most 64 characters", TESTS, "INVALID_ARGUMENT",
             asked(INVALID, 600, word(4, "i" * 66, "token_id")), needs=[SUPERUSER]),
        rule("token-by-data-key", "a key for data makes no disposable token", DOCS,
             "only a super-user key may", asked(DENIED, token=DATA), needs=[DATA]),
        rule("token-by-token", "a disposable token makes no disposable token", DOCS,
             "tokens cannot make other tokens",
             asked(wanted("PERMISSION_DENIED", "UNAUTHENTICATED"), token=TOKEN), needs=[TOKEN]),
        rule("token-by-stranger", "a token that nobody has given out is UNAUTHENTICATED", TESTS,
             "UNAUTHENTICATED",
             step(DISPOSABLE, frame(expires(1, 600), word(2, "wrong", "auth_token"),
                                    block(3, ALL_DATA, say)), STRANGER), needs=[]),
        rule("token-by-nobody", "a request without a token is UNAUTHENTICATED", TESTS,
             "UNAUTHENTICATED",
             step(DISPOSABLE, frame(expires(1, 600), block(3, ALL_DATA, say)), STRANGER), needs=[]),
        rule("token-empty", "an empty request is refused", TESTS, "no token, no permissions",
             step(DISPOSABLE, frame(), wanted("UNAUTHENTICATED", "INVALID_ARGUMENT")), needs=[]),
        rule("token-by-expired-key", "a key that has expired makes no disposable token", TESTS,
             "UNAUTHENTICATED",
             step(GENERATE, generate(SESSION, SUPER_USER, "permissions: super user", 1), key_answer(1),
                  keep={"short": [1]}),
             {**asked(STRANGER, token="short"), "wait": 2.5}, needs=[SESSION]),
    ]  # fmt: skip
