import MomentoAuthMessages

/// What one permission is about, without its role. Two permissions about the same are a conflict.
struct PermissionSelection: Hashable {
  /// The three kinds of permission, by what they select within a cache.
  enum Kind: String {
    case item, topic, function
  }

  /// One selector. A selector of a kind that is not known here counts as `none`.
  enum Selector: Hashable {
    case none
    case all
    case named([UInt8])
    case prefix([UInt8])

    var isEmptyText: Bool {
      switch self {
      case .none, .all: false
      case .named(let bytes), .prefix(let bytes): bytes.isEmpty
      }
    }
  }

  let kind: Kind
  let cache: Selector
  let part: Selector

  /// Nil for a permission of a kind that is not known here: it grants nothing.
  init?(_ permission: PermissionsType) {
    switch permission.kind {
    case .cachePermissions(let cache): self.init(cache)
    case .topicPermissions(let topic): self.init(topic)
    case .functionPermissions(let function): self.init(function)
    case nil: return nil
    }
  }

  private init(_ permission: PermissionsType.CachePermissions) {
    kind = .item
    switch permission.cache {
    case .allCaches: cache = .all
    case .cacheSelector(let selector): cache = Selector(selector)
    case nil: cache = .none
    }
    switch permission.cacheItem {
    // A permission that names no items is about the whole cache, as every Momento SDK writes it.
    case .allItems, nil: part = .all
    case .itemSelector(let selector):
      switch selector.kind {
      case .key(let key): part = .named(key)
      case .keyPrefix(let prefix): part = .prefix(prefix)
      case nil: part = .none
      }
    }
  }

  private init(_ permission: PermissionsType.TopicPermissions) {
    kind = .topic
    switch permission.cache {
    case .allCaches: cache = .all
    case .cacheSelector(let selector): cache = Selector(selector)
    case nil: cache = .none
    }
    switch permission.topic {
    case .allTopics: part = .all
    case .topicSelector(let selector):
      switch selector.kind {
      case .topicName(let name): part = .named(Array(name.utf8))
      case .topicNamePrefix(let prefix): part = .prefix(Array(prefix.utf8))
      case nil: part = .none
      }
    case nil: part = .none
    }
  }

  private init(_ permission: PermissionsType.FunctionPermissions) {
    kind = .function
    switch permission.cache {
    case .allCaches: cache = .all
    case .cacheSelector(let selector): cache = Selector(selector)
    case nil: cache = .none
    }
    switch permission.function {
    case .allFunctions: part = .all
    case .functionSelector(let selector):
      switch selector.kind {
      case .functionName(let name): part = .named(Array(name.utf8))
      case .functionNamePrefix(let prefix): part = .prefix(Array(prefix.utf8))
      case nil: part = .none
      }
    case nil: part = .none
    }
  }
}

extension PermissionSelection.Selector {
  fileprivate init(_ selector: PermissionsType.CacheSelector) {
    switch selector.kind {
    case .cacheName(let name): self = .named(Array(name.utf8))
    case nil: self = .none
    }
  }
}
