/// What is asked of a field whose type is known.
struct FieldRules {
  let options: DynamicMessage?
  /// Of the field itself, those around it taken in.
  let features: Features
  /// Whether it is a field of a map's entry, which has its features from the map.
  let isInEntry: Bool

  /// Whether the field's own options set a feature.
  func sets(_ feature: String) -> Bool {
    guard !isInEntry, case .message(let set)? = options?.value(named: "features") else {
      return false
    }
    return set.value(named: feature) != nil
  }
}

// Options and features that do not go with the field that has them.
extension FileLinker {
  func check(
    _ field: FieldDeclaration, _ parts: FieldDescriptor.Parts, _ rules: FieldRules
  ) throws(SchemaError) {
    let fault =
      faultOfOptions(parts, rules) ?? faultOfPresence(field, parts, rules)
      ?? faultOfEncoding(parts, rules) ?? faultOfJSONName(field) ?? faultOfEnum(parts)
    if let fault { throw error(fault, at: field.site) }
  }

  private func faultOfOptions(
    _ parts: FieldDescriptor.Parts, _ rules: FieldRules
  ) -> String? {
    guard let options = rules.options else { return nil }
    let isPrimitive = parts.isRepeated && parts.type.isPackable
    if options.flag("packed") == true, !isPrimitive {
      return "only repeated numbers, bools and enum values can be packed"
    }
    if edition >= .edition2023, options.flag("packed") != nil {
      return "an edition has features.repeated_field_encoding, not \"packed\""
    }
    if edition >= .edition2024, options.value(named: "ctype") != nil {
      return "edition 2024 has no ctype"
    }
    if options.flag("lazy") == true || options.flag("unverified_lazy") == true,
      !parts.content.isMessage
    {
      return "only a message can be lazy"
    }
    let isLarge = [.int64, .uint64, .sint64, .fixed64, .sfixed64].contains(parts.type)
    if case .enumeration(let kind)? = options.value(named: "jstype"), kind != 0, !isLarge {
      return "only integers of 64 bits have a jstype"
    }
    return nil
  }

  private func faultOfPresence(
    _ field: FieldDeclaration, _ parts: FieldDescriptor.Parts, _ rules: FieldRules
  ) -> String? {
    let isImplicit = rules.features.fieldPresence == .implicit && edition >= .edition2023
    if rules.sets("field_presence") {
      if parts.oneof != nil { return "a field of a oneof has presence whatever its features say" }
      if parts.isRepeated { return "a repeated field has no presence" }
      if parts.content.isMessage, isImplicit { return "a message has explicit presence" }
      if parts.isExtension { return "an extension has explicit presence" }
    }
    guard isImplicit, !parts.isExtension, parts.oneof == nil else { return nil }
    if field.defaultValue != nil { return "a field of implicit presence has no default" }
    if case .enumeration(let number) = parts.content, isClosed(number), !parts.isRepeated {
      return "an enum in a field of implicit presence is open"
    }
    return nil
  }

  private func faultOfEncoding(
    _ parts: FieldDescriptor.Parts, _ rules: FieldRules
  ) -> String? {
    if rules.sets("repeated_field_encoding") {
      if !parts.isRepeated { return "only a repeated field can be packed or expanded" }
      if rules.features.repeatedFieldEncoding == .packed, !parts.type.isPackable {
        return "only repeated numbers, bools and enum values can be packed"
      }
    }
    let holdsText =
      parts.type == .string || parts.mapTypes?.key.type == .string
      || parts.mapTypes?.value.type == .string
    if rules.sets("utf8_validation"), !holdsText {
      return "only a string can be validated as UTF-8"
    }
    if rules.sets("message_encoding"), !parts.content.isMessage || parts.mapTypes != nil {
      return "only a message can be delimited or have its length before it"
    }
    return nil
  }

  private func faultOfJSONName(_ field: FieldDeclaration) -> String? {
    guard let name = field.jsonName, name != camelCase(field.name ?? "") else { return nil }
    if field.extendee != nil { return "the name of an extension in JSON is that in brackets" }
    if name.hasPrefix("["), name.hasSuffix("]") {
      return "a name between brackets is that of an extension in JSON"
    }
    return name.utf8.contains(0) ? "a name in JSON with a NUL in it" : nil
  }

  private func faultOfEnum(_ parts: FieldDescriptor.Parts) -> String? {
    guard edition == .proto3, case .enumeration(let number) = parts.content, isClosed(number) else {
      return nil
    }
    return "an enum of proto2 is closed and cannot be used in proto3"
  }

  private func isClosed(_ number: Int) -> Bool {
    (newEnums[number] ?? tables.enums[number]).isClosed
  }

  /// Refuses features outside of editions, and those that no file can have as a whole.
  func check(features options: DynamicMessage?, at site: DeclarationSite?) throws(SchemaError) {
    guard case .message(let set)? = options?.value(named: "features") else { return }
    guard edition >= .edition2023 else {
      throw error("only an edition has features", at: site)
    }
    for entry in set.entries where !entry.field.isExtension {
      guard entry.value != .enumeration(0) else {
        throw error("features.\(entry.field.name) is set to no value that is known", at: site)
      }
      // Those behind `json_format` came with edition 2024.
      guard entry.field.number <= 6 || edition >= .edition2024 else {
        throw error("features.\(entry.field.name) came with edition 2024", at: site)
      }
    }
  }
}
