package import ProtobufWire

extension PermissionsType {
  /// A permission for the items of caches.
  package struct CachePermissions: WireMessage {
    package enum Field: UInt32, WireField {
      case role = 1
      case allCaches = 2
      case cacheSelector = 3
      case allItems = 4
      case itemSelector = 5
    }

    /// In which caches.
    package enum Cache: Sendable, Equatable {
      case allCaches(All)
      case cacheSelector(CacheSelector)
    }

    /// Which items; unset means the whole cache.
    package enum CacheItem: Sendable, Equatable {
      case allItems(All)
      case itemSelector(CacheItemSelector)
    }

    package static let messageName = "permission_messages.PermissionsType.CachePermissions"
    package var role: CacheRole = .permitNone
    package var cache: Cache?
    package var cacheItem: CacheItem?
    package var unknownFields = UnknownFields()

    package init() {}

    package init(role: CacheRole = .permitNone, cache: Cache? = nil, cacheItem: CacheItem? = nil) {
      self.role = role
      self.cache = cache
      self.cacheItem = cacheItem
    }

    package mutating func decode(
      _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
    ) throws(WireError) -> Bool {
      switch field {
      case .role: try reader.read(.enumeration(CacheRole.self), &role, bytes)
      case .allCaches:
        try reader.read(.message(All.self), &cache, bytes, Cache.allCaches) {
          if case .allCaches(let value) = $0 { value } else { nil }
        }
      case .cacheSelector:
        try reader.read(.message(CacheSelector.self), &cache, bytes, Cache.cacheSelector) {
          if case .cacheSelector(let value) = $0 { value } else { nil }
        }
      case .allItems:
        try reader.read(.message(All.self), &cacheItem, bytes, CacheItem.allItems) {
          if case .allItems(let value) = $0 { value } else { nil }
        }
      case .itemSelector:
        try reader.read(.message(CacheItemSelector.self), &cacheItem, bytes, CacheItem.itemSelector)
        {
          if case .itemSelector(let value) = $0 { value } else { nil }
        }
      }
    }

    package func encodeFields(into writer: inout WireWriter) {
      switch cacheItem {
      case .allItems(let value):
        writer.writePresent(.message(All.self), value, Field.allItems)
      case .itemSelector(let value):
        writer.writePresent(.message(CacheItemSelector.self), value, Field.itemSelector)
      case nil: break
      }
      switch cache {
      case .allCaches(let value):
        writer.writePresent(.message(All.self), value, Field.allCaches)
      case .cacheSelector(let value):
        writer.writePresent(.message(CacheSelector.self), value, Field.cacheSelector)
      case nil: break
      }
      writer.write(.enumeration(CacheRole.self), role, Field.role)
    }
  }
}
