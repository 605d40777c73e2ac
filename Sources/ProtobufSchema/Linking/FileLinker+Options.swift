extension FileLinker {
  /// Interprets all options of the file that the interpreter takes.
  mutating func interpretOptions(_ interpreter: inout OptionInterpreter) throws(SchemaError) {
    try interpreter.interpret(
      &file.options, "FileOptions", of: Self.join(package, "file"))
    for position in file.messages.indices {
      try interpret(&file.messages[position], in: package, &interpreter)
    }
    for position in file.enums.indices {
      try interpret(&file.enums[position], in: package, &interpreter)
    }
    for position in file.extensions.indices {
      try interpret(&file.extensions[position], in: package, &interpreter)
    }
    for position in file.services.indices {
      try interpret(&file.services[position], &interpreter)
    }
  }

  private func interpret(
    _ message: inout MessageDeclaration, in scope: String, _ interpreter: inout OptionInterpreter
  ) throws(SchemaError) {
    let name = Self.join(scope, message.name)
    try interpreter.interpret(&message.options, "MessageOptions", of: name)
    for position in message.fields.indices {
      try interpret(&message.fields[position], in: name, &interpreter)
    }
    for position in message.oneofs.indices {
      let element = Self.join(name, message.oneofs[position].name)
      try interpreter.interpret(&message.oneofs[position].options, "OneofOptions", of: element)
    }
    for position in message.extensionRanges.indices {
      try interpreter.interpret(
        &message.extensionRanges[position].options, "ExtensionRangeOptions", of: name)
    }
    for position in message.extensions.indices {
      try interpret(&message.extensions[position], in: name, &interpreter)
    }
    for position in message.messages.indices {
      try interpret(&message.messages[position], in: name, &interpreter)
    }
    for position in message.enums.indices {
      try interpret(&message.enums[position], in: name, &interpreter)
    }
  }

  private func interpret(
    _ field: inout FieldDeclaration, in scope: String, _ interpreter: inout OptionInterpreter
  ) throws(SchemaError) {
    try interpreter.interpret(
      &field.options, "FieldOptions", of: Self.join(scope, field.name))
  }

  private func interpret(
    _ declaration: inout EnumDeclaration, in scope: String, _ interpreter: inout OptionInterpreter
  ) throws(SchemaError) {
    try interpreter.interpret(
      &declaration.options, "EnumOptions", of: Self.join(scope, declaration.name))
    for position in declaration.values.indices {
      let element = Self.join(scope, declaration.values[position].name)
      try interpreter.interpret(
        &declaration.values[position].options, "EnumValueOptions", of: element)
    }
  }

  private func interpret(
    _ service: inout ServiceDeclaration, _ interpreter: inout OptionInterpreter
  ) throws(SchemaError) {
    let name = Self.join(package, service.name)
    try interpreter.interpret(&service.options, "ServiceOptions", of: name)
    for position in service.methods.indices {
      let element = Self.join(name, service.methods[position].name)
      try interpreter.interpret(
        &service.methods[position].options, "MethodOptions", of: element)
    }
  }
}
