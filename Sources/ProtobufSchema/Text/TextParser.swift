extension DynamicMessage {
  /// Reads a message in the text format; see "Text Format Language Specification".
  ///
  /// - Throws: ``SchemaError`` with the place of the first fault; it names the text `text`.
  package init(
    text: [UInt8], _ descriptor: MessageDescriptor, of schema: Schema
  ) throws(SchemaError) {
    self.init(descriptor, of: schema)
    let tables = schema.tables
    var parser = TextParser(
      tokens: try Lexer.tokens(of: text, file: "text", .textFormat), file: "text", pool: schema,
      resolver: NameResolver(
        symbols: tables.symbols, packages: tables.packages, visible: Set(tables.files.indices)))
    try parser.parse(into: &self)
  }
}

/// Reads the text format of a message, whole or as it stands in the value of an option.
struct TextParser {
  var parser: ProtoParser
  /// Where extensions are found, and the messages in an `Any`.
  let pool: Schema
  let resolver: NameResolver

  init(tokens: [Token], file: String, pool: Schema, resolver: NameResolver) {
    parser = ProtoParser(tokens: tokens, file: file)
    self.pool = pool
    self.resolver = resolver
  }

  /// Reads all fields up to the end.
  mutating func parse(into message: inout DynamicMessage) throws(SchemaError) {
    while parser.token.kind != .end { try parseField(into: &message) }
  }

  private mutating func parseField(into message: inout DynamicMessage) throws(SchemaError) {
    let position = parser.token.position
    if parser.take("[") {
      if try parseAny(into: &message) { return }
      let field = try parseExtensionName(of: message, at: position)
      try parseValues(of: field, pool, into: &message)
    } else {
      let name = try parser.expectIdentifier("the name of a field")
      if let field = field(named: name, of: message) {
        try parseValues(of: field, message.schema, into: &message)
      } else if message.descriptor.reservedNames.contains(name) {
        // Of a field that is no more, in a text from when it was.
        try skipFieldValue()
      } else {
        throw parser.error(
          "\"\(message.descriptor.fullName)\" has no field \"\(name)\"", at: position)
      }
    }
    if !parser.take(",") { _ = parser.take(";") }
  }

  /// A group may also have the name of its message.
  private func field(named name: String, of message: DynamicMessage) -> FieldDescriptor? {
    if let field = message.descriptor.field(named: name) { return field }
    guard let field = message.descriptor.field(named: name.lowercased()), field.type == .group,
      message.schema.message(of: field)?.fullName == message.descriptor.fullName + "." + name
    else { return nil }
    return field
  }

  private mutating func parseExtensionName(
    of message: DynamicMessage, at position: SourcePosition
  ) throws(SchemaError) -> FieldDescriptor {
    let name = try parser.expectFullName("the name of an extension")
    try parser.expect("]")
    guard
      case .found(let fullName, _) = resolver.resolve(
        name, in: message.descriptor.fullName, wantsType: false),
      let field = pool.fieldExtension(named: fullName) ?? fieldNamedByType(fullName, of: message),
      pool.tables.messages[field.containing].fullName == message.descriptor.fullName
    else {
      throw parser.error(
        "\"\(name)\" is no extension of \"\(message.descriptor.fullName)\"", at: position)
    }
    return field
  }

  /// The extension of a message set that is declared in the message that it holds, by that message's name.
  private func fieldNamedByType(_ name: String, of message: DynamicMessage) -> FieldDescriptor? {
    guard message.descriptor.isMessageSet, let type = pool.message(named: name) else { return nil }
    return pool.extensions(of: message.descriptor).values.first {
      $0.content == .message(type.index) && $0.isNamedByType(type, in: pool)
    }
  }

  /// `[type.googleapis.com/name] { fields }`: an `Any` with the message in it.
  private mutating func parseAny(into message: inout DynamicMessage) throws(SchemaError) -> Bool {
    let start = parser.index
    var url = try parser.expectFullName("the name of an extension or a type")
    guard parser.take("/") else {
      parser.index = start
      return false
    }
    var position = parser.token.position
    var name = try parser.expectFullName("the name of a type")
    url += "/" + name
    while parser.take("/") {
      position = parser.token.position
      name = try parser.expectFullName("the name of a type")
      url += "/" + name
    }
    try parser.expect("]")
    guard message.descriptor.fullName == "google.protobuf.Any",
      let urlField = message.descriptor.field(number: 1),
      let valueField = message.descriptor.field(number: 2),
      let type = pool.message(named: name)
    else { throw parser.error("no message \"\(name)\" that could stand in an Any", at: position) }
    _ = parser.take(":")
    var content = DynamicMessage(type, of: pool)
    try parseBraces(into: &content)
    do {
      message.set(urlField, .string(url))
      let bytes = try content.encoded()
      message.set(valueField, bytes.isEmpty ? nil : .bytes(bytes))
    } catch {
      throw parser.error("\(error)", at: position)
    }
    if !parser.take(",") { _ = parser.take(";") }
    return true
  }

  private mutating func parseValues(
    of field: FieldDescriptor, _ schema: Schema, into message: inout DynamicMessage
  ) throws(SchemaError) {
    let hasColon = parser.take(":")
    guard hasColon || field.content.isMessage else { throw parser.expected("\":\"") }
    guard field.isRepeated, parser.take("[") else {
      return try parseValue(of: field, schema, into: &message)
    }
    guard !parser.take("]") else { return }
    repeat { try parseValue(of: field, schema, into: &message) } while parser.take(",")
    try parser.expect("]")
  }

  private mutating func parseValue(
    of field: FieldDescriptor, _ schema: Schema, into message: inout DynamicMessage
  ) throws(SchemaError) {
    let position = parser.token.position
    if !field.isRepeated, message.value(of: field) != nil {
      throw parser.error("\"\(field.name)\" is set already", at: position)
    }
    if let oneof = field.oneof, let other = message.member(ofOneof: oneof), other !== field {
      throw parser.error("\"\(other.name)\" of the same oneof is set already", at: position)
    }
    let value: DynamicValue
    if let type = schema.message(of: field) {
      var inner = DynamicMessage(type, of: schema)
      try parseBraces(into: &inner)
      guard !field.isMap else { return try insert(inner, field, into: &message, at: position) }
      value = .message(inner)
    } else {
      value = try parseScalar(of: field, schema)
    }
    if field.isRepeated {
      message.update(field, orInsert: .repeated([])) { $0.append(value) }
    } else {
      message.set(field, field.presence == .implicit && value.isZero ? nil : value)
    }
  }

  private func insert(
    _ entry: DynamicMessage, _ field: FieldDescriptor, into message: inout DynamicMessage,
    at position: SourcePosition
  ) throws(SchemaError) {
    guard let types = field.mapTypes,
      let key = (entry.value(of: types.key) ?? types.key.defaultValue).flatMap(MapKey.init),
      let value = entry.value(of: types.value) ?? types.value.defaultValue
        ?? DynamicMessage(inside: types.value, of: entry.schema).map({ .message($0) })
    else { throw parser.error("an entry of a map without key", at: position) }
    message.update(field, orInsert: .map([:])) { $0.insert(value, for: key) }
  }

  private mutating func parseBraces(into message: inout DynamicMessage) throws(SchemaError) {
    let close = parser.looksAt("<") ? ">" : "}"
    try parser.expect(close == "}" ? "{" : "<")
    guard parser.depthLeft > 0 else { throw parser.error("nested deeper than 100 levels") }
    parser.depthLeft -= 1
    while !parser.take(close) {
      guard parser.token.kind != .end else { throw parser.expected("\"\(close)\"") }
      try parseField(into: &message)
    }
    parser.depthLeft += 1
  }

  private mutating func parseScalar(
    of field: FieldDescriptor, _ schema: Schema
  ) throws(SchemaError) -> DynamicValue {
    let position = parser.token.position
    let isNumber = field.type == .float || field.type == .double
    // Octal and hexadecimal numbers are integers.
    let digits = parser.token.isSymbol("-") ? parser.nextToken : parser.token
    if isNumber, case .integer = digits.kind, digits.text.hasPrefix("0"), digits.text != "0" {
      throw parser.error("expected a decimal number, found \"\(digits.text)\"", at: position)
    }
    let literal = try parseLiteral(ofNumber: isNumber)
    if let type = schema.enumeration(of: field) {
      if let number = Self.number(literal, of: type) { return .enumeration(number) }
    } else if let value = field.type.scalar(literal) ?? Self.bool(literal, field.type) {
      if case .bytes = value, field.type == .string, field.verifiesUTF8 {
        throw parser.error("a string that is not UTF-8", at: position)
      }
      return value
    }
    throw parser.error("not a value of type \(field.type)", at: position)
  }

  private static func number(
    _ literal: OptionStatement.Value, of type: EnumDescriptor
  ) -> Int32? {
    if case .identifier(let name) = literal { return type.number(of: name) }
    guard case .integer = literal, case .int32(let number)? = FieldType.int32.scalar(literal),
      !type.isClosed || type.name(of: number) != nil
    else { return nil }
    return number
  }

  /// More ways to say true and false than a `.proto` file has outside of this format.
  private static func bool(_ literal: OptionStatement.Value, _ type: FieldType) -> DynamicValue? {
    guard type == .bool else { return nil }
    switch literal {
    case .identifier("t"), .identifier("True"), .integer(1, isNegative: false): return .bool(true)
    case .identifier("f"), .identifier("False"), .integer(0, isNegative: false):
      return .bool(false)
    default: return nil
    }
  }

  private mutating func parseLiteral(
    ofNumber isNumber: Bool
  ) throws(SchemaError) -> OptionStatement.Value {
    if case .string = parser.token.kind { return .string(try parser.expectBytes("a value")) }
    let isNegative = parser.take("-")
    let token = parser.token
    parser.advance()
    switch token.kind {
    case .integer(nil) where isNumber:
      let number = Double(token.text) ?? .infinity
      return .float(isNegative ? -number : number)
    case .integer(let number): return .integer(number, isNegative: isNegative)
    case .float(let number): return .float(isNegative ? -number : number)
    case .identifier where isNumber:
      switch token.text.lowercased() {
      case "inf", "infinity": return .float(isNegative ? -Double.infinity : Double.infinity)
      case "nan": return .float(.nan)
      default: break
      }
    case .identifier where !isNegative: return .identifier(token.text)
    default: break
    }
    throw parser.error("expected a value, found \(token.found)", at: token.position)
  }
}

extension FieldDescriptor.Content {
  var isMessage: Bool {
    if case .message = self { return true }
    return false
  }
}
