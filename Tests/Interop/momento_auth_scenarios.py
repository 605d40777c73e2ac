#!/usr/bin/env python3
"""What tokens of every scope may do, tried with the official Momento Python SDK against our service.

Each scenario takes a disposable token with the SDK, and with it makes every call on two caches, three
keys and two topics, once with the synchronous and once with the asynchronous clients: what the scope
allows must succeed, and all else be PERMISSION_ERROR.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import threading
from contextlib import AsyncExitStack, ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Callable, Iterator

from momento import (
    AuthClient,
    AuthClientAsync,
    CacheClient,
    CacheClientAsync,
    TopicClient,
    TopicClientAsync,
)
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
from momento.auth.access_control.disposable_token_scopes import DisposableTokenScopes as Scopes
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
from momento.config import Configurations, TopicConfigurations
from momento.config.auth_configurations import AuthConfigurations
from momento.responses import CacheGet, TopicSubscribe, TopicSubscriptionItem
from momento.utilities import ExpiresIn
from momento_wire_types import cachepubsub_pb2, cachepubsub_pb2_grpc

from harness import Service, Suite, expect, expect_equal, serving
from momento_api import Api, connected, inner_key

logging.getLogger("momentosdk").setLevel(logging.CRITICAL)
suite = Suite("momento_auth_scenarios")
CACHES = ("cache-a", "cache-b")
KEYS = ("pet", "pet-cat", "other")
TOPICS = ("topic-a", "topic-b")
OK, DENIED, EXPIRED = "ok", "PERMISSION_ERROR", "AUTHENTICATION_ERROR"


@dataclass
class World:
    service: Service
    api: Api
    session: str

    def provider(self, key: str) -> CredentialProvider:
        """Any port but 443 makes the SDK speak plaintext."""
        local = CredentialProvider.for_momento_local("127.0.0.1", self.service.port)
        local.auth_token = key
        return local


async def result(answer: Any) -> Any:
    """The answer of either kind of client."""
    return await answer if asyncio.iscoroutine(answer) else answer


async def entered(stack: AsyncExitStack, client: Any) -> Any:
    """The client of either kind, which the stack closes."""
    if hasattr(client, "__aenter__"):
        return await stack.enter_async_context(client)
    return stack.enter_context(client)


class Actor:
    """The SDK's clients with one token; outcomes are "ok", or the name of the error code."""

    def __init__(self, world: World, key: str, asynchronous: bool) -> None:
        cache, topic = (
            (CacheClientAsync, TopicClientAsync) if asynchronous else (CacheClient, TopicClient)
        )
        provider = world.provider(key)
        self.cache = cache(Configurations.Laptop.latest(), provider, timedelta(seconds=60))
        self.topic = topic(TopicConfigurations.Default.latest(), provider)
        self._open = AsyncExitStack()

    async def __aenter__(self) -> Actor:
        for client in (self.cache, self.topic):
            await entered(self._open, client)
        return self

    async def __aexit__(self, *problem: Any) -> None:
        await self._open.aclose()

    async def outcome(self, answer: Any) -> str:
        answered = await result(answer)
        return answered.error_code.name if hasattr(answered, "error_code") else OK

    async def get(self, cache: str, key: str) -> str:
        return await self.outcome(self.cache.get(cache, key))

    async def set(self, cache: str, key: str) -> str:
        return await self.outcome(self.cache.set(cache, key, "value"))

    async def delete(self, cache: str, key: str) -> str:
        return await self.outcome(self.cache.delete(cache, key))

    async def publish(self, cache: str, topic: str) -> str:
        return await self.outcome(self.topic.publish(cache, topic, "hello"))

    async def subscribe(self, cache: str, topic: str) -> str:
        answered = await result(self.topic.subscribe(cache, topic))
        if isinstance(answered, TopicSubscribe.Error):
            return answered.error_code.name
        answered.unsubscribe()
        return OK

    async def calls(self) -> list[tuple[str, str, str, str]]:
        """Every call, and how it went."""
        made = []
        for cache in CACHES:
            for verb, names in VERBS.items():
                for name in names:
                    made.append((verb, cache, name, await getattr(self, verb)(cache, name)))
        return made


# In this order: what is read has been set before, where it may be.
VERBS = {"set": KEYS, "get": KEYS, "delete": KEYS, "publish": TOPICS, "subscribe": TOPICS}
READS, WRITES, TOPIC_CALLS = {"get"}, {"set", "delete"}, {"publish", "subscribe"}
ITEMS = READS | WRITES
Allows = Callable[[str, str, str], bool]


async def token(
    world: World, scope: DisposableTokenScope, asynchronous: bool, seconds: int = 300, name: str = ""
) -> str:
    """A disposable token, by the SDK's own client; the key inside it."""
    client_type = AuthClientAsync if asynchronous else AuthClient
    properties = [DisposableTokenProps(token_id=name)] if name else []
    async with AsyncExitStack() as stack:
        client = client_type(AuthConfigurations.Laptop.latest(), world.provider(world.session))
        await entered(stack, client)
        made = await result(
            client.generate_disposable_token(scope, ExpiresIn.seconds(seconds), *properties)
        )
    expect(hasattr(made, "auth_token"), f"no token: {made}")
    return inner_key(made.auth_token)


async def play(world: World, scope: DisposableTokenScope, allows: Allows, asynchronous: bool) -> None:
    async with Actor(world, await token(world, scope, asynchronous), asynchronous) as actor:
        wrong = [
            call
            for call in await actor.calls()
            if call[3] != (OK if allows(*call[:3]) else DENIED)
        ]
        expect(not wrong, f"not as the scope says: {wrong[:5]}")
        for answer in (actor.cache.create_cache("cache-c"), actor.cache.delete_cache(CACHES[0])):
            expect_equal(await actor.outcome(answer), DENIED, "managing caches")


def scenario(title: str, scope: DisposableTokenScope, allows: Allows) -> None:
    """Adds the scenario for both kinds of client."""
    for asynchronous in (False, True):
        kind = "asynchronous" if asynchronous else "synchronous"

        @suite.check(f"{title}, {kind}")
        def _(world: World, asynchronous: bool = asynchronous) -> None:
            asyncio.run(asyncio.wait_for(play(world, scope, allows, asynchronous), 60))


A, EVERY = CACHES[0], AllCaches()


def items_of(role: CacheRole, *pairs: tuple[str, Any]) -> DisposableTokenScope:
    """Item permissions of one role."""
    entries = [
        DisposableTokenCachePermission(CacheSelector(cache), role, CacheItemSelector(item))
        for cache, item in pairs
    ]
    return DisposableTokenScope(DisposableTokenCachePermissions(entries))


def caches_and_topics() -> DisposableTokenScope:
    return DisposableTokenScope(
        Permissions(
            [
                CachePermission(CacheSelector(A), CacheRole.READ_ONLY),
                TopicPermission(
                    TopicRole.PUBLISH_ONLY, CacheSelector(CACHES[1]), TopicSelector(TOPICS[0])
                ),
            ]
        )
    )


scenario("all data", DisposableTokenScope(ALL_DATA_READ_WRITE), lambda verb, cache, name: True)
scenario(
    "reading every cache", Scopes.cache_read_only(EVERY), lambda verb, cache, name: verb in READS
)
scenario(
    "reading and writing every cache",
    Scopes.cache_read_write(EVERY),
    lambda verb, cache, name: verb in ITEMS,
)
scenario(
    "writing every cache", Scopes.cache_write_only(EVERY), lambda verb, cache, name: verb in WRITES
)
scenario(
    "reading one cache",
    Scopes.cache_read_only(A),
    lambda verb, cache, name: verb in READS and cache == A,
)
scenario(
    "reading and writing one cache",
    Scopes.cache_read_write(A),
    lambda verb, cache, name: verb in ITEMS and cache == A,
)
scenario(
    "writing one cache",
    Scopes.cache_write_only(A),
    lambda verb, cache, name: verb in WRITES and cache == A,
)
scenario(
    "a key of one cache",
    Scopes.cache_key_read_write(A, "pet"),
    lambda verb, cache, name: verb in ITEMS and cache == A and name == "pet",
)
scenario(
    "reading a key of every cache",
    Scopes.cache_key_read_only(EVERY, "pet"),
    lambda verb, cache, name: verb in READS and name == "pet",
)
scenario(
    "writing a key of one cache",
    Scopes.cache_key_write_only(A, "pet"),
    lambda verb, cache, name: verb in WRITES and cache == A and name == "pet",
)
scenario(
    "a key prefix of one cache",
    Scopes.cache_key_prefix_read_write(A, "pet"),
    lambda verb, cache, name: verb in ITEMS and cache == A and name.startswith("pet"),
)
scenario(
    "reading a key prefix of every cache",
    Scopes.cache_key_prefix_read_only(EVERY, "pet-"),
    lambda verb, cache, name: verb in READS and name == "pet-cat",
)
scenario(
    "a key and a key prefix, which add up",
    items_of(CacheRole.READ_ONLY, (A, CacheItemKey("other")), (A, CacheItemKeyPrefix("pet-"))),
    lambda verb, cache, name: verb in READS and cache == A and name != "pet",
)
scenario(
    "all items of one cache and a key of another",
    items_of(CacheRole.WRITE_ONLY, (A, AllCacheItems()), (CACHES[1], CacheItemKey("pet"))),
    lambda verb, cache, name: verb in WRITES and (cache == A or name == "pet"),
)
scenario(
    "every topic",
    Scopes.topic_publish_subscribe(EVERY, AllTopics()),
    lambda verb, cache, name: verb in TOPIC_CALLS,
)
scenario(
    "subscribing to one topic",
    Scopes.topic_subscribe_only(A, TOPICS[0]),
    lambda verb, cache, name: verb == "subscribe" and cache == A and name == TOPICS[0],
)
scenario(
    "publishing to one topic of every cache",
    Scopes.topic_publish_only(EVERY, TOPICS[0]),
    lambda verb, cache, name: verb == "publish" and name == TOPICS[0],
)
scenario(
    "a cache and a topic of another",
    caches_and_topics(),
    lambda verb, cache, name: (verb in READS and cache == A)
    or (verb == "publish" and cache != A and name == TOPICS[0]),
)


def for_both(title: str) -> Callable[[Callable[[World, bool], Any]], None]:
    """Adds a check for both kinds of client."""

    def add(body: Callable[[World, bool], Any]) -> None:
        for asynchronous in (False, True):
            kind = "asynchronous" if asynchronous else "synchronous"

            @suite.check(f"{title}, {kind}")
            def _(world: World, asynchronous: bool = asynchronous) -> None:
                asyncio.run(asyncio.wait_for(body(world, asynchronous), 60))

    return add


@for_both("an expired token is AUTHENTICATION_ERROR, whatever the call")
async def _(world: World, asynchronous: bool) -> None:
    scope = DisposableTokenScope(ALL_DATA_READ_WRITE)
    async with Actor(world, await token(world, scope, asynchronous, seconds=2), asynchronous) as actor:
        expect_equal(await actor.set(A, "pet"), OK, "before it expires")
        await asyncio.sleep(2.1)
        outcomes = {call[3] for call in await actor.calls()}
        outcomes.add(await actor.outcome(actor.cache.create_cache("cache-c")))
        expect_equal(outcomes, {EXPIRED}, "after it has expired")


@for_both("write-only refuses conditional writes; else they are not in this service")
async def _(world: World, asynchronous: bool) -> None:
    for scope, wanted in (
        (Scopes.cache_write_only(A), DENIED),
        (Scopes.cache_read_write(A), "BAD_REQUEST_ERROR"),
    ):
        async with Actor(world, await token(world, scope, asynchronous), asynchronous) as actor:
            answer = actor.cache.set_if_not_exists(A, "pet", "v")
            expect_equal(await actor.outcome(answer), wanted, "set if not exists")
            answer = actor.cache.list_push_back(A, "pet", "v")
            expect_equal(await actor.outcome(answer), wanted, "list push back")


@for_both("caches are made, listed and deleted with a session token")
async def _(world: World, asynchronous: bool) -> None:
    async with Actor(world, world.session, asynchronous) as actor:
        made = await result(actor.cache.create_cache("made"))
        expect_equal(type(made).__name__, "Success", "created")
        again = await result(actor.cache.create_cache("made"))
        expect_equal(type(again).__name__, "CacheAlreadyExists", "created again")
        listed = await result(actor.cache.list_caches())
        expect_equal([c.name for c in listed.caches], [*CACHES, "made"], "caches")
        expect_equal(await actor.outcome(actor.cache.delete_cache("made")), OK, "deleted")
        answer = actor.cache.delete_cache("made")
        expect_equal(await actor.outcome(answer), "NOT_FOUND_ERROR", "deleted again")
        expect_equal(await actor.get("made", "k"), "NOT_FOUND_ERROR", "got from it")
        expect_equal(await actor.subscribe("made", "t"), "NOT_FOUND_ERROR", "subscribed to it")


@for_both("items keep their bytes for their time")
async def _(world: World, asynchronous: bool) -> None:
    async with Actor(world, world.session, asynchronous) as actor:
        value = bytes(range(256)) * 1000
        await result(actor.cache.set(A, b"\x00\xff", value))
        got = await result(actor.cache.get(A, b"\x00\xff"))
        expect(isinstance(got, CacheGet.Hit) and got.value_bytes == value, "another value")
        await result(actor.cache.set(A, "brief", "v", timedelta(milliseconds=300)))
        await asyncio.sleep(0.4)
        got = await result(actor.cache.get(A, "brief"))
        expect(isinstance(got, CacheGet.Miss), "it did not expire")
        answer = actor.cache.set(A, "large", b"x" * (1 << 20))
        expect_equal(await actor.outcome(answer), "LIMIT_EXCEEDED_ERROR", "more than 1 MiB")


async def within(seconds: float, body: Callable[[], Any]) -> Any:
    """What a blocking call gives; a thread that never ends does not hold up the script's end."""
    found: list[Any] = []
    thread = threading.Thread(target=lambda: found.append(body()), daemon=True)
    thread.start()
    for _ in range(int(seconds / 0.02)):
        if found:
            return found[0]
        await asyncio.sleep(0.02)
    raise AssertionError(f"nothing came within {seconds} s")


async def next_item(subscription: Any, asynchronous: bool) -> Any:
    if asynchronous:
        return await asyncio.wait_for(subscription.__anext__(), 10)
    return await within(10, lambda: next(subscription))


@for_both("subscribers get texts and bytes in order, and resume where they were")
async def _(world: World, asynchronous: bool) -> None:
    topic = f"resumed-{asynchronous}"
    async with Actor(world, world.session, asynchronous) as actor:
        subscription = await result(actor.topic.subscribe(A, topic))
        for value in ("one", b"\x00two", "three"):
            answer = actor.topic.publish(A, topic, value)
            expect_equal(await actor.outcome(answer), OK, "published")
        items = [await next_item(subscription, asynchronous) for _ in range(3)]
        expect_equal([item.value for item in items], ["one", b"\x00two", "three"], "values")
        expect(isinstance(items[1], TopicSubscriptionItem.Binary), "bytes came as a text")
        numbers = [item.sequence_number for item in items]
        expect_equal(numbers, [1, 2, 3], "sequence numbers")
        subscription.unsubscribe()
        page = items[0].sequence_page
        resumed = await result(actor.topic.subscribe(A, topic, 2, page))
        item = await next_item(resumed, asynchronous)
        expect_equal(item.value, b"\x00two", "resumed with")
        resumed.unsubscribe()


@for_both("what is published with a token that has an id carries it")
async def _(world: World, asynchronous: bool) -> None:
    # The Python SDK hides the id from its users, so the subscriber is grpcio.
    topic = f"ids-{asynchronous}"
    stub = cachepubsub_pb2_grpc.PubsubStub(world.api.channel)
    request = cachepubsub_pb2._SubscriptionRequest(cache_name=A, topic=topic)
    stream = stub.Subscribe(request, metadata=[("authorization", world.session)], timeout=30)
    expect_equal(next(stream).WhichOneof("kind"), "heartbeat", "first item")
    scope = Scopes.topic_publish_only(A, topic)
    for name in ("user-7", ""):
        key = await token(world, scope, asynchronous, name=name)
        async with Actor(world, key, asynchronous) as actor:
            expect_equal(await actor.publish(A, topic), OK, "published")
    ids = []
    for item in stream:
        if item.HasField("item"):
            ids.append(item.item.publisher_id)
        if len(ids) == 2:
            break
    stream.cancel()
    expect_equal(ids, ["user-7", ""], "publishers")


@contextmanager
def world(binary: str, scratch: Path) -> Iterator[World]:
    with ExitStack() as stack:
        service = stack.enter_context(serving(binary))
        api = stack.enter_context(connected(service.address))
        made = World(service, api, api.log_in())
        with CacheClient(
            Configurations.Laptop.latest(), made.provider(made.session), timedelta(seconds=60)
        ) as client:
            for cache in CACHES:
                client.create_cache(cache)
        yield made


if __name__ == "__main__":
    sys.exit(suite.main(world))
