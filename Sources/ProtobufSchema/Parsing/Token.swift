/// A word of a `.proto` file or of the text format.
struct Token: Sendable, Equatable {
  enum Kind: Sendable, Equatable {
    case identifier
    /// A number without point and exponent; nil if it is larger than 64 bits.
    case integer(UInt64?)
    case float(Double)
    /// What stands between the quotes, escapes resolved.
    case string([UInt8])
    case symbol(UInt8)
    case end
  }

  var kind: Kind
  /// As it is written.
  var text: String
  var position: SourcePosition

  /// For an error: what was found instead of what was expected.
  var found: String { kind == .end ? "the end of the file" : "\"\(text)\"" }

  func isSymbol(_ symbol: Character) -> Bool {
    guard case .symbol(let byte) = kind else { return false }
    return byte == symbol.asciiValue
  }
}
