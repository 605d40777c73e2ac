/// What the caches hold at one moment, to be kept where the service's memory is not. It holds no
/// topics, whose values are for those who listen.
package struct DataSnapshot: Sendable, Equatable {
  /// One cache.
  package struct Cache: Sendable, Equatable {
    package var name: String
    /// In the order of their keys.
    package var items: [Item]

    package init(name: String, items: [Item]) {
      self.name = name
      self.items = items
    }
  }

  /// One value and its key.
  package struct Item: Sendable, Equatable {
    package var key: [UInt8]
    package var value: [UInt8]
    /// The first moment at which it is not there, in milliseconds since 1970.
    package var expiresAt: UInt64

    package init(key: [UInt8], value: [UInt8], expiresAt: UInt64) {
      self.key = key
      self.value = value
      self.expiresAt = expiresAt
    }
  }

  /// In the order of their names.
  package var caches: [Cache]

  package init(caches: [Cache] = []) {
    self.caches = caches
  }
}
