/// Text that is built as UTF-8, because it is written and not looked at.
extension [UInt8] {
  mutating func append(_ text: String) {
    var text = text
    text.withUTF8 { buffer in unsafe append(contentsOf: buffer) }
  }

  mutating func append(_ text: StaticString) {
    text.withUTF8Buffer { buffer in unsafe append(contentsOf: buffer) }
  }

  /// In decimal digits, with zeros before them up to a width.
  mutating func append(decimal number: UInt64, width: Int = 1, padding: UInt8 = 0x30) {
    append(digits: number, base: 10, width: width, padding: padding)
  }

  mutating func append(decimal number: Int) {
    if number < 0 { append(UInt8(ascii: "-")) }
    append(decimal: UInt64(number.magnitude))
  }

  /// In hexadecimal digits, with zeros before them up to a width.
  mutating func append(hex number: UInt64, width: Int = 1) {
    append(digits: number, base: 16, width: width, padding: 0x30)
  }

  private mutating func append(digits number: UInt64, base: UInt64, width: Int, padding: UInt8) {
    var digits: InlineArray<20, UInt8> = .init(repeating: 0)
    var count = 0
    var rest = number
    repeat {
      digits[count] = Hex.digit(UInt8(truncatingIfNeeded: rest % base))
      rest /= base
      count += 1
    } while rest > 0
    for _ in 0..<Swift.max(0, width - count) { append(padding) }
    while count > 0 {
      count -= 1
      append(digits[count])
    }
  }

  mutating func append(spaces count: Int) {
    append(contentsOf: repeatElement(0x20, count: Swift.max(0, count)))
  }

  /// Two hexadecimal digits for each byte.
  mutating func append(hexOf bytes: Span<UInt8>) {
    reserve(bytes.count * 2)
    for index in bytes.indices { Hex.append(bytes[index], to: &self) }
  }

  /// Makes room for more without giving up growth in ever larger steps.
  mutating func reserve(_ more: Int) {
    guard count + more > capacity else { return }
    reserveCapacity(Swift.max(count + more, 2 * capacity))
  }
}
