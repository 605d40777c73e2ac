/// Loads `.proto` files with all that they import.
package struct ProtoLoader {
  /// Gives the text of a file by the name that an import has for it; nil if there is none.
  package typealias Source = (String) -> [UInt8]?

  private var linker = Linker()
  private let source: Source
  /// The files that are being loaded, each imported by the one before.
  private var loading: [String] = []

  private let keepsSourceInfo: Bool

  /// Files that `source` does not have are looked for among those of `google/protobuf/` that are built in.
  ///
  /// - Parameter keepsSourceInfo: whether the files say where their declarations stand and what comments
  ///   are on them, in ``FileDeclaration/sourceCodeInfo``.
  package init(keepsSourceInfo: Bool = false, source: @escaping Source) {
    self.keepsSourceInfo = keepsSourceInfo
    self.source = source
  }

  package var schema: Schema { linker.schema }

  /// Loads a file, unless it was loaded already.
  ///
  /// - Throws: ``SchemaError`` with the place of the first fault.
  package mutating func load(_ name: String) throws(SchemaError) {
    try load(name, importedBy: nil)
  }

  private mutating func load(_ name: String, importedBy importer: String?) throws(SchemaError) {
    guard !linker.contains(name) else { return }
    guard !loading.contains(name) else {
      throw SchemaError(
        "the file imports itself: " + (loading + [name]).joined(separator: " imports "), file: name)
    }
    guard let text = source(name) ?? BuiltInFiles.text(of: name) else {
      guard let importer else { throw SchemaError("there is no such file", file: name) }
      throw SchemaError("the imported file \"\(name)\" is not there", file: importer)
    }
    let file = try ProtoParser.parse(text, file: name, keepsSourceInfo: keepsSourceInfo)
    loading.append(name)
    defer { loading.removeLast() }
    for dependency in file.dependencies { try load(dependency, importedBy: name) }
    for dependency in file.optionDependencies { try load(dependency, importedBy: name) }
    try linker.add(file)
  }
}
