/// A header block, field by field (RFC 7541 §6), with the place of each part.
struct HeaderBlock: Sendable {
  /// How a field is written.
  enum Representation: Sendable, Equatable {
    case indexed
    case incremental
    case withoutIndexing
    case neverIndexed
    /// No field: a new size of the dynamic table (§6.3).
    case sizeUpdate

    var name: String {
      switch self {
      case .indexed: "indexed"
      case .incremental: "literal with incremental indexing"
      case .withoutIndexing: "literal without indexing"
      case .neverIndexed: "literal never indexed"
      case .sizeUpdate: "dynamic table size update"
      }
    }
  }

  /// A string literal: its place without the length before it, and what it says.
  struct Literal: Sendable {
    var range: Range<Int>
    var text: [UInt8]
    var isHuffman: Bool
  }

  struct Field: Sendable {
    var range: Range<Int>
    var representation: Representation
    /// The index as written, or the table's new size; zero for a literal name.
    var index: Int
    var nameLiteral: Literal?
    var valueLiteral: Literal?
    /// Nil if it was put into the table before the capture began.
    var name: [UInt8]?
    var value: [UInt8]?
    /// The entry of a table that name and value are in now; nil if they are in none.
    var entry: HeaderEntry?
    /// Whether the name is not on the wire but what gRPC peers send at that place.
    var isInferred = false
    var tableSize = 0
  }

  var fields: [Field] = []
  var violations: [Violation] = []
  /// Where decoding had to end; nil if the block was decoded whole.
  var failure: Int?

  /// The value of the first field of a name.
  func value(_ name: StaticString) -> [UInt8]? {
    let fields = fields.span
    for index in fields.indices where fields[index].isNamed(name) { return fields[index].value }
    return nil
  }

  var hasUnknown: Bool {
    let fields = fields.span
    for index in fields.indices
    where fields[index].name == nil && fields[index].representation != .sizeUpdate {
      return true
    }
    return false
  }
}

extension HeaderBlock.Field {
  fileprivate func isNamed(_ text: StaticString) -> Bool { name?.span.equalsText(text) ?? false }
}

extension Span<UInt8> {
  func hasPrefix(_ text: StaticString) -> Bool {
    count >= text.utf8CodeUnitCount && extracting(0..<text.utf8CodeUnitCount).equalsText(text)
  }

  func equalsText(_ text: StaticString) -> Bool {
    guard count == text.utf8CodeUnitCount else { return false }
    return text.withUTF8Buffer { other in
      for index in indices where unsafe other[index] != self[index] { return false }
      return true
    }
  }
}
