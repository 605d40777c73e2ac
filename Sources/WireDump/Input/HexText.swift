/// Hexadecimal text as xxd, hexdump -C, text2pcap and plain digits have it.
package enum HexText {
  /// The bytes that a text stands for; nil if it is no such text.
  package static func parse(_ text: Span<UInt8>) -> [UInt8]? {
    guard text.count >= 2, isText(text) else { return nil }
    var bytes: [UInt8] = []
    var start = 0
    while start < text.count {
      var end = start
      while end < text.count, text[end] != 10 { end += 1 }
      guard parse(line: text.bytes(start..<end), &bytes) else { return nil }
      start = end + 1
    }
    return bytes.isEmpty ? nil : bytes
  }

  private static func isText(_ text: Span<UInt8>) -> Bool {
    for index in 0..<min(text.count, 4096) {
      let byte = text[index]
      guard 0x20..<0x7f ~= byte || byte == 9 || byte == 10 || byte == 13 else { return false }
    }
    return true
  }

  /// A line: an offset, perhaps with a colon, then bytes, then two spaces and the same as text. A line
  /// of nothing but digits is all bytes; one after `#` is a comment.
  private static func parse(line: [UInt8], _ bytes: inout [UInt8]) -> Bool {
    let line = line.filter { $0 != 13 }
    let first = line.first { $0 != 0x20 && $0 != 9 }
    guard let first, first != UInt8(ascii: "#") else { return true }
    let isSpaced = line.contains { $0 == 0x20 || $0 == 9 }
    let words = line.split { $0 == 0x20 || $0 == 9 }
    guard isSpaced else {
      // hexdump -C ends with a line that is only an offset.
      if !bytes.isEmpty, line.count == 8, isOffset(words[0], bytes.count) { return true }
      return append(words[0], &bytes)
    }
    let hasOffset =
      words[0].last == UInt8(ascii: ":") || (words[0].count >= 4 && isOffset(words[0], bytes.count))
    return appendColumns(line, after: hasOffset ? words[0].endIndex : 0, &bytes)
  }

  private static func appendColumns(
    _ line: [UInt8], after start: Int, _ bytes: inout [UInt8]
  ) -> Bool {
    var position = start
    var count = 0
    while position < line.count {
      let spaces = line[position...].prefix { $0 == 0x20 || $0 == 9 }.count
      let isGap = spaces >= 2 && count > 0 && count != 8
      position += spaces
      let word = line[position...].prefix { $0 != 0x20 && $0 != 9 }
      guard !word.isEmpty, !isGap, word.first != UInt8(ascii: "|") else { break }
      guard append(word, &bytes) else { return count > 0 }
      count += word.count / 2
      position = word.endIndex
    }
    return count > 0
  }

  private static func isOffset(_ word: ArraySlice<UInt8>, _ count: Int) -> Bool {
    let digits = word.last == UInt8(ascii: ":") ? word.dropLast() : word
    return Int(String(decoding: digits, as: UTF8.self), radix: 16) == count
  }

  private static func append(_ word: ArraySlice<UInt8>, _ bytes: inout [UInt8]) -> Bool {
    guard word.count % 2 == 0 else { return false }
    var found: [UInt8] = []
    var high: UInt8?
    for digit in word {
      guard let value = Hex.value(digit) else { return false }
      if let upper = high {
        found.append(upper << 4 | value)
        high = nil
      } else {
        high = value
      }
    }
    bytes += found
    return true
  }
}
