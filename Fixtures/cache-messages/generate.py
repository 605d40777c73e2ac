"""Makes the golden messages of the data plane anew: `python generate.py`, run by hand, never by CI.

Needs the PyPI packages `momento-wire-types` and `protobuf`, which say the bytes, as for the messages of
the auth service beside this folder. The messages of Ping are in neither, and have no fields.
"""
import importlib.util
import pathlib

from momento_wire_types import (  # noqa: F401 (registers)
    cacheclient_pb2,
    cachepubsub_pb2,
    controlclient_pb2,
)

HERE = pathlib.Path(__file__).parent
spec = importlib.util.spec_from_file_location("messages", HERE.parent / "messages/generate.py")
messages = importlib.util.module_from_spec(spec)
spec.loader.exec_module(messages)

CONTROL, CACHE, PUBSUB = "control_client._", "cache_client._", "cache_client.pubsub._"
MAX = 2**64 - 1


def control(f):
    f.value("create", CONTROL + "CreateCacheRequest", cache_name="shop")
    f.value("created", CONTROL + "CreateCacheResponse")
    f.value("delete-cache", CONTROL + "DeleteCacheRequest", cache_name="schön")
    f.value("deleted-cache", CONTROL + "DeleteCacheResponse")
    f.value("list", CONTROL + "ListCachesRequest", next_token="more")
    f.value("list-start", CONTROL + "ListCachesRequest")
    f.value("listed-cache", CONTROL + "Cache", cache_name="a")
    names = [{"cache_name": name} for name in ("a", "", "b")]
    f.value("listed", CONTROL + "ListCachesResponse", cache=names, next_token="more")
    f.value("listed-none", CONTROL + "ListCachesResponse")
    limits = {"cache_name": "a", "cache_limits": {"max_ttl_seconds": 60}, "topic_limits": {}}
    f.value("listed-limits", CONTROL + "ListCachesResponse", "limits are kept", cache=[limits])


def cache(f):
    f.value("get", CACHE + "GetRequest", cache_key=b"\x00\xffk")
    f.value("get-hit", CACHE + "GetResponse", result=2, cache_body=b"value")
    f.value("get-hit-empty", CACHE + "GetResponse", "an empty value", result=2)
    f.value("get-miss", CACHE + "GetResponse", result=3, message="none")
    f.value("set", CACHE + "SetRequest", cache_key=b"k", cache_body=b"v", ttl_milliseconds=60_000)
    f.value("set-max", CACHE + "SetRequest", cache_key=b"k", ttl_milliseconds=MAX)
    f.value("set-done", CACHE + "SetResponse", result=1, message="ok")
    f.value("delete", CACHE + "DeleteRequest", cache_key=b"k")
    f.value("deleted", CACHE + "DeleteResponse")


def pubsub(f):
    text, binary = {"text": "hi"}, {"binary": b"\x00\xff"}
    f.value("publish-text", PUBSUB + "PublishRequest", cache_name="c", topic="t", value=text)
    f.value("publish-binary", PUBSUB + "PublishRequest", cache_name="c", topic="t", value=binary)
    f.value("value-empty-text", PUBSUB + "TopicValue", "in a oneof, so it is written", text="")
    f.value("published", "common._Empty")
    f.value("subscribe", PUBSUB + "SubscriptionRequest", cache_name="c", topic="t",
            resume_at_topic_sequence_number=7, sequence_page=MAX)
    item = {"topic_sequence_number": 300, "value": text, "publisher_id": "id", "sequence_page": 2}
    f.value("topic-item", PUBSUB + "TopicItem", **item)
    f.value("item", PUBSUB + "SubscriptionItem", item=item)
    gap = {"last_topic_sequence": 1, "new_topic_sequence": MAX, "new_sequence_page": 3}
    f.value("gap", PUBSUB + "Discontinuity", **gap)
    f.value("discontinuity", PUBSUB + "SubscriptionItem", discontinuity=gap)
    f.value("heartbeat", PUBSUB + "SubscriptionItem", heartbeat={})
    f.value("beat", PUBSUB + "Heartbeat")
    f.wire("item-in-pieces", PUBSUB + "SubscriptionItem", "0a02 0801 0a02 2002",
           "a message of a oneof is merged")
    f.wire("item-last-wins", PUBSUB + "SubscriptionItem", "0a02 0801 1a00", "the last one counts")


def refused(f):
    f.refused("set-cut", CACHE + "SetRequest", "0a03 6b",
              "SetRequest.cache_key: length 3 but only 1 bytes left at offset 1")
    f.refused("text-not-utf8", PUBSUB + "PublishRequest", "1a04 0a02 c328",
              "PublishRequest.value.text: string is not valid UTF-8 at offset 4")


if __name__ == "__main__":
    fixtures = messages.Fixtures(HERE)
    for part in (control, cache, pubsub, refused):
        part(fixtures)
    fixtures.write()
    print(f"{len(fixtures.golden)} golden, {len(fixtures.bad)} bad")
