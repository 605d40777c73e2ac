package import ProtobufWire

/// What a token may do.
package struct Permissions: WireMessage {
  package enum Field: UInt32, WireField {
    case superUser = 1
    case explicit = 2
  }

  /// Everything, or what a list says.
  package enum Kind: Sendable, Equatable {
    case superUser(SuperUserPermissions)
    case explicit(ExplicitPermissions)
  }

  package static let messageName = "permission_messages.Permissions"
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
    case .superUser:
      try reader.read(.enumeration(SuperUserPermissions.self), &kind, bytes, Kind.superUser)
    case .explicit:
      try reader.read(.message(ExplicitPermissions.self), &kind, bytes, Kind.explicit) {
        if case .explicit(let value) = $0 { value } else { nil }
      }
    }
  }

  package func encodeFields(into writer: inout WireWriter) {
    switch kind {
    case .superUser(let value):
      writer.writePresent(.enumeration(SuperUserPermissions.self), value, Field.superUser)
    case .explicit(let value):
      writer.writePresent(.message(ExplicitPermissions.self), value, Field.explicit)
    case nil: break
    }
  }
}

/// A list of permissions: any one that fits grants.
package struct ExplicitPermissions: WireMessage {
  package enum Field: UInt32, WireField {
    case permissions = 1
  }

  package static let messageName = "permission_messages.ExplicitPermissions"
  package var permissions: [PermissionsType] = []
  package var unknownFields = UnknownFields()

  package init() {}

  package init(permissions: [PermissionsType] = []) {
    self.permissions = permissions
  }

  package mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .permissions: try reader.readRepeated(.message(PermissionsType.self), &permissions, bytes)
    }
  }

  package func encodeFields(into writer: inout WireWriter) {
    writer.writeRepeated(.message(PermissionsType.self), permissions, Field.permissions)
  }
}

/// One permission.
package struct PermissionsType: WireMessage {
  package enum Field: UInt32, WireField {
    case cachePermissions = 1
    case topicPermissions = 2
    case functionPermissions = 3
  }

  /// What the permission is about.
  package enum Kind: Sendable, Equatable {
    case cachePermissions(CachePermissions)
    case topicPermissions(TopicPermissions)
    case functionPermissions(FunctionPermissions)
  }

  package static let messageName = "permission_messages.PermissionsType"
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
    case .cachePermissions:
      try reader.read(.message(CachePermissions.self), &kind, bytes, Kind.cachePermissions) {
        if case .cachePermissions(let value) = $0 { value } else { nil }
      }
    case .topicPermissions:
      try reader.read(.message(TopicPermissions.self), &kind, bytes, Kind.topicPermissions) {
        if case .topicPermissions(let value) = $0 { value } else { nil }
      }
    case .functionPermissions:
      try reader.read(.message(FunctionPermissions.self), &kind, bytes, Kind.functionPermissions) {
        if case .functionPermissions(let value) = $0 { value } else { nil }
      }
    }
  }

  package func encodeFields(into writer: inout WireWriter) {
    switch kind {
    case .cachePermissions(let value):
      writer.writePresent(.message(CachePermissions.self), value, Field.cachePermissions)
    case .topicPermissions(let value):
      writer.writePresent(.message(TopicPermissions.self), value, Field.topicPermissions)
    case .functionPermissions(let value):
      writer.writePresent(.message(FunctionPermissions.self), value, Field.functionPermissions)
    case nil: break
    }
  }
}
