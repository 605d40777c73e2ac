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
    var merged = value ?? coding.defaultValue
    // So that the storage of `merged` has one owner and is not copied by each merge.
    value = nil
    try coding.merge(into: &merged, bytes, &self)
    value = merged
    return true
  }

  /// Reads a member of a oneof that is no message: it replaces whichever was set.
  @inlinable
  public mutating func read<Coding: WireCoding, Oneof>(
    _ coding: Coding, _ oneof: inout Oneof?, _ bytes: Span<UInt8>, _ wrap: (Coding.Value) -> Oneof
  ) throws(WireError) -> Bool {
    guard tag.type == coding.wireType else { return false }
    var value = coding.defaultValue
    try coding.merge(into: &value, bytes, &self)
    oneof = wrap(value)
    return true
  }

  /// Reads a message that is a member of a oneof: it is merged if that member was set, and replaces
  /// any other.
  @inlinable
  public mutating func read<Message: WireMessage, Oneof>(
    _ coding: MessageCoding<Message>, _ oneof: inout Oneof?, _ bytes: Span<UInt8>,
    _ wrap: (Message) -> Oneof, _ unwrap: (Oneof) -> Message?
  ) throws(WireError) -> Bool {
    guard tag.type == coding.wireType else { return false }
    var message = oneof.flatMap(unwrap) ?? Message()
    // So that the storage of `message` has one owner and is not copied by each merge.
    oneof = nil
    try coding.merge(into: &message, bytes, &self)
    oneof = wrap(message)
    return true
  }

  /// Reads one element of a repeated field, or many if they are packed.
  @inlinable
  public mutating func readRepeated<Coding: WireCoding>(
    _ coding: Coding, _ values: inout [Coding.Value], _ bytes: Span<UInt8>
  ) throws(WireError) -> Bool {
    if tag.type == coding.wireType {
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
    var value = coding.defaultValue
    do {
      try coding.merge(into: &value, bytes, &self)
    } catch {
      throw error.inside(.index(values.count))
    }
    values.append(value)
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
