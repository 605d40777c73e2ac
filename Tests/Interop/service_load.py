#!/usr/bin/env python3
"""Loads `serve` with many clients at once: none of their calls may fail, and its memory stays flat.

Tests/Interop/service_load.py [--seconds N] [--clients N] BINARY

Each client has a connection of its own and goes round and round: it makes a key, refreshes it, takes
a disposable token, and with that sets, gets, deletes and publishes; one in ten listens too. Memory is
compared between the end of the warm-up, a third of the time, and the end.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc
from momento_wire_types import (
    auth_pb2,
    auth_pb2_grpc,
    cacheclient_pb2 as cache_pb2,
    cacheclient_pb2_grpc as cache_pb2_grpc,
    cachepubsub_pb2 as pubsub_pb2,
    cachepubsub_pb2_grpc as pubsub_pb2_grpc,
    controlclient_pb2 as control_pb2,
    controlclient_pb2_grpc as control_pb2_grpc,
    token_pb2_grpc,
)

from harness import serving
from momento_api import all_data, connected, disposable_request, generate_request

CACHE, TOPICS = "load", 8
TIMEOUT = 60
# Small, so that all bounds are reached within the warm-up.
LIMITS = ["--max-memory", "8MiB"]
ITEM = b"x" * 512


@dataclass
class Load:
    """What all clients share."""

    address: str
    superuser: str
    end: float
    calls: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)

    def is_on(self) -> bool:
        return time.monotonic() < self.end and not self.problems


class Client:
    def __init__(self, load: Load, number: int, channel: grpc.aio.Channel) -> None:
        self.load, self.number = load, number
        self.auth = auth_pb2_grpc.AuthStub(channel)
        self.tokens = token_pb2_grpc.TokenStub(channel)
        self.cache = cache_pb2_grpc.ScsStub(channel)
        self.pubsub = pubsub_pb2_grpc.PubsubStub(channel)

    async def call(self, method: Any, request: Any, *metadata: tuple[str, str]) -> Any:
        answer = await method(request, timeout=TIMEOUT, metadata=metadata)
        self.load.calls[type(request).__name__] += 1
        return answer

    async def run(self) -> None:
        turn = 0
        while self.load.is_on():
            await self.go_round(turn)
            turn += 1

    async def go_round(self, turn: int) -> None:
        made = await self.call(
            self.auth.GenerateApiToken, generate_request(self.load.superuser, all_data(), 60)
        )
        await self.call(
            self.auth.RefreshApiToken,
            auth_pb2._RefreshApiTokenRequest(
                api_key=made.api_key, refresh_token=made.refresh_token
            ),
        )
        request = disposable_request(self.load.superuser, all_data(), 60, f"client-{self.number}")
        token = (await self.call(self.tokens.GenerateDisposableToken, request)).api_key
        for step in range(5):
            await self.use(token, f"{self.number}-{turn}-{step}".encode())

    async def use(self, token: str, key: bytes) -> None:
        metadata = (("authorization", token), ("cache", CACHE))
        await self.call(
            self.cache.Set,
            cache_pb2._SetRequest(cache_key=key, cache_body=ITEM + key, ttl_milliseconds=1_000),
            *metadata,
        )
        got = await self.call(self.cache.Get, cache_pb2._GetRequest(cache_key=key), *metadata)
        if got.cache_body != ITEM + key:
            raise AssertionError(f"{key!r} came back as {got}")
        # Every other item is left to expire.
        if hash(key) % 2:
            await self.call(self.cache.Delete, cache_pb2._DeleteRequest(cache_key=key), *metadata)
        publish = pubsub_pb2._PublishRequest(
            cache_name=CACHE,
            topic=f"topic-{self.number % TOPICS}",
            value=pubsub_pb2._TopicValue(binary=ITEM + key),
        )
        await self.call(self.pubsub.Publish, publish, metadata[0])

    async def listen(self, token: str) -> None:
        """Until it is cancelled. The numbers rise, by one but where the service says otherwise."""
        request = pubsub_pb2._SubscriptionRequest(
            cache_name=CACHE, topic=f"topic-{self.number % TOPICS}"
        )
        last = None
        async for item in self.pubsub.Subscribe(request, metadata=(("authorization", token),)):
            self.load.calls[item.WhichOneof("kind")] += 1
            if item.HasField("discontinuity"):
                last = item.discontinuity.new_topic_sequence - 1
            if item.HasField("item"):
                number = item.item.topic_sequence_number
                if last is not None and number != last + 1:
                    raise AssertionError(f"{number} came after {last}")
                last = number


async def run_client(load: Load, number: int) -> None:
    options = [("grpc.use_local_subchannel_pool", 1), ("grpc.enable_retries", 0)]
    async with grpc.aio.insecure_channel(load.address, options) as channel:
        client = Client(load, number, channel)
        listener = asyncio.create_task(client.listen(load.superuser)) if number % 10 == 0 else None
        try:
            await client.run()
            if listener and listener.done():
                listener.result()
        except Exception as problem:  # the first one ends the load
            load.problems.append(f"client {number}: {type(problem).__name__}: {problem}")
        if listener:
            listener.cancel()
            await asyncio.gather(listener, return_exceptions=True)


def resident(pid: int) -> int:
    """KiB of memory that the process has."""
    status = Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:"))


async def measure(load: Load, pid: int, warm_up: float, clients: int) -> list[int]:
    """The memory at the end of the warm-up, and then until the end."""
    running = [asyncio.create_task(run_client(load, number)) for number in range(clients)]
    await asyncio.sleep(warm_up)
    memory = [resident(pid)]
    while load.is_on():
        await asyncio.sleep(0.5)
        memory.append(resident(pid))
    await asyncio.gather(*running)
    return memory


def main() -> int:
    parser = argparse.ArgumentParser(prog="service_load")
    parser.add_argument("binary", help="the momento-auth executable")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--clients", type=int, default=200)
    options = parser.parse_args()
    with serving(options.binary, *LIMITS) as service, connected(service.address) as api:
        superuser = api.superuser_key()
        control_pb2_grpc.ScsControlStub(api.channel).CreateCache(
            control_pb2._CreateCacheRequest(cache_name=CACHE),
            metadata=[("authorization", superuser)],
        )
        load = Load(service.address, superuser, time.monotonic() + options.seconds)
        measuring = measure(load, service.child.pid, options.seconds / 3, options.clients)
        memory = asyncio.run(measuring)
    return report(load, memory, options.seconds, options.clients)


def report(load: Load, memory: list[int], seconds: float, clients: int) -> int:
    total = sum(load.calls.values())
    print(f"{clients} clients, {seconds:.0f} s: {total} messages, {total / seconds:.0f} a second")
    for name, count in sorted(load.calls.items()):
        print(f"  {name}: {count}")
    warm, last = memory[0], min(memory[-4:])
    print(f"memory: {warm} KiB after the warm-up, {last} KiB at the end")
    problems = load.problems[:5]
    # The allocator keeps some of what it had; a leak of this load is many times as much.
    if last > warm * 1.1 + 2048:
        problems.append(f"memory grew by {last - warm} KiB")
    for problem in problems:
        print(f"FAIL  service_load: {' '.join(problem.split())[:600]}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
