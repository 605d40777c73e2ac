import ProtobufSchema

extension MessageWalk {
  func varint(
    _ range: Range<Int>, _ tag: Tag, _ reading: Varint.Reading, _ descriptor: FieldDescriptor?
  ) -> Item {
    let (text, isKnown) = varintText(reading.value, descriptor)
    var item = make(range, tag, isKnown ? descriptor : nil, .text(text))
    if let descriptor, !isKnown { item.notes.append(mismatch(descriptor)) }
    let mayBeTime =
      switch descriptor?.type {
      case nil, .int32, .int64, .uint32, .uint64: true
      default: false
      }
    if mayBeTime, let date = EpochTime.plausible(reading.value) {
      item.notes.append("as a time: \(date)")
      item.add("time", date)
    }
    if descriptor == nil, Int64(bitPattern: reading.value) < 0 {
      item.notes.append("signed: \(Int64(bitPattern: reading.value))")
    }
    if reading.isOverlong {
      item.violations.append(
        Violation(
          range.upperBound - 1, "the varint has more bytes than it needs", Self.encodingGuide))
    }
    return item
  }

  private func varintText(_ value: UInt64, _ field: FieldDescriptor?) -> (String, Bool) {
    switch field?.type {
    case nil, .uint32, .uint64: return (String(value), true)
    case .int32: return (String(Int32(truncatingIfNeeded: value)), true)
    case .int64: return (String(Int64(bitPattern: value)), true)
    case .sint32, .sint64: return (String(Int64(bitPattern: value >> 1) ^ -Int64(value & 1)), true)
    case .bool: return (value == 0 ? "false" : value == 1 ? "true" : "true (\(value))", true)
    case .enumeration:
      let number = Int32(truncatingIfNeeded: value)
      let name = field.flatMap { explainer.schema?.enumeration(of: $0)?.name(of: number) }
      return (name.map { "\($0) = \(number)" } ?? "\(number), not named by its enum", true)
    default: return (String(value), false)
    }
  }

  func mismatch(_ field: FieldDescriptor) -> String {
    "the schema has \(field.displayName) of another wire type: an unknown field to it"
  }

  func fixed(
    _ bytes: Span<UInt8>, _ range: Range<Int>, _ tag: Tag, _ descriptor: FieldDescriptor?
  ) -> Item {
    let width = tag.wireType == 1 ? 8 : 4
    var bits: UInt64 = 0
    for index in (range.upperBound - width)..<range.upperBound {
      bits |= UInt64(bytes[index]) << UInt64(8 * (index + width - range.upperBound))
    }
    let (text, isKnown) = Self.fixedText(bits, width, descriptor?.type)
    var item = make(range, tag, isKnown ? descriptor : nil, .text(text))
    if let descriptor, !isKnown { item.notes.append(mismatch(descriptor)) }
    guard descriptor == nil else { return item }
    item.notes.append("or: \(bits) (0x\(Hex.padded(bits, width * 2)))")
    if let date = EpochTime.plausible(bits) { item.notes.append("as a time: \(date)") }
    return item
  }

  private static func fixedText(
    _ bits: UInt64, _ width: Int, _ type: FieldType?
  ) -> (String, Bool) {
    let low = UInt32(truncatingIfNeeded: bits)
    switch (type, width) {
    case (.double, 8), (nil, 8): return ("\(Double(bitPattern: bits))", true)
    case (.float, 4), (nil, 4): return ("\(Float(bitPattern: low))", true)
    case (.fixed64, 8): return (String(bits), true)
    case (.fixed32, 4): return (String(low), true)
    case (.sfixed64, 8): return (String(Int64(bitPattern: bits)), true)
    case (.sfixed32, 4): return (String(Int32(bitPattern: low)), true)
    default: return ("0x" + Hex.padded(bits, width * 2), false)
    }
  }
}
