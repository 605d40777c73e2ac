#!/usr/bin/env python3
"""What tokens of every scope may do, tried with the official Momento Python SDK against our service.

Each scenario takes a disposable token with the SDK, and with it makes every call on two caches, three
keys and two topics, once with the synchronous and once with the asynchronous clients: what the scope
allows must succeed, and all else be PERMISSION_ERROR.
"""

from __future__ import annotations

import asyncio
import sys
import threading
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Callable, Iterator

import grpc
from momento import CacheClient
from momento.auth.access_control.disposable_token_scope import (
    AllCacheItems,
    CacheItemKey,
    CacheItemKeyPrefix,
    CacheItemSelector,
    DisposableTokenCachePermission,
    DisposableTokenCachePermissions,
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
from momento.config import Configurations
from momento.responses import CacheGet, TopicSubscriptionItem
from momento_wire_types import (
    auth_pb2,
    cacheclient_pb2,
    cachepubsub_pb2,
    cachepubsub_pb2_grpc,
    controlclient_pb2,
    token_pb2,
)

from harness import Suite, expect, expect_equal, serving
from momento_api import connected
from momento_clients import OK, Actor, World, result, token

suite = Suite("momento_auth_scenarios")
CACHES = ("cache-a", "cache-b")
KEYS = ("pet", "pet-cat", "other")
TOPICS = ("topic-a", "topic-b")
DENIED, EXPIRED = "PERMISSION_ERROR", "AUTHENTICATION_ERROR"
# In this order: what is read has been set before, where it may be.
VERBS = {"set": KEYS, "get": KEYS, "delete": KEYS, "publish": TOPICS, "subscribe": TOPICS}
READS, WRITES, TOPIC_CALLS = {"get"}, {"set", "delete"}, {"publish", "subscribe"}
ITEMS = READS | WRITES
Allows = Callable[[str, str, str], bool]


async def calls(actor: Actor) -> list[tuple[str, str, str, str]]:
    """Every call, and how it went."""
    made = []
    for cache in CACHES:
        for verb, names in VERBS.items():
            for name in names:
                made.append((verb, cache, name, await getattr(actor, verb)(cache, name)))
    return made


async def play(world: World, scope: DisposableTokenScope, allows: Allows, asynchronous: bool) -> None:
    async with Actor(world, await token(world, scope, asynchronous), asynchronous) as actor:
        wrong = [
            call
            for call in await calls(actor)
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


CACHE_ROLES = {
    "reading": ("read_only", READS),
    "writing": ("write_only", WRITES),
    "reading and writing": ("read_write", ITEMS),
}
TOPIC_ROLES = {
    "publishing": ("publish_only", {"publish"}),
    "subscribing": ("subscribe_only", {"subscribe"}),
    "publishing and subscribing": ("publish_subscribe", TOPIC_CALLS),
}


def item_scenarios(what: str, role: str, verbs: set[str]) -> None:
    """All of a role's: caches, one cache, a key, a key prefix."""
    whole, key, prefix = (
        getattr(Scopes, f"cache_{part}{role}") for part in ("", "key_", "key_prefix_")
    )
    scenario(f"{what} in every cache", whole(EVERY), lambda verb, cache, name: verb in verbs)
    scenario(
        f"{what} in one cache", whole(A), lambda verb, cache, name: verb in verbs and cache == A
    )
    scenario(
        f"{what} a key of one cache",
        key(A, "pet"),
        lambda verb, cache, name: verb in verbs and (cache, name) == (A, "pet"),
    )
    scenario(
        f"{what} a key prefix of one cache",
        prefix(A, "pet"),
        lambda verb, cache, name: verb in verbs and cache == A and name.startswith("pet"),
    )
    scenario(
        f"{what} a key of every cache",
        key(EVERY, "pet"),
        lambda verb, cache, name: verb in verbs and name == "pet",
    )
    scenario(
        f"{what} a key prefix of every cache",
        prefix(EVERY, "pet-"),
        lambda verb, cache, name: verb in verbs and name == "pet-cat",
    )


def topic_scenarios(what: str, role: str, verbs: set[str]) -> None:
    """All of a role's: topics, one topic."""
    made = getattr(Scopes, f"topic_{role}")
    scenario(
        f"{what}, every topic", made(EVERY, AllTopics()), lambda verb, cache, name: verb in verbs
    )
    scenario(
        f"{what}, one topic of one cache",
        made(A, TOPICS[0]),
        lambda verb, cache, name: verb in verbs and (cache, name) == (A, TOPICS[0]),
    )
    scenario(
        f"{what}, one topic of every cache",
        made(EVERY, TOPICS[0]),
        lambda verb, cache, name: verb in verbs and name == TOPICS[0],
    )


for role in CACHE_ROLES.items():
    item_scenarios(role[0], *role[1])
for role in TOPIC_ROLES.items():
    topic_scenarios(role[0], *role[1])
scenario("all data", DisposableTokenScope(ALL_DATA_READ_WRITE), lambda verb, cache, name: True)
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
        outcomes = {call[3] for call in await calls(actor)}
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


ANSWERED = {
    "/control_client.ScsControl/": {"CreateCache", "DeleteCache", "ListCaches"},
    "/cache_client.Scs/": {"Get", "Set", "Delete"},
    "/cache_client.pubsub.Pubsub/": {"Publish", "Subscribe"},
    "/auth.Auth/": {"Login", "GenerateApiToken", "RefreshApiToken"},
    "/token.Token/": {"GenerateDisposableToken"},
}


@suite.check("every other method that Momento's services have is UNIMPLEMENTED by its name")
def _(world: World) -> None:
    modules = (auth_pb2, cacheclient_pb2, cachepubsub_pb2, controlclient_pb2, token_pb2)
    services = [s for module in modules for s in module.DESCRIPTOR.services_by_name.values()]
    expect_equal({f"/{service.full_name}/" for service in services}, set(ANSWERED), "services")
    metadata = [("authorization", world.session), ("cache", A)]
    for service in services:
        names = {method.name for method in service.methods}
        expect(ANSWERED[f"/{service.full_name}/"] <= names, f"{service.full_name} has changed")
        for name in names - ANSWERED[f"/{service.full_name}/"]:
            call = world.api.channel.unary_unary(f"/{service.full_name}/{name}")
            try:
                call(b"\x0a\x01k", timeout=20, metadata=metadata)
                raise AssertionError(f"{name} was answered")
            except grpc.RpcError as error:
                expect_equal(error.code(), grpc.StatusCode.UNIMPLEMENTED, name)
                words = f"this service has no {service.full_name}/{name}; "
                expect(error.details().startswith(words), f"{name}: {error.details()}")


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
