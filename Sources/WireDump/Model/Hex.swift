/// Bytes and numbers as lower-case hexadecimal digits.
package enum Hex {
  /// The digit of a number below 16.
  static func digit(_ number: UInt8) -> UInt8 {
    number < 10 ? UInt8(ascii: "0") &+ number : UInt8(ascii: "a") &- 10 &+ number
  }

  /// Without leading zeros.
  package static func short(_ number: UInt64) -> String { String(number, radix: 16) }

  /// With zeros before it, up to a width.
  package static func padded(_ number: UInt64, _ width: Int) -> String {
    let text = String(number, radix: 16)
    return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
  }

  package static func text(_ bytes: Span<UInt8>) -> String {
    var text: [UInt8] = []
    text.reserveCapacity(bytes.count * 2)
    for index in bytes.indices { append(bytes[index], to: &text) }
    return String(decoding: text, as: UTF8.self)
  }

  package static func text(_ bytes: [UInt8]) -> String { text(bytes.span) }

  /// The bytes of a text that is nothing but pairs of digits; nil if it is anything else.
  package static func bytes(_ text: String) -> [UInt8]? {
    let digits = text.utf8.compactMap(value)
    guard digits.count == text.utf8.count, digits.count % 2 == 0 else { return nil }
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }

  static func append(_ byte: UInt8, to text: inout [UInt8]) {
    text.append(digit(byte >> 4))
    text.append(digit(byte & 0xf))
  }

  package static func value(_ digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}

extension Span<UInt8> {
  /// The big-endian number of `count` bytes from `position` on; bytes that are not there are zero.
  func number(at position: Int, _ count: Int) -> UInt32 {
    var value: UInt32 = 0
    for index in position..<(position + count) {
      value = value << 8 | (index < self.count ? UInt32(self[index]) : 0)
    }
    return value
  }

  func bytes(_ range: Range<Int>) -> [UInt8] {
    // The buffer is copied before the closure ends.
    unsafe extracting(range).withUnsafeBufferPointer { unsafe Array($0) }
  }
}
