/// `%` and two hexadecimal digits for a byte (RFC 3986 §2.1), so that any name fits between colons
/// and needs no quotes in a shell.
package enum PercentEscape {
  /// Escapes `%`, `:`, white space, control characters and what `also` holds; and a text that is just
  /// `*`, which would mean everything.
  static func escape(_ text: String, also others: String = "") -> String {
    if text == "*" { return "%2A" }
    var escaped = ""
    for scalar in text.unicodeScalars {
      if needsEscape(scalar) || others.unicodeScalars.contains(scalar) {
        for byte in String(scalar).utf8 { escaped += "%" + Hexadecimal.encode([byte]).uppercased() }
      } else {
        escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }

  /// The bytes of an escaped text; `nil` when a `%` is not followed by two hexadecimal digits.
  package static func bytes(_ text: Substring) -> [UInt8]? {
    var bytes: [UInt8] = []
    var rest = text.utf8
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      guard let high = rest.popFirst().flatMap(Hexadecimal.digit),
        let low = rest.popFirst().flatMap(Hexadecimal.digit)
      else { return nil }
      bytes.append(high << 4 | low)
    }
    return bytes
  }

  private static func needsEscape(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "%" || scalar == ":" || scalar.properties.isWhitespace
      || scalar.properties.generalCategory == .control
  }
}

/// Bytes as pairs of hexadecimal digits (RFC 4648 §8).
package enum Hexadecimal {
  /// Two digits a byte, in lower case.
  package static func encode(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(
      decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }

  /// `nil` when the text has an odd length or anything but digits.
  static func decode(_ text: Substring) -> [UInt8]? {
    guard text.utf8.count % 2 == 0 else { return nil }
    let digits = text.utf8.compactMap(digit)
    guard digits.count == text.utf8.count else { return nil }
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }

  static func digit(_ character: UInt8) -> UInt8? {
    switch character {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): character - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
