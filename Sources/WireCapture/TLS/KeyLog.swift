/// The secrets of TLS connections, in the format of NSS's key log
/// (draft-ietf-tls-keylogfile): label, client random and secret on each line.
struct KeyLog {
  private var secrets: [String: [UInt8]] = [:]

  /// Adds what the lines of a file say; lines that are none of a key log say nothing.
  mutating func add(_ file: [UInt8]) {
    for line in file.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }) {
      let words = line.split(separator: 0x20)
      guard words.count == 3, let random = Self.bytes(words[1]), let secret = Self.bytes(words[2])
      else { continue }
      secrets[Self.name(String(decoding: words[0], as: UTF8.self), random)] = secret
    }
  }

  /// The secret of a label for the connection that a client's random belongs to.
  func secret(_ label: String, _ random: [UInt8]) -> [UInt8]? { secrets[Self.name(label, random)] }

  private static func name(_ label: String, _ random: [UInt8]) -> String { "\(label) \(random)" }

  private static func bytes(_ digits: ArraySlice<UInt8>) -> [UInt8]? {
    guard digits.count % 2 == 0 else { return nil }
    var bytes: [UInt8] = []
    for index in stride(from: digits.startIndex, to: digits.endIndex, by: 2) {
      let pair = String(decoding: digits[index..<index + 2], as: UTF8.self)
      guard let byte = UInt8(pair, radix: 16) else { return nil }
      bytes.append(byte)
    }
    return bytes
  }
}
