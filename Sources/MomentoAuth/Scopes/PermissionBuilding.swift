/// The builders of single permissions, under the names that Momento's SDKs share. They make a
/// ``Permission``, or a scope that holds just that one.
public protocol PermissionBuilding {
  /// Makes it of one permission.
  init(permission: Permission)
}

extension Permission: PermissionBuilding {
  /// The permission itself.
  public init(permission: Permission) { self = permission }
}

// MARK: Caches

extension PermissionBuilding {
  /// Reads and writes every item of a cache.
  public static func cacheReadWrite(_ cache: Permission.CacheSelector) -> Self {
    Self(permission: .cache(.readWrite, cache: cache))
  }

  /// Reads every item of a cache.
  public static func cacheReadOnly(_ cache: Permission.CacheSelector) -> Self {
    Self(permission: .cache(.readOnly, cache: cache))
  }

  /// Writes every item of a cache, without seeing what is stored.
  public static func cacheWriteOnly(_ cache: Permission.CacheSelector) -> Self {
    Self(permission: .cache(.writeOnly, cache: cache))
  }

  /// Reads and writes the item of one key.
  public static func cacheKeyReadWrite(_ cache: Permission.CacheSelector, key: String) -> Self {
    Self(permission: .cache(.readWrite, cache: cache, item: .key(key)))
  }

  /// Reads and writes the item of one key.
  public static func cacheKeyReadWrite(_ cache: Permission.CacheSelector, key: [UInt8]) -> Self {
    Self(permission: .cache(.readWrite, cache: cache, item: .key(key)))
  }

  /// Reads the item of one key.
  public static func cacheKeyReadOnly(_ cache: Permission.CacheSelector, key: String) -> Self {
    Self(permission: .cache(.readOnly, cache: cache, item: .key(key)))
  }

  /// Reads the item of one key.
  public static func cacheKeyReadOnly(_ cache: Permission.CacheSelector, key: [UInt8]) -> Self {
    Self(permission: .cache(.readOnly, cache: cache, item: .key(key)))
  }

  /// Writes the item of one key, without seeing what is stored.
  public static func cacheKeyWriteOnly(_ cache: Permission.CacheSelector, key: String) -> Self {
    Self(permission: .cache(.writeOnly, cache: cache, item: .key(key)))
  }

  /// Writes the item of one key, without seeing what is stored.
  public static func cacheKeyWriteOnly(_ cache: Permission.CacheSelector, key: [UInt8]) -> Self {
    Self(permission: .cache(.writeOnly, cache: cache, item: .key(key)))
  }

  /// Reads and writes the items whose keys begin so.
  public static func cacheKeyPrefixReadWrite(_ cache: Permission.CacheSelector, prefix: String)
    -> Self
  {
    Self(permission: .cache(.readWrite, cache: cache, item: .keyPrefix(prefix)))
  }

  /// Reads and writes the items whose keys begin so.
  public static func cacheKeyPrefixReadWrite(_ cache: Permission.CacheSelector, prefix: [UInt8])
    -> Self
  {
    Self(permission: .cache(.readWrite, cache: cache, item: .keyPrefix(prefix)))
  }

  /// Reads the items whose keys begin so.
  public static func cacheKeyPrefixReadOnly(_ cache: Permission.CacheSelector, prefix: String)
    -> Self
  {
    Self(permission: .cache(.readOnly, cache: cache, item: .keyPrefix(prefix)))
  }

  /// Reads the items whose keys begin so.
  public static func cacheKeyPrefixReadOnly(_ cache: Permission.CacheSelector, prefix: [UInt8])
    -> Self
  {
    Self(permission: .cache(.readOnly, cache: cache, item: .keyPrefix(prefix)))
  }

  /// Writes the items whose keys begin so, without seeing what is stored.
  public static func cacheKeyPrefixWriteOnly(_ cache: Permission.CacheSelector, prefix: String)
    -> Self
  {
    Self(permission: .cache(.writeOnly, cache: cache, item: .keyPrefix(prefix)))
  }

  /// Writes the items whose keys begin so, without seeing what is stored.
  public static func cacheKeyPrefixWriteOnly(_ cache: Permission.CacheSelector, prefix: [UInt8])
    -> Self
  {
    Self(permission: .cache(.writeOnly, cache: cache, item: .keyPrefix(prefix)))
  }
}

// MARK: Topics

extension PermissionBuilding {
  /// Publishes and subscribes to topics.
  public static func topicPublishSubscribe(
    _ cache: Permission.CacheSelector, topic: Permission.TopicSelector
  ) -> Self {
    Self(permission: .topic(.publishSubscribe, cache: cache, topic: topic))
  }

  /// Subscribes to topics.
  public static func topicSubscribeOnly(
    _ cache: Permission.CacheSelector, topic: Permission.TopicSelector
  ) -> Self {
    Self(permission: .topic(.subscribeOnly, cache: cache, topic: topic))
  }

  /// Publishes to topics.
  public static func topicPublishOnly(
    _ cache: Permission.CacheSelector, topic: Permission.TopicSelector
  ) -> Self {
    Self(permission: .topic(.publishOnly, cache: cache, topic: topic))
  }

  /// Publishes and subscribes to the topics whose names begin so.
  public static func topicNamePrefixPublishSubscribe(
    _ cache: Permission.CacheSelector, prefix: String
  ) -> Self {
    .topicPublishSubscribe(cache, topic: .namePrefix(prefix))
  }

  /// Subscribes to the topics whose names begin so.
  public static func topicNamePrefixSubscribeOnly(_ cache: Permission.CacheSelector, prefix: String)
    -> Self
  {
    .topicSubscribeOnly(cache, topic: .namePrefix(prefix))
  }

  /// Publishes to the topics whose names begin so.
  public static func topicNamePrefixPublishOnly(_ cache: Permission.CacheSelector, prefix: String)
    -> Self
  {
    .topicPublishOnly(cache, topic: .namePrefix(prefix))
  }
}

// MARK: Functions

extension PermissionBuilding {
  /// Invokes functions.
  public static func functionInvoke(
    _ cache: Permission.CacheSelector, function: Permission.FunctionSelector
  ) -> Self {
    Self(permission: .function(.invoke, cache: cache, function: function))
  }

  /// Names functions and allows nothing with them.
  public static func functionPermitNone(
    _ cache: Permission.CacheSelector, function: Permission.FunctionSelector
  ) -> Self {
    Self(permission: .function(.permitNone, cache: cache, function: function))
  }
}
