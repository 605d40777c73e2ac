import MomentoAuthMessages
import ProtobufWire

/// What is measured of a message.
enum CodecWay: String, CaseIterable {
  case encode
  case decode
}

/// A message that the codec is measured with, without its type.
protocol CodecSample: Sendable {
  var name: String { get }
  var bytes: [UInt8] { get }
  /// How many values of the message need memory of their own: texts of more than 15 bytes, bytes, and
  /// lists. No decoder can do with fewer allocations.
  var valuesOnHeap: Int { get }

  /// Encodes or decodes the message once.
  func run(_ way: CodecWay) throws(WireError)
}

/// A message and its bytes. Being generic, its methods are told the message's type as they run, so that
/// they reach of the codec what the transport reaches.
private struct Sample<Message: WireMessage>: CodecSample {
  let name: String
  let message: Message
  let bytes: [UInt8]
  let valuesOnHeap: Int

  init(_ name: String, _ message: Message, valuesOnHeap: Int) throws(WireError) {
    self.name = name
    self.message = message
    bytes = try message.encoded()
    self.valuesOnHeap = valuesOnHeap
  }

  func run(_ way: CodecWay) throws(WireError) {
    switch way {
    case .encode: consume(try message.encoded())
    case .decode: consume(try Message(decoding: bytes))
    }
  }

  /// Takes what nobody needs, so that it is made nevertheless.
  @inline(never)
  private func consume<Value>(_ value: Value) {}
}

/// The messages that the codec is measured with.
enum CodecSamples {
  static func all() throws(WireError) -> [any CodecSample] {
    [
      try Sample("generate_request", generateRequest, valuesOnHeap: 8),
      try Sample("refresh_request", SampleCall.request, valuesOnHeap: 2),
      try Sample("refresh_response", SampleCall.response, valuesOnHeap: 3),
    ]
  }

  /// A request with every kind of permission.
  private static var generateRequest: GenerateApiTokenRequest {
    GenerateApiTokenRequest(
      expiry: .expires(Expires(validForSeconds: 30 * 24 * 3600)),
      authToken: SampleCall.text(SampleCall.keySize, seed: 21),
      permissions: Permissions(kind: .explicit(ExplicitPermissions(permissions: permissions))),
      tokenID: "deployment-pipeline-eu")
  }

  private static var permissions: [PermissionsType] {
    [
      caches(.readWrite, nil, .allItems(.init())),
      caches(.readOnly, "sessions", items(.keyPrefix(Array("customer/4711/session/".utf8)))),
      caches(.writeOnly, "recommendations-europe", items(.key(Array("leaderboard".utf8)))),
      topics(.readWrite, nil, .allTopics(.init())),
      topics(.readOnly, "chat", .topicSelector(.init(kind: .topicName("lobby")))),
      topics(
        .writeOnly, "notifications-production",
        .topicSelector(.init(kind: .topicNamePrefix("tenant/4711/")))),
      functions("functions", .init(kind: .functionName("resize-image-to-thumbnail"))),
      functions(nil, .init(kind: .functionNamePrefix("report-"))),
    ]
  }

  private static func caches(
    _ role: CacheRole, _ cache: String?, _ items: PermissionsType.CachePermissions.CacheItem
  ) -> PermissionsType {
    let selected = cache.map { PermissionsType.CacheSelector(kind: .cacheName($0)) }
    return PermissionsType(
      kind: .cachePermissions(
        .init(
          role: role, cache: selected.map { .cacheSelector($0) } ?? .allCaches(.init()),
          cacheItem: items)))
  }

  private static func items(
    _ kind: PermissionsType.CacheItemSelector.Kind
  ) -> PermissionsType.CachePermissions.CacheItem { .itemSelector(.init(kind: kind)) }

  private static func topics(
    _ role: TopicRole, _ cache: String?, _ topic: PermissionsType.TopicPermissions.Topic
  ) -> PermissionsType {
    let selected = cache.map { PermissionsType.CacheSelector(kind: .cacheName($0)) }
    return PermissionsType(
      kind: .topicPermissions(
        .init(
          role: role, cache: selected.map { .cacheSelector($0) } ?? .allCaches(.init()),
          topic: topic)))
  }

  private static func functions(
    _ cache: String?, _ function: PermissionsType.FunctionSelector
  ) -> PermissionsType {
    let selected = cache.map { PermissionsType.CacheSelector(kind: .cacheName($0)) }
    return PermissionsType(
      kind: .functionPermissions(
        .init(
          role: .invoke, cache: selected.map { .cacheSelector($0) } ?? .allCaches(.init()),
          function: .functionSelector(function))))
  }
}
