import MomentoAuthMessages
package import ProtobufWire

// Messages of Google's Secret Manager, with the fields that are used here.

/// Asks for what is known of a secret beside its versions.
package struct GetSecretRequest: WireMessage {
  package enum Field: UInt32, WireField {
    case name = 1
  }

  package static let messageName = "google.cloud.secretmanager.v1.GetSecretRequest"
  package var name = ""
  package var unknownFields = UnknownFields()

  package init() {}

  package init(name: String = "") {
    self.name = name
  }

  package mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .name: try reader.read(.string, &name, bytes)
    }
  }

  package func encodeFields(into writer: inout WireWriter) {
    writer.write(.string, name, Field.name)
  }
}

/// Changes what is known of a secret.
package struct UpdateSecretRequest: WireMessage {
  package enum Field: UInt32, WireField {
    case secret = 1
    case updateMask = 2
  }

  package static let messageName = "google.cloud.secretmanager.v1.UpdateSecretRequest"
  package var secret: GoogleSecret?
  package var updateMask: FieldMask?
  package var unknownFields = UnknownFields()

  package init() {}

  package init(secret: GoogleSecret? = nil, updateMask: FieldMask? = nil) {
    self.secret = secret
    self.updateMask = updateMask
  }

  package mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .secret: try reader.read(.message(GoogleSecret.self), &secret, bytes)
    case .updateMask: try reader.read(.message(FieldMask.self), &updateMask, bytes)
    }
  }

  package func encodeFields(into writer: inout WireWriter) {
    writer.write(.message(FieldMask.self), updateMask, Field.updateMask)
    writer.write(.message(GoogleSecret.self), secret, Field.secret)
  }
}

/// The names of the fields that are to change.
package struct FieldMask: WireMessage {
  package enum Field: UInt32, WireField {
    case paths = 1
  }

  package static let messageName = "google.protobuf.FieldMask"
  package var paths: [String] = []
  package var unknownFields = UnknownFields()

  package init() {}

  package init(paths: [String] = []) {
    self.paths = paths
  }

  package mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .paths: try reader.readRepeated(.string, &paths, bytes)
    }
  }

  package func encodeFields(into writer: inout WireWriter) {
    writer.writeRepeated(.string, paths, Field.paths)
  }
}

/// Adds a version.
package struct AddSecretVersionRequest: WireMessage {
  package enum Field: UInt32, WireField {
    case parent = 1
    case payload = 2
  }

  package static let messageName = "google.cloud.secretmanager.v1.AddSecretVersionRequest"
  package var parent = ""
  package var payload: SecretPayload?
  package var unknownFields = UnknownFields()

  package init() {}

  package init(parent: String = "", payload: SecretPayload? = nil) {
    self.parent = parent
    self.payload = payload
  }

  package mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .parent: try reader.read(.string, &parent, bytes)
    case .payload: try reader.read(.message(SecretPayload.self), &payload, bytes)
    }
  }

  package func encodeFields(into writer: inout WireWriter) {
    writer.write(.message(SecretPayload.self), payload, Field.payload)
    writer.write(.string, parent, Field.parent)
  }
}

/// What a version holds.
package struct SecretPayload: WireMessage {
  package enum Field: UInt32, WireField {
    case data = 1
    case dataCRC32C = 2
  }

  package static let messageName = "google.cloud.secretmanager.v1.SecretPayload"
  package var data: [UInt8] = []
  /// CRC-32C (Castagnoli) of the data.
  package var dataCRC32C: Int64?
  package var unknownFields = UnknownFields()

  package init() {}

  package init(data: [UInt8] = [], dataCRC32C: Int64? = nil) {
    self.data = data
    self.dataCRC32C = dataCRC32C
  }

  package mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .data: try reader.read(.bytes, &data, bytes)
    case .dataCRC32C: try reader.read(.int64, &dataCRC32C, bytes)
    }
  }

  package func encodeFields(into writer: inout WireWriter) {
    writer.write(.int64, dataCRC32C, Field.dataCRC32C)
    writer.write(.bytes, data, Field.data)
  }
}

extension SecretPayload: SecretBearing {
  package var shownFields: KeyValuePairs<String, Any> { ["data": "<\(data.count) bytes>"] }
}

/// A version, without what it holds.
package struct SecretVersion: WireMessage {
  package enum Field: UInt32, WireField {
    case name = 1
    case state = 4
  }

  package struct State: WireEnum {
    package var rawValue: Int32

    package init(rawValue: Int32) { self.rawValue = rawValue }

    package static let unspecified = State(rawValue: 0)
    package static let enabled = State(rawValue: 1)
    package static let disabled = State(rawValue: 2)
    package static let destroyed = State(rawValue: 3)
  }

  package static let messageName = "google.cloud.secretmanager.v1.SecretVersion"
  package var name = ""
  package var state: State = .unspecified
  package var unknownFields = UnknownFields()

  package init() {}

  package init(name: String = "", state: State = .unspecified) {
    self.name = name
    self.state = state
  }

  package mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .name: try reader.read(.string, &name, bytes)
    case .state: try reader.read(.enumeration(State.self), &state, bytes)
    }
  }

  package func encodeFields(into writer: inout WireWriter) {
    writer.write(.enumeration(State.self), state, Field.state)
    writer.write(.string, name, Field.name)
  }
}

/// Asks for what a version holds.
package struct AccessSecretVersionRequest: WireMessage {
  package enum Field: UInt32, WireField {
    case name = 1
  }

  package static let messageName = "google.cloud.secretmanager.v1.AccessSecretVersionRequest"
  package var name = ""
  package var unknownFields = UnknownFields()

  package init() {}

  package init(name: String = "") {
    self.name = name
  }

  package mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .name: try reader.read(.string, &name, bytes)
    }
  }

  package func encodeFields(into writer: inout WireWriter) {
    writer.write(.string, name, Field.name)
  }
}

/// What a version holds.
package struct AccessSecretVersionResponse: WireMessage {
  package enum Field: UInt32, WireField {
    case name = 1
    case payload = 2
  }

  package static let messageName = "google.cloud.secretmanager.v1.AccessSecretVersionResponse"
  package var name = ""
  package var payload: SecretPayload?
  package var unknownFields = UnknownFields()

  package init() {}

  package init(name: String = "", payload: SecretPayload? = nil) {
    self.name = name
    self.payload = payload
  }

  package mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .name: try reader.read(.string, &name, bytes)
    case .payload: try reader.read(.message(SecretPayload.self), &payload, bytes)
    }
  }

  package func encodeFields(into writer: inout WireWriter) {
    writer.write(.message(SecretPayload.self), payload, Field.payload)
    writer.write(.string, name, Field.name)
  }
}

/// Asks for the versions of a secret.
package struct ListSecretVersionsRequest: WireMessage {
  package enum Field: UInt32, WireField {
    case parent = 1
    case pageSize = 2
    case pageToken = 3
    case filter = 4
  }

  package static let messageName = "google.cloud.secretmanager.v1.ListSecretVersionsRequest"
  package var parent = ""
  package var pageSize: Int32 = 0
  package var pageToken = ""
  package var filter = ""
  package var unknownFields = UnknownFields()

  package init() {}

  package init(
    parent: String = "", pageSize: Int32 = 0, pageToken: String = "", filter: String = ""
  ) {
    self.parent = parent
    self.pageSize = pageSize
    self.pageToken = pageToken
    self.filter = filter
  }

  package mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .parent: try reader.read(.string, &parent, bytes)
    case .pageSize: try reader.read(.int32, &pageSize, bytes)
    case .pageToken: try reader.read(.string, &pageToken, bytes)
    case .filter: try reader.read(.string, &filter, bytes)
    }
  }

  package func encodeFields(into writer: inout WireWriter) {
    writer.write(.string, filter, Field.filter)
    writer.write(.string, pageToken, Field.pageToken)
    writer.write(.int32, pageSize, Field.pageSize)
    writer.write(.string, parent, Field.parent)
  }
}

/// Some versions of a secret, the newest first.
package struct ListSecretVersionsResponse: WireMessage {
  package enum Field: UInt32, WireField {
    case versions = 1
    case nextPageToken = 2
  }

  package static let messageName = "google.cloud.secretmanager.v1.ListSecretVersionsResponse"
  package var versions: [SecretVersion] = []
  /// Where to go on; empty at the end.
  package var nextPageToken = ""
  package var unknownFields = UnknownFields()

  package init() {}

  package init(versions: [SecretVersion] = [], nextPageToken: String = "") {
    self.versions = versions
    self.nextPageToken = nextPageToken
  }

  package mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .versions: try reader.readRepeated(.message(SecretVersion.self), &versions, bytes)
    case .nextPageToken: try reader.read(.string, &nextPageToken, bytes)
    }
  }

  package func encodeFields(into writer: inout WireWriter) {
    writer.write(.string, nextPageToken, Field.nextPageToken)
    writer.writeRepeated(.message(SecretVersion.self), versions, Field.versions)
  }
}

/// Asks which of some rights the caller has.
package struct TestPermissionsRequest: WireMessage {
  package enum Field: UInt32, WireField {
    case resource = 1
    case permissions = 2
  }

  package static let messageName = "google.iam.v1.TestIamPermissionsRequest"
  package var resource = ""
  package var permissions: [String] = []
  package var unknownFields = UnknownFields()

  package init() {}

  package init(resource: String = "", permissions: [String] = []) {
    self.resource = resource
    self.permissions = permissions
  }

  package mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .resource: try reader.read(.string, &resource, bytes)
    case .permissions: try reader.readRepeated(.string, &permissions, bytes)
    }
  }

  package func encodeFields(into writer: inout WireWriter) {
    writer.writeRepeated(.string, permissions, Field.permissions)
    writer.write(.string, resource, Field.resource)
  }
}

/// Those that the caller has.
package struct TestPermissionsResponse: WireMessage {
  package enum Field: UInt32, WireField {
    case permissions = 1
  }

  package static let messageName = "google.iam.v1.TestIamPermissionsResponse"
  package var permissions: [String] = []
  package var unknownFields = UnknownFields()

  package init() {}

  package init(permissions: [String] = []) {
    self.permissions = permissions
  }

  package mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .permissions: try reader.readRepeated(.string, &permissions, bytes)
    }
  }

  package func encodeFields(into writer: inout WireWriter) {
    writer.writeRepeated(.string, permissions, Field.permissions)
  }
}
