import FoundationEssentials
import ProtobufWire
import TestSupport
import Testing

@testable import EtcdSecretStore

/// The bytes of Fixtures/stores/etcd.json, which Python's protobuf has made, beside what was put in.
@Suite struct MessageTests {
  private func golden(_ name: String) throws -> [UInt8] {
    let data = try Data(contentsOf: fixture("stores/etcd.json"))
    let goldens = try JSONDecoder().decode([String: String].self, from: data)
    return hex(try #require(goldens[name]))
  }

  private func expect<Message: WireMessage>(
    _ message: Message, is name: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let bytes = try golden(name)
    #expect(hex(try message.encoded()) == hex(bytes), sourceLocation: sourceLocation)
    #expect(try Message(decoding: bytes) == message, sourceLocation: sourceLocation)
  }

  private let key = Array("k".utf8)
  private let journal = Array("k/rotation".utf8)
  private let lease: Int64 = 1 << 62

  @Test func transactions() throws {
    try expect(
      TransactionRequest(
        success: [.range(RangeRequest(key: key)), .range(RangeRequest(key: journal))]),
      is: "txn-read")
    let new = Array("new".utf8)
    let put = TransactionRequest(
      compare: [Compare(key, value: new)], failure: [.put(PutRequest(key: key, value: new))])
    try expect(
      TransactionRequest(
        compare: [Compare(key, modRevision: 300), Compare(journal, modRevision: 0)],
        success: [.transaction(put), .deleteRange(DeleteRangeRequest(key: journal))]),
      is: "txn-swap")
    let leader = Array("k/leader".utf8)
    try expect(
      TransactionRequest(
        compare: [Compare(leader, createRevision: 0)],
        success: [.put(PutRequest(key: leader, value: Array("me".utf8), lease: lease))]),
      is: "txn-lead")
  }

  @Test func theAnswerOfATransaction() throws {
    let answer = try TransactionResponse(decoding: try golden("txn-response"))
    #expect(answer.succeeded)
    #expect(answer.header?.revision == 300)
    #expect(answer.responses.count == 3)
    #expect(answer.responses[0].range == nil)
    let pair = try #require(answer.responses[1].range?.keyValues.first)
    #expect(pair.key == Array("app/key".utf8))
    #expect(pair.modRevision == 300)
    #expect(pair.value == [0, 0xff, 0x7b, 0x7d])
    #expect(pair.lease == -1)
    #expect(answer.responses[2].range?.keyValues == [])
  }

  @Test func leases() throws {
    try expect(LeaseGrantRequest(timeToLive: 15), is: "lease-grant")
    try expect(LeaseRevokeRequest(id: lease), is: "lease-revoke")
    try expect(LeaseKeepAliveRequest(id: lease), is: "lease-keep-alive")
    let granted = try LeaseGrantResponse(decoding: try golden("lease-granted"))
    #expect(granted.id == lease)
    #expect(granted.timeToLive == 15)
    let kept = try LeaseKeepAliveResponse(decoding: try golden("lease-kept-alive"))
    #expect(kept.id == lease)
    #expect(kept.timeToLive == 15)
  }

  @Test func watches() throws {
    try expect(
      WatchRequest(create: WatchCreateRequest(key: key, startRevision: 5)), is: "watch")
    #expect(try WatchResponse(decoding: try golden("watch-created")).created)
    let event = try WatchResponse(decoding: try golden("watch-event"))
    #expect(event.events.first?.keyValue?.modRevision == 300)
    try expect(
      WatchResponse(canceled: true, compactRevision: 9, cancelReason: "compacted"),
      is: "watch-compacted")
  }

  @Test func users() throws {
    try expect(AuthenticateRequest(name: "root", password: "word"), is: "authenticate")
    #expect(
      try AuthenticateResponse(decoding: try golden("authenticated")).token == "abc.12")
  }

  @Test func noDescriptionShowsAValue() {
    let secret = "hunter2"
    let bytes = Array(secret.utf8)
    let request = TransactionRequest(
      compare: [Compare(key, value: bytes)], success: [.put(PutRequest(key: key, value: bytes))])
    var answer = AuthenticateResponse()
    answer.token = secret
    for shown in [
      "\(request)", String(reflecting: request), "\(answer)",
      "\(AuthenticateRequest(name: "root", password: secret))", dumped(request), dumped(answer),
    ] {
      #expect(!shown.contains(secret))
      #expect(!shown.contains(bytes.map(String.init).joined(separator: ", ")))
    }
  }

  private func dumped(_ value: some Any) -> String {
    var text = ""
    dump(value, to: &text)
    return text
  }
}
