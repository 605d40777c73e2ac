package import ProtobufWire

extension PermissionsType {
  /// A permission for topics.
  package struct TopicPermissions: WireMessage {
    package enum Field: UInt32, WireField {
      case role = 1
      case allCaches = 2
      case cacheSelector = 3
      case allTopics = 4
      case topicSelector = 5
    }

    /// In which caches.
    package enum Cache: Sendable, Equatable {
      case allCaches(All)
      case cacheSelector(CacheSelector)
    }

    /// Which topics.
    package enum Topic: Sendable, Equatable {
      case allTopics(All)
      case topicSelector(TopicSelector)
    }

    package static let messageName = "permission_messages.PermissionsType.TopicPermissions"
    package var role: TopicRole = .permitNone
    package var cache: Cache?
    package var topic: Topic?
    package var unknownFields = UnknownFields()

    package init() {}

    package init(role: TopicRole = .permitNone, cache: Cache? = nil, topic: Topic? = nil) {
      self.role = role
      self.cache = cache
      self.topic = topic
    }

    package mutating func decode(
      _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
    ) throws(WireError) -> Bool {
      switch field {
      case .role: try reader.read(.enumeration(TopicRole.self), &role, bytes)
      case .allCaches:
        try reader.read(.message(All.self), &cache, bytes, Cache.allCaches) {
          if case .allCaches(let value) = $0 { value } else { nil }
        }
      case .cacheSelector:
        try reader.read(.message(CacheSelector.self), &cache, bytes, Cache.cacheSelector) {
          if case .cacheSelector(let value) = $0 { value } else { nil }
        }
      case .allTopics:
        try reader.read(.message(All.self), &topic, bytes, Topic.allTopics) {
          if case .allTopics(let value) = $0 { value } else { nil }
        }
      case .topicSelector:
        try reader.read(.message(TopicSelector.self), &topic, bytes, Topic.topicSelector) {
          if case .topicSelector(let value) = $0 { value } else { nil }
        }
      }
    }

    package func encodeFields(into writer: inout WireWriter) {
      switch topic {
      case .allTopics(let value):
        writer.writePresent(.message(All.self), value, Field.allTopics)
      case .topicSelector(let value):
        writer.writePresent(.message(TopicSelector.self), value, Field.topicSelector)
      case nil: break
      }
      switch cache {
      case .allCaches(let value):
        writer.writePresent(.message(All.self), value, Field.allCaches)
      case .cacheSelector(let value):
        writer.writePresent(.message(CacheSelector.self), value, Field.cacheSelector)
      case nil: break
      }
      writer.write(.enumeration(TopicRole.self), role, Field.role)
    }
  }
}
