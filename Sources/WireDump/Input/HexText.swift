/// Hexadecimal text as xxd, hexdump -C, text2pcap and plain digits have it.
package enum HexText {
  /// The bytes that a text stands for; nil if it is no such text.
  package static func parse(_ text: Span<UInt8>) -> [UInt8]? {
    guard text.count >= 2, isText(text) else { return nil }
    var reader = HexTextReader()
    guard var bytes = try? reader.receive(text.bytes(text.indices)),
      let last = try? reader.finish()
    else { return nil }
    bytes += last
    return bytes.isEmpty ? nil : bytes
  }

  /// Whether a text that goes on begins as such a text does.
  package static func isBeginning(_ text: Span<UInt8>) -> Bool {
    var reader = HexTextReader()
    guard text.count >= 2, isText(text),
      let bytes = try? reader.receive(text.bytes(text.indices))
    else { return false }
    return !bytes.isEmpty
  }

  private static func isText(_ text: Span<UInt8>) -> Bool {
    for index in 0..<min(text.count, 4096) {
      let byte = text[index]
      guard 0x20..<0x7f ~= byte || byte == 9 || byte == 10 || byte == 13 else { return false }
    }
    return true
  }
}
