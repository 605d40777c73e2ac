/// Bytes and numbers as lower-case hexadecimal digits.
package enum Hex {
  /// The digit of a number below 16.
  static func digit(_ number: UInt8) -> UInt8 {
    number < 10 ? UInt8(ascii: "0") &+ number : UInt8(ascii: "a") &- 10 &+ number
  }

  /// The two digits of a byte, the first in the lower half.
  static func pair(_ byte: UInt8) -> UInt16 {
    // Invariant: two digits of each of the 256 bytes are there.
    let start = unsafe UnsafeRawPointer(pairs.utf8Start)
    return unsafe UInt16(
      littleEndian: start.loadUnaligned(fromByteOffset: 2 * Int(byte), as: UInt16.self))
  }

  /// No array: threads that count references to the same one wait for each other.
  private static let pairs: StaticString = """
    000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\
    202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f\
    404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f\
    606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f\
    808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f\
    a0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebf\
    c0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedf\
    e0e1e2e3e4e5e6e7e8e9eaebecedeeeff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff
    """

  /// Without leading zeros.
  package static func short(_ number: UInt64) -> String { String(number, radix: 16) }

  /// With zeros before it, up to a width.
  package static func padded(_ number: UInt64, _ width: Int) -> String {
    let text = String(number, radix: 16)
    return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
  }

  package static func text(_ bytes: Span<UInt8>) -> String {
    var text = TextBuffer()
    text.append(hexOf: bytes)
    return text.string
  }

  package static func text(_ bytes: [UInt8]) -> String { text(bytes.span) }

  /// The bytes of a text that is nothing but pairs of digits; nil if it is anything else.
  package static func bytes(_ text: String) -> [UInt8]? {
    let digits = text.utf8.compactMap(value)
    guard digits.count == text.utf8.count, digits.count % 2 == 0 else { return nil }
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
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
