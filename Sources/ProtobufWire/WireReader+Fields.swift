// What a message calls for each of its fields. Each method returns false, having read nothing, if the
// field's wire type does not fit.
extension WireReader {
  /// Reads a field without presence: the last one wins, messages are merged.
  @inlinable
  public mutating func read<Coding: WireCoding>(
    _ coding: Coding, _ value: inout Coding.Value, _ bytes: Span<UInt8>
  ) throws(WireError) -> Bool {
    guard tag.type == coding.wireType else { return false }
    try coding.merge(into: &value, bytes, &self)
    return true
  }

  /// Reads a field with presence: the last one wins, messages are merged.
  @inlinable
  public mutating func read<Coding: WireCoding>(
    _ coding: Coding, _ value: inout Coding.Value?, _ bytes: Span<UInt8>
  ) throws(WireError) -> Bool {
    guard tag.type == coding.wireType else { return false }
    // Taken, so that its storage has one owner and is not copied by each merge.
    var merged = value.take() ?? coding.defaultValue
    try coding.merge(into: &merged, bytes, &self)
    value = consume merged
    return true
  }

  /// Reads a member of a oneof that is no message: it replaces whichever was set.
  @inlinable
  public mutating func read<Coding: WireCoding, Oneof>(
    _ coding: Coding, _ oneof: inout Oneof?, _ bytes: Span<UInt8>,
    _ wrap: (consuming Coding.Value) -> Oneof
  ) throws(WireError) -> Bool {
    guard tag.type == coding.wireType else { return false }
    var value = coding.defaultValue
    try coding.merge(into: &value, bytes, &self)
    oneof = wrap(consume value)
    return true
  }

  /// Reads a message that is a member of a oneof: it is merged if that member was set, and replaces
  /// any other.
  @inlinable
  public mutating func read<Message: WireMessage, Oneof>(
    _ coding: MessageCoding<Message>, _ oneof: inout Oneof?, _ bytes: Span<UInt8>,
    _ wrap: (consuming Message) -> Oneof, _ unwrap: (Oneof) -> Message?
  ) throws(WireError) -> Bool {
    guard tag.type == coding.wireType else { return false }
    // Taken, so that its storage has one owner and is not copied by each merge.
    var message = oneof.take().flatMap(unwrap) ?? Message()
    try coding.merge(into: &message, bytes, &self)
    oneof = wrap(consume message)
    return true
  }

  /// Reads one element of a repeated field, or many if they are packed.
  @inlinable
  public mutating func readRepeated<Coding: WireCoding>(
    _ coding: Coding, _ values: inout [Coding.Value], _ bytes: Span<UInt8>
  ) throws(WireError) -> Bool {
    if tag.type == coding.wireType {
      if values.isEmpty, !coding.isPackable { values.reserveCapacity(runLength(bytes)) }
      try readElement(coding, &values, bytes)
      return true
    }
    guard coding.isPackable, tag.type == .len else { return false }
    let outerEnd = end
    end = try readLength(bytes).upperBound
    while position < end { try readElement(coding, &values, bytes) }
    end = outerEnd
    return true
  }

  @inlinable
  mutating func readElement<Coding: WireCoding>(
    _ coding: Coding, _ values: inout [Coding.Value], _ bytes: Span<UInt8>
  ) throws(WireError) {
    let index = values.count
    values.append(coding.defaultValue)
    do {
      // In its place, so that a large element is not moved once it is read.
      try coding.merge(into: &values[index], bytes, &self)
    } catch {
      throw error.inside(.index(index))
    }
  }

  /// How many fields of the same tag, with lengths, stand in a row from the one whose tag was read last.
  ///
  /// At most 1024, so that a message which turns out to be malformed has claimed little memory.
  @usableFromInline
  func runLength(_ bytes: Span<UInt8>) -> Int {
    var ahead = self
    var count = 0
    while count < 1024, let value = try? ahead.readLength(bytes) {
      count += 1
      ahead.position = value.upperBound
      guard ahead.available > 0, (try? ahead.readTag(bytes)) != nil, ahead.tag == tag else { break }
    }
    return count
  }

  /// Reads one entry of a map: a message of key 1 and value 2. The last entry of a key wins.
  @inlinable
  public mutating func readMap<Key: WireKeyCoding, Coding: WireCoding>(
    _ key: Key, _ coding: Coding, _ map: inout [Key.Value: Coding.Value], _ bytes: Span<UInt8>
  ) throws(WireError) -> Bool {
    guard tag.type == .len else { return false }
    var entryKey = key.defaultValue
    var entryValue = coding.defaultValue
    let outerEnd = try enter(bytes)
    while position < end {
      try readTag(bytes)
      if tag == WireTag(number: 1, type: key.wireType) {
        try readEntry(key, &entryKey, bytes, "key")
      } else if tag == WireTag(number: 2, type: coding.wireType) {
        try readEntry(coding, &entryValue, bytes, "value")
      } else {
        try skipValue(bytes)
      }
    }
    leave(to: outerEnd)
    map[entryKey] = entryValue
    return true
  }

  @inlinable
  mutating func readEntry<Coding: WireCoding>(
    _ coding: Coding, _ value: inout Coding.Value, _ bytes: Span<UInt8>, _ name: StaticString
  ) throws(WireError) {
    do {
      try coding.merge(into: &value, bytes, &self)
    } catch {
      throw error.inside(.field("\(name)"))
    }
  }
}
