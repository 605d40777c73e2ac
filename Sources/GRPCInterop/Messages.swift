package import ProtobufWire

/// Bytes that fill a message; what they are does not matter.
package struct Payload: WireMessage {
  package enum Field: UInt32, WireField {
    case type = 1
    case body = 2
  }

  package static let messageName = "grpc.testing.Payload"
  /// `PayloadType`, of which only COMPRESSABLE, 0, is left.
  package var type: Int32 = 0
  package var body: [UInt8] = []
  package var unknownFields = UnknownFields()

  package init() {}

  /// So many zeros.
  package init(zeros count: Int) { body = Array(repeating: 0, count: count) }

  package mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .type: try reader.read(.int32, &type, bytes)
    case .body: try reader.read(.bytes, &body, bytes)
    }
  }

  package func encodeFields(into writer: inout WireWriter) {
    writer.write(.bytes, body, Field.body)
    writer.write(.int32, type, Field.type)
  }
}

/// The status that a server is asked to answer with.
package struct EchoStatus: WireMessage {
  package enum Field: UInt32, WireField {
    case code = 1
    case message = 2
  }

  package static let messageName = "grpc.testing.EchoStatus"
  package var code: Int32 = 0
  package var message = ""
  package var unknownFields = UnknownFields()

  package init() {}

  package init(code: Int32, message: String) {
    self.code = code
    self.message = message
  }

  package mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .code: try reader.read(.int32, &code, bytes)
    case .message: try reader.read(.string, &message, bytes)
    }
  }

  package func encodeFields(into writer: inout WireWriter) {
    writer.write(.string, message, Field.message)
    writer.write(.int32, code, Field.code)
  }
}

/// A message without fields.
package struct Empty: WireMessage {
  package typealias Field = NoFields

  package static let messageName = "grpc.testing.Empty"
  package var unknownFields = UnknownFields()

  package init() {}
}
