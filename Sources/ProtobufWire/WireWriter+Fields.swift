// What a message calls for each of its fields, from the highest number to the lowest.
extension WireWriter {
  /// Writes a field without presence, unless it has its default value.
  @inlinable
  @inline(__always)
  public mutating func write<Coding: WireCoding>(
    _ coding: Coding, _ value: Coding.Value, _ field: some WireField
  ) {
    guard !coding.isDefault(value) else { return }
    writePresent(coding, value, field)
  }

  /// Writes a field with presence, if it is there.
  @inlinable
  @inline(__always)
  public mutating func write<Coding: WireCoding>(
    _ coding: Coding, _ value: Coding.Value?, _ field: some WireField
  ) {
    guard let value else { return }
    writePresent(coding, value, field)
  }

  /// Writes the member of a oneof that is set, even if it has its default value.
  @inlinable
  @inline(__always)
  public mutating func writePresent<Coding: WireCoding>(
    _ coding: Coding, _ value: Coding.Value, _ field: some WireField
  ) {
    coding.write(value, &self)
    writeTag(field.rawValue, coding.wireType)
  }

  /// Writes a repeated field, packed if its type can be.
  @inlinable
  public mutating func writeRepeated<Coding: WireCoding>(
    _ coding: Coding, _ values: [Coding.Value], _ field: some WireField
  ) {
    let packed = coding.isPackable
    let start = position
    unsafe values.withBorrowedElements { elements in
      for index in stride(from: elements.count - 1, through: 0, by: -1) {
        unsafe elements[index].write(coding, &self)
        if !packed { writeTag(field.rawValue, coding.wireType) }
      }
    }
    guard packed, !values.isEmpty else { return }
    writeVarint(UInt64(start - position))
    writeTag(field.rawValue, .len)
  }

  /// Writes a map: one entry a key, in the order of the keys. Both members of an entry are written,
  /// defaults too, as protobuf for C++ does.
  @inlinable
  public mutating func writeMap<Key: WireKeyCoding, Coding: WireCoding>(
    _ key: Key, _ coding: Coding, _ map: [Key.Value: Coding.Value], _ field: some WireField
  ) {
    for entry in map.sorted(by: { key.precedes($1.key, $0.key) }) {
      let start = position
      coding.write(entry.value, &self)
      writeTag(2, coding.wireType)
      key.write(entry.key, &self)
      writeTag(1, key.wireType)
      writeVarint(UInt64(start - position))
      writeTag(field.rawValue, .len)
    }
  }
}
