import ProtobufWire

extension ProtoParser {
  mutating func parseEnum() throws(SchemaError) -> EnumDeclaration {
    var declaration = EnumDeclaration()
    guard take("enum") else { throw expected("\"message\" or \"enum\"") }
    declaration.site = DeclarationSite(token.position)
    declaration.name = try located(EnumDeclaration.Field.name) { (parser) throws(SchemaError) in
      try parser.expectIdentifier("the enum's name")
    }
    try parseBlock { (parser) throws(SchemaError) in
      if parser.looksAt("option"), !parser.nextToken.isSymbol("=") {
        try parser.parseOptionStatement(
          into: &declaration.options, EnumDeclaration.Field.options)
      } else if parser.looksAt("reserved"), !parser.nextToken.isSymbol("=") {
        try parser.parseEnumReserved(into: &declaration)
      } else {
        let index = declaration.values.count
        declaration.values.append(
          try parser.located(EnumDeclaration.Field.values, index) { (parser) throws(SchemaError) in
            try parser.parseEnumValue()
          })
      }
    }
    return declaration
  }

  private mutating func parseEnumValue() throws(SchemaError) -> EnumValueDeclaration {
    typealias Field = EnumValueDeclaration.Field
    var value = EnumValueDeclaration()
    value.site = DeclarationSite(token.position)
    value.name = try located(Field.name) { (parser) throws(SchemaError) in
      try parser.expectIdentifier("the name of an enum value")
    }
    try expect("=")
    value.number = try located(Field.number) { (parser) throws(SchemaError) in
      try parser.expectNumber("the number of an enum value", from: .min, to: .max)
    }
    try parseOptionList(into: &value.options, Field.options)
    try endDeclaration(";")
    return value
  }

  private mutating func parseEnumReserved(into declaration: inout EnumDeclaration)
    throws(SchemaError)
  {
    typealias Field = EnumDeclaration.Field
    if nextIsReservedName {
      return try parseReservedNames(into: &declaration.reservedNames, Field.reservedNames)
    }
    try parseReserved(into: &declaration.reservedRanges, Field.reservedRanges) {
      (parser) throws(SchemaError) in try parser.parseEnumRange()
    }
  }

  private mutating func parseEnumRange() throws(SchemaError) -> ReservedRange {
    var range = ReservedRange()
    range.site = DeclarationSite(token.position)
    let first = index
    let start = try located(ReservedRange.Field.start) { (parser) throws(SchemaError) in
      try parser.expectNumber("a reserved number", from: .min, to: .max)
    }
    range.start = start
    guard take("to") else {
      range.end = start
      repeatLocation(ReservedRange.Field.end, from: first)
      return range
    }
    range.end = try located(ReservedRange.Field.end) { (parser) throws(SchemaError) in
      parser.take("max")
        ? .max : try parser.expectNumber("a reserved number", from: start, to: .max)
    }
    return range
  }
}
