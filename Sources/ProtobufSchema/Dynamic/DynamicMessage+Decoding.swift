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
    for index in range { unknownFields.append(bytes[index]) }
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
      try mergeElements(field, bytes, &reader, untilEnd: true)
      reader.end = outerEnd
    } else {
      guard reader.tag.type == wireType else { return false }
      if field.isRepeated {
        try mergeElements(field, bytes, &reader, untilEnd: false)
      } else {
        let value = try reader.readValue(of: field, bytes)
        if keepIfNameless(value, field) { return true }
        set(field, field.presence == .implicit && value.isZero ? nil : value)
      }
    }
    return true
  }

  private mutating func mergeElements(
    _ field: FieldDescriptor, _ bytes: Span<UInt8>, _ reader: inout WireReader, untilEnd: Bool
  ) throws(WireError) {
    // An enum's numbers without a name must not make a field that has no values.
    var values: [DynamicValue] = []
    var nameless: [DynamicValue] = []
    repeat {
      guard reader.position < reader.end || !untilEnd else { break }
      let value = try reader.readValue(of: field, bytes)
      if isNameless(value, field) { nameless.append(value) } else { values.append(value) }
    } while untilEnd
    for value in nameless { _ = keepIfNameless(value, field) }
    guard !values.isEmpty else { return }
    update(field, orInsert: .repeated([])) { $0.append(contentsOf: values) }
  }

  private func isNameless(_ value: DynamicValue, _ field: FieldDescriptor) -> Bool {
    guard case .enumeration(let number) = value, let type = schema.enumeration(of: field) else {
      return false
    }
    return type.isClosed && type.name(of: number) == nil
  }

  /// A number that a closed enum does not know stays an unknown field.
  private mutating func keepIfNameless(_ value: DynamicValue, _ field: FieldDescriptor) -> Bool {
    guard case .enumeration(let number) = value, isNameless(value, field) else { return false }
    unknownFields += varint(UInt64(UInt32(bitPattern: field.number)) << 3)
    unknownFields += varint(UInt64(bitPattern: Int64(number)))
    return true
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
  private mutating func mergeNested(
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

// Maps and message sets.
extension DynamicMessage {
  /// Reads one entry of a map: a message of key 1 and value 2. The last entry of a key wins.
  private mutating func mergeMapEntry(
    _ field: FieldDescriptor, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) {
    guard let types = field.mapTypes,
      var entry = DynamicMessage(inside: field, of: schema)
    else { return }
    let start = reader.position
    try entry.mergeNested(bytes, &reader)
    // The number of a closed enum that has no name: the whole entry stays unknown.
    if types.value.type == .enumeration, !entry.unknownFields.isEmpty,
      entry.hasNamelessValue
    {
      unknownFields += varint(UInt64(UInt32(bitPattern: field.number)) << 3 | 2)
      return keepUnknown(start..<reader.position, of: bytes)
    }
    guard let key = (entry.value(of: types.key) ?? types.key.type.zero).flatMap(MapKey.init),
      let value = entry.value(of: types.value) ?? types.value.defaultValue
        ?? DynamicMessage(inside: types.value, of: schema).map({ .message($0) })
    else { return }
    update(field, orInsert: .map([:])) { $0.insert(value, for: key) }
  }

  /// Whether the entry's value came, but was none that its closed enum knows.
  private var hasNamelessValue: Bool {
    var reader = WireReader(count: unknownFields.count)
    while reader.position < reader.end, (try? reader.readTag(unknownFields.span)) != nil {
      if reader.tag == WireTag(number: 2, type: .varint) { return true }
      guard (try? reader.skipValue(unknownFields.span)) != nil else { return false }
    }
    return false
  }

  /// Reads an item of a message set, whose first tag was read; its two fields may come in any order.
  private mutating func mergeItem(
    _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) {
    let start = reader.tagOffset
    var number: UInt64?
    var content: Range<Int>?
    try reader.enterGroup()
    repeat {
      guard reader.position < reader.end else {
        throw WireError(.unterminatedGroup(number: 1), at: reader.position)
      }
      try reader.readTag(bytes)
      if reader.tag == WireTag(number: 2, type: .varint) {
        let value = try reader.readVarint(bytes)
        number = number ?? value
      } else if reader.tag == WireTag(number: 3, type: .len) {
        let range = try reader.readLength(bytes)
        reader.position = range.upperBound
        content = content ?? range
      } else if reader.tag != WireTag(number: 1, type: .endGroup) {
        try reader.skipValue(bytes)
      }
    } while reader.tag != WireTag(number: 1, type: .endGroup)
    reader.leave(to: reader.end)
    guard let number, let content else { return }
    try mergeItem(number, content, bytes, reader, whole: start..<reader.position)
  }

  private mutating func mergeItem(
    _ number: UInt64, _ content: Range<Int>, _ bytes: Span<UInt8>, _ reader: WireReader,
    whole: Range<Int>
  ) throws(WireError) {
    guard let number = Int32(exactly: number),
      let field = schema.fieldExtension(of: descriptor, number: number),
      let empty = DynamicMessage(inside: field, of: schema), !field.isRepeated
    else { return keepUnknown(whole, of: bytes) }
    var inner = reader
    inner.position = content.lowerBound
    inner.end = content.upperBound
    var message = empty
    if case .message(let there)? = value(of: field) { message = there }
    try message.merge(bytes, &inner, group: nil)
    set(field, .message(message))
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
  fileprivate mutating func readValue(
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
