/// A set of linked `.proto` files: their declarations, and the types in them.
package final class Schema: Sendable {
  let tables: SchemaTables

  init(_ tables: SchemaTables) { self.tables = tables }

  /// The files, each behind those that it imports, with names resolved and options as bytes.
  package var files: [FileDeclaration] { tables.files }

  package func message(named fullName: String) -> MessageDescriptor? {
    guard case .message(let index)? = tables.symbols[fullName]?.kind else { return nil }
    return tables.messages[index]
  }

  package func enumeration(named fullName: String) -> EnumDescriptor? {
    guard case .enumeration(let index)? = tables.symbols[fullName]?.kind else { return nil }
    return tables.enums[index]
  }

  package func fieldExtension(named fullName: String) -> FieldDescriptor? {
    guard case .fieldExtension(let index)? = tables.symbols[fullName]?.kind else { return nil }
    return tables.extensions[index]
  }

  /// The file that declares a symbol of any kind: a message, field, enum value, service, method….
  package func file(declaring fullName: String) -> FileDeclaration? {
    tables.symbols[fullName].map { tables.files[$0.file] }
  }

  package func file(named name: String) -> FileDeclaration? {
    tables.fileIndices[name].map { tables.files[$0] }
  }

  /// The extensions of a message, by their numbers.
  package func extensions(of message: MessageDescriptor) -> [Int32: FieldDescriptor] {
    tables.extensionsByMessage[message.index] ?? [:]
  }

  func fieldExtension(of message: MessageDescriptor, number: Int32) -> FieldDescriptor? {
    guard !message.extensionRanges.isEmpty else { return nil }
    return tables.extensionsByMessage[message.index]?[number]
  }

  /// The message that a field holds; nil if it holds none.
  package func message(of field: FieldDescriptor) -> MessageDescriptor? {
    guard case .message(let index) = field.content else { return nil }
    return tables.messages[index]
  }

  /// The enum that a field holds; nil if it holds none.
  package func enumeration(of field: FieldDescriptor) -> EnumDescriptor? {
    guard case .enumeration(let index) = field.content else { return nil }
    return tables.enums[index]
  }

  /// A file with all that it imports, each behind its own imports; empty for an unknown one.
  package func filesNeeded(by name: String) -> [FileDeclaration] {
    var needed: Set<String> = [name]
    // Imports come first, so that one pass from the end meets each file after all that import it.
    for file in files.reversed() where needed.contains(file.name ?? "") {
      needed.formUnion(file.dependencies)
    }
    return files.filter { needed.contains($0.name ?? "") }
  }
}

/// What a schema is made of.
struct SchemaTables: Sendable {
  var files: [FileDeclaration] = []
  var fileIndices: [String: Int] = [:]
  var symbols: [String: Symbol] = [:]
  /// The files that have something in a package, by the package's name and those of its parents.
  var packages: [String: Set<Int>] = [:]
  var messages: [MessageDescriptor] = []
  var enums: [EnumDescriptor] = []
  var extensions: [FieldDescriptor] = []
  var extensionsByMessage: [Int: [Int32: FieldDescriptor]] = [:]
  /// What each file can see: itself, what it imports, and what that imports publicly.
  var visibleFiles: [Set<Int>] = []
}

/// What a full name stands for.
struct Symbol: Sendable {
  enum Kind: Sendable {
    case message(Int)
    case enumeration(Int)
    case fieldExtension(Int)
    case service
    /// Fields, oneofs, enum values and methods: names that no other declaration refers to.
    case member
  }

  var kind: Kind
  var file: Int
  /// Whether only its own file can refer to it.
  var isLocal = false

  var isType: Bool {
    switch kind {
    case .message, .enumeration: true
    default: false
    }
  }

  /// Whether other names can be inside.
  var isAggregate: Bool {
    if case .service = kind { return true }
    return isType
  }
}
