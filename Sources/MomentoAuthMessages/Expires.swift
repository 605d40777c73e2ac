package import ProtobufWire

/// `Expires` of auth.proto and of token.proto, which are alike.
package struct Expires: WireMessage {
  package enum Field: UInt32, WireField {
    case validForSeconds = 1
  }

  package static let messageName = "auth._GenerateApiTokenRequest.Expires"
  package var validForSeconds: UInt32 = 0
  package var unknownFields = UnknownFields()

  package init() {}

  package init(validForSeconds: UInt32 = 0) {
    self.validForSeconds = validForSeconds
  }

  package mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .validForSeconds: try reader.read(.uint32, &validForSeconds, bytes)
    }
  }

  package func encodeFields(into writer: inout WireWriter) {
    writer.write(.uint32, validForSeconds, Field.validForSeconds)
  }
}

/// `Never` of auth.proto: the key has no end. It has no fields.
package struct NeverExpires: WireMessage {
  package typealias Field = NoFields

  package static let messageName = "auth._GenerateApiTokenRequest.Never"
  package var unknownFields = UnknownFields()

  package init() {}
}
