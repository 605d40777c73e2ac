/// The caches and their items, in memory and within a bound. Times are milliseconds since 1970.
///
/// When it is full, setting is refused once all has been removed that has expired: an item that went
/// before its time would look like a fault of the client.
struct CacheStore: Sendable {
  struct Item: Sendable, Equatable {
    let value: [UInt8]
    /// The first moment at which it is not there.
    let end: UInt64
  }

  private struct Cache: Sendable {
    var items: [[UInt8]: Item] = [:]
    var used = 0
  }

  /// By the bytes of their names: Swift's own comparison takes different bytes for the same when
  /// Unicode does.
  private var caches: [[UInt8]: Cache] = [:]
  private var expiries = ExpiryQueue()
  private(set) var itemCount = 0
  /// How many bytes the items take.
  private(set) var used = 0
  private let limits: Limits

  struct Limits: Sendable {
    /// The most bytes of all items, their keys and what keeps them.
    var bytes: Int
    /// The most bytes of one item and its key.
    var itemBytes: Int
    var caches: Int
  }

  /// What an item takes besides its key and its value: two array headers, its places in the
  /// dictionary and in the order of expiry.
  static let overhead = 192
  private static let longestName = 255

  init(_ limits: Limits) { self.limits = limits }

  // MARK: Caches

  /// The names of the caches, in the order of their bytes.
  var names: [String] {
    caches.keys.sorted { $0.lexicographicallyPrecedes($1) }
      .map { String(decoding: $0, as: UTF8.self) }
  }

  mutating func create(_ name: String) throws(AuthRefusal) {
    guard !name.isEmpty else { throw .invalid("the name of the cache is empty") }
    guard name.utf8.count <= Self.longestName else {
      throw .invalid("the name of the cache is longer than \(Self.longestName) bytes")
    }
    let bytes = Array(name.utf8)
    guard caches[bytes] == nil else {
      throw .alreadyExists("there is a cache of this name")
    }
    guard caches.count < limits.caches else {
      throw .tooMuch("there are \(limits.caches) caches, the most that this service keeps")
    }
    caches[bytes] = Cache()
  }

  mutating func delete(_ name: String) throws(AuthRefusal) {
    guard let cache = caches.removeValue(forKey: Array(name.utf8)) else { throw .noSuchCache }
    itemCount -= cache.items.count
    used -= cache.used
    forgetOldExpiries()
  }

  /// Refuses the name of a cache that is not there.
  func require(_ name: String) throws(AuthRefusal) {
    guard caches[Array(name.utf8)] != nil else { throw .noSuchCache }
  }

  // MARK: Items

  /// The value of a key, while it lasts.
  mutating func value(
    of key: [UInt8], in name: String, at now: UInt64
  ) throws(AuthRefusal) -> [UInt8]? {
    removeEnded(at: now)
    guard let cache = caches[Array(name.utf8)] else { throw .noSuchCache }
    guard let item = cache.items[key], item.end > now else { return nil }
    return item.value
  }

  mutating func set(
    _ key: [UInt8], in name: String, to value: [UInt8], for milliseconds: UInt64, at now: UInt64
  ) throws(AuthRefusal) {
    removeEnded(at: now)
    guard milliseconds > 0 else {
      throw .invalid("ttl_milliseconds is 0: the item would have expired when it is set")
    }
    let (sum, overflow) = now.addingReportingOverflow(milliseconds)
    let item = Item(value: value, end: overflow ? .max : sum)
    if used + Self.cost(of: item, key) > limits.bytes { removeEnded(at: now, most: .max) }
    try put(item, key, in: Array(name.utf8))
  }

  mutating func removeValue(
    of key: [UInt8], in name: String, at now: UInt64
  ) throws(AuthRefusal) {
    removeEnded(at: now)
    let cache = Array(name.utf8)
    guard caches[cache] != nil else { throw .noSuchCache }
    remove(key, in: cache)
    forgetOldExpiries()
  }

  private mutating func put(
    _ item: Item, _ key: [UInt8], in name: [UInt8]
  ) throws(AuthRefusal) {
    guard caches[name] != nil else { throw .noSuchCache }
    guard key.count + item.value.count <= limits.itemBytes else {
      throw .itemTooLarge(limits.itemBytes)
    }
    // Nothing may hold the cache while its items change: they would be copied.
    let old = caches[name]?.items[key].map { Self.cost(of: $0, key) } ?? 0
    let difference = Self.cost(of: item, key) - old
    guard used + difference <= limits.bytes else { throw .full(limits.bytes) }
    if old == 0 { itemCount += 1 }
    used += difference
    caches[name]?.used += difference
    caches[name]?.items[key] = item
    expiries.insert(.init(time: item.end, cache: name, key: key))
    forgetOldExpiries()
  }

  private mutating func remove(_ key: [UInt8], in name: [UInt8]) {
    guard let item = caches[name]?.items.removeValue(forKey: key) else { return }
    let cost = Self.cost(of: item, key)
    caches[name]?.used -= cost
    used -= cost
    itemCount -= 1
  }

  private static func cost(of item: Item, _ key: [UInt8]) -> Int {
    key.count + item.value.count + overhead
  }

  // MARK: Expiry

  /// Removes what has ended: with each call a part, so that no call has to wait for all of it.
  private mutating func removeEnded(at now: UInt64, most: Int = 1_000) {
    var count = 0
    while count < most, let ended = expiries.popEnded(at: now) {
      count += 1
      guard caches[ended.cache]?.items[ended.key]?.end == ended.time else { continue }
      remove(ended.key, in: ended.cache)
    }
  }

  /// So that items which are set over and over do not fill the queue.
  private mutating func forgetOldExpiries() {
    guard expiries.count > 2 * itemCount + 64 else { return }
    let caches = caches
    expiries.keep { caches[$0.cache]?.items[$0.key]?.end == $0.time }
  }

  // MARK: Snapshots

  /// All that is kept and has not expired.
  mutating func snapshot(at now: UInt64) -> DataSnapshot {
    removeEnded(at: now, most: .max)
    let sorted = caches.sorted { $0.key.lexicographicallyPrecedes($1.key) }
    return DataSnapshot(
      caches: sorted.map { name, cache in
        DataSnapshot.Cache(
          name: String(decoding: name, as: UTF8.self),
          items: cache.items.map { .init(key: $0, value: $1.value, expiresAt: $1.end) }
            .sorted { $0.key.lexicographicallyPrecedes($1.key) })
      })
  }

  /// Adds what a snapshot holds and has not expired. Caches that are there stay as they are otherwise.
  mutating func restore(_ snapshot: DataSnapshot, at now: UInt64) throws(AuthRefusal) {
    for cache in snapshot.caches {
      let name = Array(cache.name.utf8)
      if caches[name] == nil { try create(cache.name) }
      for item in cache.items where item.expiresAt > now {
        try put(Item(value: item.value, end: item.expiresAt), item.key, in: name)
      }
    }
  }
}
