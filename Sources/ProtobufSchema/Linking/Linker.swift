import ProtobufWire

/// Links `.proto` files into a schema, one after the other.
package struct Linker {
  var tables = SchemaTables()
  /// The types of the options; nil only while the schema that has them is made itself.
  private let optionTypes: Schema?

  package init() { optionTypes = BuiltInFiles.descriptors }

  /// A linker that takes files without options.
  init(bootstrapping: Void) { optionTypes = nil }

  /// The schema of the files that were added.
  package var schema: Schema { Schema(tables) }

  package func contains(_ file: String) -> Bool { tables.fileIndices[file] != nil }

  /// Adds a file; those that it imports are there already.
  ///
  /// - Throws: ``SchemaError`` for the first name, number or option that is wrong.
  package mutating func add(_ declaration: FileDeclaration) throws(SchemaError) {
    let name = declaration.name ?? ""
    guard tables.fileIndices[name] == nil else {
      throw SchemaError("a file of that name is there already", file: name)
    }
    guard let edition = declaration.rules else {
      throw SchemaError("a syntax or edition that is not known here", file: name)
    }
    var file = FileLinker(declaration, edition: edition, tables: tables)
    try file.declare()
    try file.resolveNames()
    if let optionTypes {
      var interpreter = OptionInterpreter(
        file: name, optionTypes: optionTypes, pool: schema,
        resolver: file.optionResolver, takesExtensions: false)
      try file.interpretOptions(&interpreter)
      file.addPaths(of: interpreter)
    }
    try file.buildDescriptors(optionTypes: optionTypes)
    if let optionTypes {
      var interpreter = OptionInterpreter(
        file: name, optionTypes: optionTypes, pool: Schema(file.tables),
        resolver: file.optionResolver, takesExtensions: true)
      try file.interpretOptions(&interpreter)
      file.addPaths(of: interpreter)
    }
    try file.finish()
    tables = file.tables
  }
}

/// Links one file: an own copy of the tables, so that nothing is left of a file that fails.
struct FileLinker {
  var tables: SchemaTables
  var file: FileDeclaration
  let edition: Edition
  let index: Int
  let fileName: String
  /// The files that only the names of options are looked for in, besides those that all names are.
  var optionFiles: Set<Int> = []
  /// The types of this file, by the indices that their symbols have.
  var newMessages: [Int: MessageDescriptor] = [:]
  var newEnums: [Int: EnumDescriptor] = [:]
  var newExtensions: [Int: FieldDescriptor] = [:]
  var newMessageCount = 0
  var newEnumCount = 0
  var newExtensionCount = 0

  init(_ file: FileDeclaration, edition: Edition, tables: SchemaTables) {
    self.file = file
    self.edition = edition
    self.tables = tables
    index = tables.files.count
    fileName = file.name ?? ""
  }

  var package: String { file.package ?? "" }

  var resolver: NameResolver {
    NameResolver(symbols: tables.symbols, packages: tables.packages, visible: visibleFiles)
  }

  var optionResolver: NameResolver {
    NameResolver(
      symbols: tables.symbols, packages: tables.packages,
      visible: visibleFiles.union(optionFiles))
  }

  private var visibleFiles: Set<Int> {
    tables.visibleFiles.count > index ? tables.visibleFiles[index] : [index]
  }

  func error(_ message: String, at site: DeclarationSite? = nil) -> SchemaError {
    SchemaError(message, file: fileName, at: site?.position)
  }

  /// A name inside a scope, which is empty outside of any package.
  static func join(_ scope: String, _ name: String?) -> String {
    scope.isEmpty ? name ?? "" : scope + "." + (name ?? "")
  }

  /// Completes the locations of options, which lack the path inside of the options.
  mutating func addPaths(of interpreter: OptionInterpreter) {
    guard file.sourceLocations != nil else { return }
    for (place, numbers) in interpreter.paths { file.sourceLocations?[place].path += numbers }
  }

  mutating func finish() throws(SchemaError) {
    if let locations = file.sourceLocations {
      var info = SourceCodeInfo()
      info.locations = locations
      do {
        file.sourceCodeInfo = try info.encoded()
      } catch {
        throw self.error("\(error)")
      }
      file.sourceLocations = nil
    }
    tables.fileIndices[fileName] = index
    tables.files.append(file)
  }
}
