// Makes the descriptors of the file's types. Nested messages come before those around them, since a map
// needs the fields of its entries.
extension FileLinker {
  mutating func buildDescriptors(optionTypes: Schema?) throws(SchemaError) {
    let reader = OptionReader(optionTypes: optionTypes)
    let options = reader.read(file.options, "FileOptions")
    let features = Features(edition).overridden(by: options)
    try check(features: options, at: nil)
    guard features.fieldPresence != .legacyRequired else {
      throw error("the fields of a whole file cannot be required")
    }
    guard edition < .edition2024 || options?.value(named: "java_multiple_files") == nil else {
      throw error("edition 2024 has no java_multiple_files")
    }
    try checkStyle(ofPackage: features)
    for service in file.services { try checkStyle(of: service, features, reader) }
    // Enums first: the default of a field is the number of a value.
    for declaration in file.enums {
      try build(declaration, in: package, features, reader, parent: nil)
    }
    for message in file.messages { try buildEnums(of: message, in: package, features, reader) }
    for message in file.messages {
      try build(message, in: package, features, reader, parent: nil)
    }
    tables.enums += Self.inOrder(newEnums)
    tables.messages += Self.inOrder(newMessages)
    for field in file.extensions { try buildExtension(field, in: package, features, reader) }
    for message in file.messages { try buildExtensions(of: message, in: package, features, reader) }
    tables.extensions += Self.inOrder(newExtensions)
  }

  private static func inOrder<Descriptor>(_ descriptors: [Int: Descriptor]) -> [Descriptor] {
    descriptors.sorted { $0.key < $1.key }.map(\.value)
  }

  private mutating func buildEnums(
    of message: MessageDeclaration, in scope: String, _ features: Features, _ reader: OptionReader
  ) throws(SchemaError) {
    let name = Self.join(scope, message.name)
    let features = features.overridden(by: reader.read(message.options, "MessageOptions"))
    for declaration in message.enums {
      try build(declaration, in: name, features, reader, parent: message)
    }
    for nested in message.messages { try buildEnums(of: nested, in: name, features, reader) }
  }

  private mutating func build(
    _ declaration: EnumDeclaration, in scope: String, _ features: Features, _ reader: OptionReader,
    parent: MessageDeclaration?
  ) throws(SchemaError) {
    let name = Self.join(scope, declaration.name)
    let options = reader.read(declaration.options, "EnumOptions")
    try check(features: options, at: declaration.site)
    let features = features.overridden(by: options)
    try checkExport(
      declaration.visibility, isEnum: true, features, in: parent, at: declaration.site)
    noteVisibility(of: name, declaration.visibility, features, in: parent)
    try checkStyle(of: declaration, features, reader)
    try check(
      declaration, isClosed: features.enumType == .closed,
      allowsAlias: options?.flag("allow_alias") ?? false)
    guard case .enumeration(let number)? = tables.symbols[name]?.kind else { return }
    newEnums[number] = EnumDescriptor(
      fullName: name, values: declaration.values.map { ($0.name ?? "", $0.number ?? 0) },
      isClosed: features.enumType == .closed)
  }

  private mutating func build(
    _ message: MessageDeclaration, in scope: String, _ features: Features, _ reader: OptionReader,
    parent: MessageDeclaration?
  ) throws(SchemaError) {
    let name = Self.join(scope, message.name)
    let options = reader.read(message.options, "MessageOptions")
    let features = features.overridden(by: options)
    try checkExport(message.visibility, isEnum: false, features, in: parent, at: message.site)
    noteVisibility(of: name, message.visibility, features, in: parent)
    try checkStyle(.titleCase, "message", message.name, features, at: message.site)
    for nested in message.messages {
      try build(nested, in: name, features, reader, parent: message)
    }
    guard case .message(let number)? = tables.symbols[name]?.kind else { return }
    let isMessageSet = options?.flag("message_set_wire_format") ?? false
    try check(features: options, at: message.site)
    let isLenient =
      features.jsonFormat == .legacyBestEffort
      || options?.flag("deprecated_legacy_json_field_conflicts") == true
    try check(message, isMessageSet: isMessageSet)
    try checkJSONNames(of: message, isLenient: isLenient)
    var oneofs: [Features] = []
    for oneof in message.oneofs {
      let own = features.overridden(by: reader.read(oneof.options, "OneofOptions"))
      try checkStyle(.snakeCase, "oneof", oneof.name, own, at: oneof.site)
      oneofs.append(own)
    }
    var fields: [FieldDescriptor] = []
    for field in message.fields {
      let inherited = field.oneofIndex.map(Int.init).flatMap {
        oneofs.indices.contains($0) ? oneofs[$0] : nil
      }
      fields.append(
        try descriptor(
          field, in: name, number, inherited ?? features, reader,
          isInEntry: options?.flag("map_entry") ?? false))
    }
    newMessages[number] = MessageDescriptor(
      fullName: name, fields: fields, oneofNames: message.oneofs.map { $0.name ?? "" },
      isMapEntry: options?.flag("map_entry") ?? false, isMessageSet: isMessageSet,
      extensionRanges: message.extensionRanges.map(\.numbers),
      reservedNames: Set(message.reservedNames),
      extensionDeclarations: try extensionDeclarations(of: message, reader),
      index: number, file: index)
  }

  private func extensionDeclarations(
    of message: MessageDeclaration, _ reader: OptionReader
  ) throws(SchemaError) -> [ExtensionDeclarations] {
    var all: [ExtensionDeclarations] = []
    var names: Set<String> = []
    for range in message.extensionRanges {
      let options = reader.read(range.options, "ExtensionRangeOptions")
      do throws(ExtensionDeclarations.Fault) {
        guard let declarations = try ExtensionDeclarations(range.numbers, options) else { continue }
        try declarations.check(names: &names)
        all.append(declarations)
      } catch {
        throw self.error(error.reason, at: range.site)
      }
    }
    return all
  }

  private mutating func buildExtensions(
    of message: MessageDeclaration, in scope: String, _ features: Features, _ reader: OptionReader
  ) throws(SchemaError) {
    let name = Self.join(scope, message.name)
    let features = features.overridden(by: reader.read(message.options, "MessageOptions"))
    for field in message.extensions { try buildExtension(field, in: name, features, reader) }
    for nested in message.messages { try buildExtensions(of: nested, in: name, features, reader) }
  }

  private mutating func buildExtension(
    _ field: FieldDeclaration, in scope: String, _ features: Features, _ reader: OptionReader
  ) throws(SchemaError) {
    let extendee = String(field.extendee?.dropFirst() ?? "")
    guard case .message(let number)? = tables.symbols[extendee]?.kind else { return }
    try checkExtension(field, named: Self.join(scope, field.name), of: tables.messages[number])
    let descriptor = try descriptor(field, in: scope, number, features, reader, isInEntry: false)
    let fieldNumber = descriptor.number
    if let other = tables.extensionsByMessage[number]?[fieldNumber] {
      throw error(
        "the number \(fieldNumber) of \"\(extendee)\" is that of \"\(other.fullName)\" already",
        at: field.site)
    }
    guard
      case .fieldExtension(let position)? = tables.symbols[Self.join(scope, field.name)]?.kind
    else { return }
    newExtensions[position] = descriptor
    tables.extensionsByMessage[number, default: [:]][fieldNumber] = descriptor
  }
}

/// Reads the options that decide what the file's own types are.
struct OptionReader {
  let optionTypes: Schema?

  func read(_ options: OptionsDeclaration?, _ type: String) -> DynamicMessage? {
    guard let options, let optionTypes,
      let descriptor = optionTypes.message(named: "google.protobuf." + type)
    else { return nil }
    // Bytes that are no options say nothing.
    return try? DynamicMessage(decoding: options.bytes, descriptor, of: optionTypes)
  }
}

extension ExtensionRange {
  fileprivate var numbers: Range<Int64> {
    let start = Int64(start ?? 0)
    return start..<max(start, Int64(end ?? 0))
  }
}
