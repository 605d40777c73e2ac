"""Makes etcd.json anew: `python etcd.py`, run by hand, never by CI.

Needs the PyPI packages `protobuf` and `grpcio-tools`. The bytes are what Python's protobuf makes of the
messages of Protos/etcd.
"""
import json
import pathlib
import sys
import tempfile

from grpc_tools import protoc

HERE = pathlib.Path(__file__).parent
PROTOS = HERE.parent.parent / "Protos" / "etcd"

with tempfile.TemporaryDirectory() as made:
    if protoc.main(["", f"-I{PROTOS}", f"--python_out={made}", "kv.proto", "rpc.proto"]):
        raise SystemExit("protoc has failed")
    sys.path.insert(0, made)
    import kv_pb2 as kv
    import rpc_pb2 as rpc

HEADER = rpc.ResponseHeader(cluster_id=1 << 63, member_id=7, revision=300, raft_term=2)
PAIR = kv.KeyValue(
    key=b"app/key", create_revision=2, mod_revision=300, version=3, value=b"\x00\xff{}", lease=-1)


def op(**kind):
    return rpc.RequestOp(**kind)


MESSAGES = {
    "txn-read": rpc.TxnRequest(success=[
        op(request_range=rpc.RangeRequest(key=b"k")),
        op(request_range=rpc.RangeRequest(key=b"k/rotation"))]),
    "txn-swap": rpc.TxnRequest(
        compare=[
            rpc.Compare(target="MOD", key=b"k", mod_revision=300),
            rpc.Compare(target="MOD", key=b"k/rotation", mod_revision=0)],
        success=[
            op(request_txn=rpc.TxnRequest(
                compare=[rpc.Compare(target="VALUE", key=b"k", value=b"new")],
                failure=[op(request_put=rpc.PutRequest(key=b"k", value=b"new"))])),
            op(request_delete_range=rpc.DeleteRangeRequest(key=b"k/rotation"))]),
    "txn-lead": rpc.TxnRequest(
        compare=[rpc.Compare(target="CREATE", key=b"k/leader", create_revision=0)],
        success=[op(request_put=rpc.PutRequest(key=b"k/leader", value=b"me", lease=1 << 62))]),
    "txn-response": rpc.TxnResponse(header=HEADER, succeeded=True, responses=[
        rpc.ResponseOp(response_put=rpc.PutResponse(header=HEADER)),
        rpc.ResponseOp(response_range=rpc.RangeResponse(header=HEADER, kvs=[PAIR], count=1)),
        rpc.ResponseOp(response_range=rpc.RangeResponse(header=HEADER))]),
    "lease-grant": rpc.LeaseGrantRequest(TTL=15),
    "lease-granted": rpc.LeaseGrantResponse(header=HEADER, ID=1 << 62, TTL=15),
    "lease-revoke": rpc.LeaseRevokeRequest(ID=1 << 62),
    "lease-keep-alive": rpc.LeaseKeepAliveRequest(ID=1 << 62),
    "lease-kept-alive": rpc.LeaseKeepAliveResponse(header=HEADER, ID=1 << 62, TTL=15),
    "watch": rpc.WatchRequest(create_request=rpc.WatchCreateRequest(key=b"k", start_revision=5)),
    "watch-created": rpc.WatchResponse(header=HEADER, watch_id=1, created=True),
    "watch-event": rpc.WatchResponse(
        header=HEADER, events=[kv.Event(type="DELETE", kv=PAIR)]),
    "watch-compacted": rpc.WatchResponse(
        canceled=True, compact_revision=9, cancel_reason="compacted"),
    "authenticate": rpc.AuthenticateRequest(name="root", password="word"),
    "authenticated": rpc.AuthenticateResponse(header=HEADER, token="abc.12"),
}

goldens = {name: message.SerializeToString().hex() for name, message in MESSAGES.items()}
(HERE / "etcd.json").write_text(json.dumps(goldens, indent=1) + "\n")
