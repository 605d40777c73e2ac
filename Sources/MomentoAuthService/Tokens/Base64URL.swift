import GRPCCall

/// The URL-safe base64 of RFC 4648 §5 without padding, as JWTs use it (RFC 7515 §2).
enum Base64URL {
  static func encode(_ bytes: [UInt8]) -> String {
    let standard = Base64.encode(bytes)
    return String(
      decoding: standard.utf8.map { byte in
        switch byte {
        case UInt8(ascii: "+"): UInt8(ascii: "-")
        case UInt8(ascii: "/"): UInt8(ascii: "_")
        default: byte
        }
      }, as: UTF8.self)
  }

  /// Decodes strictly: nil for padding and for digits of the other alphabet.
  static func decode(_ text: some StringProtocol) -> [UInt8]? {
    var digits: [UInt8] = []
    digits.reserveCapacity(text.utf8.count)
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "-"): digits.append(UInt8(ascii: "+"))
      case UInt8(ascii: "_"): digits.append(UInt8(ascii: "/"))
      case UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="): return nil
      default: digits.append(byte)
      }
    }
    return Base64.decode(digits.span)
  }
}
