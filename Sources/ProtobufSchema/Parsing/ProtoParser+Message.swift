import ProtobufWire

/// The largest number of a field: 29 bits, because a tag has 32.
let maximumFieldNumber: Int32 = 0x1FFF_FFFF

extension ProtoParser {
  mutating func parseMessage() throws(SchemaError) -> MessageDeclaration {
    var message = MessageDeclaration()
    try expect("message")
    message.site = DeclarationSite(token.position)
    message.name = try located(MessageDeclaration.Field.name) { (parser) throws(SchemaError) in
      try parser.expectIdentifier("the message's name")
    }
    try parseMessageBody(into: &message)
    return message
  }

  mutating func parseMessageBody(into message: inout MessageDeclaration) throws(SchemaError) {
    let outerScope = recorder?.enterScope()
    try parseBlock { (parser) throws(SchemaError) in
      try parser.parseMessageStatement(into: &message)
    }
    if let outerScope { recorder?.leaveScope(to: outerScope) }
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
      try parseExtend(
        extensions: &message.extensions, MessageDeclaration.Field.extensions,
        messages: &message.messages)
    } else if looksAt("option") {
      try parseOptionStatement(into: &message.options, MessageDeclaration.Field.options)
    } else if looksAt("oneof") {
      let index = message.oneofs.count
      try located(MessageDeclaration.Field.oneofs, index) { (parser) throws(SchemaError) in
        try parser.parseOneof(into: &message)
      }
    } else {
      let index = message.fields.count
      message.fields.append(
        try located(MessageDeclaration.Field.fields, index) { (parser) throws(SchemaError) in
          try parser.parseField(messages: &message.messages)
        })
    }
  }

  private mutating func parseNestedType(
    into message: inout MessageDeclaration, visibility: Int32?
  ) throws(SchemaError) {
    if looksAt("message") {
      let index = message.messages.count
      var nested = try located(MessageDeclaration.Field.messages, index) {
        (parser) throws(SchemaError) in try parser.parseMessage()
      }
      nested.visibility = visibility
      message.messages.append(nested)
    } else {
      let index = message.enums.count
      var nested = try located(MessageDeclaration.Field.enums, index) {
        (parser) throws(SchemaError) in try parser.parseEnum()
      }
      nested.visibility = visibility
      message.enums.append(nested)
    }
  }

  private mutating func parseOneof(into message: inout MessageDeclaration) throws(SchemaError) {
    try expect("oneof")
    var oneof = OneofDeclaration()
    oneof.site = DeclarationSite(token.position)
    oneof.name = try located(OneofDeclaration.Field.name) { (parser) throws(SchemaError) in
      try parser.expectIdentifier("the oneof's name")
    }
    let index = Int32(clamping: message.oneofs.count)
    try parseBlock(allowingEmptyStatements: false) { (parser) throws(SchemaError) in
      if parser.looksAt("option") {
        return try parser.parseOptionStatement(into: &oneof.options, OneofDeclaration.Field.options)
      }
      for label in ["optional", "required", "repeated"] where parser.looksAt(label) {
        throw parser.error("a field of a oneof has no label")
      }
      let place = message.fields.count
      var field = try parser.located(MessageDeclaration.Field.fields, place, inScope: true) {
        (parser) throws(SchemaError) in
        try parser.parseField(messages: &message.messages, isInOneof: true)
      }
      guard field.fieldLabel != .repeated else {
        throw parser.error("a map cannot stand in a oneof", at: field.site.position)
      }
      field.oneofIndex = index
      message.fields.append(field)
    }
    message.oneofs.append(oneof)
  }

  /// `extend Name { fields }`
  ///
  /// - Parameter field: that of the declaration which has the extensions.
  mutating func parseExtend(
    extensions: inout [FieldDeclaration], _ field: any WireField,
    messages: inout [MessageDeclaration]
  ) throws(SchemaError) {
    try located(field) { (parser) throws(SchemaError) in
      try parser.expect("extend")
      let first = parser.index
      let extendee = try parser.expectFullName("the extended message", mayBeginWithPoint: true)
      let last = parser.index - 1
      try parser.parseBlock(allowingEmptyStatements: false) { (parser) throws(SchemaError) in
        let index = extensions.count
        var field = try parser.located(nil, index) { (parser) throws(SchemaError) in
          parser.recorder?.open(
            FieldDeclaration.Field.extendee, nil, inScope: false, from: first)
          parser.recorder?.close(lastToken: last)
          return try parser.parseField(messages: &messages)
        }
        field.extendee = extendee
        extensions.append(field)
      }
    }
  }

  private mutating func parseExtensionRanges(
    into message: inout MessageDeclaration
  ) throws(SchemaError) {
    try located(MessageDeclaration.Field.extensionRanges) { (parser) throws(SchemaError) in
      try parser.expect("extensions")
      let first = message.extensionRanges.count
      try parser.parseList { (parser) throws(SchemaError) in
        var range = ExtensionRange()
        range.site = DeclarationSite(parser.token.position)
        (range.start, range.end) = try parser.located(nil, message.extensionRanges.count) {
          (parser) throws(SchemaError) in try parser.parseFieldNumbers("an extension's number")
        }
        message.extensionRanges.append(range)
      }
      try parser.parseOptions(ofRangesFrom: first, in: &message)
      try parser.endDeclaration(";")
    }
  }

  /// How many options all ranges of one statement may have together.
  private static var rangeOptionLimit: Int { 100_000 }

  /// The options behind a list of ranges, which each of them has.
  private mutating func parseOptions(
    ofRangesFrom first: Int, in message: inout MessageDeclaration
  ) throws(SchemaError) {
    var options: OptionsDeclaration?
    recorder?.enterElement(first)
    let start = recorder?.locations.count ?? 0
    try parseOptionList(into: &options, ExtensionRange.Field.options)
    let copied = start..<(recorder?.locations.count ?? 0)
    recorder?.leaveElement()
    // Each range has all options, which makes many of few.
    let count = (options?.statements.count ?? 0) * (message.extensionRanges.count - first)
    guard count <= Self.rangeOptionLimit else {
      throw error("\(count) options of ranges, of which \(Self.rangeOptionLimit) are allowed")
    }
    for index in message.extensionRanges.indices[first...] {
      if index > first, let distance = recorder?.copyForElement(index, copied) {
        for statement in options?.statements.indices ?? 0..<0 {
          options?.statements[statement].place? += distance
        }
      }
      message.extensionRanges[index].options = options
    }
  }

  private mutating func parseReserved(
    into message: inout MessageDeclaration
  ) throws(SchemaError) {
    typealias Field = MessageDeclaration.Field
    if nextIsReservedName {
      return try parseReservedNames(into: &message.reservedNames, Field.reservedNames)
    }
    try parseReserved(into: &message.reservedRanges, Field.reservedRanges) {
      (parser) throws(SchemaError) in
      var range = ReservedRange()
      range.site = DeclarationSite(parser.token.position)
      (range.start, range.end) = try parser.parseFieldNumbers("a reserved number")
      return range
    }
  }

  /// `3`, `3 to 5` or `3 to max`; the end is the first number behind, or -1 for `max`.
  private mutating func parseFieldNumbers(_ what: String) throws(SchemaError) -> (Int32, Int32) {
    // Both kinds of range number their fields alike.
    typealias Field = ReservedRange.Field
    let start = index
    let first = try located(Field.start) { (parser) throws(SchemaError) in
      try parser.expectNumber(what, from: 1, to: .max - 1)
    }
    guard take("to") else {
      repeatLocation(Field.end, from: start)
      return (first, first + 1)
    }
    let end = try located(Field.end) { (parser) throws(SchemaError) -> Int32 in
      if parser.take("max") { return -1 }
      return try parser.expectNumber(what, from: first, to: .max - 1) + 1
    }
    return (first, end)
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
