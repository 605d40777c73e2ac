/// Reads a `.proto` file of proto2, proto3 or an edition into its declarations.
///
/// Names of types stay as they are written, and options stay statements: `Linker` resolves both. See
/// the language specifications of Protocol Buffers.
struct ProtoParser {
  let tokens: [Token]
  let file: String
  var index = 0
  var edition = Edition.proto2
  /// How deep messages, groups and values may be nested.
  var depthLeft = 100
  /// Notes where declarations stand; nil if nobody wants to know.
  var recorder: SourceRecorder?

  /// The declarations of a file's text.
  ///
  /// - Parameter keepsSourceInfo: whether they come with their places and comments.
  static func parse(
    _ text: [UInt8], file: String, keepsSourceInfo: Bool = false
  ) throws(SchemaError) -> FileDeclaration {
    guard String(validating: text, as: UTF8.self) != nil else {
      throw SchemaError("the file is not UTF-8", file: file)
    }
    guard keepsSourceInfo else {
      var parser = ProtoParser(tokens: try Lexer.tokens(of: text, file: file), file: file)
      return try parser.parseFile()
    }
    let (tokens, recorder) = try Lexer.recordedTokens(of: text, file: file)
    var parser = ProtoParser(tokens: tokens, file: file)
    parser.recorder = recorder
    return try parser.parseFile()
  }

  init(tokens: [Token], file: String) {
    self.tokens = tokens
    self.file = file
  }

  var token: Token { tokens[index] }
  var nextToken: Token { tokens[min(index + 1, tokens.count - 1)] }

  func error(_ message: String, at position: SourcePosition? = nil) -> SchemaError {
    SchemaError(message, file: file, at: position ?? token.position)
  }

  func expected(_ what: String) -> SchemaError { error("expected \(what), found \(token.found)") }

  mutating func advance() {
    // The last token is the end, which is never passed.
    if index < tokens.count - 1 { index += 1 }
  }
}

// What a parser's methods are made of: `take` goes on if the token fits, `expect` throws if it does not.
extension ProtoParser {
  /// Whether a word or a symbol comes next; strings have quotes and are neither.
  func looksAt(_ text: String) -> Bool { token.text == text }

  mutating func take(_ text: String) -> Bool {
    guard looksAt(text) else { return false }
    advance()
    return true
  }

  mutating func expect(_ text: String) throws(SchemaError) {
    guard take(text) else { throw expected("\"\(text)\"") }
  }

  mutating func expectIdentifier(_ what: String) throws(SchemaError) -> String {
    guard token.kind == .identifier else { throw expected(what) }
    defer { advance() }
    return token.text
  }

  /// A name of parts with points between them; of types, it may begin with a point.
  mutating func expectFullName(
    _ what: String, mayBeginWithPoint: Bool = false
  ) throws(SchemaError) -> String {
    var name = mayBeginWithPoint && take(".") ? "." : ""
    name += try expectIdentifier(what)
    while take(".") { name += "." + (try expectIdentifier("a part of a name")) }
    return name
  }

  /// One or more strings, which are joined.
  mutating func expectBytes(_ what: String) throws(SchemaError) -> [UInt8] {
    guard case .string = token.kind else { throw expected("a string: \(what)") }
    var bytes: [UInt8] = []
    while case .string(let part) = token.kind {
      bytes += part
      advance()
    }
    return bytes
  }

  mutating func expectString(_ what: String) throws(SchemaError) -> String {
    let position = token.position
    guard let text = String(validating: try expectBytes(what), as: UTF8.self) else {
      throw error("a string that is not UTF-8: \(what)", at: position)
    }
    return text
  }

  mutating func expectNumber(_ what: String, from first: Int32, to last: Int32) throws(SchemaError)
    -> Int32
  {
    let position = token.position
    let isNegative = first < 0 && take("-")
    guard case .integer(let number) = token.kind else { throw expected(what) }
    guard let number, number <= 1 << 31,
      let value = Int32(exactly: isNegative ? -Int64(number) : Int64(number)),
      value >= first, value <= last
    else {
      throw error("\(what) is from \(first) to \(last), found \(token.found)", at: position)
    }
    advance()
    return value
  }

  /// Reads what stands between braces, one statement at a time; empty statements fall away where the
  /// language has them.
  mutating func parseBlock(
    allowingEmptyStatements: Bool = true,
    _ statement: (inout ProtoParser) throws(SchemaError) -> Void
  ) throws(SchemaError) {
    guard depthLeft > 0 else { throw error("nested deeper than 100 levels") }
    depthLeft -= 1
    defer { depthLeft += 1 }
    try endDeclaration("{")
    while !takeEndOfBlock() {
      if token.kind == .end { throw expected("\"}\"") }
      if allowingEmptyStatements, takeEmptyStatement() { continue }
      try statement(&self)
    }
  }

  /// `item, item, item`.
  mutating func parseList(
    _ item: (inout ProtoParser) throws(SchemaError) -> Void
  ) throws(SchemaError) {
    repeat { try item(&self) } while take(",")
  }
}
