/// A request as it was received. Its fields and its body may be secret: they are never printed.
package struct IncomingRequest: Sendable, CustomStringConvertible, CustomReflectable {
  /// The method, in capitals.
  package var method: String
  /// The path as it was sent, percent-encoding and all.
  package var path: String
  /// What follows the `?`; empty for none.
  package var query: String
  /// The body, whole.
  package var body: [UInt8]
  /// The header fields, as they came.
  package var fields: [(name: String, value: String)]
  /// Whether the client may send another request after this one.
  var keepsConnection: Bool

  /// The value of the first field of a name, in any case; `nil` when there is none.
  package func field(_ name: String) -> String? {
    let name = name.lowercased()
    return fields.first { $0.name.lowercased() == name }?.value
  }

  /// The method and the path.
  package var description: String { "\(method) \(path)" }
  /// A mirror without children.
  package var customMirror: Mirror { Mirror(self, children: []) }
}
