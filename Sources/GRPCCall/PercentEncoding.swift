/// The encoding of `grpc-message` (gRPC over HTTP/2, Responses): bytes of UTF-8 outside of
/// printable ASCII, and the percent sign, become `%XX`.
package enum PercentEncoding {
  package static func encode(_ text: String) -> String {
    if text.utf8.allSatisfy(isPlain) { return text }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count * 2)
    for byte in text.utf8 {
      if isPlain(byte) {
        bytes.append(byte)
      } else {
        bytes.append(UInt8(ascii: "%"))
        bytes.append(digits[Int(byte >> 4)])
        bytes.append(digits[Int(byte & 0xf)])
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Decodes what a peer sent. As the specification asks, nothing is refused or dropped: a `%`
  /// without two digits stands for itself, and what is not UTF-8 is replaced.
  package static func decode(_ text: Span<UInt8>) -> String {
    String(decoding: decodedBytes(text), as: UTF8.self)
  }

  /// Whether a byte is encoded at a place of the text.
  package static func isEncoded(_ text: Span<UInt8>, at index: Int) -> Bool {
    index + 2 < text.count && text[index] == UInt8(ascii: "%")
      && value(of: text[index + 1]) != nil && value(of: text[index + 2]) != nil
  }

  /// The bytes that the text stands for, be they UTF-8 or not.
  package static func decodedBytes(_ text: Span<UInt8>) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count)
    var index = 0
    while index < text.count {
      if isEncoded(text, at: index),
        let high = value(of: text[index + 1]), let low = value(of: text[index + 2])
      {
        bytes.append(high << 4 | low)
        index += 3
      } else {
        bytes.append(text[index])
        index += 1
      }
    }
    return bytes
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    0x20...0x7e ~= byte && byte != UInt8(ascii: "%")
  }

  private static func value(of digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    default: nil
    }
  }

  private static let digits = Array("0123456789ABCDEF".utf8)
}
