import ProtobufWire

/// A message of one large field.
struct BulkMessage: WireMessage {
  enum Field: UInt32, WireField {
    case value = 1
  }

  static let messageName = "wirebench.Bulk"
  var value: [UInt8] = []
  var unknownFields = UnknownFields()

  init() {}

  /// Bytes that do not repeat soon, the same every time.
  init(count: Int) {
    var state: UInt32 = 1
    value = (0..<count).map { _ in
      state = state &* 1_664_525 &+ 1_013_904_223
      return UInt8(truncatingIfNeeded: state >> 24)
    }
  }

  mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .value: try reader.read(.bytes, &value, bytes)
    }
  }

  func encodeFields(into writer: inout WireWriter) {
    writer.write(.bytes, value, Field.value)
  }
}
