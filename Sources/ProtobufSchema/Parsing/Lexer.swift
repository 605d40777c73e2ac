/// Cuts a text into tokens; white space and comments fall away.
///
/// See "Lexical Elements" in the Protocol Buffers language specification.
struct Lexer {
  let file: String
  let bytes: [UInt8]
  var offset = 0
  var line = 1
  var column = 1

  /// All tokens of a text, the last of which is its end.
  static func tokens(of text: [UInt8], file: String) throws(SchemaError) -> [Token] {
    var lexer = Lexer(file: file, bytes: text)
    // A byte order mark says nothing in UTF-8.
    if text.starts(with: [0xEF, 0xBB, 0xBF]) { lexer.offset = 3 }
    var tokens: [Token] = []
    repeat { tokens.append(try lexer.next()) } while tokens.last?.kind != .end
    return tokens
  }

  var position: SourcePosition { SourcePosition(line: line, column: column) }

  func peek(_ distance: Int = 0) -> UInt8? {
    let index = offset + distance
    return index < bytes.count ? bytes[index] : nil
  }

  mutating func advance() {
    guard offset < bytes.count else { return }
    if bytes[offset] == UInt8(ascii: "\n") {
      line += 1
      column = 1
    } else if bytes[offset] & 0xC0 != 0x80 {
      // The bytes of one character have one column.
      column += 1
    }
    offset += 1
  }

  func error(_ message: String, at position: SourcePosition? = nil) -> SchemaError {
    SchemaError(message, file: file, at: position ?? self.position)
  }

  private mutating func next() throws(SchemaError) -> Token {
    try skipSpace()
    let start = offset
    let position = position
    let kind = try readKind()
    return Token(
      kind: kind, text: String(decoding: bytes[start..<offset], as: UTF8.self), position: position)
  }

  private mutating func readKind() throws(SchemaError) -> Token.Kind {
    guard let byte = peek() else { return .end }
    if byte.isLetter {
      while let next = peek(), next.isLetter || next.isDigit { advance() }
      return .identifier
    }
    if byte.isDigit || (byte == UInt8(ascii: ".") && peek(1)?.isDigit == true) {
      return try readNumber()
    }
    if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
      return .string(try readString())
    }
    guard byte > 0x20, byte < 0x7F else {
      throw error("a character that has no meaning outside strings and comments")
    }
    advance()
    return .symbol(byte)
  }

  private mutating func skipSpace() throws(SchemaError) {
    while let byte = peek() {
      if [0x20, 0x09, 0x0A, 0x0B, 0x0C, 0x0D].contains(byte) {
        advance()
      } else if byte == UInt8(ascii: "/"), peek(1) == UInt8(ascii: "/") {
        while let next = peek(), next != UInt8(ascii: "\n") { advance() }
      } else if byte == UInt8(ascii: "/"), peek(1) == UInt8(ascii: "*") {
        try skipBlockComment()
      } else {
        return
      }
    }
  }

  private mutating func skipBlockComment() throws(SchemaError) {
    let start = position
    advance()
    advance()
    while let byte = peek() {
      advance()
      if byte == UInt8(ascii: "*"), peek() == UInt8(ascii: "/") { return advance() }
    }
    throw error("the comment that begins here does not end: expected \"*/\"", at: start)
  }
}

extension UInt8 {
  var isDigit: Bool { self >= 0x30 && self <= 0x39 }
  /// ASCII letters and the underscore.
  var isLetter: Bool { (self | 0x20 >= 0x61 && self | 0x20 <= 0x7A) || self == 0x5F }

  var hexValue: UInt8? {
    switch self {
    case 0x30...0x39: self - 0x30
    case 0x41...0x46: self - 0x37
    case 0x61...0x66: self - 0x57
    default: nil
    }
  }
}
