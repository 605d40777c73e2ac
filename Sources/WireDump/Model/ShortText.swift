/// A few words that are put together where they stand, and appended to a text at once: an append costs
/// more than what is appended.
struct ShortText {
  /// How many bytes there is room for: what is more is left out.
  private static let capacity = 96

  private var bytes = InlineArray<96, UInt8>(repeating: 0x20)
  private var count = 0

  mutating func append(_ byte: UInt8) {
    guard count < Self.capacity else { return }
    bytes[count] = byte
    count += 1
  }

  mutating func append(literal text: StaticString) {
    text.withUTF8Buffer { buffer in
      for index in buffer.indices { unsafe append(buffer[index]) }
    }
  }

  mutating func append(_ text: String) {
    let bytes = text.utf8Span.span
    for index in bytes.indices { append(bytes[index]) }
  }

  /// In decimal digits, with padding before them up to a width.
  mutating func append(decimal number: UInt64, width: Int = 1, padding: UInt8 = 0x30) {
    append(number, radix: 10, width: width, padding: padding)
  }

  /// In hexadecimal digits, with zeros before them up to a width.
  mutating func append(hex number: UInt64, width: Int = 1) {
    append(number, radix: 16, width: width, padding: 0x30)
  }

  // Inlined: a division by a number that is known is none.
  @inline(__always)
  private mutating func append(_ number: UInt64, radix: UInt64, width: Int, padding: UInt8) {
    var digits = 1
    var rest = number / radix
    while rest > 0 {
      digits += 1
      rest /= radix
    }
    let length = max(digits, width)
    guard count + length <= Self.capacity else { return }
    rest = number
    for place in stride(from: count + length - 1, through: count + length - digits, by: -1) {
      bytes[place] = Hex.digit(UInt8(truncatingIfNeeded: rest % radix))
      rest /= radix
    }
    for place in count..<count + length - digits { bytes[place] = padding }
    count += length
  }

  var string: String {
    var text: [UInt8] = []
    append(to: &text)
    return String(decoding: text, as: UTF8.self)
  }

  /// Appends it to a text.
  func append(to text: inout [UInt8]) { text.append(bytes.span.extracting(0..<count)) }
}
