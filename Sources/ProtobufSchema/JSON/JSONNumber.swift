/// Numbers as JSON writes them, without a loss where they are integers.
enum JSONNumber {
  /// Where a number ends that begins where the bytes do; nil if none begins there.
  static func end(of bytes: ArraySlice<UInt8>) -> Int? {
    var index = bytes.startIndex
    func digits(_ index: inout Int) -> Bool {
      let start = index
      while index < bytes.endIndex, bytes[index].isDigit { index += 1 }
      return index > start
    }
    func takes(_ characters: [UInt8]) -> Bool {
      index < bytes.endIndex && characters.contains(bytes[index])
    }
    if takes([UInt8(ascii: "-")]) { index += 1 }
    if takes([UInt8(ascii: "0")]) {
      index += 1
    } else if !digits(&index) {
      return nil
    }
    if takes([UInt8(ascii: ".")]) {
      index += 1
      guard digits(&index) else { return nil }
    }
    if takes([UInt8(ascii: "e"), UInt8(ascii: "E")]) {
      index += 1
      if takes([UInt8(ascii: "+"), UInt8(ascii: "-")]) { index += 1 }
      guard digits(&index) else { return nil }
    }
    return index
  }

  /// Whether a text is a number and nothing else.
  static func isWhole(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    return end(of: bytes[...]) == bytes.count
  }

  /// The sign and the size of a number that is an integer, in whatever way it is written; nil if it is
  /// none, or does not fit into 64 bits.
  static func integer(_ text: String) -> (isNegative: Bool, magnitude: UInt64)? {
    if let plain = plainInteger(text.utf8) { return plain }
    guard isWhole(text) else { return nil }
    let isNegative = text.hasPrefix("-")
    let halves = text.drop { $0 == "-" }.split { $0 == "e" || $0 == "E" }
    let parts = halves[0].split(separator: ".")
    var digits = parts.joined().drop { $0 == "0" }
    guard !digits.isEmpty else { return (isNegative, 0) }
    // An exponent beyond this range cannot give an integer of 64 bits from any text that fits in memory.
    guard let exponent = halves.count > 1 ? Int32(halves[1]) : 0 else { return nil }
    var scale = Int(exponent) - (parts.count > 1 ? parts[1].count : 0)
    while scale < 0, digits.last == "0" {
      digits.removeLast()
      scale += 1
    }
    guard scale >= 0, scale <= 20, digits.count + scale <= 20 else { return nil }
    guard let magnitude = UInt64(digits + String(repeating: "0", count: scale)) else { return nil }
    return (isNegative, magnitude)
  }

  /// The same of a number of up to 18 digits and nothing else, as almost all are.
  private static func plainInteger(
    _ text: String.UTF8View
  ) -> (isNegative: Bool, magnitude: UInt64)? {
    let isNegative = text.first == UInt8(ascii: "-")
    var magnitude: UInt64 = 0
    var count = 0
    for byte in isNegative ? text.dropFirst() : text[...] {
      // A zero stands before no other digit.
      guard byte.isDigit, count < 18, count == 0 || magnitude > 0 else { return nil }
      magnitude = magnitude &* 10 &+ UInt64(byte - 0x30)
      count += 1
    }
    return count > 0 ? (isNegative, magnitude) : nil
  }

  /// The number as a `double`; nil if it is none or too large.
  static func double(_ text: String) -> Double? {
    guard isWhole(text), let number = Double(text), number.isFinite else { return nil }
    return number
  }
}

/// Base64 of both alphabets (RFC 4648, sections 4 and 5), padded or not.
enum JSONBase64 {
  private static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  /// In the usual alphabet, with padding.
  static func encode(_ bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 2) / 3 * 4)
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      var bits: UInt32 = 0
      for byte in group { bits = bits << 8 | UInt32(byte) }
      bits <<= UInt32(8 * (3 - group.count))
      for position in 0..<4 {
        let index = Int(bits >> UInt32(18 - 6 * position) & 63)
        text.append(position <= group.count ? alphabet[index] : UInt8(ascii: "="))
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  static func decode(_ text: String) -> [UInt8]? {
    var digits = text.utf8[...]
    var padding = 0
    while digits.last == UInt8(ascii: "="), padding < 2 {
      digits.removeLast()
      padding += 1
    }
    guard digits.count % 4 != 1, padding == 0 || (digits.count + padding) % 4 == 0 else {
      return nil
    }
    var bytes: [UInt8] = []
    var bits: UInt32 = 0
    var count: UInt32 = 0
    for digit in digits {
      guard let value = value(of: digit) else { return nil }
      bits = bits << 6 | value
      count += 6
      guard count >= 8 else { continue }
      count -= 8
      bytes.append(UInt8(truncatingIfNeeded: bits >> count))
    }
    return bytes
  }

  private static func value(of digit: UInt8) -> UInt32? {
    switch digit {
    case 0x41...0x5A: UInt32(digit) - 0x41
    case 0x61...0x7A: UInt32(digit) - 0x61 + 26
    case 0x30...0x39: UInt32(digit) - 0x30 + 52
    case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
    case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
    default: nil
    }
  }
}
