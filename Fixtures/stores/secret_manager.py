"""Makes secret_manager.json anew: `python secret_manager.py`, run by hand, never by CI.

Needs the PyPI package `google-cloud-secret-manager`; the bytes are what Google's own messages give.
"""
import json
import pathlib

from google.cloud import secretmanager_v1 as api
from google.iam.v1 import iam_policy_pb2 as iam

HERE = pathlib.Path(__file__).parent
NAME = "projects/p/secrets/s"
SECRET = api.Secret(
    name=NAME, etag='"abc"', version_aliases={"current": 3, "pending": 4, "previous": 2},
    annotations={"momento-auth-rotation": "{}", "team": "cache"}, labels={"env": "test"},
    replication={"automatic": {}},
    create_time={"seconds": 1764000000, "nanos": 5})
# What a client sends of it: no field that only the service sets.
SENT = api.Secret(
    name=NAME, etag='"abc"', version_aliases={"current": 3},
    annotations={"momento-auth-rotation": "{}"})

MESSAGES = {
    "get-secret": api.GetSecretRequest(name=NAME),
    "secret": SECRET,
    "update-secret": api.UpdateSecretRequest(
        secret=SENT, update_mask={"paths": ["version_aliases", "annotations"]}),
    "add-version": api.AddSecretVersionRequest(
        parent=NAME, payload=api.SecretPayload(data=b"key", data_crc32c=0xE3069283)),
    "version": api.SecretVersion(
        name=NAME + "/versions/4", state="ENABLED", etag='"x"',
        client_specified_payload_checksum=True, create_time={"seconds": 1764000000}),
    "access-version": api.AccessSecretVersionRequest(name=NAME + "/versions/4"),
    "accessed-version": api.AccessSecretVersionResponse(
        name=NAME + "/versions/4",
        payload=api.SecretPayload(data=b"\x00\xff", data_crc32c=0)),
    "list-versions": api.ListSecretVersionsRequest(
        parent=NAME, page_size=100, page_token="t", filter="state:ENABLED"),
    "listed-versions": api.ListSecretVersionsResponse(
        versions=[
            api.SecretVersion(name=NAME + "/versions/4", state="DISABLED"),
            api.SecretVersion(name=NAME + "/versions/3", state="DESTROYED")],
        next_page_token="u", total_size=4),
    "test-permissions": iam.TestIamPermissionsRequest(
        resource=NAME, permissions=["secretmanager.versions.add"]),
    "tested-permissions": iam.TestIamPermissionsResponse(
        permissions=["secretmanager.versions.add"]),
}


def encoded(message):
    raw = message if hasattr(message, "SerializeToString") else type(message).pb(message)
    # Maps in the order of their keys, as any order is right.
    return raw.SerializeToString(deterministic=True).hex()


goldens = {name: encoded(message) for name, message in MESSAGES.items()}
(HERE / "secret_manager.json").write_text(json.dumps(goldens, indent=1) + "\n")
