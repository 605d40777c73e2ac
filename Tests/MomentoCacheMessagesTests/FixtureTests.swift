import MomentoCacheMessages
import ProtobufWire
import TLSSession
import TestSupport
import Testing

/// The messages of Fixtures/cache-messages, made by Momento's published Python package.
@Suite struct FixtureTests {
  static let folder = "cache-messages"
  static let manifest = GoldenManifest(of: folder)

  @Test func everyMessageTypeHasAFixtureAndEveryFixtureAValue() {
    #expect(Self.manifest.golden.count >= 32)
    #expect(Self.manifest.bad.count >= 2)
    #expect(Set(Self.manifest.golden.map(\.message)) == Set(messageTypes.keys))
    #expect(Set(Self.manifest.golden.map(\.name)) == Set(values.keys).union(["listed-limits"]))
  }

  @Test(arguments: manifest.golden)
  func aGoldenMessageIsReadAndWrittenAsMomentosPackageDoes(_ golden: GoldenMessage) throws {
    let bytes = try golden.bytes(in: Self.folder)
    try #require(hex(Crypto.sha256(bytes)) == golden.sha256)
    let type = try #require(messageTypes[golden.message])
    let message = try type.init(decoding: bytes)
    #expect(hex(try message.encoded()) == golden.canonical ?? hex(bytes))
    if let value = values[golden.name] { expect(message, is: value) }
  }

  @Test(arguments: manifest.golden)
  func aMessageThatIsCutOffIsAcceptedOnlyWhereProtobufAcceptsIt(_ golden: GoldenMessage) throws {
    let bytes = try golden.bytes(in: Self.folder)
    let type = try #require(messageTypes[golden.message])
    let accepted = bytes.indices.filter { (try? type.init(decoding: bytes, in: 0..<$0)) != nil }
    #expect(accepted == golden.acceptedPrefixes)
  }

  @Test(arguments: manifest.bad)
  func aBadMessageIsRefusedWithTheFaultAndItsPlace(_ bad: BadMessage) throws {
    let bytes = try bad.bytes(in: Self.folder)
    let type = try #require(messageTypes[bad.message])
    let error = #expect(throws: WireError.self) { _ = try type.init(decoding: bytes) }
    #expect(error?.description == bad.error)
  }

  @Test func aRequestOfAnotherMethodIsReadForItsKeyAndKeepsTheRest() throws {
    let set = SetRequest(cacheKey: [1, 2], cacheBody: [3], ttlMilliseconds: 4)
    let keyed = try KeyedRequest(decoding: try set.encoded())
    #expect(keyed.cacheKey == [1, 2])
    #expect(try SetRequest(decoding: try keyed.encoded()) == set)
  }

  private func expect<Message: WireMessage>(_ message: Message, is value: any WireMessage) {
    #expect(message == value as? Message)
  }
}

/// The message types by their full protobuf names.
private let messageTypes: [String: any WireMessage.Type] = {
  let types: [any WireMessage.Type] = [
    CreateCacheRequest.self, CreateCacheResponse.self, DeleteCacheRequest.self,
    DeleteCacheResponse.self, ListCachesRequest.self, ListCachesResponse.self, ListedCache.self,
    GetRequest.self, GetResponse.self, SetRequest.self, SetResponse.self, DeleteRequest.self,
    DeleteResponse.self, PublishRequest.self, PublishResponse.self, SubscriptionRequest.self,
    SubscriptionItem.self, TopicItem.self, TopicValue.self, Discontinuity.self, Heartbeat.self,
  ]
  return Dictionary(types.map { ($0.messageName, $0) }) { first, _ in first }
}()

private let item = TopicItem(
  topicSequenceNumber: 300, value: TopicValue(kind: .text("hi")), publisherID: "id",
  sequencePage: 2)
private let gap = Discontinuity(
  lastTopicSequence: 1, newTopicSequence: .max, newSequencePage: 3)

/// What was put into each fixture.
private let values: [String: any WireMessage] = [
  "create": CreateCacheRequest(cacheName: "shop"),
  "created": CreateCacheResponse(),
  "delete-cache": DeleteCacheRequest(cacheName: "schön"),
  "deleted-cache": DeleteCacheResponse(),
  "list": ListCachesRequest(nextToken: "more"),
  "list-start": ListCachesRequest(),
  "listed-cache": ListedCache(cacheName: "a"),
  "listed": ListCachesResponse(
    cache: ["a", "", "b"].map { ListedCache(cacheName: $0) }, nextToken: "more"),
  "listed-none": ListCachesResponse(),
  "get": GetRequest(cacheKey: [0, 0xFF, 0x6B]),
  "get-hit": GetResponse(result: .hit, cacheBody: Array("value".utf8)),
  "get-hit-empty": GetResponse(result: .hit),
  "get-miss": GetResponse(result: .miss, message: "none"),
  "set": SetRequest(cacheKey: [0x6B], cacheBody: [0x76], ttlMilliseconds: 60_000),
  "set-max": SetRequest(cacheKey: [0x6B], ttlMilliseconds: .max),
  "set-done": SetResponse(result: .ok, message: "ok"),
  "delete": DeleteRequest(cacheKey: [0x6B]),
  "deleted": DeleteResponse(),
  "publish-text": PublishRequest(
    cacheName: "c", topic: "t", value: TopicValue(kind: .text("hi"))),
  "publish-binary": PublishRequest(
    cacheName: "c", topic: "t", value: TopicValue(kind: .binary([0, 0xFF]))),
  "value-empty-text": TopicValue(kind: .text("")),
  "published": PublishResponse(),
  "subscribe": SubscriptionRequest(
    cacheName: "c", topic: "t", resumeAtTopicSequenceNumber: 7, sequencePage: .max),
  "topic-item": item,
  "item": SubscriptionItem(kind: .item(item)),
  "gap": gap,
  "discontinuity": SubscriptionItem(kind: .discontinuity(gap)),
  "heartbeat": SubscriptionItem(kind: .heartbeat(Heartbeat())),
  "beat": Heartbeat(),
  "item-in-pieces": SubscriptionItem(
    kind: .item(TopicItem(topicSequenceNumber: 1, sequencePage: 2))),
  "item-last-wins": SubscriptionItem(kind: .heartbeat(Heartbeat())),
]
