// Replaces the names of types by full ones, which begin with a point, and fills in what follows from them.
extension FileLinker {
  mutating func resolveNames() throws(SchemaError) {
    let resolver = resolver
    for position in file.messages.indices {
      try resolve(&file.messages[position], in: package, resolver)
    }
    for position in file.extensions.indices {
      try resolve(&file.extensions[position], in: package, resolver)
    }
    for position in file.services.indices {
      let scope = Self.join(package, file.services[position].name)
      for method in file.services[position].methods.indices {
        try resolve(&file.services[position].methods[method], in: scope, resolver)
      }
    }
  }

  private func resolve(
    _ message: inout MessageDeclaration, in scope: String, _ resolver: NameResolver
  ) throws(SchemaError) {
    let name = Self.join(scope, message.name)
    for position in message.fields.indices {
      try resolve(&message.fields[position], in: name, resolver)
    }
    for position in message.extensions.indices {
      try resolve(&message.extensions[position], in: name, resolver)
    }
    for position in message.messages.indices {
      try resolve(&message.messages[position], in: name, resolver)
    }
  }

  private func resolve(
    _ field: inout FieldDeclaration, in scope: String, _ resolver: NameResolver
  ) throws(SchemaError) {
    let element = Self.join(scope, field.name)
    if field.jsonName == nil { field.jsonName = camelCase(field.name ?? "") }
    if let extendee = field.extendee {
      let (name, symbol) = try type(extendee, in: element, resolver, at: field.site)
      guard case .message = symbol.kind else {
        throw error("\"\(extendee)\" is no message and cannot be extended", at: field.site)
      }
      field.extendee = "." + name
    }
    guard let typeName = field.typeName else { return }
    let (name, symbol) = try type(typeName, in: element, resolver, at: field.site)
    field.typeName = "." + name
    switch symbol.kind {
    case .enumeration:
      guard field.type == nil || field.fieldType == .enumeration else {
        throw error("\"\(name)\" is an enum, not a message", at: field.site)
      }
      field.fieldType = .enumeration
    default:
      guard field.fieldType != .enumeration else {
        throw error("\"\(name)\" is a message, not an enum", at: field.site)
      }
      if field.fieldType != .group { field.fieldType = .message }
    }
  }

  private func resolve(
    _ method: inout MethodDeclaration, in scope: String, _ resolver: NameResolver
  ) throws(SchemaError) {
    let element = Self.join(scope, method.name)
    method.inputType = try message(method.inputType, in: element, resolver, at: method.site)
    method.outputType = try message(method.outputType, in: element, resolver, at: method.site)
  }

  private func message(
    _ name: String?, in element: String, _ resolver: NameResolver, at site: DeclarationSite
  ) throws(SchemaError) -> String {
    let (fullName, symbol) = try type(name ?? "", in: element, resolver, at: site)
    guard case .message = symbol.kind else {
      throw error("\"\(fullName)\" is no message", at: site)
    }
    return "." + fullName
  }

  private func type(
    _ name: String, in element: String, _ resolver: NameResolver, at site: DeclarationSite
  ) throws(SchemaError) -> (String, Symbol) {
    switch resolver.resolve(name, in: element, wantsType: true) {
    case .found(let fullName, let symbol):
      guard symbol.isType else { throw error("\"\(name)\" is not a type", at: site) }
      guard !symbol.isLocal || symbol.file == index else {
        let place = tables.files[symbol.file].name ?? ""
        throw error("\"\(fullName)\" is local to \"\(place)\" and not exported", at: site)
      }
      return (fullName, symbol)
    case .hidden(let other):
      throw error(
        "\"\(name)\" is looked for in \"\(other)\", which is nearest and has no such type; "
          + "a point before the name begins at the outermost scope", at: site)
    case .unknown:
      let full = name.hasPrefix(".") ? String(name.dropFirst()) : name
      guard let symbol = tables.symbols[full], symbol.isType else {
        throw error("the type \"\(name)\" is not declared", at: site)
      }
      let place = tables.files[symbol.file].name ?? ""
      throw error("\"\(name)\" is declared in \"\(place)\", which is not imported", at: site)
    }
  }
}
