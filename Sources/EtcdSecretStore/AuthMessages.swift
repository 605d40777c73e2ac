import MomentoAuthMessages
import ProtobufWire

/// Asks for a token.
struct AuthenticateRequest: WireMessage {
  enum Field: UInt32, WireField {
    case name = 1
    case password = 2
  }

  static let messageName = "etcdserverpb.AuthenticateRequest"
  var name = ""
  var password = ""
  var unknownFields = UnknownFields()

  init() {}

  init(name: String = "", password: String = "") {
    self.name = name
    self.password = password
  }

  mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .name: try reader.read(.string, &name, bytes)
    case .password: try reader.read(.string, &password, bytes)
    }
  }

  func encodeFields(into writer: inout WireWriter) {
    writer.write(.string, password, Field.password)
    writer.write(.string, name, Field.name)
  }
}

extension AuthenticateRequest: SecretBearing {
  var shownFields: KeyValuePairs<String, Any> { ["name": name] }
}

/// A token, which goes into the metadata of every call.
struct AuthenticateResponse: WireMessage {
  enum Field: UInt32, WireField {
    case token = 2
  }

  static let messageName = "etcdserverpb.AuthenticateResponse"
  var token = ""
  var unknownFields = UnknownFields()

  mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .token: try reader.read(.string, &token, bytes)
    }
  }

  func encodeFields(into writer: inout WireWriter) {
    writer.write(.string, token, Field.token)
  }
}

extension AuthenticateResponse: SecretBearing {
  var shownFields: KeyValuePairs<String, Any> { ["token": "<\(token.utf8.count) bytes>"] }
}
