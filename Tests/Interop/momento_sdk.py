#!/usr/bin/env python3
"""The official Momento Python SDK takes disposable tokens from our embedded service."""

from __future__ import annotations

import asyncio
import base64
import json
import sys
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Iterator

from momento import AuthClient, AuthClientAsync
from momento.auth import CredentialProvider
from momento.auth.access_control.disposable_token_scope import (
    AllCacheItems,
    CacheItemKey,
    CacheItemKeyPrefix,
    CacheItemSelector,
    DisposableTokenCachePermission,
    DisposableTokenCachePermissions,
    DisposableTokenProps,
    DisposableTokenScope,
)
from momento.auth.access_control.disposable_token_scopes import DisposableTokenScopes
from momento.auth.access_control.permission_scope import (
    ALL_DATA_READ_WRITE,
    AllCaches,
    AllTopics,
    CachePermission,
    CacheRole,
    CacheSelector,
    Permissions,
    TopicPermission,
    TopicRole,
    TopicSelector,
)
from momento.config.auth_configurations import AuthConfigurations
from momento.errors import MomentoErrorCode
from momento.responses.auth.generate_disposable_token import GenerateDisposableToken
from momento.utilities import ExpiresIn

from harness import Service, Suite, expect, expect_equal, serving
from momento_api import all_data, connected, generate_request
from momento_clients import local_provider

suite = Suite("momento_sdk")
Generate = Callable[..., Any]


@dataclass
class World:
    service: Service
    superuser: str
    data_key: str

    def provider(self, key: str) -> CredentialProvider:
        return local_provider(self.service, key)

    def sync(self, key: str, *arguments: Any) -> Any:
        with AuthClient(AuthConfigurations.Laptop.latest(), self.provider(key)) as client:
            return client.generate_disposable_token(*arguments)

    def asynchronous(self, key: str, *arguments: Any) -> Any:
        async def generate() -> Any:
            configuration = AuthConfigurations.Laptop.latest()
            async with AuthClientAsync(configuration, self.provider(key)) as client:
                return await client.generate_disposable_token(*arguments)

        return asyncio.run(asyncio.wait_for(generate(), 20))

    def both(self) -> list[Generate]:
        return [self.sync, self.asynchronous]


@contextmanager
def world(binary: str, scratch: Path) -> Iterator[World]:
    with ExitStack() as stack:
        service = stack.enter_context(serving(binary))
        api = stack.enter_context(connected(service.address))
        superuser = api.superuser_key()
        made = api.auth.GenerateApiToken(generate_request(superuser, all_data(), 600), timeout=20)
        yield World(service, superuser, made.api_key)


def mixed() -> DisposableTokenScope:
    """Cache and topic permissions in one token."""
    cache = CacheSelector("cache-a")
    entries = [
        CachePermission(cache, CacheRole.READ_WRITE),
        CachePermission(CacheSelector("cache-b"), CacheRole.WRITE_ONLY),
        TopicPermission(TopicRole.SUBSCRIBE_ONLY, cache, TopicSelector("t")),
    ]
    return DisposableTokenScope(Permissions(entries))


def items() -> DisposableTokenScope:
    """Three kinds of item selector in one token."""
    selectors = [CacheItemKey("k"), CacheItemKeyPrefix("pet-"), AllCacheItems()]
    entries = [
        DisposableTokenCachePermission(
            CacheSelector(f"cache-{index}"), CacheRole.READ_ONLY, CacheItemSelector(selector)
        )
        for index, selector in enumerate(selectors)
    ]
    return DisposableTokenScope(DisposableTokenCachePermissions(entries))


def scopes() -> dict[str, DisposableTokenScope]:
    made = DisposableTokenScopes
    return {
        "all data": DisposableTokenScope(ALL_DATA_READ_WRITE),
        "every cache": made.cache_read_only(AllCaches()),
        "one cache": made.cache_write_only("cache-a"),
        "a key": made.cache_key_read_write("cache-a", "schlüssel"),
        "a key in every cache": made.cache_key_read_only(AllCaches(), "k"),
        "a key prefix": made.cache_key_prefix_write_only("cache-a", "pet-"),
        "a topic": made.topic_publish_subscribe("cache-a", "topic-a"),
        "every topic": made.topic_subscribe_only(AllCaches(), AllTopics()),
        "publishing": made.topic_publish_only("cache-a", AllTopics()),
        "caches and topics": mixed(),
        "items of three kinds": items(),
    }


def expect_token(response: Any, seconds: int) -> str:
    """The inner token of a success; its expiry must be as asked."""
    if not isinstance(response, GenerateDisposableToken.Success):
        raise AssertionError(f"{response.error_code}: {response.message}")
    expect(abs(response.expires_at.epoch() - time.time() - seconds) < 60, f"{response.expires_at}")
    shown = json.loads(base64.b64decode(response.auth_token))
    expect(shown["endpoint"] == response.endpoint and shown["api_key"], "not a v1 token")
    return shown["api_key"]


def expect_error(response: Any, code: MomentoErrorCode) -> None:
    expect(isinstance(response, GenerateDisposableToken.Error), "a token was given")
    expect_equal(response.error_code, code, response.message)


@suite.check(f"tokens of {len(scopes())} scopes, synchronous client")
def _(world: World) -> None:
    for name, scope in scopes().items():
        try:
            expect_token(world.sync(world.superuser, scope, ExpiresIn.minutes(5)), 300)
        except AssertionError as problem:
            raise AssertionError(f"{name}: {problem}") from problem


@suite.check(f"tokens of {len(scopes())} scopes, asynchronous client")
def _(world: World) -> None:
    for name, scope in scopes().items():
        try:
            expect_token(world.asynchronous(world.superuser, scope, ExpiresIn.hours(1)), 3600)
        except AssertionError as problem:
            raise AssertionError(f"{name}: {problem}") from problem


@suite.check("a token id of 64 is taken, 65 is INVALID_ARGUMENT")
def _(world: World) -> None:
    for generate in world.both():
        arguments = (world.superuser, mixed(), ExpiresIn.minutes(5))
        expect_token(generate(*arguments, DisposableTokenProps(token_id="x" * 64)), 300)
        refused = generate(*arguments, DisposableTokenProps(token_id="x" * 65))
        expect_error(refused, MomentoErrorCode.INVALID_ARGUMENT_ERROR)


@suite.check("an unknown key is AUTHENTICATION_ERROR")
def _(world: World) -> None:
    for generate in world.both():
        refused = generate("not-a-key", mixed(), ExpiresIn.minutes(5))
        expect_error(refused, MomentoErrorCode.AUTHENTICATION_ERROR)


@suite.check("a key that is no superuser is PERMISSION_ERROR")
def _(world: World) -> None:
    for generate in world.both():
        refused = generate(world.data_key, mixed(), ExpiresIn.minutes(5))
        expect_error(refused, MomentoErrorCode.PERMISSION_ERROR)


@suite.check("a disposable token makes no other token")
def _(world: World) -> None:
    for generate in world.both():
        token = expect_token(generate(world.superuser, mixed(), ExpiresIn.minutes(5)), 300)
        refused = generate(token, mixed(), ExpiresIn.minutes(5))
        expect_error(refused, MomentoErrorCode.PERMISSION_ERROR)


@suite.check("25 hours is the longest life, 0 s none")
def _(world: World) -> None:
    for generate in world.both():
        expect_token(generate(world.superuser, mixed(), ExpiresIn(90_000)), 90_000)
        for seconds in (0, 90_001, 365 * 86_400):
            refused = generate(world.superuser, mixed(), ExpiresIn(seconds))
            expect_error(refused, MomentoErrorCode.INVALID_ARGUMENT_ERROR)


@suite.check("empty names and permissions that clash are INVALID_ARGUMENT")
def _(world: World) -> None:
    clash = [CachePermission(CacheSelector(AllCaches()), role) for role in list(CacheRole)[:2]]
    refused_scopes = [
        DisposableTokenScopes.cache_read_only(""),
        DisposableTokenScopes.cache_key_read_only("cache-a", ""),
        DisposableTokenScopes.cache_key_prefix_read_only("cache-a", ""),
        DisposableTokenScopes.topic_publish_only("cache-a", ""),
        DisposableTokenScope(Permissions(clash)),
    ]
    for scope in refused_scopes:
        refused = world.sync(world.superuser, scope, ExpiresIn.minutes(5))
        expect_error(refused, MomentoErrorCode.INVALID_ARGUMENT_ERROR)


if __name__ == "__main__":
    sys.exit(suite.main(world))
