extension ProtoParser {
  mutating func parseFile() throws(SchemaError) -> FileDeclaration {
    var declaration = FileDeclaration()
    declaration.name = file
    try parseSyntax(into: &declaration)
    while token.kind != .end {
      if take(";") { continue }
      try parseTopLevel(into: &declaration)
    }
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
      try expect(";")
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
      try expect(";")
    }
  }

  private mutating func parseTopLevel(into file: inout FileDeclaration) throws(SchemaError) {
    let position = token.position
    if let visibility = takeVisibility() {
      if looksAt("message") {
        var message = try parseMessage()
        message.visibility = visibility
        file.messages.append(message)
      } else {
        var declaration = try parseEnum()
        declaration.visibility = visibility
        file.enums.append(declaration)
      }
    } else if looksAt("message") {
      file.messages.append(try parseMessage())
    } else if looksAt("enum") {
      file.enums.append(try parseEnum())
    } else if looksAt("service") {
      file.services.append(try parseService())
    } else if looksAt("extend") {
      try parseExtend(extensions: &file.extensions, messages: &file.messages)
    } else if looksAt("import") {
      try parseImport(into: &file)
    } else if looksAt("option") {
      try parseOptionStatement(into: &file.options)
    } else if take("package") {
      guard file.package == nil else {
        throw error("the file has a package already", at: position)
      }
      file.package = try expectFullName("the package's name")
      try expect(";")
    } else {
      throw expected("\"message\", \"enum\", \"service\", \"extend\", \"import\" or \"option\"")
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
    try expect("import")
    if edition >= .edition2024, take("option") {
      file.optionDependencies.append(try expectString("the file to import"))
      return try expect(";")
    }
    let index = Int32(clamping: file.dependencies.count)
    if take("public") {
      file.publicDependencies.append(index)
    } else if take("weak") {
      file.weakDependencies.append(index)
    }
    let position = token.position
    let name = try expectString("the file to import")
    guard !file.dependencies.contains(name) else {
      throw error("\"\(name)\" is imported already", at: position)
    }
    file.dependencies.append(name)
    try expect(";")
  }

  private mutating func parseService() throws(SchemaError) -> ServiceDeclaration {
    var service = ServiceDeclaration()
    try expect("service")
    service.site = DeclarationSite(token.position)
    service.name = try expectIdentifier("the service's name")
    try parseBlock { (parser) throws(SchemaError) in
      if parser.looksAt("option") {
        try parser.parseOptionStatement(into: &service.options)
      } else {
        service.methods.append(try parser.parseMethod())
      }
    }
    return service
  }

  private mutating func parseMethod() throws(SchemaError) -> MethodDeclaration {
    var method = MethodDeclaration()
    guard take("rpc") else { throw expected("\"rpc\" or \"option\"") }
    method.site = DeclarationSite(token.position)
    method.name = try expectIdentifier("the method's name")
    (method.inputType, method.clientStreaming) = try parseMethodType("the request's type")
    try expect("returns")
    (method.outputType, method.serverStreaming) = try parseMethodType("the response's type")
    guard looksAt("{") else {
      try expect(";")
      return method
    }
    // Braces with nothing between them are options, too.
    method.options = OptionsDeclaration()
    try parseBlock { (parser) throws(SchemaError) in
      try parser.parseOptionStatement(into: &method.options)
    }
    return method
  }

  /// `(stream Name)`; the second part is nil unless it is a stream.
  private mutating func parseMethodType(
    _ what: String
  ) throws(SchemaError) -> (String, Bool?) {
    try expect("(")
    let isStream = take("stream")
    let name = try expectFullName(what, mayBeginWithPoint: true)
    try expect(")")
    return (name, isStream ? true : nil)
  }
}
