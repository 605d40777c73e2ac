// Gives every declaration of the file its full name.
extension FileLinker {
  mutating func declare() throws(SchemaError) {
    try findImports()
    try declarePackage()
    for message in file.messages { try declare(message, in: package) }
    for declaration in file.enums { try declare(declaration, in: package) }
    for field in file.extensions { try declareExtension(field, in: package) }
    for service in file.services {
      let name = Self.join(package, service.name)
      try declare(name, .service, at: service.site)
      for method in service.methods {
        try declare(Self.join(name, method.name), .member, at: method.site)
      }
    }
  }

  private mutating func findImports() throws(SchemaError) {
    var visible: Set<Int> = [index]
    for dependency in file.dependencies {
      guard let imported = tables.fileIndices[dependency] else {
        throw error("the imported file \"\(dependency)\" was not loaded")
      }
      visible.formUnion(publicFiles(of: imported))
    }
    tables.visibleFiles.append(visible)
    for dependency in file.optionDependencies {
      if let imported = tables.fileIndices[dependency] {
        optionFiles.formUnion(publicFiles(of: imported))
      }
    }
  }

  /// A file and all that can be seen through it.
  private func publicFiles(of file: Int) -> Set<Int> {
    var seen: Set<Int> = [file]
    var waiting = [file]
    while let next = waiting.popLast() {
      let declaration = tables.files[next]
      for position in declaration.publicDependencies.map(Int.init)
      where declaration.dependencies.indices.contains(position) {
        let name = declaration.dependencies[position]
        if let index = tables.fileIndices[name], seen.insert(index).inserted {
          waiting.append(index)
        }
      }
    }
    return seen
  }

  private mutating func declarePackage() throws(SchemaError) {
    var scope = ""
    for part in package.split(separator: ".") {
      scope = Self.join(scope, String(part))
      guard tables.symbols[scope] == nil else {
        throw error("\"\(scope)\" is a package here and something else in another file")
      }
      tables.packages[scope, default: []].insert(index)
    }
  }

  private mutating func declare(
    _ fullName: String, _ kind: Symbol.Kind, at site: DeclarationSite
  ) throws(SchemaError) {
    if let other = tables.symbols[fullName] {
      let place =
        other.file == index ? "" : " in \(tables.files[other.file].name ?? "another file")"
      throw error("\"\(fullName)\" is declared already\(place)", at: site)
    }
    guard tables.packages[fullName] == nil else {
      throw error("\"\(fullName)\" is the name of a package", at: site)
    }
    guard fullName.last != ".", !fullName.isEmpty else {
      throw error("a declaration without a name", at: site)
    }
    tables.symbols[fullName] = Symbol(kind: kind, file: index)
  }

  private mutating func declare(
    _ message: MessageDeclaration, in scope: String
  ) throws(SchemaError) {
    let name = Self.join(scope, message.name)
    let number = tables.messages.count + newMessageCount
    newMessageCount += 1
    try declare(name, .message(number), at: message.site)
    for field in message.fields {
      try declare(Self.join(name, field.name), .member, at: field.site)
    }
    for oneof in message.oneofs {
      try declare(Self.join(name, oneof.name), .member, at: oneof.site)
    }
    for nested in message.messages { try declare(nested, in: name) }
    for nested in message.enums { try declare(nested, in: name) }
    for field in message.extensions { try declareExtension(field, in: name) }
  }

  private mutating func declare(
    _ declaration: EnumDeclaration, in scope: String
  ) throws(SchemaError) {
    let number = tables.enums.count + newEnumCount
    newEnumCount += 1
    try declare(Self.join(scope, declaration.name), .enumeration(number), at: declaration.site)
    // The values stand beside their enum, not in it.
    for value in declaration.values {
      try declare(Self.join(scope, value.name), .member, at: value.site)
    }
  }

  private mutating func declareExtension(
    _ field: FieldDeclaration, in scope: String
  ) throws(SchemaError) {
    let number = tables.extensions.count + newExtensionCount
    newExtensionCount += 1
    try declare(Self.join(scope, field.name), .fieldExtension(number), at: field.site)
  }
}
