#!/usr/bin/env python3
"""grpcio's own clients of the standard services, health and reflection, ask our embedded service."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator

import grpc
from google.protobuf import descriptor_pb2
from google.protobuf.descriptor_pool import DescriptorPool
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import (
    ProtoReflectionDescriptorDatabase,
)
from momento_wire_types import auth_pb2

from harness import Service, Suite, expect, expect_equal, serving

SERVING = health_pb2.HealthCheckResponse.SERVING
suite = Suite("standard_services")


@dataclass
class World:
    binary: str
    service: Service
    channel: grpc.Channel


@contextmanager
def world(binary: str, scratch: Path) -> Iterator[World]:
    with serving(binary) as service, grpc.insecure_channel(service.address) as channel:
        yield World(binary, service, channel)


def check(channel: grpc.Channel, service: str) -> int:
    request = health_pb2.HealthCheckRequest(service=service)
    return health_pb2_grpc.HealthStub(channel).Check(request, timeout=30).status


def reflect(channel: grpc.Channel, *requests: reflection_pb2.ServerReflectionRequest) -> list:
    stub = reflection_pb2_grpc.ServerReflectionStub(channel)
    return list(stub.ServerReflectionInfo(iter(requests), timeout=30))


@suite.check("Check says SERVING for the server and for each of its services")
def _(world: World) -> None:
    for service in ("", "auth.Auth", "token.Token"):
        expect_equal(check(world.channel, service), SERVING, service or "the server")


@suite.check("Check refuses a service that is not there with NOT_FOUND")
def _(world: World) -> None:
    try:
        check(world.channel, "no.Such")
    except grpc.RpcError as error:
        expect_equal(error.code(), grpc.StatusCode.NOT_FOUND, "the code")
    else:
        raise AssertionError("it was answered")


@suite.check("Watch says SERVICE_UNKNOWN for a service that is not there, and stays open")
def _(world: World) -> None:
    watch = health_pb2_grpc.HealthStub(world.channel).Watch(
        health_pb2.HealthCheckRequest(service="no.Such"), timeout=30
    )
    expect_equal(next(watch).status, health_pb2.HealthCheckResponse.SERVICE_UNKNOWN, "the status")
    expect(watch.is_active(), "the call is over")
    watch.cancel()


@suite.check("Watch says NOT_SERVING when the server stops, and does not hold it up")
def _(world: World) -> None:
    with serving(world.binary) as service, grpc.insecure_channel(service.address) as channel:
        watch = health_pb2_grpc.HealthStub(channel).Watch(
            health_pb2.HealthCheckRequest(service="auth.Auth"), timeout=60
        )
        expect_equal(next(watch).status, SERVING, "the first status")
        service.child.terminate()
        expect_equal(
            next(watch).status, health_pb2.HealthCheckResponse.NOT_SERVING, "the second status"
        )
        try:
            next(watch)
        except grpc.RpcError as error:
            expect_equal(error.code(), grpc.StatusCode.UNAVAILABLE, "the end")
        expect_equal(service.child.wait(), 0, "the exit code")


@suite.check("a client with the health service's configuration calls a server that is serving")
def _(world: World) -> None:
    options = [
        (
            "grpc.service_config",
            '{"loadBalancingConfig":[{"round_robin":{}}],'
            '"healthCheckConfig":{"serviceName":"auth.Auth"}}',
        )
    ]
    with grpc.insecure_channel(world.service.address, options=options) as channel:
        grpc.channel_ready_future(channel).result(timeout=30)
        expect_equal(check(channel, ""), SERVING, "the status")


@suite.check("grpcio's descriptor database lists the services of the server")
def _(world: World) -> None:
    services = ProtoReflectionDescriptorDatabase(world.channel).get_services()
    expect_equal(
        sorted(services),
        [
            "auth.Auth",
            "grpc.health.v1.Health",
            "grpc.reflection.v1.ServerReflection",
            "grpc.reflection.v1alpha.ServerReflection",
            "token.Token",
        ],
        "the services",
    )


@suite.check("grpcio builds messages from what reflection says, and calls with them")
def _(world: World) -> None:
    pool = DescriptorPool(ProtoReflectionDescriptorDatabase(world.channel))
    method = pool.FindServiceByName("auth.Auth").FindMethodByName("GenerateApiToken")
    official = auth_pb2.DESCRIPTOR.services_by_name["Auth"].methods_by_name["GenerateApiToken"]
    for ours, theirs in (
        (method.input_type, official.input_type),
        (method.output_type, official.output_type),
    ):
        expect_equal(
            [(f.name, f.number, f.type) for f in ours.fields],
            [(f.name, f.number, f.type) for f in theirs.fields],
            ours.full_name,
        )


@suite.check("a file comes with all that it imports, and the one asked for first")
def _(world: World) -> None:
    (response,) = reflect(
        world.channel, reflection_pb2.ServerReflectionRequest(file_by_filename="auth.proto")
    )
    files = [
        descriptor_pb2.FileDescriptorProto.FromString(file)
        for file in response.file_descriptor_response.file_descriptor_proto
    ]
    expect_equal([f.name for f in files], ["auth.proto", "permissionmessages.proto"], "the files")


@suite.check("one stream answers question by question; what is not there is an error in it")
def _(world: World) -> None:
    Request = reflection_pb2.ServerReflectionRequest
    responses = reflect(
        world.channel,
        Request(file_by_filename="none.proto", host="here"),
        Request(file_containing_symbol="token.Token.GenerateDisposableToken"),
        Request(all_extension_numbers_of_type="auth._LoginRequest"),
        Request(
            file_containing_extension=reflection_pb2.ExtensionRequest(
                containing_type="auth._LoginRequest", extension_number=5
            )
        ),
        Request(),
    )
    expect_equal(
        [r.WhichOneof("message_response") for r in responses],
        [
            "error_response",
            "file_descriptor_response",
            "all_extension_numbers_response",
            "error_response",
            "error_response",
        ],
        "the answers",
    )
    expect_equal(responses[0].error_response.error_code, 5, "the code of an unknown file")
    expect_equal(responses[0].valid_host, "here", "the host")
    expect_equal(responses[0].original_request.file_by_filename, "none.proto", "the request")
    expect_equal(
        responses[2].all_extension_numbers_response.base_type_name, "auth._LoginRequest", "the type"
    )


@suite.check("version 1 of reflection answers as v1alpha does")
def _(world: World) -> None:
    call = world.channel.stream_stream(
        "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
        request_serializer=reflection_pb2.ServerReflectionRequest.SerializeToString,
        response_deserializer=reflection_pb2.ServerReflectionResponse.FromString,
    )
    (response,) = call(
        iter([reflection_pb2.ServerReflectionRequest(list_services="*")]), timeout=30
    )
    expect_equal(len(response.list_services_response.service), 5, "the number of services")


if __name__ == "__main__":
    sys.exit(suite.main(world))
