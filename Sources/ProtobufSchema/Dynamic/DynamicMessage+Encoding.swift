package import ProtobufWire

extension DynamicMessage {
  /// Encodes the message: fields in the order of their numbers, map entries in the order of their keys,
  /// then the unknown fields.
  ///
  /// Required fields are not asked for; see ``missingRequiredFields``.
  /// - Throws: `WireError` if the message is larger than 2 GiB - 1.
  package func encoded() throws(WireError) -> [UInt8] {
    var body = EncodedBody()
    body.message = self
    do {
      return try body.encoded()
    } catch {
      throw error.inMessage(descriptor.fullName)
    }
  }

  func write(to writer: inout WireWriter) {
    writer.writeRaw(unknownFields.span)
    for entry in entries.reversed() {
      if descriptor.isMessageSet, entry.field.isExtension, case .message(let message) = entry.value
      {
        Self.writeItem(UInt64(entry.field.number), message, to: &writer)
      } else {
        entry.field.write(entry.value, to: &writer)
      }
    }
  }

  /// An extension in a message set: `group Item = 1 { type_id = 2; message = 3; }`.
  private static func writeItem(
    _ number: UInt64, _ message: DynamicMessage, to writer: inout WireWriter
  ) {
    writer.writeTag(1, .endGroup)
    writer.writeLengthPrefixed { message.write(to: &$0) }
    writer.writeTag(3, .len)
    writer.writeVarint(number)
    writer.writeTag(2, .varint)
    writer.writeTag(1, .startGroup)
  }
}

/// A dynamic message in the shape that the encoder of messages with a type takes.
private struct EncodedBody: WireMessage {
  typealias Field = NoFields

  static let messageName = "message"
  var unknownFields = UnknownFields()
  var message: DynamicMessage?

  func encodeFields(into writer: inout WireWriter) { message?.write(to: &writer) }
}

extension FieldDescriptor {
  fileprivate var wireNumber: UInt32 { UInt32(bitPattern: number) }

  func write(_ value: DynamicValue, to writer: inout WireWriter) {
    switch value {
    case .repeated(let values) where isPacked && !values.isEmpty:
      writer.writeLengthPrefixed { writer in
        for value in values.reversed() { value.write(as: type, to: &writer) }
      }
      writer.writeTag(wireNumber, .len)
    case .repeated(let values):
      for value in values.reversed() { value.writeTagged(wireNumber, type, to: &writer) }
    case .map(let entries): writeMap(entries, to: &writer)
    default: value.writeTagged(wireNumber, type, to: &writer)
    }
  }

  private func writeMap(_ entries: [MapKey: DynamicValue], to writer: inout WireWriter) {
    guard let mapTypes else { return }
    for (key, value) in entries.sorted(by: { $1.key < $0.key }) {
      writer.writeLengthPrefixed { writer in
        value.writeTagged(2, mapTypes.value.type, to: &writer)
        key.value(of: mapTypes.key.type).writeTagged(1, mapTypes.key.type, to: &writer)
      }
      writer.writeTag(wireNumber, .len)
    }
  }
}

extension FieldType {
  /// How one value is laid out.
  var wireType: WireType {
    switch self {
    case .double, .fixed64, .sfixed64: .i64
    case .float, .fixed32, .sfixed32: .i32
    case .string, .bytes, .message: .len
    case .group: .startGroup
    default: .varint
    }
  }
}

extension DynamicValue {
  /// Writes one value with its tag.
  fileprivate func writeTagged(_ number: UInt32, _ type: FieldType, to writer: inout WireWriter) {
    guard case .message(let message) = self else {
      write(as: type, to: &writer)
      return writer.writeTag(number, type.wireType)
    }
    if type == .group {
      writer.writeTag(number, .endGroup)
      message.write(to: &writer)
      writer.writeTag(number, .startGroup)
    } else {
      writer.writeLengthPrefixed { message.write(to: &$0) }
      writer.writeTag(number, .len)
    }
  }

  /// Writes one value that is no message, without its tag.
  fileprivate func write(as type: FieldType, to writer: inout WireWriter) {
    switch self {
    case .bool(let flag): writer.writeVarint(flag ? 1 : 0)
    case .int32(let number):
      switch type {
      case .sint32: writer.writeVarint(UInt64(UInt32(bitPattern: number << 1 ^ number >> 31)))
      case .sfixed32: writer.writeFixed32(UInt32(bitPattern: number))
      default: writer.writeVarint(UInt64(bitPattern: Int64(number)))
      }
    case .int64(let number):
      switch type {
      case .sint64: writer.writeVarint(UInt64(bitPattern: number << 1 ^ number >> 63))
      case .sfixed64: writer.writeFixed64(UInt64(bitPattern: number))
      default: writer.writeVarint(UInt64(bitPattern: number))
      }
    case .uint32(let number):
      if type == .fixed32 { return writer.writeFixed32(number) }
      writer.writeVarint(UInt64(number))
    case .uint64(let number):
      if type == .fixed64 { return writer.writeFixed64(number) }
      writer.writeVarint(number)
    case .enumeration(let number): writer.writeVarint(UInt64(bitPattern: Int64(number)))
    case .float(let number): writer.writeFixed32(number.bitPattern)
    case .double(let number): writer.writeFixed64(number.bitPattern)
    case .string(let text): writer.writeLengthPrefixed { $0.writeRaw(text.utf8Span.span) }
    case .bytes(let bytes): writer.writeLengthPrefixed { $0.writeRaw(bytes.span) }
    // A field writes these itself.
    case .message, .repeated, .map: break
    }
  }
}

/// One value of a field by itself.
private struct EncodedField: WireMessage {
  typealias Field = NoFields

  static let messageName = "field"
  var unknownFields = UnknownFields()
  var value: DynamicValue?
  var number: UInt32 = 0
  var type = FieldType.int32

  func encodeFields(into writer: inout WireWriter) {
    guard let value else { return }
    value.writeTagged(number, type, to: &writer)
  }
}

extension FieldDescriptor {
  /// The bytes of one value, with its tag; of a repeated field, of one element.
  func encoded(_ value: DynamicValue) throws(WireError) -> [UInt8] {
    var field = EncodedField()
    field.value = value
    field.number = wireNumber
    field.type = type
    return try field.encoded()
  }
}
