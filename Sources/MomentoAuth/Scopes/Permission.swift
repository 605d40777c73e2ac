/// One thing that a key or a token may do.
///
/// A credential may do whatever any of its permissions allows; no permission takes away what another
/// one gives.
public enum Permission: Sendable, Hashable {
  /// Reads or writes items of a cache, or of all caches.
  case cache(CacheRole, cache: CacheSelector, item: CacheItemSelector = .all)
  /// Publishes or subscribes to topics of a cache, or of all caches.
  case topic(TopicRole, cache: CacheSelector, topic: TopicSelector)
  /// Invokes functions of a cache, or of all caches.
  case function(FunctionRole, cache: CacheSelector, function: FunctionSelector)
}

extension Permission {
  /// What may be done with the items of a cache.
  public enum CacheRole: String, Sendable, Hashable, CaseIterable {
    /// Everything.
    case readWrite = "readwrite"
    /// Calls that change nothing.
    case readOnly = "readonly"
    /// Calls that tell nothing of what is stored: no conditional writes, none that return a length.
    case writeOnly = "writeonly"
    /// Nothing.
    case permitNone = "none"
  }

  /// What may be done with a topic.
  public enum TopicRole: String, Sendable, Hashable, CaseIterable {
    /// Publish and subscribe.
    case publishSubscribe = "publish-subscribe"
    /// Subscribe.
    case subscribeOnly = "subscribe"
    /// Publish.
    case publishOnly = "publish"
    /// Nothing.
    case permitNone = "none"
  }

  /// What may be done with a function.
  public enum FunctionRole: String, Sendable, Hashable, CaseIterable {
    /// Invoke it.
    case invoke
    /// Nothing.
    case permitNone = "none"
  }

  /// Which caches are meant. A string literal means the cache of that name.
  public enum CacheSelector: Sendable, Hashable, ExpressibleByStringLiteral {
    /// Every cache of the account.
    case all
    /// The cache of a name.
    case named(String)

    /// The cache of a name.
    public init(stringLiteral name: String) { self = .named(name) }
  }

  /// Which items of a cache are meant. Keys are bytes; a text stands for its UTF-8.
  public enum CacheItemSelector: Sendable, Hashable {
    /// Every item.
    case all
    /// The item of exactly this key.
    case key([UInt8])
    /// The items whose keys begin so, the prefix itself among them.
    case keyPrefix([UInt8])

    /// The item of exactly this key.
    public static func key(_ text: String) -> Self { .key(Array(text.utf8)) }
    /// The items whose keys begin so, the prefix itself among them.
    public static func keyPrefix(_ text: String) -> Self { .keyPrefix(Array(text.utf8)) }
  }

  /// Which topics of a cache are meant. A string literal means the topic of that name.
  public enum TopicSelector: Sendable, Hashable, ExpressibleByStringLiteral {
    /// Every topic.
    case all
    /// The topic of a name.
    case named(String)
    /// The topics whose names begin so, the prefix itself among them.
    case namePrefix(String)

    /// The topic of a name.
    public init(stringLiteral name: String) { self = .named(name) }
  }

  /// Which functions of a cache are meant. A string literal means the function of that name.
  public enum FunctionSelector: Sendable, Hashable, ExpressibleByStringLiteral {
    /// Every function.
    case all
    /// The function of a name.
    case named(String)
    /// The functions whose names begin so, the prefix itself among them.
    case namePrefix(String)

    /// The function of a name.
    public init(stringLiteral name: String) { self = .named(name) }
  }
}
