/// What stands in a description in a secret's place: how long it is, and nothing else.
func redacted(_ secret: String) -> String {
  secret.isEmpty ? "none" : "<\(secret.utf8.count) bytes>"
}

/// A message that holds secrets: its description and its mirror show their lengths only.
package protocol SecretBearing: CustomStringConvertible, CustomReflectable {
  /// The fields as they may be shown.
  var shownFields: KeyValuePairs<String, Any> { get }
}

extension SecretBearing {
  package var description: String {
    let fields = shownFields.map { "\($0.key): \($0.value)" }.joined(separator: ", ")
    return "\(Self.self)(\(fields))"
  }

  package var customMirror: Mirror { Mirror(self, children: shownFields) }
}
