package import MomentoAuthMessages
import ProtobufWire

extension Permissions {
  /// The scope as the service reads it.
  package init(_ scope: PermissionScope) {
    switch scope {
    case .superUser: self.init(kind: .superUser(.superUser))
    case .permissions(let permissions): self.init(permissions)
    }
  }

  /// A list of permissions, each encoded on its own and in its place: one for an item stays one for
  /// that item, whatever stands beside it.
  package init(_ permissions: [Permission]) {
    self.init(
      kind: .explicit(ExplicitPermissions(permissions: permissions.map { PermissionsType($0) })))
  }
}

extension PermissionsType {
  /// One permission as the service reads it.
  package init(_ permission: Permission) {
    switch permission {
    case .cache(let role, let cache, let item):
      self.init(
        kind: .cachePermissions(
          CachePermissions(
            role: role.message, cache: cache.cachePermissions, cacheItem: item.message)))
    case .topic(let role, let cache, let topic):
      self.init(
        kind: .topicPermissions(
          TopicPermissions(
            role: role.message, cache: cache.topicPermissions, topic: topic.message)))
    case .function(let role, let cache, let function):
      self.init(
        kind: .functionPermissions(
          FunctionPermissions(
            role: role.message, cache: cache.functionPermissions, function: function.message)))
    }
  }
}

// MARK: Roles

extension Permission.CacheRole {
  fileprivate var message: CacheRole {
    switch self {
    case .permitNone: .permitNone
    case .readWrite: .readWrite
    case .readOnly: .readOnly
    case .writeOnly: .writeOnly
    }
  }
}

extension Permission.TopicRole {
  fileprivate var message: TopicRole {
    switch self {
    case .permitNone: .permitNone
    case .publishSubscribe: .readWrite
    case .subscribeOnly: .readOnly
    case .publishOnly: .writeOnly
    }
  }
}

extension Permission.FunctionRole {
  fileprivate var message: FunctionRole {
    switch self {
    case .permitNone: .permitNone
    case .invoke: .invoke
    }
  }
}

// MARK: Selectors

extension Permission.CacheSelector {
  fileprivate var cachePermissions: PermissionsType.CachePermissions.Cache {
    switch self {
    case .all: .allCaches(.init())
    case .named(let name): .cacheSelector(.init(kind: .cacheName(name)))
    }
  }

  fileprivate var topicPermissions: PermissionsType.TopicPermissions.Cache {
    switch self {
    case .all: .allCaches(.init())
    case .named(let name): .cacheSelector(.init(kind: .cacheName(name)))
    }
  }

  fileprivate var functionPermissions: PermissionsType.FunctionPermissions.Cache {
    switch self {
    case .all: .allCaches(.init())
    case .named(let name): .cacheSelector(.init(kind: .cacheName(name)))
    }
  }
}

extension Permission.CacheItemSelector {
  /// All items are said by saying nothing, as most of Momento's SDKs do.
  fileprivate var message: PermissionsType.CachePermissions.CacheItem? {
    switch self {
    case .all: nil
    case .key(let key): .itemSelector(.init(kind: .key(key)))
    case .keyPrefix(let prefix): .itemSelector(.init(kind: .keyPrefix(prefix)))
    }
  }
}

extension Permission.TopicSelector {
  fileprivate var message: PermissionsType.TopicPermissions.Topic {
    switch self {
    case .all: .allTopics(.init())
    case .named(let name): .topicSelector(.init(kind: .topicName(name)))
    case .namePrefix(let prefix): .topicSelector(.init(kind: .topicNamePrefix(prefix)))
    }
  }
}

extension Permission.FunctionSelector {
  fileprivate var message: PermissionsType.FunctionPermissions.Function {
    switch self {
    case .all: .allFunctions(.init())
    case .named(let name): .functionSelector(.init(kind: .functionName(name)))
    case .namePrefix(let prefix): .functionSelector(.init(kind: .functionNamePrefix(prefix)))
    }
  }
}
