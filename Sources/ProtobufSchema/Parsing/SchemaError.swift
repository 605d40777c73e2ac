/// Where in a `.proto` file something stands, both counted from 1; columns count characters.
package struct SourcePosition: Sendable, Equatable {
  package var line: Int
  package var column: Int
}

/// Why a `.proto` file, or a set of them, cannot be used.
///
/// The description reads `a.proto:3:17: expected a field number, found "x"`.
package struct SchemaError: Error, Sendable, Equatable, CustomStringConvertible {
  package var file: String
  /// Nil where the file came as a descriptor, which has no text.
  package var position: SourcePosition?
  /// What was wrong and, where something else was expected, what.
  package var message: String

  package init(_ message: String, file: String, at position: SourcePosition? = nil) {
    self.message = message
    self.file = file
    self.position = position
  }

  package var description: String {
    guard let position else { return "\(file): \(message)" }
    return "\(file):\(position.line):\(position.column): \(message)"
  }
}

/// Where a declaration stands. No two differ, so that declarations are equal wherever they stand.
package struct DeclarationSite: Sendable, Equatable {
  package var position: SourcePosition?

  package init(_ position: SourcePosition? = nil) { self.position = position }

  package static func == (_: DeclarationSite, _: DeclarationSite) -> Bool { true }
}
