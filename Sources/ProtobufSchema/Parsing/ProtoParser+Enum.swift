extension ProtoParser {
  mutating func parseEnum() throws(SchemaError) -> EnumDeclaration {
    var declaration = EnumDeclaration()
    guard take("enum") else { throw expected("\"message\" or \"enum\"") }
    declaration.site = DeclarationSite(token.position)
    declaration.name = try expectIdentifier("the enum's name")
    try parseBlock { (parser) throws(SchemaError) in
      if parser.looksAt("option"), !parser.nextToken.isSymbol("=") {
        try parser.parseOptionStatement(into: &declaration.options)
      } else if parser.looksAt("reserved"), !parser.nextToken.isSymbol("=") {
        try parser.parseEnumReserved(into: &declaration)
      } else {
        declaration.values.append(try parser.parseEnumValue())
      }
    }
    return declaration
  }

  private mutating func parseEnumValue() throws(SchemaError) -> EnumValueDeclaration {
    var value = EnumValueDeclaration()
    value.site = DeclarationSite(token.position)
    value.name = try expectIdentifier("the name of an enum value")
    try expect("=")
    value.number = try expectNumber("the number of an enum value", from: .min, to: .max)
    try parseOptionList(into: &value.options)
    try expect(";")
    return value
  }

  private mutating func parseEnumReserved(into declaration: inout EnumDeclaration)
    throws(SchemaError)
  {
    try expect("reserved")
    if try parseReservedNames(into: &declaration.reservedNames) { return }
    try parseList { (parser) throws(SchemaError) in
      var range = ReservedRange()
      range.site = DeclarationSite(parser.token.position)
      range.start = try parser.expectNumber("a reserved number", from: .min, to: .max)
      range.end = range.start
      if parser.take("to") {
        range.end =
          parser.take("max")
          ? .max : try parser.expectNumber("a reserved number", from: .min, to: .max)
      }
      declaration.reservedRanges.append(range)
    }
    try expect(";")
  }

  /// The names of a `reserved` statement: strings, or identifiers in an edition.
  ///
  /// - Returns: false, having read nothing, if it has numbers.
  mutating func parseReservedNames(into names: inout [String]) throws(SchemaError) -> Bool {
    if case .string = token.kind {
      guard edition < .edition2023 else { throw expected("a name without quotes") }
      try parseList { (parser) throws(SchemaError) in
        names.append(try parser.expectString("a reserved name"))
      }
    } else if token.kind == .identifier {
      guard edition >= .edition2023 else { throw expected("a name in quotes, or a number") }
      try parseList { (parser) throws(SchemaError) in
        names.append(try parser.expectIdentifier("a reserved name"))
      }
    } else {
      return false
    }
    try expect(";")
    return true
  }
}
