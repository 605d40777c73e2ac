/// A part of a filter's text, and where it stands: offsets count in bytes of UTF-8.
struct FilterToken: Sendable, Equatable {
  enum Kind: Sendable, Equatable {
    case word(String)
    case text(String)
    case comparison(FilterComparison)
    case and, or, not, open, close, openIndex, closeIndex, end
  }

  var kind: Kind
  var offset: Int
}

/// What is wrong with a filter, and where.
package struct FilterError: Error, Sendable, Equatable {
  package var what: String
  /// The byte of the filter that the fault begins at.
  package var offset: Int

  init(_ what: String, at offset: Int) {
    self.what = what
    self.offset = offset
  }

  /// The filter, a caret below the fault, and what is wrong.
  package func shown(in text: String) -> String {
    let before = String(decoding: text.utf8.prefix(offset), as: UTF8.self)
    return "\(what)\n  \(text.visible)\n  \(String(repeating: " ", count: before.visible.count))^"
  }
}

/// Cuts a filter into tokens.
struct FilterLexer {
  private let bytes: [UInt8]
  private var position = 0

  init(_ text: String) { bytes = Array(text.utf8) }

  static func tokens(_ text: String) throws(FilterError) -> [FilterToken] {
    var lexer = FilterLexer(text)
    var tokens: [FilterToken] = []
    while true {
      let token = try lexer.next()
      tokens.append(token)
      if token.kind == .end { return tokens }
    }
  }

  private mutating func next() throws(FilterError) -> FilterToken {
    while position < bytes.count, [0x20, 9, 10, 13].contains(bytes[position]) { position += 1 }
    let start = position
    guard position < bytes.count else { return FilterToken(kind: .end, offset: start) }
    if let kind = mark() { return FilterToken(kind: kind, offset: start) }
    if bytes[start] == UInt8(ascii: "\"") || bytes[start] == UInt8(ascii: "'") {
      return FilterToken(kind: .text(try quoted()), offset: start)
    }
    while position < bytes.count, Self.isOfWord(bytes[position]) { position += 1 }
    guard position > start else {
      throw FilterError("'\(wrong(at: start))' has no meaning here", at: start)
    }
    let word = String(decoding: bytes[start..<position], as: UTF8.self)
    return FilterToken(kind: .word(word), offset: start)
  }

  private static let marks: [(text: StaticString, kind: FilterToken.Kind)] = [
    ("&&", .and), ("||", .or), ("==", .comparison(.equal)), ("!=", .comparison(.notEqual)),
    ("<=", .comparison(.atMost)), (">=", .comparison(.atLeast)), ("<", .comparison(.less)),
    (">", .comparison(.more)), ("~", .comparison(.like)), ("!", .not), ("(", .open), (")", .close),
    ("[", .openIndex), ("]", .closeIndex),
  ]

  private mutating func mark() -> FilterToken.Kind? {
    for mark in Self.marks {
      let end = position + mark.text.utf8CodeUnitCount
      guard end <= bytes.count,
        bytes.span.extracting(position..<end).equalsText(mark.text)
      else { continue }
      position = end
      return mark.kind
    }
    return nil
  }

  /// Values may be bare: paths, numbers with units, patterns, names.
  private static func isOfWord(_ byte: UInt8) -> Bool {
    switch byte {
    case 0...0x20, 0x7f: false
    default: !"&|=!<>~()[]\"'".utf8.contains(byte)
    }
  }

  /// Between two quotation marks; a backslash takes the next character as it is.
  private mutating func quoted() throws(FilterError) -> String {
    let start = position
    let mark = bytes[start]
    var text: [UInt8] = []
    position += 1
    while position < bytes.count, bytes[position] != mark {
      if bytes[position] == UInt8(ascii: "\\"), position + 1 < bytes.count { position += 1 }
      text.append(bytes[position])
      position += 1
    }
    guard position < bytes.count else {
      throw FilterError("the quotation mark is never closed", at: start)
    }
    position += 1
    return String(decoding: text, as: UTF8.self)
  }

  private func wrong(at start: Int) -> String {
    let rest = String(decoding: bytes[start...], as: UTF8.self)
    let first = String(rest.prefix(1))
    return first == "=" ? "=' (equality is '==" : first.visible
  }
}
