/// Turns hexadecimal text into bytes as it comes: as xxd, hexdump -C, text2pcap and plain digits have it.
package struct HexTextReader {
  /// A line that is no hexadecimal text.
  package struct Failure: Error {
    /// Its number, from 1.
    package let line: Int
  }

  /// How long a line may be that is more than digits.
  static let longestLine = 1 << 15

  /// The line that has not ended.
  private var rest: [UInt8] = []
  private var line = 1
  /// How many bytes were found before the call that is under way.
  private var earlier = 0
  private var found: [UInt8] = []

  package init() {}

  private var count: Int { earlier + found.count }

  /// Takes more of the text.
  ///
  /// - Returns: the bytes that it stands for, as far as its lines are complete.
  package mutating func receive(_ text: [UInt8]) throws(Failure) -> [UInt8] {
    var start = text.startIndex
    while let end = text[start...].firstIndex(of: 10) {
      rest += text[start..<end]
      try readLine()
      start = end + 1
    }
    rest += text[start...]
    if rest.count > Self.longestLine { try readDigits() }
    return take()
  }

  /// The text has ended.
  ///
  /// - Returns: the bytes of its last line.
  package mutating func finish() throws(Failure) -> [UInt8] {
    try readLine()
    return take()
  }

  private mutating func take() -> [UInt8] {
    defer {
      earlier += found.count
      found = []
    }
    return found
  }

  private mutating func readLine() throws(Failure) {
    guard read(rest.filter { $0 != 13 }) else { throw Failure(line: line) }
    rest.removeAll(keepingCapacity: true)
    line += 1
  }

  /// The bytes of a long line whose end has not come, which is good only if it is all digits.
  private mutating func readDigits() throws(Failure) {
    let odd = rest.count % 2 == 1 ? rest.removeLast() : nil
    guard append(rest[...]) else { throw Failure(line: line) }
    rest = odd.map { [$0] } ?? []
  }

  /// A line: an offset, perhaps with a colon, then bytes, then two spaces and the same as text. A line
  /// of nothing but digits is all bytes; one after `#` is a comment.
  private mutating func read(_ line: [UInt8]) -> Bool {
    let first = line.first { $0 != 0x20 && $0 != 9 }
    guard let first, first != UInt8(ascii: "#") else { return true }
    let isSpaced = line.contains { $0 == 0x20 || $0 == 9 }
    let words = line.split { $0 == 0x20 || $0 == 9 }
    guard isSpaced else {
      // hexdump -C ends with a line that is only an offset.
      if count > 0, line.count == 8, isOffset(words[0]) { return true }
      return append(words[0])
    }
    let hasOffset =
      words[0].last == UInt8(ascii: ":") || (words[0].count >= 4 && isOffset(words[0]))
    return appendColumns(line, after: hasOffset ? words[0].endIndex : 0)
  }

  private mutating func appendColumns(_ line: [UInt8], after start: Int) -> Bool {
    var position = start
    var count = 0
    while position < line.count {
      let spaces = line[position...].prefix { $0 == 0x20 || $0 == 9 }.count
      let isGap = spaces >= 2 && count > 0 && count != 8
      position += spaces
      let word = line[position...].prefix { $0 != 0x20 && $0 != 9 }
      guard !word.isEmpty, !isGap, word.first != UInt8(ascii: "|") else { break }
      guard append(word) else { return count > 0 }
      count += word.count / 2
      position = word.endIndex
    }
    return count > 0
  }

  private func isOffset(_ word: ArraySlice<UInt8>) -> Bool {
    let digits = word.last == UInt8(ascii: ":") ? word.dropLast() : word
    return Int(String(decoding: digits, as: UTF8.self), radix: 16) == count
  }

  private mutating func append(_ word: ArraySlice<UInt8>) -> Bool {
    guard word.count % 2 == 0 else { return false }
    let before = found.count
    var high: UInt8?
    for digit in word {
      guard let value = Hex.value(digit) else {
        found.removeLast(found.count - before)
        return false
      }
      if let upper = high {
        found.append(upper << 4 | value)
        high = nil
      } else {
        high = value
      }
    }
    return true
  }
}
