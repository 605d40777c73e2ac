import MomentoAuthMessages
import ProtobufWire

// Messages of Google's Secret Manager, with the fields that are used here.

/// Asks for what is known of a secret beside its versions.
struct GetSecretRequest: WireMessage {
  enum Field: UInt32, WireField {
    case name = 1
  }

  static let messageName = "google.cloud.secretmanager.v1.GetSecretRequest"
  var name = ""
  var unknownFields = UnknownFields()

  init() {}

  init(name: String = "") {
    self.name = name
  }

  mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .name: try reader.read(.string, &name, bytes)
    }
  }

  func encodeFields(into writer: inout WireWriter) {
    writer.write(.string, name, Field.name)
  }
}

/// Changes what is known of a secret.
struct UpdateSecretRequest: WireMessage {
  enum Field: UInt32, WireField {
    case secret = 1
    case updateMask = 2
  }

  static let messageName = "google.cloud.secretmanager.v1.UpdateSecretRequest"
  var secret: GoogleSecret?
  var updateMask: FieldMask?
  var unknownFields = UnknownFields()

  init() {}

  init(secret: GoogleSecret? = nil, updateMask: FieldMask? = nil) {
    self.secret = secret
    self.updateMask = updateMask
  }

  mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .secret: try reader.read(.message(GoogleSecret.self), &secret, bytes)
    case .updateMask: try reader.read(.message(FieldMask.self), &updateMask, bytes)
    }
  }

  func encodeFields(into writer: inout WireWriter) {
    writer.write(.message(FieldMask.self), updateMask, Field.updateMask)
    writer.write(.message(GoogleSecret.self), secret, Field.secret)
  }
}

/// The names of the fields that are to change.
struct FieldMask: WireMessage {
  enum Field: UInt32, WireField {
    case paths = 1
  }

  static let messageName = "google.protobuf.FieldMask"
  var paths: [String] = []
  var unknownFields = UnknownFields()

  init() {}

  init(paths: [String] = []) {
    self.paths = paths
  }

  mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .paths: try reader.readRepeated(.string, &paths, bytes)
    }
  }

  func encodeFields(into writer: inout WireWriter) {
    writer.writeRepeated(.string, paths, Field.paths)
  }
}

/// Adds a version.
struct AddSecretVersionRequest: WireMessage {
  enum Field: UInt32, WireField {
    case parent = 1
    case payload = 2
  }

  static let messageName = "google.cloud.secretmanager.v1.AddSecretVersionRequest"
  var parent = ""
  var payload: SecretPayload?
  var unknownFields = UnknownFields()

  init() {}

  init(parent: String = "", payload: SecretPayload? = nil) {
    self.parent = parent
    self.payload = payload
  }

  mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .parent: try reader.read(.string, &parent, bytes)
    case .payload: try reader.read(.message(SecretPayload.self), &payload, bytes)
    }
  }

  func encodeFields(into writer: inout WireWriter) {
    writer.write(.message(SecretPayload.self), payload, Field.payload)
    writer.write(.string, parent, Field.parent)
  }
}

/// What a version holds.
struct SecretPayload: WireMessage {
  enum Field: UInt32, WireField {
    case data = 1
    case dataCRC32C = 2
  }

  static let messageName = "google.cloud.secretmanager.v1.SecretPayload"
  var data: [UInt8] = []
  /// CRC-32C (Castagnoli) of the data.
  var dataCRC32C: Int64?
  var unknownFields = UnknownFields()

  init() {}

  init(data: [UInt8] = [], dataCRC32C: Int64? = nil) {
    self.data = data
    self.dataCRC32C = dataCRC32C
  }

  mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .data: try reader.read(.bytes, &data, bytes)
    case .dataCRC32C: try reader.read(.int64, &dataCRC32C, bytes)
    }
  }

  func encodeFields(into writer: inout WireWriter) {
    writer.write(.int64, dataCRC32C, Field.dataCRC32C)
    writer.write(.bytes, data, Field.data)
  }
}

extension SecretPayload: SecretBearing {
  var shownFields: KeyValuePairs<String, Any> { ["data": "<\(data.count) bytes>"] }
}

/// A version, without what it holds.
struct SecretVersion: WireMessage {
  enum Field: UInt32, WireField {
    case name = 1
    case state = 4
  }

  struct State: WireEnum {
    var rawValue: Int32

    static let unspecified = State(rawValue: 0)
    static let enabled = State(rawValue: 1)
    static let disabled = State(rawValue: 2)
    static let destroyed = State(rawValue: 3)
  }

  static let messageName = "google.cloud.secretmanager.v1.SecretVersion"
  var name = ""
  var state: State = .unspecified
  var unknownFields = UnknownFields()

  init() {}

  init(name: String = "", state: State = .unspecified) {
    self.name = name
    self.state = state
  }

  mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .name: try reader.read(.string, &name, bytes)
    case .state: try reader.read(.enumeration(State.self), &state, bytes)
    }
  }

  func encodeFields(into writer: inout WireWriter) {
    writer.write(.enumeration(State.self), state, Field.state)
    writer.write(.string, name, Field.name)
  }
}

/// Asks for what a version holds.
struct AccessSecretVersionRequest: WireMessage {
  enum Field: UInt32, WireField {
    case name = 1
  }

  static let messageName = "google.cloud.secretmanager.v1.AccessSecretVersionRequest"
  var name = ""
  var unknownFields = UnknownFields()

  init() {}

  init(name: String = "") {
    self.name = name
  }

  mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .name: try reader.read(.string, &name, bytes)
    }
  }

  func encodeFields(into writer: inout WireWriter) {
    writer.write(.string, name, Field.name)
  }
}

/// What a version holds.
struct AccessSecretVersionResponse: WireMessage {
  enum Field: UInt32, WireField {
    case name = 1
    case payload = 2
  }

  static let messageName = "google.cloud.secretmanager.v1.AccessSecretVersionResponse"
  var name = ""
  var payload: SecretPayload?
  var unknownFields = UnknownFields()

  init() {}

  init(name: String = "", payload: SecretPayload? = nil) {
    self.name = name
    self.payload = payload
  }

  mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .name: try reader.read(.string, &name, bytes)
    case .payload: try reader.read(.message(SecretPayload.self), &payload, bytes)
    }
  }

  func encodeFields(into writer: inout WireWriter) {
    writer.write(.message(SecretPayload.self), payload, Field.payload)
    writer.write(.string, name, Field.name)
  }
}

/// Asks for the versions of a secret.
struct ListSecretVersionsRequest: WireMessage {
  enum Field: UInt32, WireField {
    case parent = 1
    case pageSize = 2
    case pageToken = 3
    case filter = 4
  }

  static let messageName = "google.cloud.secretmanager.v1.ListSecretVersionsRequest"
  var parent = ""
  var pageSize: Int32 = 0
  var pageToken = ""
  var filter = ""
  var unknownFields = UnknownFields()

  init() {}

  init(parent: String = "", pageSize: Int32 = 0, pageToken: String = "", filter: String = "") {
    self.parent = parent
    self.pageSize = pageSize
    self.pageToken = pageToken
    self.filter = filter
  }

  mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .parent: try reader.read(.string, &parent, bytes)
    case .pageSize: try reader.read(.int32, &pageSize, bytes)
    case .pageToken: try reader.read(.string, &pageToken, bytes)
    case .filter: try reader.read(.string, &filter, bytes)
    }
  }

  func encodeFields(into writer: inout WireWriter) {
    writer.write(.string, filter, Field.filter)
    writer.write(.string, pageToken, Field.pageToken)
    writer.write(.int32, pageSize, Field.pageSize)
    writer.write(.string, parent, Field.parent)
  }
}

/// Some versions of a secret, the newest first.
struct ListSecretVersionsResponse: WireMessage {
  enum Field: UInt32, WireField {
    case versions = 1
    case nextPageToken = 2
  }

  static let messageName = "google.cloud.secretmanager.v1.ListSecretVersionsResponse"
  var versions: [SecretVersion] = []
  /// Where to go on; empty at the end.
  var nextPageToken = ""
  var unknownFields = UnknownFields()

  init() {}

  init(versions: [SecretVersion] = [], nextPageToken: String = "") {
    self.versions = versions
    self.nextPageToken = nextPageToken
  }

  mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .versions: try reader.readRepeated(.message(SecretVersion.self), &versions, bytes)
    case .nextPageToken: try reader.read(.string, &nextPageToken, bytes)
    }
  }

  func encodeFields(into writer: inout WireWriter) {
    writer.write(.string, nextPageToken, Field.nextPageToken)
    writer.writeRepeated(.message(SecretVersion.self), versions, Field.versions)
  }
}

/// Asks which of some rights the caller has.
struct TestPermissionsRequest: WireMessage {
  enum Field: UInt32, WireField {
    case resource = 1
    case permissions = 2
  }

  static let messageName = "google.iam.v1.TestIamPermissionsRequest"
  var resource = ""
  var permissions: [String] = []
  var unknownFields = UnknownFields()

  init() {}

  init(resource: String = "", permissions: [String] = []) {
    self.resource = resource
    self.permissions = permissions
  }

  mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .resource: try reader.read(.string, &resource, bytes)
    case .permissions: try reader.readRepeated(.string, &permissions, bytes)
    }
  }

  func encodeFields(into writer: inout WireWriter) {
    writer.writeRepeated(.string, permissions, Field.permissions)
    writer.write(.string, resource, Field.resource)
  }
}

/// Those that the caller has.
struct TestPermissionsResponse: WireMessage {
  enum Field: UInt32, WireField {
    case permissions = 1
  }

  static let messageName = "google.iam.v1.TestIamPermissionsResponse"
  var permissions: [String] = []
  var unknownFields = UnknownFields()

  init() {}

  init(permissions: [String] = []) {
    self.permissions = permissions
  }

  mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .permissions: try reader.readRepeated(.string, &permissions, bytes)
    }
  }

  func encodeFields(into writer: inout WireWriter) {
    writer.writeRepeated(.string, permissions, Field.permissions)
  }
}
