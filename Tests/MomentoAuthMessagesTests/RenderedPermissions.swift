import MomentoAuthMessages
import TestSupport

extension Permissions: RenderedMessage {
  var json: JSONValue {
    shown {
      switch kind {
      case .superUser(let value): $0.addPresent("super_user", value.rawValue, ["SuperUser"])
      case .explicit(let value): $0.add("explicit", value)
      case nil: break
      }
    }
  }
}

extension ExplicitPermissions: RenderedMessage {
  var json: JSONValue { shown { $0.add("permissions", permissions) } }
}

extension PermissionsType: RenderedMessage {
  var json: JSONValue {
    shown {
      switch kind {
      case .cachePermissions(let value): $0.add("cache_permissions", value)
      case .topicPermissions(let value): $0.add("topic_permissions", value)
      case .functionPermissions(let value): $0.add("function_permissions", value)
      case nil: break
      }
    }
  }
}

extension PermissionsType.All: RenderedMessage {
  var json: JSONValue { .object([:]) }
}

extension PermissionsType.CacheSelector: RenderedMessage {
  var json: JSONValue {
    shown {
      switch kind {
      case .cacheName(let value): $0.addPresent("cache_name", value)
      case nil: break
      }
    }
  }
}

extension PermissionsType.CacheItemSelector: RenderedMessage {
  var json: JSONValue {
    shown {
      switch kind {
      case .key(let value): $0.addPresent("key", value)
      case .keyPrefix(let value): $0.addPresent("key_prefix", value)
      case nil: break
      }
    }
  }
}

extension PermissionsType.TopicSelector: RenderedMessage {
  var json: JSONValue {
    shown {
      switch kind {
      case .topicName(let value): $0.addPresent("topic_name", value)
      case .topicNamePrefix(let value): $0.addPresent("topic_name_prefix", value)
      case nil: break
      }
    }
  }
}

extension PermissionsType.FunctionSelector: RenderedMessage {
  var json: JSONValue {
    shown {
      switch kind {
      case .functionName(let value): $0.addPresent("function_name", value)
      case .functionNamePrefix(let value): $0.addPresent("function_name_prefix", value)
      case nil: break
      }
    }
  }
}

extension PermissionsType.CachePermissions: RenderedMessage {
  private static let roles = [
    "CachePermitNone", "CacheReadWrite", "CacheReadOnly", "CacheWriteOnly",
  ]

  var json: JSONValue {
    shown {
      $0.add("role", role.rawValue, Self.roles)
      switch cache {
      case .allCaches(let value): $0.add("all_caches", value)
      case .cacheSelector(let value): $0.add("cache_selector", value)
      case nil: break
      }
      switch cacheItem {
      case .allItems(let value): $0.add("all_items", value)
      case .itemSelector(let value): $0.add("item_selector", value)
      case nil: break
      }
    }
  }
}

extension PermissionsType.TopicPermissions: RenderedMessage {
  private static let roles = [
    "TopicPermitNone", "TopicReadWrite", "TopicReadOnly", "TopicWriteOnly",
  ]

  var json: JSONValue {
    shown {
      $0.add("role", role.rawValue, Self.roles)
      switch cache {
      case .allCaches(let value): $0.add("all_caches", value)
      case .cacheSelector(let value): $0.add("cache_selector", value)
      case nil: break
      }
      switch topic {
      case .allTopics(let value): $0.add("all_topics", value)
      case .topicSelector(let value): $0.add("topic_selector", value)
      case nil: break
      }
    }
  }
}

extension PermissionsType.FunctionPermissions: RenderedMessage {
  var json: JSONValue {
    shown {
      $0.add("role", role.rawValue, ["FunctionPermitNone", "FunctionInvoke"])
      switch cache {
      case .allCaches(let value): $0.add("all_caches", value)
      case .cacheSelector(let value): $0.add("cache_selector", value)
      case nil: break
      }
      switch function {
      case .allFunctions(let value): $0.add("all_functions", value)
      case .functionSelector(let value): $0.add("function_selector", value)
      case nil: break
      }
    }
  }
}
