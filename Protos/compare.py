#!/usr/bin/env python3
"""Compares the .proto files here with the descriptors in PyPI's momento-wire-types.

Needs protoc, and momento-wire-types in the Python that runs it. Run by hand:
    python3 Protos/compare.py
The order of nested messages, the language options and the comments may differ; all else may not.
"""
import pathlib
import subprocess
import sys

from google.protobuf import descriptor_pb2
from momento_wire_types import (
    auth_pb2,
    cacheclient_pb2,
    cachepubsub_pb2,
    common_pb2,
    controlclient_pb2,
    permissionmessages_pb2,
    token_pb2,
)

HERE = pathlib.Path(__file__).parent
WHOLE = (auth_pb2, permissionmessages_pb2, token_pb2)
# Of these, the files here have only what the embedded service answers.
EXCERPTS = (cacheclient_pb2, cachepubsub_pb2, common_pb2, controlclient_pb2)
OFFICIAL = {m.DESCRIPTOR.name: m.DESCRIPTOR for m in WHOLE + EXCERPTS}


def ours():
    command = ["protoc", f"-I{HERE}", "--descriptor_set_out=/dev/stdout", *sorted(OFFICIAL)]
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
    return {file.name: file for file in descriptor_pb2.FileDescriptorSet.FromString(output).file}


def official(name, excerpt):
    """What the package has of it; of an excerpt, what the excerpt has."""
    file = descriptor_pb2.FileDescriptorProto()
    OFFICIAL[name].CopyToProto(file)
    if name in [m.DESCRIPTOR.name for m in EXCERPTS]:
        keep(file.message_type, excerpt.message_type)
        keep(file.enum_type, excerpt.enum_type)
        for service, ours in zip(file.service, excerpt.service):
            keep(service.method, ours.method)
        file.dependency[:] = excerpt.dependency
    return file


def keep(parts, wanted):
    """Leaves only the parts that are wanted too, in their order."""
    order = [part.name for part in wanted]
    kept = sorted((p for p in parts if p.name in order), key=lambda part: order.index(part.name))
    del parts[:]
    parts.extend(kept)


def normalised(file):
    """The file without what no wire can show."""
    file.ClearField("options")
    for service in file.service:
        for method in service.method:
            method.ClearField("options")
    for message in file.message_type:
        normalise_message(message)
    for enum in file.enum_type:
        enum.ClearField("reserved_range")
    for part in (file.message_type, file.enum_type):
        part.sort(key=lambda declared: declared.name)
    return file


def normalise_message(message):
    message.ClearField("options")
    for field in message.field:
        field.ClearField("json_name")
    message.nested_type.sort(key=lambda nested: nested.name)
    for nested in message.nested_type:
        normalise_message(nested)


def main():
    differences = 0
    for name, file in ours().items():
        same = normalised(file) == normalised(official(name, file))
        print(f"{'same' if same else 'DIFFERENT'}: {name}")
        differences += not same
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
