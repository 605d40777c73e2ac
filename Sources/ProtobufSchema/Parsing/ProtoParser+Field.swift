import ProtobufWire

extension ProtoParser {
  /// A field with its label, a group or a map; `messages` gains the message that the latter two make.
  mutating func parseField(
    messages: inout [MessageDeclaration], isInOneof: Bool = false
  ) throws(SchemaError) -> FieldDeclaration {
    var field = FieldDeclaration()
    let start = index
    let hasLabel = try parseLabel(into: &field)
    if looksAt("map"), nextToken.isSymbol("<") {
      guard !hasLabel else { throw error("a map has no label") }
      try parseMap(field: &field, messages: &messages)
      return field
    }
    guard hasLabel || isInOneof || edition > .proto2 else {
      throw expected("\"required\", \"optional\" or \"repeated\"")
    }
    if looksAt("group"), edition < .edition2023, nextToken.kind == .identifier {
      try parseGroup(field: &field, messages: &messages, from: start)
      return field
    }
    try parseLocatedType(into: &field)
    try parseNameAndNumber(of: &field)
    try parseFieldOptions(into: &field)
    try endDeclaration(";")
    return field
  }

  private mutating func parseLabel(into field: inout FieldDeclaration) throws(SchemaError) -> Bool {
    field.fieldLabel = .optional
    guard looksAt("repeated") || looksAt("required") || looksAt("optional") else { return false }
    try located(FieldDeclaration.Field.label) { (parser) throws(SchemaError) in
      try parser.takeLabel(into: &field)
    }
    return true
  }

  private mutating func takeLabel(into field: inout FieldDeclaration) throws(SchemaError) {
    let position = token.position
    if take("repeated") {
      field.fieldLabel = .repeated
    } else if take("required") {
      guard edition == .proto2 else {
        throw error("only proto2 has \"required\"", at: position)
      }
      field.fieldLabel = .required
    } else {
      try expect("optional")
      guard edition < .edition2023 else {
        throw error("an edition has no \"optional\": fields have presence by default", at: position)
      }
      if edition == .proto3 { field.proto3Optional = true }
    }
  }

  private mutating func parseLocatedType(
    into field: inout FieldDeclaration
  ) throws(SchemaError) {
    let isKeyword = token.kind == .identifier && FieldType.keywords[token.text] != nil
    try located(isKeyword ? FieldDeclaration.Field.type : .typeName) {
      (parser) throws(SchemaError) in try parser.parseType(into: &field)
    }
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
    field.name = try located(FieldDeclaration.Field.name) { (parser) throws(SchemaError) in
      try parser.expectIdentifier("the name of a field")
    }
    try expect("=")
    field.number = try located(FieldDeclaration.Field.number) { (parser) throws(SchemaError) in
      // A message set has numbers beyond those of a tag; the linker knows whether it is one.
      try parser.expectNumber("a field number", from: 1, to: .max - 1)
    }
  }

  private mutating func parseGroup(
    field: inout FieldDeclaration, messages: inout [MessageDeclaration], from start: Int
  ) throws(SchemaError) {
    try located(FieldDeclaration.Field.type) { (parser) throws(SchemaError) in
      try parser.expect("group")
    }
    field.fieldType = .group
    let position = token.position
    let nameToken = index
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
    // The message has the field's name and begins where the field does.
    let isTopLevel = recorder?.scope.isEmpty ?? true
    let messagesField: any WireField =
      isTopLevel ? FileDeclaration.Field.messages : MessageDeclaration.Field.messages
    try located(messagesField, messages.count, inScope: true, from: start) {
      (parser) throws(SchemaError) in
      parser.recorder?.note(MessageDeclaration.Field.name, token: nameToken)
      parser.recorder?.noteOutside(FieldDeclaration.Field.typeName, token: nameToken)
      try parser.parseMessageBody(into: &message)
    }
    messages.append(message)
  }

  /// `map<key, value> name = number;`, short for a repeated message of two fields.
  private mutating func parseMap(
    field: inout FieldDeclaration, messages: inout [MessageDeclaration]
  ) throws(SchemaError) {
    var key = Self.entryField("key", number: 1)
    var value = Self.entryField("value", number: 2)
    try located(FieldDeclaration.Field.typeName) { (parser) throws(SchemaError) in
      try parser.expect("map")
      try parser.expect("<")
      try parser.parseType(into: &key)
      try parser.expect(",")
      try parser.parseType(into: &value)
      try parser.expect(">")
    }
    try parseNameAndNumber(of: &field)
    try parseFieldOptions(into: &field)
    try endDeclaration(";")
    // The fields of the entry have the features of the map.
    let copied = field.options?.statements.filter { $0.name.first?.name == "features" } ?? []
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
    options.statements[options.statements.count - 1].place = nil
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
    guard looksAt("[") else { return }
    try located(FieldDeclaration.Field.options) { (parser) throws(SchemaError) in
      parser.advance()
      try parser.parseList { (parser) throws(SchemaError) in
        if parser.looksAt("default"), parser.nextToken.isSymbol("=") {
          try parser.parseDefaultOption(into: &field)
        } else if parser.looksAt("json_name"), parser.nextToken.isSymbol("=") {
          try parser.parseJSONName(into: &field)
        } else {
          try parser.parseListedOption(into: &field.options)
        }
      }
      try parser.expect("]")
    }
  }

  private mutating func parseDefaultOption(
    into field: inout FieldDeclaration
  ) throws(SchemaError) {
    guard field.defaultValue == nil else { throw error("the field has a default already") }
    advance()
    try expect("=")
    let text = try locatedInField(.defaultValue) { (parser) throws(SchemaError) in
      try parser.parseDefault(of: field)
    }
    field.defaultValue = text
  }

  private mutating func parseJSONName(into field: inout FieldDeclaration) throws(SchemaError) {
    guard field.jsonName == nil else { throw error("the field has a json_name already") }
    field.jsonName = try locatedInField(.jsonName) { (parser) throws(SchemaError) in
      parser.advance()
      try parser.expect("=")
      // Protobuf's own compiler notes the place of the value, too.
      return try parser.located(nil) { (parser) throws(SchemaError) in
        try parser.expectString("the name in JSON")
      }
    }
  }

  /// Notes what is written among the options of a field though it is none of them.
  private mutating func locatedInField(
    _ part: FieldDeclaration.Field,
    _ parse: (inout ProtoParser) throws(SchemaError) -> String
  ) throws(SchemaError) -> String {
    let options = recorder?.leaveField()
    let text = try located(part, nil, parse)
    if let options { recorder?.enterField(options) }
    return text
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

  func signed(_ magnitude: UInt64, _ isNegative: Bool) -> Int64? {
    guard isNegative else { return Int64(exactly: magnitude) }
    return magnitude <= 1 << 63 ? Int64(truncatingIfNeeded: 0 &- magnitude) : nil
  }
}
