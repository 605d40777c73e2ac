extension ProtoParser {
  /// A field with its label, a group or a map; `messages` gains the message that the latter two make.
  mutating func parseField(
    messages: inout [MessageDeclaration]
  ) throws(SchemaError) -> FieldDeclaration {
    var field = FieldDeclaration()
    let hasLabel = try parseLabel(into: &field)
    if looksAt("map"), nextToken.isSymbol("<") {
      guard !hasLabel else { throw error("a map has no label") }
      try parseMap(field: &field, messages: &messages)
      return field
    }
    if looksAt("group"), edition < .edition2023, nextToken.kind == .identifier {
      try parseGroup(field: &field, messages: &messages)
      return field
    }
    try parseType(into: &field)
    try parseNameAndNumber(of: &field)
    try parseFieldOptions(into: &field)
    try expect(";")
    return field
  }

  private mutating func parseLabel(into field: inout FieldDeclaration) throws(SchemaError) -> Bool {
    let position = token.position
    field.fieldLabel = .optional
    if take("repeated") {
      field.fieldLabel = .repeated
    } else if take("required") {
      guard edition == .proto2 else {
        throw error("only proto2 has \"required\"", at: position)
      }
      field.fieldLabel = .required
    } else if take("optional") {
      guard edition < .edition2023 else {
        throw error("an edition has no \"optional\": fields have presence by default", at: position)
      }
      if edition == .proto3 { field.proto3Optional = true }
    } else {
      return false
    }
    return true
  }

  private mutating func parseType(into field: inout FieldDeclaration) throws(SchemaError) {
    if let type = FieldType.keywords[token.text], token.kind == .identifier {
      field.fieldType = type
      return advance()
    }
    field.typeName = try expectFullName("the type of a field", mayBeginWithPoint: true)
  }

  private mutating func parseNameAndNumber(of field: inout FieldDeclaration) throws(SchemaError) {
    field.site = DeclarationSite(token.position)
    field.name = try expectIdentifier("the name of a field")
    try expect("=")
    // A message set has numbers beyond those of a tag; the linker knows whether it is one.
    field.number = try expectNumber("a field number", from: 1, to: .max - 1)
  }

  private mutating func parseGroup(
    field: inout FieldDeclaration, messages: inout [MessageDeclaration]
  ) throws(SchemaError) {
    try expect("group")
    field.fieldType = .group
    let position = token.position
    try parseNameAndNumber(of: &field)
    let name = field.name ?? ""
    guard name.utf8.first.map({ $0 >= 0x41 && $0 <= 0x5A }) == true else {
      throw error("the name of a group begins with a capital letter", at: position)
    }
    try parseFieldOptions(into: &field)
    var message = MessageDeclaration()
    message.name = name
    message.site = field.site
    field.name = name.lowercased()
    field.typeName = name
    try parseMessageBody(into: &message)
    messages.append(message)
  }

  /// `map<key, value> name = number;`, short for a repeated message of two fields.
  private mutating func parseMap(
    field: inout FieldDeclaration, messages: inout [MessageDeclaration]
  ) throws(SchemaError) {
    var key = Self.entryField("key", number: 1)
    var value = Self.entryField("value", number: 2)
    try expect("map")
    try expect("<")
    try parseType(into: &key)
    try expect(",")
    try parseType(into: &value)
    try expect(">")
    try parseNameAndNumber(of: &field)
    try parseFieldOptions(into: &field)
    try expect(";")
    let copied = field.options?.statements.filter { $0.text == "features.utf8_validation" } ?? []
    for index in copied.indices {
      Self.add(copied[index], to: &key)
      Self.add(copied[index], to: &value)
    }
    var entry = MessageDeclaration()
    entry.name = Self.entryName(field.name ?? "")
    entry.site = field.site
    entry.fields = [key, value]
    // Field 7 of MessageOptions, `map_entry`: true.
    entry.options = OptionsDeclaration(bytes: [0x38, 0x01])
    field.fieldLabel = .repeated
    field.typeName = entry.name
    messages.append(entry)
  }

  private static func entryField(_ name: String, number: Int32) -> FieldDeclaration {
    var field = FieldDeclaration()
    field.name = name
    field.number = number
    field.fieldLabel = .optional
    return field
  }

  private static func add(_ statement: OptionStatement, to field: inout FieldDeclaration) {
    var options = field.options ?? OptionsDeclaration()
    options.statements.append(statement)
    field.options = options
  }

  /// `my_field` becomes `MyFieldEntry`.
  static func entryName(_ name: String) -> String { camelCase(name, capital: true) + "Entry" }
}

/// Drops underscores and makes the letter behind each one a capital: `my_field` becomes `myField`.
func camelCase(_ name: String, capital: Bool = false) -> String {
  var result: [UInt8] = []
  var makesCapital = capital
  for byte in name.utf8 {
    if byte == UInt8(ascii: "_") {
      makesCapital = true
    } else {
      let isSmall = byte >= 0x61 && byte <= 0x7A
      result.append(makesCapital && isSmall ? byte - 0x20 : byte)
      makesCapital = false
    }
  }
  return String(decoding: result, as: UTF8.self)
}

extension ProtoParser {
  /// The options of a field, of which `default` and `json_name` are no options in its descriptor.
  private mutating func parseFieldOptions(into field: inout FieldDeclaration) throws(SchemaError) {
    guard take("[") else { return }
    try parseList { (parser) throws(SchemaError) in
      let position = parser.token.position
      if parser.looksAt("default"), parser.nextToken.isSymbol("=") {
        guard field.defaultValue == nil else {
          throw parser.error("the field has a default already", at: position)
        }
        parser.advance()
        try parser.expect("=")
        field.defaultValue = try parser.parseDefault(of: field)
      } else if parser.looksAt("json_name"), parser.nextToken.isSymbol("=") {
        guard field.jsonName == nil else {
          throw parser.error("the field has a json_name already", at: position)
        }
        parser.advance()
        try parser.expect("=")
        field.jsonName = try parser.expectString("the name in JSON")
      } else {
        try parser.parseOption(into: &field.options)
      }
    }
    try expect("]")
  }

  /// The default as a descriptor has it: text.
  private mutating func parseDefault(of field: FieldDeclaration) throws(SchemaError) -> String {
    if edition == .proto3 { throw error("proto3 has no defaults") }
    if field.fieldLabel == .repeated { throw error("a repeated field has no default") }
    switch field.fieldType {
    case .string: return try expectString("the default")
    case .bytes: return escaped(try expectBytes("the default"))
    case .bool:
      guard looksAt("true") || looksAt("false") else { throw expected("\"true\" or \"false\"") }
      return try expectIdentifier("a bool")
    case .float, .double: return try parseFloatingDefault(isFloat: field.fieldType == .float)
    case .group, .message: throw error("a message has no default")
    case nil, .enumeration: return try expectIdentifier("the name of an enum value")
    case let type?: return try parseIntegerDefault(type)
    }
  }

  private mutating func parseIntegerDefault(_ type: FieldType) throws(SchemaError) -> String {
    let position = token.position
    let isNegative = take("-")
    guard case .integer(let number) = token.kind else { throw expected("the default: an integer") }
    guard let number, let text = type.decimal(of: number, isNegative: isNegative) else {
      throw error("a number that the type cannot hold", at: position)
    }
    advance()
    return text
  }

  private mutating func parseFloatingDefault(isFloat: Bool) throws(SchemaError) -> String {
    let isNegative = take("-")
    let value: Double
    switch token.kind {
    case .integer(let number?): value = Double(number)
    case .integer: value = Double(token.text) ?? .infinity
    case .float(let number): value = number
    case .identifier where token.text == "inf": value = .infinity
    case .identifier where token.text == "nan": value = .nan
    default: throw expected("the default: a number")
    }
    advance()
    let signed = isNegative ? -value : value
    return isFloat ? FloatText.text(of: Float(signed)) : FloatText.text(of: signed)
  }
}

extension FieldType {
  /// A number in decimal digits; nil if the type cannot hold it.
  func decimal(of magnitude: UInt64, isNegative: Bool) -> String? {
    switch self {
    case .uint32, .fixed32: isNegative ? nil : UInt32(exactly: magnitude).map { "\($0)" }
    case .uint64, .fixed64: isNegative ? nil : "\(magnitude)"
    case .int32, .sint32, .sfixed32:
      signed(magnitude, isNegative).flatMap { Int32(exactly: $0) }.map { "\($0)" }
    case .int64, .sint64, .sfixed64: signed(magnitude, isNegative).map { "\($0)" }
    default: nil
    }
  }

  private func signed(_ magnitude: UInt64, _ isNegative: Bool) -> Int64? {
    guard isNegative else { return Int64(exactly: magnitude) }
    return magnitude <= 1 << 63 ? Int64(truncatingIfNeeded: 0 &- magnitude) : nil
  }
}
