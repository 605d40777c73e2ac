/// The largest number of a field: 29 bits, because a tag has 32.
let maximumFieldNumber: Int32 = 0x1FFF_FFFF

extension ProtoParser {
  mutating func parseMessage() throws(SchemaError) -> MessageDeclaration {
    var message = MessageDeclaration()
    try expect("message")
    message.site = DeclarationSite(token.position)
    message.name = try expectIdentifier("the message's name")
    try parseMessageBody(into: &message)
    return message
  }

  mutating func parseMessageBody(into message: inout MessageDeclaration) throws(SchemaError) {
    try parseBlock { (parser) throws(SchemaError) in
      try parser.parseMessageStatement(into: &message)
    }
    makeOneofsOfOptionalFields(in: &message)
    closeOpenRanges(of: &message)
  }

  private mutating func parseMessageStatement(
    into message: inout MessageDeclaration
  ) throws(SchemaError) {
    if let visibility = takeVisibility() {
      try parseNestedType(into: &message, visibility: visibility)
    } else if looksAt("message") || looksAt("enum") {
      try parseNestedType(into: &message, visibility: nil)
    } else if looksAt("extensions") {
      try parseExtensionRanges(into: &message)
    } else if looksAt("reserved") {
      try parseReserved(into: &message)
    } else if looksAt("extend") {
      try parseExtend(extensions: &message.extensions, messages: &message.messages)
    } else if looksAt("option") {
      try parseOptionStatement(into: &message.options)
    } else if looksAt("oneof") {
      try parseOneof(into: &message)
    } else {
      message.fields.append(try parseField(messages: &message.messages))
    }
  }

  private mutating func parseNestedType(
    into message: inout MessageDeclaration, visibility: Int32?
  ) throws(SchemaError) {
    if looksAt("message") {
      var nested = try parseMessage()
      nested.visibility = visibility
      message.messages.append(nested)
    } else {
      var nested = try parseEnum()
      nested.visibility = visibility
      message.enums.append(nested)
    }
  }

  private mutating func parseOneof(into message: inout MessageDeclaration) throws(SchemaError) {
    try expect("oneof")
    var oneof = OneofDeclaration()
    oneof.site = DeclarationSite(token.position)
    oneof.name = try expectIdentifier("the oneof's name")
    let index = Int32(clamping: message.oneofs.count)
    try parseBlock { (parser) throws(SchemaError) in
      if parser.looksAt("option") {
        return try parser.parseOptionStatement(into: &oneof.options)
      }
      for label in ["optional", "required", "repeated"] where parser.looksAt(label) {
        throw parser.error("a field of a oneof has no label")
      }
      var field = try parser.parseField(messages: &message.messages)
      guard field.fieldLabel != .repeated else {
        throw parser.error("a map cannot stand in a oneof", at: field.site.position)
      }
      field.oneofIndex = index
      message.fields.append(field)
    }
    message.oneofs.append(oneof)
  }

  /// `extend Name { fields }`
  mutating func parseExtend(
    extensions: inout [FieldDeclaration], messages: inout [MessageDeclaration]
  ) throws(SchemaError) {
    try expect("extend")
    let extendee = try expectFullName("the extended message", mayBeginWithPoint: true)
    var fields: [FieldDeclaration] = []
    var groups: [MessageDeclaration] = []
    try parseBlock { (parser) throws(SchemaError) in
      var field = try parser.parseField(messages: &groups)
      field.extendee = extendee
      fields.append(field)
    }
    extensions += fields
    messages += groups
  }

  private mutating func parseExtensionRanges(
    into message: inout MessageDeclaration
  ) throws(SchemaError) {
    try expect("extensions")
    var ranges: [ExtensionRange] = []
    try parseList { (parser) throws(SchemaError) in
      var range = ExtensionRange()
      range.site = DeclarationSite(parser.token.position)
      (range.start, range.end) = try parser.parseFieldNumbers("an extension's number")
      ranges.append(range)
    }
    var options: OptionsDeclaration?
    try parseOptionList(into: &options)
    for index in ranges.indices { ranges[index].options = options }
    message.extensionRanges += ranges
    try expect(";")
  }

  private mutating func parseReserved(
    into message: inout MessageDeclaration
  ) throws(SchemaError) {
    try expect("reserved")
    if try parseReservedNames(into: &message.reservedNames) { return }
    try parseList { (parser) throws(SchemaError) in
      var range = ReservedRange()
      range.site = DeclarationSite(parser.token.position)
      (range.start, range.end) = try parser.parseFieldNumbers("a reserved number")
      message.reservedRanges.append(range)
    }
    try expect(";")
  }

  /// `3`, `3 to 5` or `3 to max`; the end is the first number behind, or -1 for `max`.
  private mutating func parseFieldNumbers(_ what: String) throws(SchemaError) -> (Int32, Int32) {
    let first = try expectNumber(what, from: 1, to: .max - 1)
    guard take("to") else { return (first, first + 1) }
    if take("max") { return (first, -1) }
    return (first, try expectNumber(what, from: first, to: .max - 1) + 1)
  }

  /// What `max` means depends on an option that may stand anywhere in the message.
  private func closeOpenRanges(of message: inout MessageDeclaration) {
    let isMessageSet =
      message.options?.statements.contains {
        $0.text == "message_set_wire_format" && $0.value == .identifier("true")
      } ?? false
    let end = isMessageSet ? .max : maximumFieldNumber + 1
    for index in message.extensionRanges.indices where message.extensionRanges[index].end == -1 {
      message.extensionRanges[index].end = end
    }
    for index in message.reservedRanges.indices where message.reservedRanges[index].end == -1 {
      message.reservedRanges[index].end = end
    }
  }

  /// Each `optional` field of proto3 is the only one of a oneof, so that old readers see its presence.
  private func makeOneofsOfOptionalFields(in message: inout MessageDeclaration) {
    var names = Set(message.fields.compactMap(\.name) + message.oneofs.compactMap(\.name))
    for index in message.fields.indices where message.fields[index].proto3Optional == true {
      var oneof = OneofDeclaration()
      let name = message.fields[index].name ?? ""
      var oneofName = name.hasPrefix("_") ? name : "_" + name
      while !names.insert(oneofName).inserted { oneofName = "X" + oneofName }
      oneof.name = oneofName
      message.fields[index].oneofIndex = Int32(clamping: message.oneofs.count)
      message.oneofs.append(oneof)
    }
  }
}
