/// Cuts a text into tokens; white space and comments fall away.
///
/// See "Lexical Elements" in the Protocol Buffers language specification.
struct Lexer {
  enum Dialect {
    case protoFile
    case textFormat
  }

  let file: String
  let dialect: Dialect
  let bytes: [UInt8]
  var offset = 0
  var line = 1
  var column = 1
  /// What stands between the last token and the next; empty unless places are kept.
  private var gap: [TokenGapPart] = []
  /// Takes the places and the comments of the tokens; nil if nobody wants them.
  private var recorder: SourceRecorder?
  private var counter = ColumnCounter()

  /// All tokens of a text, the last of which is its end.
  static func tokens(
    of text: [UInt8], file: String, _ dialect: Dialect = .protoFile
  ) throws(SchemaError) -> [Token] {
    var lexer = Lexer(text, file: file, dialect)
    return try lexer.readAll()
  }

  /// All tokens of a `.proto` file, with their places and the comments between them.
  static func recordedTokens(
    of text: [UInt8], file: String
  ) throws(SchemaError) -> ([Token], SourceRecorder) {
    var lexer = Lexer(text, file: file, .protoFile)
    lexer.recorder = SourceRecorder()
    let tokens = try lexer.readAll()
    return (tokens, lexer.recorder ?? SourceRecorder())
  }

  private init(_ text: [UInt8], file: String, _ dialect: Dialect) {
    self.file = file
    self.dialect = dialect
    bytes = text
    // A byte order mark says nothing in UTF-8.
    if text.starts(with: [0xEF, 0xBB, 0xBF]) { offset = 3 }
  }

  private mutating func readAll() throws(SchemaError) -> [Token] {
    var tokens: [Token] = []
    repeat {
      let lastLine = tokens.isEmpty ? nil : line
      let token = try next()
      if recorder != nil { record(token, behind: lastLine, index: tokens.count) }
      tokens.append(token)
    } while tokens.last?.kind != .end
    return tokens
  }

  /// Notes the place of the token that was read last, and the comments before it.
  private mutating func record(_ token: Token, behind lastLine: Int?, index: Int) {
    let comments = TokenComments(gap, previousLine: lastLine, next: token)
    gap = []
    if !comments.isEmpty { recorder?.comments[index] = comments }
    let start = counter.column(ofOffset: offset - token.text.utf8.count, in: bytes)
    let end = counter.column(ofOffset: offset, in: bytes)
    recorder?.places.append(
      TokenPlace(
        firstLine: Int32(clamping: token.position.line - 1), firstColumn: start,
        lastLine: Int32(clamping: line - 1), endColumn: end))
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
        if byte == UInt8(ascii: "\n"), recorder != nil { gap.append(.newline) }
        advance()
      } else if beginsLineComment(byte) {
        skipLineComment()
      } else if dialect == .protoFile, byte == UInt8(ascii: "/"), peek(1) == UInt8(ascii: "*") {
        try skipBlockComment()
      } else {
        return
      }
    }
  }

  private func beginsLineComment(_ byte: UInt8) -> Bool {
    switch dialect {
    case .protoFile: byte == UInt8(ascii: "/") && peek(1) == UInt8(ascii: "/")
    case .textFormat: byte == UInt8(ascii: "#")
    }
  }

  private mutating func skipLineComment() {
    let start = offset
    let line = line
    while let next = peek(), next != UInt8(ascii: "\n") { advance() }
    advance()
    if recorder != nil {
      gap.append(.lineComment(Array(bytes[min(start + 2, offset)..<offset]), line: line))
    }
  }

  private mutating func skipBlockComment() throws(SchemaError) {
    let start = position
    let first = offset + 2
    advance()
    advance()
    while let byte = peek() {
      advance()
      guard byte == UInt8(ascii: "*"), peek() == UInt8(ascii: "/") else { continue }
      if recorder != nil {
        let text = Self.withoutMargin(bytes[first..<(offset - 1)])
        gap.append(.blockComment(text, lastLine: line))
      }
      return advance()
    }
    throw error("the comment that begins here does not end: expected \"*/\"", at: start)
  }
}

extension Lexer {
  /// The text of a block comment without the space and the asterisk that its lines begin with.
  private static func withoutMargin(_ text: ArraySlice<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    var rest = text
    while let byte = rest.popFirst() {
      result.append(byte)
      guard byte == UInt8(ascii: "\n") else { continue }
      rest = rest.drop { [0x20, 0x09, 0x0B, 0x0C, 0x0D].contains($0) }
      if rest.first == UInt8(ascii: "*") { rest.removeFirst() }
    }
    return result
  }
}

/// Counts columns as `SourceCodeInfo` does, going forward through a text.
private struct ColumnCounter {
  private var offset = 0
  private var column: Int32 = 0

  /// The column of a byte that is not before the one asked for last.
  mutating func column(ofOffset end: Int, in bytes: [UInt8]) -> Int32 {
    while offset < end, offset < bytes.count {
      switch bytes[offset] {
      case UInt8(ascii: "\n"): column = 0
      case UInt8(ascii: "\t"): column = column &+ (8 - column % 8)
      default: column = column &+ 1
      }
      offset += 1
    }
    return column
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
