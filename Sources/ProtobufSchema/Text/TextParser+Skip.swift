// Values of reserved fields, of which nothing is known but how they are written.
extension TextParser {
  /// Passes over what stands behind the name of a field.
  mutating func skipFieldValue() throws(SchemaError) {
    let hasColon = parser.take(":")
    if parser.looksAt("{") || parser.looksAt("<") {
      try skipMessage()
    } else if parser.take("[") {
      try skipElements(areMessages: !hasColon)
    } else if !hasColon {
      throw parser.expected("\":\" or \"{\"")
    } else {
      try skipScalar()
    }
  }

  /// - Parameter areMessages: whether nothing else can stand here, without a colon before the list.
  private mutating func skipElements(areMessages: Bool) throws(SchemaError) {
    guard !parser.take("]") else { return }
    repeat {
      if parser.looksAt("{") || parser.looksAt("<") {
        try skipMessage()
      } else if areMessages {
        throw parser.expected("\"{\"")
      } else {
        try skipScalar()
      }
    } while parser.take(",")
    try parser.expect("]")
  }

  private mutating func skipMessage() throws(SchemaError) {
    let close = parser.looksAt("<") ? ">" : "}"
    parser.advance()
    guard parser.depthLeft > 0 else { throw parser.error("nested deeper than 100 levels") }
    parser.depthLeft -= 1
    while !parser.take(close) {
      try skipFieldName()
      try skipFieldValue()
      if !parser.take(",") { _ = parser.take(";") }
    }
    parser.depthLeft += 1
  }

  /// The name or the number of a field, or of an extension or a type in brackets.
  private mutating func skipFieldName() throws(SchemaError) {
    if case .integer = parser.token.kind { return parser.advance() }
    guard parser.take("[") else {
      _ = try parser.expectIdentifier("the name of a field")
      return
    }
    repeat {
      _ = try parser.expectFullName("the name of an extension or a type")
    } while parser.take("/")
    try parser.expect("]")
  }

  private mutating func skipScalar() throws(SchemaError) {
    if case .string = parser.token.kind {
      _ = try parser.expectBytes("a value")
      return
    }
    _ = parser.take("-")
    switch parser.token.kind {
    case .integer, .float, .identifier: parser.advance()
    case .string, .symbol, .end: throw parser.expected("a value")
    }
  }
}
