extension ProtoParser {
  mutating func parseService() throws(SchemaError) -> ServiceDeclaration {
    typealias Field = ServiceDeclaration.Field
    var service = ServiceDeclaration()
    try expect("service")
    service.site = DeclarationSite(token.position)
    service.name = try located(Field.name) { (parser) throws(SchemaError) in
      try parser.expectIdentifier("the service's name")
    }
    try parseBlock { (parser) throws(SchemaError) in
      guard !parser.looksAt("option") else {
        return try parser.parseOptionStatement(into: &service.options, Field.options)
      }
      let index = service.methods.count
      service.methods.append(
        try parser.located(Field.methods, index) { (parser) throws(SchemaError) in
          try parser.parseMethod()
        })
    }
    return service
  }

  private mutating func parseMethod() throws(SchemaError) -> MethodDeclaration {
    typealias Field = MethodDeclaration.Field
    var method = MethodDeclaration()
    guard take("rpc") else { throw expected("\"rpc\" or \"option\"") }
    method.site = DeclarationSite(token.position)
    method.name = try located(Field.name) { (parser) throws(SchemaError) in
      try parser.expectIdentifier("the method's name")
    }
    (method.inputType, method.clientStreaming) = try parseMethodType(
      "the request's type", Field.inputType, Field.clientStreaming)
    try expect("returns")
    (method.outputType, method.serverStreaming) = try parseMethodType(
      "the response's type", Field.outputType, Field.serverStreaming)
    guard looksAt("{") else {
      try endDeclaration(";")
      return method
    }
    // Braces with nothing between them are options, too.
    method.options = OptionsDeclaration()
    try parseBlock { (parser) throws(SchemaError) in
      try parser.parseOptionStatement(into: &method.options, Field.options)
    }
    return method
  }

  /// `(stream Name)`; the second part is nil unless it is a stream.
  private mutating func parseMethodType(
    _ what: String, _ type: MethodDeclaration.Field, _ streaming: MethodDeclaration.Field
  ) throws(SchemaError) -> (String, Bool?) {
    try expect("(")
    let isStream = looksAt("stream")
    if isStream {
      recorder?.note(streaming, token: index)
      advance()
    }
    let name = try located(type) { (parser) throws(SchemaError) in
      try parser.expectFullName(what, mayBeginWithPoint: true)
    }
    try expect(")")
    return (name, isStream ? true : nil)
  }
}
