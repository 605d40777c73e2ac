import ProtobufWire

// Maps and message sets.
extension DynamicMessage {
  /// Reads one entry of a map: a message of key 1 and value 2. The last entry of a key wins.
  mutating func mergeMapEntry(
    _ field: FieldDescriptor, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) {
    guard let types = field.mapTypes else { return }
    if try mergePlainEntry(field, types, bytes, &reader) { return }
    guard var entry = DynamicMessage(inside: field, of: schema) else { return }
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

  /// Reads an entry that is a key and a value, each a scalar, and nothing else, as almost all are.
  ///
  /// - Returns: false, having read nothing, if it is another.
  private mutating func mergePlainEntry(
    _ field: FieldDescriptor, _ types: FieldDescriptor.MapTypes, _ bytes: Span<UInt8>,
    _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    guard types.value.content == .scalar else { return false }
    var inner = reader
    let end = try inner.enter(bytes)
    guard let key = try inner.readValue(ofOnly: types.key, bytes).flatMap(MapKey.init),
      let value = try inner.readValue(ofOnly: types.value, bytes), inner.position == inner.end
    else { return false }
    inner.leave(to: end)
    reader = inner
    update(field, orInsert: .map([:])) { $0.insert(value, for: key) }
    return true
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
  mutating func mergeItem(
    _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) {
    let start = reader.tagOffset
    var number: UInt64?
    var content: Range<Int>?
    try reader.enterGroup()
    while true {
      guard reader.position < reader.end else {
        throw WireError(.unterminatedGroup(number: 1), at: reader.position)
      }
      try reader.readTag(bytes)
      if reader.tag == WireTag(number: 1, type: .endGroup) { break }
      if reader.tag == WireTag(number: 2, type: .varint) {
        let value = try reader.readVarint(bytes)
        number = number ?? value
      } else if reader.tag == WireTag(number: 3, type: .len) {
        let range = try reader.readLength(bytes)
        reader.position = range.upperBound
        content = content ?? range
      } else {
        try reader.skipValue(bytes)
      }
    }
    reader.leave(to: reader.end)
    guard let number, let content else { return }
    try mergeItem(number, content, bytes, reader, whole: start..<reader.position)
  }

  private mutating func mergeItem(
    _ number: UInt64, _ content: Range<Int>, _ bytes: Span<UInt8>, _ reader: WireReader,
    whole: Range<Int>
  ) throws(WireError) {
    // Of the number's bits those beyond 32 are dropped, as for a field of type uint32.
    let number = Int32(truncatingIfNeeded: number)
    guard let field = schema.fieldExtension(of: descriptor, number: number),
      let empty = DynamicMessage(inside: field, of: schema), !field.isRepeated
    else { return keepUnknown(whole, of: bytes) }
    var inner = reader
    // A level of its own, for what it holds may be a message set again.
    try inner.enterGroup()
    inner.position = content.lowerBound
    inner.end = content.upperBound
    var message = empty
    if case .message(let there)? = value(of: field) { message = there }
    try message.merge(bytes, &inner, group: nil)
    set(field, .message(message))
  }
}

extension WireReader {
  /// Reads the value of a field that has to come next; nil if another comes, or none.
  fileprivate mutating func readValue(
    ofOnly field: FieldDescriptor, _ bytes: Span<UInt8>
  ) throws(WireError) -> DynamicValue? {
    guard position < end else { return nil }
    do {
      try readTag(bytes)
      guard tag == WireTag(number: UInt32(bitPattern: field.number), type: field.type.wireType)
      else { return nil }
      return try readValue(of: field, bytes)
    } catch {
      throw error.inside(.field(field.name))
    }
  }
}
