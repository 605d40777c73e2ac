/// The annotated dump of `--format hex`, read back.
package enum AnnotatedHex {
  /// Why a dump does not hold all bytes.
  package enum Failure: Error, Equatable {
    /// The bytes from an offset on are hidden.
    case redacted(UInt64)
    /// A place that the dump says nothing about.
    case missing(UInt64)
    /// A byte that stands in it twice.
    case repeated(UInt64)
  }

  private static let layers: Set<String> = ["h2", "hpack", "grpc", "pb", "raw"]
  private static let digitsWidth = 48

  /// Whether a text is such a dump: told by the first of its lines that is no remark.
  package static func isDump(_ text: Span<UInt8>) -> Bool {
    var start = 0
    while start < text.count {
      var end = start
      while end < text.count, text[end] != UInt8(ascii: "\n") { end += 1 }
      if text[start] != UInt8(ascii: "#"), text[start] != UInt8(ascii: " ") {
        return end - start < 4096 && Line(text.bytes(start..<end)) != nil
      }
      start = end + 1
    }
    return false
  }

  /// The bytes that a dump shows, from the first offset in it on.
  package static func parse(_ text: Span<UInt8>) throws(Failure) -> [UInt8] {
    var found: [Line] = []
    for line in text.bytes(0..<text.count).split(separator: UInt8(ascii: "\n")) {
      guard line.first != UInt8(ascii: "#"), let line = Line(Array(line)) else { continue }
      guard !line.isRedacted else { throw .redacted(line.offset) }
      if !line.bytes.isEmpty { found.append(line) }
    }
    // What is put together from several frames stands behind the last of them.
    found.sort { $0.offset < $1.offset }
    let start = found.first?.offset ?? 0
    var bytes: [UInt8] = []
    for line in found {
      let end = start &+ UInt64(bytes.count)
      guard line.offset >= end else { throw .repeated(line.offset) }
      guard line.offset == end else { throw .missing(end) }
      bytes += line.bytes
    }
    return bytes
  }

  /// A line: offset, two spaces, digits in a column of their own, layer.
  private struct Line {
    var offset: UInt64
    var bytes: [UInt8] = []
    var isRedacted = false

    init?(_ line: [UInt8]) {
      let digits = line.prefix { Hex.value($0) != nil }
      let column = digits.count + 2
      guard digits.count >= 6, line.count > column + AnnotatedHex.digitsWidth,
        let offset = UInt64(String(decoding: digits, as: UTF8.self), radix: 16)
      else { return nil }
      self.offset = offset
      let rest = line[(column + AnnotatedHex.digitsWidth)...]
      let layer = rest.prefix { $0 != UInt8(ascii: " ") && $0 != 13 }
      guard AnnotatedHex.layers.contains(String(decoding: layer, as: UTF8.self)) else { return nil }
      let words = line[column..<(column + AnnotatedHex.digitsWidth)].split(
        separator: UInt8(ascii: " "))
      for word in words {
        if word.elementsEqual("--".utf8) {
          isRedacted = true
        } else if word.count == 2, let high = Hex.value(word[word.startIndex]),
          let low = Hex.value(word[word.startIndex + 1])
        {
          bytes.append(high << 4 | low)
        } else {
          return nil
        }
      }
    }
  }
}
