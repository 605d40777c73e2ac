import FoundationEssentials

/// Base64 as people paste it (RFC 4648 §4 and §5).
enum Base64Text {
  /// Decodes the standard and the URL-safe alphabet, even mixed.
  ///
  /// - Parameter lenient: also accepts missing padding, and white space between the digits.
  /// - Returns: `nil` when the text is not base64.
  static func decode(_ text: some StringProtocol, lenient: Bool = false) -> [UInt8]? {
    var digits = [UInt8]()
    digits.reserveCapacity(text.utf8.count + 2)
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "-"): digits.append(UInt8(ascii: "+"))
      case UInt8(ascii: "_"): digits.append(UInt8(ascii: "/"))
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"):
        guard lenient else { return nil }
      default: digits.append(byte)
      }
    }
    if lenient {
      while digits.last == UInt8(ascii: "=") { digits.removeLast() }
      guard digits.count % 4 != 1 else { return nil }
      while digits.count % 4 != 0 { digits.append(UInt8(ascii: "=")) }
    }
    return Data(base64Encoded: Data(digits)).map { [UInt8]($0) }
  }
}
