package import ProtobufWire

extension PermissionsType {
  /// Every one of its kind. It has no fields.
  package struct All: WireMessage {
    package typealias Field = NoFields

    package static let messageName = "permission_messages.PermissionsType.All"
    package var unknownFields = UnknownFields()

    package init() {}
  }
}

extension PermissionsType {
  /// Which cache.
  package struct CacheSelector: WireMessage {
    package enum Field: UInt32, WireField {
      case cacheName = 1
    }

    /// By what.
    package enum Kind: Sendable, Equatable {
      case cacheName(String)
    }

    package static let messageName = "permission_messages.PermissionsType.CacheSelector"
    package var kind: Kind?
    package var unknownFields = UnknownFields()

    package init() {}

    package init(kind: Kind? = nil) {
      self.kind = kind
    }

    package mutating func decode(
      _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
    ) throws(WireError) -> Bool {
      switch field {
      case .cacheName: try reader.read(.string, &kind, bytes, Kind.cacheName)
      }
    }

    package func encodeFields(into writer: inout WireWriter) {
      switch kind {
      case .cacheName(let value):
        writer.writePresent(.string, value, Field.cacheName)
      case nil: break
      }
    }
  }
}

extension PermissionsType {
  /// Which items of a cache.
  package struct CacheItemSelector: WireMessage {
    package enum Field: UInt32, WireField {
      case key = 1
      case keyPrefix = 2
    }

    /// By what.
    package enum Kind: Sendable, Equatable {
      case key([UInt8])
      case keyPrefix([UInt8])
    }

    package static let messageName = "permission_messages.PermissionsType.CacheItemSelector"
    package var kind: Kind?
    package var unknownFields = UnknownFields()

    package init() {}

    package init(kind: Kind? = nil) {
      self.kind = kind
    }

    package mutating func decode(
      _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
    ) throws(WireError) -> Bool {
      switch field {
      case .key: try reader.read(.bytes, &kind, bytes, Kind.key)
      case .keyPrefix: try reader.read(.bytes, &kind, bytes, Kind.keyPrefix)
      }
    }

    package func encodeFields(into writer: inout WireWriter) {
      switch kind {
      case .key(let value):
        writer.writePresent(.bytes, value, Field.key)
      case .keyPrefix(let value):
        writer.writePresent(.bytes, value, Field.keyPrefix)
      case nil: break
      }
    }
  }
}

extension PermissionsType {
  /// Which topics of a cache.
  package struct TopicSelector: WireMessage {
    package enum Field: UInt32, WireField {
      case topicName = 1
      case topicNamePrefix = 2
    }

    /// By what.
    package enum Kind: Sendable, Equatable {
      case topicName(String)
      case topicNamePrefix(String)
    }

    package static let messageName = "permission_messages.PermissionsType.TopicSelector"
    package var kind: Kind?
    package var unknownFields = UnknownFields()

    package init() {}

    package init(kind: Kind? = nil) {
      self.kind = kind
    }

    package mutating func decode(
      _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
    ) throws(WireError) -> Bool {
      switch field {
      case .topicName: try reader.read(.string, &kind, bytes, Kind.topicName)
      case .topicNamePrefix: try reader.read(.string, &kind, bytes, Kind.topicNamePrefix)
      }
    }

    package func encodeFields(into writer: inout WireWriter) {
      switch kind {
      case .topicName(let value):
        writer.writePresent(.string, value, Field.topicName)
      case .topicNamePrefix(let value):
        writer.writePresent(.string, value, Field.topicNamePrefix)
      case nil: break
      }
    }
  }
}

extension PermissionsType {
  /// Which functions of a cache.
  package struct FunctionSelector: WireMessage {
    package enum Field: UInt32, WireField {
      case functionName = 1
      case functionNamePrefix = 2
    }

    /// By what.
    package enum Kind: Sendable, Equatable {
      case functionName(String)
      case functionNamePrefix(String)
    }

    package static let messageName = "permission_messages.PermissionsType.FunctionSelector"
    package var kind: Kind?
    package var unknownFields = UnknownFields()

    package init() {}

    package init(kind: Kind? = nil) {
      self.kind = kind
    }

    package mutating func decode(
      _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
    ) throws(WireError) -> Bool {
      switch field {
      case .functionName: try reader.read(.string, &kind, bytes, Kind.functionName)
      case .functionNamePrefix: try reader.read(.string, &kind, bytes, Kind.functionNamePrefix)
      }
    }

    package func encodeFields(into writer: inout WireWriter) {
      switch kind {
      case .functionName(let value):
        writer.writePresent(.string, value, Field.functionName)
      case .functionNamePrefix(let value):
        writer.writePresent(.string, value, Field.functionNamePrefix)
      case nil: break
      }
    }
  }
}
