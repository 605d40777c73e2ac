import ProtobufWire

extension ProtoParser {
  /// Whether names are reserved, or numbers, where the parser stands before the word.
  var nextIsReservedName: Bool {
    if case .string = nextToken.kind { return true }
    return nextToken.kind == .identifier
  }

  /// A `reserved` statement of names: strings, or identifiers in an edition.
  mutating func parseReservedNames(
    into names: inout [String], _ field: any WireField
  ) throws(SchemaError) {
    try parseReserved(into: &names, field) { (parser) throws(SchemaError) in
      try parser.expectReservedName()
    }
  }

  /// A `reserved` statement, whose elements go behind those of the statements before it.
  mutating func parseReserved<Element>(
    into elements: inout [Element], _ field: any WireField,
    _ parseElement: (inout ProtoParser) throws(SchemaError) -> Element
  ) throws(SchemaError) {
    try located(field) { (parser) throws(SchemaError) in
      try parser.expect("reserved")
      try parser.parseList { (parser) throws(SchemaError) in
        let element = try parser.located(nil, elements.count) { (parser) throws(SchemaError) in
          try parseElement(&parser)
        }
        elements.append(element)
      }
      try parser.endDeclaration(";")
    }
  }

  private mutating func expectReservedName() throws(SchemaError) -> String {
    if edition < .edition2023 {
      guard case .string = token.kind else { throw expected("a name in quotes, or a number") }
      return try expectString("a reserved name")
    }
    guard token.kind == .identifier else { throw expected("a name without quotes") }
    return try expectIdentifier("a reserved name")
  }
}
