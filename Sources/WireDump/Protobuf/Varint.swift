/// Base-128 numbers (protobuf encoding guide, "Base 128 Varints").
enum Varint {
  struct Reading {
    var value: UInt64
    var end: Int
    /// Whether fewer bytes would have said the same.
    var isOverlong: Bool
  }

  /// Nil if the bytes end first, or if there are more than ten or they exceed 64 bits.
  static func read(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Reading? {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    var position = start
    while position < end, shift < 70 {
      let byte = bytes[position]
      position += 1
      guard shift < 63 || byte <= 1 else { return nil }
      value |= UInt64(byte & 0x7f) << shift
      if byte & 0x80 == 0 {
        return Reading(value: value, end: position, isOverlong: byte == 0 && position - start > 1)
      }
      shift += 7
    }
    return nil
  }
}

/// The key before a field's value.
struct Tag {
  var number: UInt32
  var wireType: UInt8
  var end: Int
  var isOverlong: Bool

  /// Nil if no tag stands here, or one that protobuf forbids: number 0, or wire types 6 and 7.
  init?(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) {
    guard let key = Varint.read(bytes, start, end), key.value >> 3 <= 0x1fff_ffff,
      key.value >> 3 > 0, key.value & 7 < 6
    else { return nil }
    number = UInt32(key.value >> 3)
    wireType = UInt8(key.value & 7)
    self.end = key.end
    isOverlong = key.isOverlong
  }

  static let names = ["VARINT", "I64", "LEN", "SGROUP", "EGROUP", "I32"]
  var typeName: String { Self.names[Int(wireType)] }
}
