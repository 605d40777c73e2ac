package import MomentoAuthMessages

extension Permission {
  /// One permission as it stands in a key or a request; nil where its kind, a role or a selector is
  /// not known here or not set, because such a permission grants nothing.
  package init?(_ message: PermissionsType) {
    switch message.kind {
    case .cachePermissions(let permission): self.init(permission)
    case .topicPermissions(let permission): self.init(permission)
    case .functionPermissions(let permission): self.init(permission)
    case nil: return nil
    }
  }

  private init?(_ message: PermissionsType.CachePermissions) {
    let cache: CacheSelector?
    switch message.cache {
    case .allCaches: cache = .all
    case .cacheSelector(let selector): cache = CacheSelector(selector)
    case nil: cache = nil
    }
    guard let role = CacheRole(message.role), let cache, let item = CacheItemSelector(message)
    else { return nil }
    self = .cache(role, cache: cache, item: item)
  }

  private init?(_ message: PermissionsType.TopicPermissions) {
    let cache: CacheSelector?
    switch message.cache {
    case .allCaches: cache = .all
    case .cacheSelector(let selector): cache = CacheSelector(selector)
    case nil: cache = nil
    }
    guard let role = TopicRole(message.role), let cache, let topic = TopicSelector(message)
    else { return nil }
    self = .topic(role, cache: cache, topic: topic)
  }

  private init?(_ message: PermissionsType.FunctionPermissions) {
    let cache: CacheSelector?
    switch message.cache {
    case .allCaches: cache = .all
    case .cacheSelector(let selector): cache = CacheSelector(selector)
    case nil: cache = nil
    }
    guard let role = FunctionRole(message.role), let cache, let function = FunctionSelector(message)
    else { return nil }
    self = .function(role, cache: cache, function: function)
  }
}

// MARK: Roles

extension Permission.CacheRole {
  fileprivate init?(_ role: CacheRole) {
    switch role {
    case .permitNone: self = .permitNone
    case .readWrite: self = .readWrite
    case .readOnly: self = .readOnly
    case .writeOnly: self = .writeOnly
    default: return nil
    }
  }
}

extension Permission.TopicRole {
  fileprivate init?(_ role: TopicRole) {
    switch role {
    case .permitNone: self = .permitNone
    case .readWrite: self = .publishSubscribe
    case .readOnly: self = .subscribeOnly
    case .writeOnly: self = .publishOnly
    default: return nil
    }
  }
}

extension Permission.FunctionRole {
  fileprivate init?(_ role: FunctionRole) {
    switch role {
    case .permitNone: self = .permitNone
    case .invoke: self = .invoke
    default: return nil
    }
  }
}

// MARK: Selectors

extension Permission.CacheSelector {
  fileprivate init?(_ selector: PermissionsType.CacheSelector) {
    guard case .cacheName(let name) = selector.kind else { return nil }
    self = .named(name)
  }
}

extension Permission.CacheItemSelector {
  /// A permission that names no items is about the whole cache, as every Momento SDK writes it.
  fileprivate init?(_ message: PermissionsType.CachePermissions) {
    switch message.cacheItem {
    case .allItems, nil: self = .all
    case .itemSelector(let selector):
      switch selector.kind {
      case .key(let key): self = .key(key)
      case .keyPrefix(let prefix): self = .keyPrefix(prefix)
      case nil: return nil
      }
    }
  }
}

extension Permission.TopicSelector {
  fileprivate init?(_ message: PermissionsType.TopicPermissions) {
    switch message.topic {
    case .allTopics: self = .all
    case .topicSelector(let selector):
      switch selector.kind {
      case .topicName(let name): self = .named(name)
      case .topicNamePrefix(let prefix): self = .namePrefix(prefix)
      case nil: return nil
      }
    case nil: return nil
    }
  }
}

extension Permission.FunctionSelector {
  fileprivate init?(_ message: PermissionsType.FunctionPermissions) {
    switch message.function {
    case .allFunctions: self = .all
    case .functionSelector(let selector):
      switch selector.kind {
      case .functionName(let name): self = .named(name)
      case .functionNamePrefix(let prefix): self = .namePrefix(prefix)
      case nil: return nil
      }
    case nil: return nil
    }
  }
}
