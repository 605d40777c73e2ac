// What the language forbids although each declaration by itself is well-formed.
extension FileLinker {
  func check(
    _ declaration: EnumDeclaration, isClosed: Bool, allowsAlias: Bool
  ) throws(SchemaError) {
    guard let first = declaration.values.first else {
      throw error("an enum has at least one value", at: declaration.site)
    }
    guard isClosed || first.number == 0 else {
      throw error("the first value of an open enum is 0", at: first.site)
    }
    var names: [Int32: String] = [:]
    let reserved = Set(declaration.reservedNames)
    for value in declaration.values {
      let number = value.number ?? 0
      if let other = names.updateValue(value.name ?? "", forKey: number), !allowsAlias {
        throw error(
          "\"\(value.name ?? "")\" has the number of \"\(other)\"; the option allow_alias permits it",
          at: value.site)
      }
      if reserved.contains(value.name ?? "") {
        throw error("the name \"\(value.name ?? "")\" is reserved", at: value.site)
      }
      for range in declaration.reservedRanges
      where number >= range.start ?? 0 && number <= range.end ?? 0 {
        throw error("the number \(number) is reserved", at: value.site)
      }
    }
    try checkReservedNames(declaration.reservedNames, at: declaration.site)
    let sorted = declaration.reservedRanges.sorted { ($0.start ?? 0) < ($1.start ?? 0) }
    for (first, second) in zip(sorted, sorted.dropFirst())
    where second.start ?? 0 <= first.end ?? 0 {
      throw error("the number \(second.start ?? 0) is reserved twice", at: second.site)
    }
  }

  private func checkReservedNames(
    _ names: [String], at site: DeclarationSite
  ) throws(SchemaError) {
    var seen: Set<String> = []
    for name in names where !seen.insert(name).inserted {
      throw error("the name \"\(name)\" is reserved twice", at: site)
    }
  }

  func check(_ message: MessageDeclaration, isMessageSet: Bool) throws(SchemaError) {
    if isMessageSet, let field = message.fields.first {
      throw error("a message set has extensions only, no fields", at: field.site)
    }
    if isMessageSet, edition == .proto3 {
      throw error("proto3 has no message sets", at: message.site)
    }
    try checkReservedNames(message.reservedNames, at: message.site)
    let reserved = Set(message.reservedNames)
    var names: [Int32: String] = [:]
    for field in message.fields {
      let number = field.number ?? 0
      try checkNumber(number, of: message, at: field.site)
      if let other = names.updateValue(field.name ?? "", forKey: number) {
        throw error("\"\(field.name ?? "")\" has the number of \"\(other)\"", at: field.site)
      }
      if reserved.contains(field.name ?? "") {
        throw error("the name \"\(field.name ?? "")\" is reserved", at: field.site)
      }
    }
    try checkOneofs(of: message)
    try checkRanges(of: message, isMessageSet: isMessageSet)
  }

  /// Refuses fields of the same name in JSON.
  ///
  /// - Parameter isLenient: whether names that follow from those of the fields may meet others.
  func checkJSONNames(
    of message: MessageDeclaration, isLenient: Bool
  ) throws(SchemaError) {
    var known: [String: (name: String, isCustom: Bool)] = [:]
    for field in message.fields {
      let isCustom = field.jsonName != camelCase(field.name ?? "")
      let mine = (name: field.name ?? "", isCustom: isCustom)
      guard let other = known.updateValue(mine, forKey: field.jsonName ?? ""),
        !isLenient || (isCustom && other.isCustom)
      else { continue }
      throw error("\"\(mine.name)\" has the name of \"\(other.name)\" in JSON", at: field.site)
    }
  }

  private func checkNumber(
    _ number: Int32, of message: MessageDeclaration, at site: DeclarationSite
  ) throws(SchemaError) {
    guard number >= 1, number <= maximumFieldNumber else {
      throw error("a field number is from 1 to \(maximumFieldNumber), found \(number)", at: site)
    }
    guard !(19000...19999).contains(number) else {
      throw error("the field numbers from 19000 to 19999 are protobuf's own", at: site)
    }
    for range in message.reservedRanges
    where number >= range.start ?? 0 && number < range.end ?? 0 {
      throw error("the number \(number) is reserved", at: site)
    }
    for range in message.extensionRanges
    where number >= range.start ?? 0 && number < range.end ?? 0 {
      throw error("the number \(number) is set aside for extensions", at: site)
    }
  }

  private func checkOneofs(of message: MessageDeclaration) throws(SchemaError) {
    var members = [Int](repeating: 0, count: message.oneofs.count)
    for field in message.fields {
      guard let oneof = field.oneofIndex.map(Int.init) else { continue }
      guard members.indices.contains(oneof) else {
        throw error("a oneof that is not there", at: field.site)
      }
      members[oneof] += 1
    }
    for (oneof, count) in zip(message.oneofs, members) where count == 0 {
      throw error("a oneof has at least one field", at: oneof.site)
    }
  }

  private func checkRanges(
    of message: MessageDeclaration, isMessageSet: Bool
  ) throws(SchemaError) {
    if edition == .proto3, let range = message.extensionRanges.first {
      throw error("messages of proto3 have no extensions", at: range.site)
    }
    let last = isMessageSet ? Int32.max : maximumFieldNumber + 1
    for range in message.extensionRanges where range.end ?? 0 > last {
      throw error("an extension's number is at most \(last - 1)", at: range.site)
    }
    let taken =
      message.extensionRanges.map { (start: $0.start ?? 0, end: $0.end ?? 0, site: $0.site) }
      + message.reservedRanges.map { (start: $0.start ?? 0, end: $0.end ?? 0, site: $0.site) }
    let sorted = taken.sorted { ($0.start, $0.end) < ($1.start, $1.end) }
    for (first, second) in zip(sorted, sorted.dropFirst()) where second.start < first.end {
      throw error(
        "the numbers \(second.start) to \(first.end - 1) are in two ranges", at: second.site)
    }
  }

  func checkExtension(
    _ field: FieldDeclaration, named fullName: String, of message: MessageDescriptor
  ) throws(SchemaError) {
    let number = Int64(field.number ?? 0)
    guard message.extensionRanges.contains(where: { $0.contains(number) }) else {
      throw error(
        "\"\(message.fullName)\" has no extension of the number \(number)", at: field.site)
    }
    for range in message.extensionDeclarations where range.numbers.contains(number) {
      if let fault = range.fault(of: field, named: fullName) { throw error(fault, at: field.site) }
    }
    guard field.fieldLabel != .required else {
      throw error("an extension cannot be required", at: field.site)
    }
    if message.isMessageSet, field.fieldType != .message || field.fieldLabel == .repeated {
      throw error("an extension of a message set is one message", at: field.site)
    }
    if edition == .proto3, !message.fullName.hasPrefix("google.protobuf.") {
      throw error("proto3 extends nothing but options", at: field.site)
    }
  }
}
