extension Permission {
  /// What a permission is about, apart from its role: two of the same are refused. One for a key and
  /// one for a prefix, or one for a cache and one for all caches, are not the same: they add up.
  package struct Selection: Hashable, Sendable {
    private let permission: Permission

    fileprivate init(_ permission: Permission) {
      self.permission =
        switch permission {
        case .cache(_, let cache, let item): .cache(.permitNone, cache: cache, item: item)
        case .topic(_, let cache, let topic): .topic(.permitNone, cache: cache, topic: topic)
        case .function(_, let cache, let function):
          .function(.permitNone, cache: cache, function: function)
        }
    }
  }

  /// What the permission is about, apart from its role.
  package var selection: Selection { Selection(self) }

  /// Which caches it is about.
  public var cacheSelector: CacheSelector {
    switch self {
    case .cache(_, let cache, _), .topic(_, let cache, _), .function(_, let cache, _): cache
    }
  }

  /// Which items it is about; `nil` when it is not about caches.
  public var itemSelector: CacheItemSelector? {
    if case .cache(_, _, let item) = self { item } else { nil }
  }

  /// Which topics it is about; `nil` when it is not about topics.
  public var topicSelector: TopicSelector? {
    if case .topic(_, _, let topic) = self { topic } else { nil }
  }

  /// Which functions it is about; `nil` when it is not about functions.
  public var functionSelector: FunctionSelector? {
    if case .function(_, _, let function) = self { function } else { nil }
  }
}
