/// A value of JSON (RFC 8259), numbers as they are written so that none loses a digit.
enum JSONValue: Sendable, Equatable {
  case null
  case bool(Bool)
  case number(String)
  case string(String)
  case array([JSONValue])
  /// In the order of the text; no name comes twice.
  case object([Member])

  struct Member: Sendable, Equatable {
    var name: String
    var value: JSONValue
  }

  /// For an error: what was found instead of what was expected.
  var kind: String {
    switch self {
    case .null: "null"
    case .bool: "a bool"
    case .number: "a number"
    case .string: "a string"
    case .array: "an array"
    case .object: "an object"
    }
  }
}
