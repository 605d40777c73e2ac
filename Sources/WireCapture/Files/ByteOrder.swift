/// The order in which a file or a protocol writes the bytes of a number.
enum ByteOrder {
  case big
  case little

  /// The number of `size` bytes, at most 8, at a place; nil if the bytes end before it does.
  func integer(_ bytes: [UInt8], at offset: Int, size: Int) -> Int? {
    guard let value = wide(bytes, at: offset, size: size) else { return nil }
    return Int(exactly: value)
  }

  /// As ``integer(_:at:size:)``, for numbers that may need all 64 bits.
  func wide(_ bytes: [UInt8], at offset: Int, size: Int) -> UInt64? {
    guard offset >= 0, offset <= bytes.count - size else { return nil }
    var value: UInt64 = 0
    for index in 0..<size {
      let place = self == .big ? index : size - 1 - index
      value = value << 8 | UInt64(bytes[offset + place])
    }
    return value
  }
}
