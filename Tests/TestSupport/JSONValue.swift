/// A JSON value as protobuf's JSON form has them: no null, no fractions.
package enum JSONValue: Sendable, Decodable, CustomStringConvertible {
  case object([String: JSONValue])
  case array([JSONValue])
  case text(String)
  case number(Int64)

  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let fields = try? container.decode([String: JSONValue].self) {
      self = .object(fields)
    } else if let values = try? container.decode([JSONValue].self) {
      self = .array(values)
    } else if let text = try? container.decode(String.self) {
      self = .text(text)
    } else {
      self = .number(try container.decode(Int64.self))
    }
  }

  package var description: String {
    switch self {
    case .object(let fields):
      let sorted = fields.sorted { $0.key < $1.key }
      return "{" + sorted.map { "\($0.key): \($0.value)" }.joined(separator: ", ") + "}"
    case .array(let values): return "\(values)"
    case .text(let text): return "\"\(text)\""
    case .number(let number): return "\(number)"
    }
  }
}

extension JSONValue: Equatable {
  /// Text is compared by its bytes: to `String`, é is equal to e with an accent.
  package static func == (left: JSONValue, right: JSONValue) -> Bool {
    switch (left, right) {
    case (.object(let left), .object(let right)): left == right
    case (.array(let left), .array(let right)): left == right
    case (.text(let left), .text(let right)): left.utf8.elementsEqual(right.utf8)
    case (.number(let left), .number(let right)): left == right
    default: false
    }
  }
}
