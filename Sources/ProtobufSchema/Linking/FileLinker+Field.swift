extension FileLinker {
  func descriptor(
    _ field: FieldDeclaration, in scope: String, _ containing: Int, _ inherited: Features,
    _ reader: OptionReader, isInEntry: Bool
  ) throws(SchemaError) -> FieldDescriptor {
    let options = reader.read(field.options, "FieldOptions")
    try check(features: options, at: field.site)
    let features = inherited.overridden(by: options)
    var parts = FieldDescriptor.Parts()
    parts.name = field.name ?? ""
    parts.fullName = Self.join(scope, field.name)
    parts.jsonName = field.extendee == nil ? field.jsonName ?? "" : "[\(parts.fullName)]"
    parts.number = field.number ?? 0
    parts.containing = containing
    parts.isExtension = field.extendee != nil
    parts.isRepeated = field.fieldLabel == .repeated
    parts.oneof = field.extendee == nil ? field.oneofIndex.map(Int.init) : nil
    (parts.type, parts.content) = try typeAndContent(of: field)
    if parts.isRepeated, case .message(let number) = parts.content {
      parts.mapTypes = mapTypes(number)
    }
    // Maps and what is in them keep their lengths, whatever the features say.
    if parts.type == .message, features.messageEncoding == .delimited, parts.mapTypes == nil,
      !isInEntry
    {
      parts.type = .group
    }
    try checkMap(parts.mapTypes, at: field.site)
    parts.presence = presence(of: field, parts, features)
    parts.verifiesUTF8 = parts.type == .string && features.utf8Validation == .verify
    parts.isPacked =
      parts.isRepeated && parts.type.isPackable
      && (options?.flag("packed") ?? (features.repeatedFieldEncoding == .packed))
    parts.defaultValue = try defaultValue(of: field, parts)
    if case .repeated(let targets)? = options?.value(named: "targets") {
      for case .enumeration(let target) in targets { parts.targets.append(target) }
    }
    let rules = FieldRules(options: options, features: features, isInEntry: isInEntry)
    try check(field, parts, rules)
    if !isInEntry { try checkStyle(.snakeCase, "field", field.name, features, at: field.site) }
    return FieldDescriptor(parts)
  }

  private func typeAndContent(
    of field: FieldDeclaration
  ) throws(SchemaError) -> (FieldType, FieldDescriptor.Content) {
    guard let type = field.fieldType else { throw error("a field without a type", at: field.site) }
    guard let typeName = field.typeName else {
      guard type != .message, type != .group, type != .enumeration else {
        throw error("a field without the name of its type", at: field.site)
      }
      return (type, .scalar)
    }
    switch tables.symbols[String(typeName.dropFirst())]?.kind {
    case .message(let number): return (type, .message(number))
    case .enumeration(let number): return (.enumeration, .enumeration(number))
    default: throw error("the type \"\(typeName)\" is not declared", at: field.site)
    }
  }

  private func mapTypes(_ number: Int) -> FieldDescriptor.MapTypes? {
    let known = tables.messages.indices.contains(number) ? tables.messages[number] : nil
    guard let entry = newMessages[number] ?? known, entry.isMapEntry,
      let key = entry.field(number: 1), let value = entry.field(number: 2)
    else { return nil }
    return .init(key: key, value: value)
  }

  private func checkMap(
    _ types: FieldDescriptor.MapTypes?, at site: DeclarationSite
  ) throws(SchemaError) {
    guard let types else { return }
    switch types.key.type {
    case .float, .double, .bytes, .enumeration, .message, .group:
      throw error("the key of a map is an integer, a bool or a string", at: site)
    default: break
    }
    guard case .enumeration(let number) = types.value.content else { return }
    let type = newEnums[number] ?? tables.enums[number]
    guard type.values.first?.number == 0 else {
      throw error("an enum in a map has 0 as its first value", at: site)
    }
  }

  private func presence(
    of field: FieldDeclaration, _ parts: FieldDescriptor.Parts, _ features: Features
  ) -> FieldDescriptor.Presence {
    if field.fieldLabel == .required { return .required }
    if parts.isRepeated { return .implicit }
    if features.fieldPresence == .legacyRequired, !parts.isExtension, parts.oneof == nil {
      return .required
    }
    if parts.content.isMessage || parts.isExtension || parts.oneof != nil
      || field.proto3Optional == true
    {
      return .explicit
    }
    return features.fieldPresence == .implicit ? .implicit : .explicit
  }

  private func defaultValue(
    of field: FieldDeclaration, _ parts: FieldDescriptor.Parts
  ) throws(SchemaError) -> DynamicValue? {
    guard case .enumeration(let number) = parts.content else {
      guard let text = field.defaultValue else { return parts.type.zero }
      guard let value = parts.type.value(ofDefault: text) else {
        throw error("a default that is no value of the field's type", at: field.site)
      }
      return value
    }
    let type = newEnums[number] ?? tables.enums[number]
    guard let text = field.defaultValue else {
      return .enumeration(type.values.first?.number ?? 0)
    }
    guard let value = type.number(of: text) else {
      throw error("the enum \"\(type.fullName)\" has no value \"\(text)\"", at: field.site)
    }
    return .enumeration(value)
  }
}
