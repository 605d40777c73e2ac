/// The fields of one message: an enum whose raw values are the field numbers.
///
/// A message nests one such enum, and its numbers stand nowhere else. The case names are the `.proto`
/// names in camel case; error paths show them in the `.proto` form.
public protocol WireField: RawRepresentable, Sendable where RawValue == UInt32 {
}

extension WireField {
  /// The field's name as a `.proto` file writes it: `tokenID` becomes `token_id`.
  public var fieldName: String {
    var name = ""
    var afterCapital = true
    for character in String(describing: self) {
      if character.isUppercase && !afterCapital { name.append("_") }
      afterCapital = character.isUppercase
      name.append(contentsOf: character.lowercased())
    }
    return name
  }
}

/// The fields of a message that has none.
public enum NoFields: WireField {
  /// Always nil: every field of such a message is unknown to it.
  @inlinable
  public init?(rawValue: UInt32) { return nil }

  /// Never reached, because there is no value to ask.
  @inlinable
  public var rawValue: UInt32 {
    switch self {
    }
  }
}
