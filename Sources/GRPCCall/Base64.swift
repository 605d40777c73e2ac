/// Base64 as `-bin` metadata uses it (gRPC over HTTP/2, Binary-Header): written without padding,
/// read with or without it, in the standard alphabet of RFC 4648 §4.
package enum Base64 {
  /// Encodes bytes, without padding.
  package static func encode(_ bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count / 3 + 1) * 4)
    var pending: UInt32 = 0
    var bits = 0
    for byte in bytes {
      pending = pending << 8 | UInt32(byte)
      bits += 8
      while bits >= 6 {
        bits -= 6
        text.append(alphabet[Int(pending >> UInt32(bits)) & 0x3f])
      }
    }
    if bits > 0 { text.append(alphabet[Int(pending << UInt32(6 - bits)) & 0x3f]) }
    return String(decoding: text, as: UTF8.self)
  }

  /// Decodes one value; nil when it is not base64.
  package static func decode(_ text: Span<UInt8>) -> [UInt8]? {
    guard let count = digitCount(text) else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count / 4 * 3 + 2)
    var pending: UInt32 = 0
    var bits = 0
    for index in 0..<count {
      guard let digit = value(of: text[index]) else { return nil }
      pending = pending << 6 | UInt32(digit)
      bits += 6
      if bits >= 8 {
        bits -= 8
        bytes.append(UInt8(truncatingIfNeeded: pending >> UInt32(bits)))
      }
    }
    return bytes
  }

  /// Decodes the values of one header field, which a peer may have joined with commas.
  package static func decodeList(_ text: Span<UInt8>) -> [[UInt8]]? {
    var values: [[UInt8]] = []
    var start = 0
    for index in 0...text.count where index == text.count || text[index] == UInt8(ascii: ",") {
      guard let bytes = decode(text.extracting(trimmed(text, start..<index))) else { return nil }
      values.append(bytes)
      start = index + 1
    }
    return values
  }

  /// How many digits stand before the padding; nil when the padding or the length is wrong.
  private static func digitCount(_ text: Span<UInt8>) -> Int? {
    var count = text.count
    while count > 0, text[count - 1] == UInt8(ascii: "=") { count -= 1 }
    let padding = text.count - count
    guard count % 4 != 1, padding == 0 || (padding <= 2 && text.count % 4 == 0) else { return nil }
    return count
  }

  /// The part of a range that is left without the spaces at its ends.
  private static func trimmed(_ text: Span<UInt8>, _ range: Range<Int>) -> Range<Int> {
    var range = range
    while let first = range.first, text[first] == UInt8(ascii: " ") { range.removeFirst() }
    while let last = range.last, text[last] == UInt8(ascii: " ") { range.removeLast() }
    return range
  }

  private static func value(of character: UInt8) -> UInt8? {
    switch character {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): character - UInt8(ascii: "A")
    case UInt8(ascii: "a")...UInt8(ascii: "z"): character - UInt8(ascii: "a") + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0") + 52
    case UInt8(ascii: "+"): 62
    case UInt8(ascii: "/"): 63
    default: nil
    }
  }

  private static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
}
