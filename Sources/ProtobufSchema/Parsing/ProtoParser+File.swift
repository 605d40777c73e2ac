extension ProtoParser {
  private typealias Field = FileDeclaration.Field

  mutating func parseFile() throws(SchemaError) -> FileDeclaration {
    var declaration = FileDeclaration()
    declaration.name = file
    recorder?.openFile()
    if looksAt("syntax") {
      try located(Field.syntax) { (parser) throws(SchemaError) in
        try parser.parseSyntax(into: &declaration)
      }
    } else if looksAt("edition") {
      // Protobuf's own compiler notes it as the syntax, too.
      try located(Field.syntax) { (parser) throws(SchemaError) in
        try parser.parseSyntax(into: &declaration)
      }
    }
    while token.kind != .end {
      if takeEmptyStatement() { continue }
      try parseTopLevel(into: &declaration)
    }
    recorder?.close(lastToken: index - 1)
    declaration.sourceLocations = recorder?.locations
    return declaration
  }

  private mutating func parseSyntax(into declaration: inout FileDeclaration) throws(SchemaError) {
    if take("syntax") {
      try expect("=")
      let position = token.position
      switch try expectString("the syntax") {
      case "proto2": break
      case "proto3":
        declaration.syntax = "proto3"
        edition = .proto3
      case let other:
        throw error(
          "expected the syntax \"proto2\" or \"proto3\", found \"\(other)\"", at: position)
      }
    } else if take("edition") {
      try expect("=")
      let position = token.position
      switch try expectString("the edition") {
      case "2023": edition = .edition2023
      case "2024": edition = .edition2024
      case let other:
        throw error("expected the edition \"2023\" or \"2024\", found \"\(other)\"", at: position)
      }
      declaration.syntax = "editions"
      declaration.edition = edition.rawValue
    }
    try endDeclaration(";")
  }

  private mutating func parseTopLevel(into file: inout FileDeclaration) throws(SchemaError) {
    if let visibility = takeVisibility() {
      try parseType(into: &file, visibility)
    } else if looksAt("message") || looksAt("enum") {
      try parseType(into: &file, nil)
    } else if looksAt("service") {
      let index = file.services.count
      file.services.append(
        try located(Field.services, index) { (parser) throws(SchemaError) in
          try parser.parseService()
        })
    } else if looksAt("extend") {
      try parseExtend(
        extensions: &file.extensions, Field.extensions, messages: &file.messages)
    } else if looksAt("import") {
      try parseImport(into: &file)
    } else if looksAt("option") {
      try parseOptionStatement(into: &file.options, Field.options)
    } else if looksAt("package") {
      try parsePackage(into: &file)
    } else {
      throw expected("\"message\", \"enum\", \"service\", \"extend\", \"import\" or \"option\"")
    }
  }

  private mutating func parseType(
    into file: inout FileDeclaration, _ visibility: Int32?
  ) throws(SchemaError) {
    if looksAt("message") {
      let index = file.messages.count
      var message = try located(Field.messages, index) { (parser) throws(SchemaError) in
        try parser.parseMessage()
      }
      message.visibility = visibility
      file.messages.append(message)
    } else {
      let index = file.enums.count
      var declaration = try located(Field.enums, index) { (parser) throws(SchemaError) in
        try parser.parseEnum()
      }
      declaration.visibility = visibility
      file.enums.append(declaration)
    }
  }

  private mutating func parsePackage(into file: inout FileDeclaration) throws(SchemaError) {
    guard file.package == nil else { throw error("the file has a package already") }
    file.package = try located(Field.package) { (parser) throws(SchemaError) in
      try parser.expect("package")
      let name = try parser.expectFullName("the package's name")
      try parser.endDeclaration(";")
      return name
    }
  }

  /// `export` or `local`, which an edition of 2024 and later has before a message or an enum.
  mutating func takeVisibility() -> Int32? {
    guard edition >= .edition2024, nextToken.text == "message" || nextToken.text == "enum" else {
      return nil
    }
    if take("local") { return 1 }
    return take("export") ? 2 : nil
  }

  private mutating func parseImport(into file: inout FileDeclaration) throws(SchemaError) {
    if edition >= .edition2024, nextToken.text == "option" {
      return try located(Field.optionDependencies, file.optionDependencies.count) {
        (parser) throws(SchemaError) in
        parser.advance()
        parser.advance()
        file.optionDependencies.append(try parser.expectString("the file to import"))
        try parser.endDeclaration(";")
      }
    }
    guard file.optionDependencies.isEmpty else {
      throw error("an import stands before those of options")
    }
    try located(Field.dependencies, file.dependencies.count) { (parser) throws(SchemaError) in
      try parser.expect("import")
      try parser.parseImportKind(into: &file)
      let position = parser.token.position
      let name = try parser.expectString("the file to import")
      guard !file.dependencies.contains(name) else {
        throw parser.error("\"\(name)\" is imported already", at: position)
      }
      file.dependencies.append(name)
      try parser.endDeclaration(";")
    }
  }

  private mutating func parseImportKind(into file: inout FileDeclaration) throws(SchemaError) {
    let index = Int32(clamping: file.dependencies.count)
    if looksAt("public") {
      recorder?.noteInFile(
        Field.publicDependencies, file.publicDependencies.count, token: self.index)
      file.publicDependencies.append(index)
      advance()
    } else if looksAt("weak") {
      guard edition < .edition2024 else {
        throw error("edition 2024 has no weak imports; \"import option\" is for options")
      }
      recorder?.noteInFile(Field.weakDependencies, file.weakDependencies.count, token: self.index)
      file.weakDependencies.append(index)
      advance()
    }
  }
}
