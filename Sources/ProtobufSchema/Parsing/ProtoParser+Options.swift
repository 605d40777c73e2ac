import ProtobufWire

extension ProtoParser {
  /// `option name = value;`
  ///
  /// - Parameter field: that of the declaration which has the options.
  mutating func parseOptionStatement(
    into options: inout OptionsDeclaration?, _ field: any WireField
  ) throws(SchemaError) {
    guard looksAt("option") else { throw expected("\"option\"") }
    try located(field) { (parser) throws(SchemaError) in
      let place = parser.recorder?.openUnnamed(from: parser.index)
      parser.advance()
      try parser.parseOption(into: &options, place: place)
      try parser.endDeclaration(";")
      parser.recorder?.close(lastToken: parser.index - 1)
    }
  }

  /// `[name = value, name = value]`, or nothing.
  mutating func parseOptionList(
    into options: inout OptionsDeclaration?, _ field: any WireField
  ) throws(SchemaError) {
    guard looksAt("[") else { return }
    try located(field) { (parser) throws(SchemaError) in
      parser.advance()
      try parser.parseList { (parser) throws(SchemaError) in
        try parser.parseListedOption(into: &options)
      }
      try parser.expect("]")
    }
  }

  mutating func parseListedOption(
    into options: inout OptionsDeclaration?
  ) throws(SchemaError) {
    let place = recorder?.openUnnamed(from: index)
    try parseOption(into: &options, place: place)
    recorder?.close(lastToken: index - 1)
  }

  /// - Parameter place: the index of the option's location.
  private mutating func parseOption(
    into options: inout OptionsDeclaration?, place: Int?
  ) throws(SchemaError) {
    let position = token.position
    var name = [try parseNamePart()]
    while take(".") { name.append(try parseNamePart()) }
    try expect("=")
    options = options ?? OptionsDeclaration()
    options?.statements.append(
      OptionStatement(
        name: name, value: try parseOptionValue(), position: position, place: place))
  }

  private mutating func parseNamePart() throws(SchemaError) -> OptionStatement.NamePart {
    guard take("(") else {
      return .init(name: try expectIdentifier("the name of an option"), isExtension: false)
    }
    let name = try expectFullName("the name of an extension", mayBeginWithPoint: true)
    try expect(")")
    return .init(name: name, isExtension: true)
  }

  private mutating func parseOptionValue() throws(SchemaError) -> OptionStatement.Value {
    if case .string = token.kind { return .string(try expectBytes("the value")) }
    if looksAt("{") { return .aggregate(try parseAggregate()) }
    let isNegative = take("-")
    defer { advance() }
    switch token.kind {
    case .integer(let number?): return .integer(number, isNegative: isNegative)
    case .integer(nil):
      // Larger than any integer, but an option may be a float.
      let value = Double(token.text) ?? .infinity
      return .float(isNegative ? -value : value)
    case .float(let value): return .float(isNegative ? -value : value)
    case .identifier where !isNegative: return .identifier(token.text)
    case .identifier where token.text == "inf": return .float(-Double.infinity)
    case .identifier where token.text == "nan": return .float(.nan)
    default: throw expected("the value of an option")
    }
  }

  private mutating func parseAggregate() throws(SchemaError) -> [Token] {
    try expect("{")
    let start = index
    var open = 1
    while true {
      if token.kind == .end { throw expected("\"}\"") }
      if looksAt("{") { open += 1 }
      if looksAt("}") { open -= 1 }
      guard open > 0 else { break }
      advance()
    }
    let end = Token(kind: .end, text: "}", position: token.position)
    defer { advance() }
    return Array(tokens[start..<index]) + [end]
  }
}
