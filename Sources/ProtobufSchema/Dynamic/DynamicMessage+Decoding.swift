package import ProtobufWire

extension DynamicMessage {
  /// Decodes a message.
  ///
  /// - Throws: `WireError` with the offset and the path of the first fault.
  package init(
    decoding bytes: [UInt8], _ descriptor: MessageDescriptor, of schema: Schema,
    options: WireDecodingOptions = .init()
  ) throws(WireError) {
    self.init(descriptor, of: schema)
    try merge(bytes, options: options)
  }

  /// Merges an encoded message into this one: repeated fields grow, messages are merged, of all else
  /// the last one wins.
  package mutating func merge(
    _ bytes: [UInt8], options: WireDecodingOptions = .init()
  ) throws(WireError) {
    do throws(WireError) {
      guard bytes.count <= options.sizeLimit else {
        throw WireError(.tooLarge(size: bytes.count, limit: options.sizeLimit), at: 0)
      }
      var reader = WireReader(count: bytes.count, recursionLimit: options.recursionLimit)
      try merge(bytes.span, &reader, group: nil)
    } catch {
      throw error.inMessage(descriptor.fullName)
    }
  }

  /// Merges all fields up to the reader's end or, in a group, up to the tag that ends it.
  mutating func merge(
    _ bytes: Span<UInt8>, _ reader: inout WireReader, group: UInt32?
  ) throws(WireError) {
    while reader.position < reader.end {
      let start = reader.position
      try reader.readTag(bytes)
      if reader.tag.type == .endGroup, reader.tag.number == group { return }
      if try mergeKnown(bytes, &reader) { continue }
      try reader.skipValue(bytes)
      keepUnknown(start..<reader.position, of: bytes)
    }
    if let group { throw WireError(.unterminatedGroup(number: group), at: reader.position) }
  }

  /// Merges the field whose tag was read.
  ///
  /// - Returns: false, having read nothing, if the field is unknown or has another wire type.
  private mutating func mergeKnown(
    _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    if descriptor.isMessageSet, reader.tag == WireTag(number: 1, type: .startGroup) {
      try mergeItem(bytes, &reader)
      return true
    }
    guard let field = field(ofTag: reader.tag.number) else { return false }
    do {
      return try merge(field, bytes, &reader)
    } catch {
      throw error.inside(.field(field.displayName))
    }
  }

  private func field(ofTag number: UInt32) -> FieldDescriptor? {
    let number = Int32(bitPattern: number)
    return descriptor.field(number: number)
      ?? schema.fieldExtension(of: descriptor, number: number)
  }

  mutating func keepUnknown(_ range: Range<Int>, of bytes: Span<UInt8>) {
    // The pointer does not outlive the closure, and `extracting` has checked the range.
    unsafe bytes.extracting(range).withUnsafeBufferPointer { field in
      unsafe unknownFields.append(contentsOf: field)
    }
  }

  private mutating func merge(
    _ field: FieldDescriptor, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    let wireType = field.type.wireType
    if field.isMap {
      guard reader.tag.type == .len else { return false }
      try mergeMapEntry(field, bytes, &reader)
    } else if case .message = field.content {
      guard reader.tag.type == wireType else { return false }
      try mergeMessage(field, bytes, &reader)
    } else if field.isRepeated, field.type.isPackable, reader.tag.type == .len {
      let outerEnd = reader.end
      reader.end = try reader.readLength(bytes).upperBound
      try mergePacked(field, bytes, &reader)
      reader.end = outerEnd
    } else {
      guard reader.tag.type == wireType else { return false }
      guard let value = try readNamed(field, bytes, &reader) else { return true }
      if field.isRepeated {
        update(field, orInsert: .repeated([])) { $0.append(value) }
      } else {
        set(field, field.presence == .implicit && value.isZero ? nil : value)
      }
    }
    return true
  }

  private mutating func mergePacked(
    _ field: FieldDescriptor, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) {
    var values: [DynamicValue] = []
    while reader.position < reader.end {
      if let value = try readNamed(field, bytes, &reader) { values.append(value) }
    }
    // An enum's numbers without a name must not make a field that has no values.
    guard !values.isEmpty else { return }
    update(field, orInsert: .repeated([])) { $0.append(contentsOf: values) }
  }

  /// One value; nil for a number that a closed enum does not know, which stays an unknown field as it
  /// came.
  private mutating func readNamed(
    _ field: FieldDescriptor, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> DynamicValue? {
    guard let type = schema.enumeration(of: field), type.isClosed else {
      return try reader.readValue(of: field, bytes)
    }
    let raw = try reader.readVarint(bytes)
    let number = Int32(truncatingIfNeeded: raw)
    guard type.name(of: number) == nil else { return .enumeration(number) }
    if reader.tag.type == .varint {
      keepUnknown(reader.tagOffset..<reader.position, of: bytes)
    } else {
      unknownFields += varint(UInt64(UInt32(bitPattern: field.number)) << 3) + varint(raw)
    }
    return nil
  }

  private mutating func mergeMessage(
    _ field: FieldDescriptor, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) {
    guard let empty = DynamicMessage(inside: field, of: schema) else { return }
    guard !field.isRepeated else {
      var message = empty
      try message.mergeNested(bytes, &reader)
      return update(field, orInsert: .repeated([])) { $0.append(.message(message)) }
    }
    try update(field, orInsert: .message(empty)) { (value) throws(WireError) in
      guard case .message(var message) = value else { return }
      // Let go of first, so that the message has one owner and is not copied.
      value = .bool(false)
      defer { value = .message(message) }
      try message.mergeNested(bytes, &reader)
    }
  }

  /// Reads a nested message, or a group whose first tag was read.
  mutating func mergeNested(
    _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) {
    guard reader.tag.type != .startGroup else {
      let end = reader.end
      let number = reader.tag.number
      try reader.enterGroup()
      try merge(bytes, &reader, group: number)
      return reader.leave(to: end)
    }
    let end = try reader.enter(bytes)
    try merge(bytes, &reader, group: nil)
    reader.leave(to: end)
  }
}

extension DynamicValue {
  fileprivate mutating func append(contentsOf added: [DynamicValue]) {
    guard case .repeated(var values) = self else { return }
    // Let go of first, so that the array has one owner and is not copied.
    self = .repeated([])
    values.append(contentsOf: added)
    self = .repeated(values)
  }
}

extension WireReader {
  /// Reads one value of a field that holds no message.
  mutating func readValue(
    of field: FieldDescriptor, _ bytes: Span<UInt8>
  ) throws(WireError) -> DynamicValue {
    switch field.type {
    case .int32: return .int32(Int32(truncatingIfNeeded: try readVarint(bytes)))
    case .int64: return .int64(Int64(truncatingIfNeeded: try readVarint(bytes)))
    case .uint32: return .uint32(UInt32(truncatingIfNeeded: try readVarint(bytes)))
    case .uint64: return .uint64(try readVarint(bytes))
    case .bool: return .bool(try readVarint(bytes) != 0)
    case .enumeration: return .enumeration(Int32(truncatingIfNeeded: try readVarint(bytes)))
    case .sint32:
      let raw = UInt32(truncatingIfNeeded: try readVarint(bytes))
      return .int32(Int32(bitPattern: raw >> 1 ^ (0 &- (raw & 1))))
    case .sint64:
      let raw = try readVarint(bytes)
      return .int64(Int64(bitPattern: raw >> 1 ^ (0 &- (raw & 1))))
    case .fixed32: return .uint32(try readFixed32(bytes))
    case .sfixed32: return .int32(Int32(bitPattern: try readFixed32(bytes)))
    case .float: return .float(Float(bitPattern: try readFixed32(bytes)))
    case .fixed64: return .uint64(try readFixed64(bytes))
    case .sfixed64: return .int64(Int64(bitPattern: try readFixed64(bytes)))
    case .double: return .double(Double(bitPattern: try readFixed64(bytes)))
    case .bytes: return .bytes(try readBytes(bytes))
    case .string where field.verifiesUTF8: return .string(try readString(bytes))
    case .string, .message, .group:
      let raw = try readBytes(bytes)
      return String(validating: raw, as: UTF8.self).map { .string($0) } ?? .bytes(raw)
    }
  }
}

/// A varint in as few bytes as it takes.
func varint(_ value: UInt64) -> [UInt8] {
  var bytes: [UInt8] = []
  var rest = value
  while rest >= 0x80 {
    bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
    rest >>= 7
  }
  bytes.append(UInt8(truncatingIfNeeded: rest))
  return bytes
}
