import MomentoAuth
import MomentoCacheMessages

/// The data plane without its wires: who calls, what and when go in, answers or refusals come out.
///
/// Each call is authenticated first, then authorised, and only then looked at: a credential learns
/// nothing of what it may not reach, not even whether it is there.
struct DataRules: Sendable {
  private let mint: TokenMint
  private let endsSubscriptionsWithTheirTokens: Bool
  private var store: CacheStore
  private var hub: TopicHub
  private var isStopping = false

  /// - Parameter now: the time in milliseconds since 1970, as everywhere here.
  init(_ configuration: AuthServiceConfiguration, mint: TokenMint, at now: UInt64) {
    self.mint = mint
    endsSubscriptionsWithTheirTokens = configuration.endsSubscriptionsWithTheirTokens
    let forTopics = configuration.mostMemory / 4
    store = CacheStore(
      .init(
        bytes: configuration.mostMemory - forTopics, itemBytes: configuration.mostItemBytes,
        caches: configuration.mostCaches))
    hub = TopicHub(
      .init(
        bytes: forTopics, valueBytes: configuration.mostItemBytes,
        subscribers: configuration.mostSubscriptions), firstPage: now)
  }

  // MARK: Who may

  /// The claims of a credential that works now and may do this.
  private func caller(
    _ credential: String, to operation: DataOperation, at now: UInt64
  ) throws(AuthRefusal) -> TokenClaims {
    let claims = try mint.working(credential, in: .authorization, at: now / 1_000)
    guard let authorizer = Authorizer(claims) else {
      throw .unauthenticated("the permissions of this token cannot be read")
    }
    if case .denied(let denial) = authorizer.decide(operation) { throw .denied("\(denial)") }
    return claims
  }

  /// Whether the service answers, for a credential of any permissions.
  func ping(_ credential: String, at now: UInt64) throws(AuthRefusal) -> PingResponse {
    _ = try mint.working(credential, in: .authorization, at: now / 1_000)
    return PingResponse()
  }

  // MARK: Caches

  mutating func createCache(
    _ request: CreateCacheRequest, _ credential: String, at now: UInt64
  ) throws(AuthRefusal) -> CreateCacheResponse {
    _ = try caller(credential, to: .control(.createCache), at: now)
    try store.create(request.cacheName)
    return CreateCacheResponse()
  }

  /// Removes a cache. Its subscribers are to be told that it is gone.
  mutating func deleteCache(
    _ request: DeleteCacheRequest, _ credential: String, at now: UInt64
  ) throws(AuthRefusal) -> Set<Int> {
    _ = try caller(credential, to: .control(.deleteCache), at: now)
    try store.delete(request.cacheName)
    return hub.removeTopics(of: request.cacheName)
  }

  /// All caches in one answer.
  func listCaches(
    _ credential: String, at now: UInt64
  ) throws(AuthRefusal) -> ListCachesResponse {
    _ = try caller(credential, to: .control(.listCaches), at: now)
    return ListCachesResponse(cache: store.names.map { ListedCache(cacheName: $0) })
  }

  // MARK: Items

  /// What a call to an item says besides its message.
  struct ItemCall: Sendable {
    var credential: String
    /// The metadata `cache`.
    var cache: String
  }

  mutating func get(
    _ request: GetRequest, _ call: ItemCall, at now: UInt64
  ) throws(AuthRefusal) -> GetResponse {
    try authorize(.read, request.cacheKey, call, at: now)
    guard let value = try store.value(of: request.cacheKey, in: call.cache, at: now) else {
      return GetResponse(result: .miss)
    }
    return GetResponse(result: .hit, cacheBody: value)
  }

  mutating func set(
    _ request: SetRequest, _ call: ItemCall, at now: UInt64
  ) throws(AuthRefusal) -> SetResponse {
    try authorize(.write, request.cacheKey, call, at: now)
    try store.set(
      request.cacheKey, in: call.cache, to: request.cacheBody, for: request.ttlMilliseconds,
      at: now)
    return SetResponse(result: .ok)
  }

  mutating func delete(
    _ request: DeleteRequest, _ call: ItemCall, at now: UInt64
  ) throws(AuthRefusal) -> DeleteResponse {
    try authorize(.write, request.cacheKey, call, at: now)
    try store.removeValue(of: request.cacheKey, in: call.cache, at: now)
    return DeleteResponse()
  }

  /// Refuses a method that this service has not got, by its permissions first: what may not be done
  /// is denied here as it would be there.
  func refuse(
    _ method: String, _ access: DataOperation.ItemAccess, _ request: KeyedRequest, _ call: ItemCall,
    at now: UInt64
  ) throws(AuthRefusal) -> KeyedRequest {
    try authorize(access, request.cacheKey, call, at: now)
    throw .missing(method, instead: "of items, it has Get, Set and Delete")
  }

  private func authorize(
    _ access: DataOperation.ItemAccess, _ key: [UInt8], _ call: ItemCall, at now: UInt64
  ) throws(AuthRefusal) {
    let operation = DataOperation.item(access, cache: call.cache, key: key)
    _ = try caller(call.credential, to: operation, at: now)
    guard !call.cache.isEmpty else { throw .invalid("the metadata cache names no cache") }
    guard !key.isEmpty else { throw .invalid("the key is empty") }
  }

  // MARK: Topics

  /// Adds a value to a topic.
  ///
  /// - Returns: the subscribers that have something to read now.
  mutating func publish(
    _ request: PublishRequest, _ credential: String, at now: UInt64
  ) throws(AuthRefusal) -> Set<Int> {
    let operation = DataOperation.publish(cache: request.cacheName, topic: request.topic)
    let claims = try caller(credential, to: operation, at: now)
    try check(request.cacheName, request.topic)
    guard let value = request.value, value.kind != nil else {
      throw .invalid("the request has no value: set text, or binary")
    }
    return try hub.publish(
      value, by: claims.tid ?? "", to: .init(cache: request.cacheName, topic: request.topic))
  }

  /// Adds a subscriber.
  mutating func subscribe(
    _ request: SubscriptionRequest, _ credential: String, at now: UInt64
  ) throws(AuthRefusal) -> Int {
    let operation = DataOperation.subscribe(cache: request.cacheName, topic: request.topic)
    let claims = try caller(credential, to: operation, at: now)
    try check(request.cacheName, request.topic)
    guard !isStopping else { throw .stopping }
    return try hub.subscribe(
      to: .init(cache: request.cacheName, topic: request.topic),
      from: request.resumeAtTopicSequenceNumber, page: request.sequencePage,
      until: endsSubscriptionsWithTheirTokens ? claims.exp : nil)
  }

  private func check(_ cache: String, _ topic: String) throws(AuthRefusal) {
    guard !cache.isEmpty else { throw .invalid("the name of the cache is empty") }
    guard !topic.isEmpty else { throw .invalid("the name of the topic is empty") }
    try store.require(cache)
  }

  /// What a subscriber has not read yet, a batch of it; throws once the subscription is over.
  mutating func items(
    for subscriber: Int, at now: UInt64
  ) throws(AuthRefusal) -> [SubscriptionItem] {
    guard !isStopping else { throw .stopping }
    return try hub.items(for: subscriber, most: Self.batch, at: now / 1_000)
  }

  mutating func unsubscribe(_ subscriber: Int) { hub.unsubscribe(subscriber) }

  /// Ends all subscriptions, and takes no new ones.
  mutating func stop() { isStopping = true }

  /// So that a subscriber with much to read does not hold up the others for long.
  private static let batch = 64

  // MARK: Snapshots

  /// All caches and their items.
  mutating func snapshot(at now: UInt64) -> DataSnapshot { store.snapshot(at: now) }

  /// Adds what a snapshot holds.
  mutating func restore(_ snapshot: DataSnapshot, at now: UInt64) throws(AuthRefusal) {
    try store.restore(snapshot, at: now)
  }
}
