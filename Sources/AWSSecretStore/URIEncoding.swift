/// Percent-encoding as AWS signs it: everything but RFC 3986's unreserved characters, in upper-case
/// hexadecimal digits.
enum URIEncoding {
  static func encode(_ bytes: some Sequence<UInt8>, keepingSlashes: Bool = false) -> String {
    var text: [UInt8] = []
    for byte in bytes {
      if isUnreserved(byte) || keepingSlashes && byte == UInt8(ascii: "/") {
        text.append(byte)
      } else {
        text.append(UInt8(ascii: "%"))
        text.append(digits[Int(byte >> 4)])
        text.append(digits[Int(byte & 0xf)])
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// The bytes that a text stands for; a `%` without two digits stands for itself.
  static func decode(_ text: some StringProtocol) -> [UInt8] {
    let bytes = Array(text.utf8)
    var decoded: [UInt8] = []
    var index = 0
    while index < bytes.count {
      if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
        let value = UInt8(String(decoding: bytes[index + 1...index + 2], as: UTF8.self), radix: 16)
      {
        decoded.append(value)
        index += 3
      } else {
        decoded.append(bytes[index])
        index += 1
      }
    }
    return decoded
  }

  /// A form's body (`application/x-www-form-urlencoded`).
  static func form(_ members: [(String, String)]) -> [UInt8] {
    Array(
      members.map { "\(encode($0.0.utf8))=\(encode($0.1.utf8))" }.joined(separator: "&").utf8)
  }

  private static func isUnreserved(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "-"), UInt8(ascii: "."),
      UInt8(ascii: "_"), UInt8(ascii: "~"):
      true
    default: false
    }
  }

  private static let digits = Array("0123456789ABCDEF".utf8)
}
