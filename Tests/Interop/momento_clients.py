"""The official Momento Python SDK's clients with one token, both kinds behind one face."""

from __future__ import annotations

import asyncio
import logging
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

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
    DisposableTokenProps,
    DisposableTokenScope,
)
from momento.config import Configurations, TopicConfigurations
from momento.config.auth_configurations import AuthConfigurations
from momento.responses import TopicSubscribe
from momento.utilities import ExpiresIn

from harness import Service, expect
from momento_api import Api, inner_key

# What is refused on purpose is no news.
logging.getLogger("momentosdk").setLevel(logging.CRITICAL)
OK = "ok"


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
