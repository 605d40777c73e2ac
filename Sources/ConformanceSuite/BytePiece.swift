import GRPCCall
package import MomentoAuth

/// A piece of a request body. Exactly one of `hex`, `value`, `length` and `frame` says what it is.
struct BytePiece: Decodable, Sendable {
  /// Bytes as they go out, in hexadecimal digits.
  var hex: String?
  /// How often `hex` is repeated.
  var times: Int?
  /// The name of a value, whose bytes go here.
  var value: String?
  /// A varint with the length of these pieces, then the pieces.
  var length: [BytePiece]?
  /// gRPC's prefix of five bytes with the length of these pieces, then the pieces.
  var frame: [BytePiece]?
  /// The first byte of the prefix.
  var flag: UInt8?

  /// A request that is larger was not meant to be.
  private static let mostBytes = 16 << 20

  /// Appends the piece's bytes.
  func append(to bytes: inout [UInt8], _ values: NamedValues) throws(SuiteError) {
    switch (hex, value, length, frame) {
    case (let hex?, nil, nil, nil): try append(hex: hex, to: &bytes)
    case (nil, let name?, nil, nil): bytes += try values.bytes(of: name)
    case (nil, nil, let pieces?, nil):
      let content = try Self.bytes(of: pieces, values)
      bytes += Self.varint(UInt64(content.count))
      bytes += content
    case (nil, nil, nil, let pieces?):
      var framed = [UInt8](repeating: 0, count: MessageFraming.prefixSize)
      framed += try Self.bytes(of: pieces, values)
      // No body comes near the length at which that fails.
      _ = MessageFraming.writePrefix(into: &framed)
      framed[0] = flag ?? 0
      bytes += framed
    default:
      throw SuiteError("a piece of a body has to have exactly one of hex, value, length and frame")
    }
    guard bytes.count <= Self.mostBytes else { throw SuiteError("a body has more than 16 MiB") }
  }

  static func bytes(of pieces: [BytePiece], _ values: NamedValues) throws(SuiteError) -> [UInt8] {
    var bytes: [UInt8] = []
    for piece in pieces { try piece.append(to: &bytes, values) }
    return bytes
  }

  private func append(hex: String, to bytes: inout [UInt8]) throws(SuiteError) {
    guard let unit = Self.decoded(hex) else { throw SuiteError("'\(hex)' is not hexadecimal") }
    let times = times ?? 1
    let (count, overflows) = unit.count.multipliedReportingOverflow(by: times)
    guard times >= 0, !overflows, count <= Self.mostBytes else {
      throw SuiteError("a piece of a body has more than 16 MiB")
    }
    guard let first = unit.first else { return }
    if unit.count == 1 {
      bytes += Array(repeating: first, count: times)
    } else {
      for _ in 0..<times { bytes += unit }
    }
  }

  private static func decoded(_ hex: String) -> [UInt8]? {
    let digits = hex.map(\.hexDigitValue)
    guard digits.count.isMultiple(of: 2) else { return nil }
    var bytes: [UInt8] = []
    for index in stride(from: 0, to: digits.count, by: 2) {
      guard let high = digits[index], let low = digits[index + 1] else { return nil }
      bytes.append(UInt8(high << 4 | low))
    }
    return bytes
  }

  private static func varint(_ number: UInt64) -> [UInt8] {
    var bytes: [UInt8] = []
    var rest = number
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    return bytes + [UInt8(truncatingIfNeeded: rest)]
  }
}

/// The credentials of a run by the names under which cases ask for them. They appear in no text.
package struct NamedValues: Sendable {
  private var secrets: [String: Secret] = [:]

  package init() {}

  package subscript(name: String) -> Secret? {
    get { secrets[name] }
    set { secrets[name] = newValue }
  }

  func bytes(of name: String) throws(SuiteError) -> [UInt8] {
    guard let secret = secrets[name] else { throw SuiteError("no value is named '\(name)'") }
    return unsafe secret.withUnsafeBytes { unsafe Array($0) }
  }

  /// A text that may repeat what a server has sent, without the values.
  func cut(from text: String) -> String {
    var text = text
    for secret in secrets.values where secret.count >= 4 {
      text = text.split(separator: secret.reveal(), omittingEmptySubsequences: false)
        .joined(separator: "<redacted>")
    }
    return text
  }
}
