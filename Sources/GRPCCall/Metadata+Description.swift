extension Metadata.Entry: CustomStringConvertible, CustomReflectable {
  /// The name and the value; the value of a name that usually carries a secret is left out.
  public var description: String {
    if MetadataRules.isSensitive(key) { return "\(key): <redacted>" }
    switch value {
    case .ascii(let text): return "\(key): \(text)"
    case .binary(let bytes): return "\(key): <\(bytes.count) bytes>"
    }
  }

  /// A reflection that shows what the description shows.
  public var customMirror: Mirror {
    Mirror(self, children: ["entry": description], displayStyle: .struct)
  }
}

extension Metadata: CustomStringConvertible, CustomReflectable {
  /// The entries in order; the value of a name that usually carries a secret is left out.
  public var description: String {
    "[" + map(\.description).joined(separator: ", ") + "]"
  }

  /// A reflection that shows what the description shows.
  public var customMirror: Mirror {
    Mirror(self, unlabeledChildren: map(\.description), displayStyle: .collection)
  }
}
