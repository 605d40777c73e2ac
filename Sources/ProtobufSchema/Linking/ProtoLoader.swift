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

  /// Adds files that come as descriptors, in any order; what they import is among them or built in.
  ///
  /// - Throws: ``SchemaError`` with the first fault, or for an import that is not there.
  package mutating func add(_ files: [FileDeclaration]) throws(SchemaError) {
    var waiting = files.filter { !linker.contains($0.name ?? "") }
    while let first = waiting.first {
      let names = Set(waiting.compactMap(\.name))
      var later: [FileDeclaration] = []
      for file in waiting {
        let isReady = file.dependencies.allSatisfy { linker.contains($0) || !names.contains($0) }
        guard isReady, !linker.contains(file.name ?? "") else {
          later.append(file)
          continue
        }
        for name in file.dependencies where !linker.contains(name) {
          try load(name, importedBy: file.name)
        }
        try linker.add(file)
      }
      later.removeAll { linker.contains($0.name ?? "") }
      guard later.count < waiting.count else {
        throw SchemaError("the file imports itself, by way of others", file: first.name ?? "")
      }
      waiting = later
    }
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
