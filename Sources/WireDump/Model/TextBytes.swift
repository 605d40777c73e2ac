/// Text that is built as UTF-8, because it is written and not looked at.
extension [UInt8] {
  mutating func append(_ text: String) { append(text.utf8Span.span) }

  /// A literal, which is at hand as UTF-8.
  mutating func append(literal text: StaticString) {
    text.withUTF8Buffer { buffer in unsafe append(contentsOf: buffer) }
  }

  /// A run of bytes at once.
  mutating func append(_ bytes: Span<UInt8>) {
    // The buffer is copied before the closure ends.
    unsafe bytes.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
  }

  /// In decimal digits, with zeros before them up to a width.
  mutating func append(decimal number: UInt64, width: Int = 1, padding: UInt8 = 0x30) {
    var digits = InlineArray<20, UInt8>(repeating: padding)
    var start = 20
    var rest = number
    repeat {
      start -= 1
      digits[start] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    } while rest > 0
    append(digits.span.extracting(Swift.max(0, Swift.min(start, 20 - width))..<20))
  }

  mutating func append(decimal number: Int) {
    if number < 0 { append(UInt8(ascii: "-")) }
    append(decimal: UInt64(number.magnitude))
  }

  /// In hexadecimal digits, with zeros before them up to a width.
  mutating func append(hex number: UInt64, width: Int = 1) {
    var digits = InlineArray<16, UInt8>(repeating: UInt8(ascii: "0"))
    var start = 16
    var rest = number
    repeat {
      start -= 1
      digits[start] = Hex.digit(UInt8(truncatingIfNeeded: rest & 0xf))
      rest >>= 4
    } while rest > 0
    append(digits.span.extracting(Swift.max(0, Swift.min(start, 16 - width))..<16))
  }

  mutating func append(spaces count: Int) {
    append(contentsOf: repeatElement(0x20, count: Swift.max(0, count)))
  }

  /// Two hexadecimal digits for each byte.
  mutating func append(hexOf bytes: Span<UInt8>) {
    reserve(bytes.count * 2)
    var position = 0
    while position < bytes.count {
      let count = Swift.min(32, bytes.count - position)
      var digits = InlineArray<64, UInt8>(repeating: 0)
      for index in 0..<count {
        digits[2 * index] = Hex.digit(bytes[position + index] >> 4)
        digits[2 * index + 1] = Hex.digit(bytes[position + index] & 0xf)
      }
      append(digits.span.extracting(0..<2 * count))
      position += count
    }
  }

  /// Makes room for more without giving up growth in ever larger steps.
  mutating func reserve(_ more: Int) {
    guard count + more > capacity else { return }
    reserveCapacity(Swift.max(count + more, 2 * capacity))
  }
}
