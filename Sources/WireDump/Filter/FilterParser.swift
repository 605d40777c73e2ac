import GRPCCall

/// Reads filters: `path==/auth.Auth/RefreshApiToken && status!=0`. `!` binds closest, then `&&`, then
/// `||`.
struct FilterParser {
  private let tokens: [FilterToken]
  private var position = 0
  /// Parentheses and `!` may stand in one another so often.
  private var depthLeft = 100

  private init(tokens: [FilterToken]) { self.tokens = tokens }

  static func parse(_ text: String) throws(FilterError) -> FilterExpression {
    var parser = FilterParser(tokens: try FilterLexer.tokens(text))
    let expression = try parser.alternatives()
    guard parser.next.kind == .end else {
      throw FilterError("expected && or || or the end", at: parser.next.offset)
    }
    return expression
  }

  /// The last token is the end, which is never taken.
  private var next: FilterToken { tokens[min(position, tokens.count - 1)] }

  private mutating func take(_ kind: FilterToken.Kind) -> Bool {
    guard next.kind == kind else { return false }
    position += 1
    return true
  }

  private mutating func alternatives() throws(FilterError) -> FilterExpression {
    var left = try conditions()
    while take(.or) { left = .or(left, try conditions()) }
    return left
  }

  private mutating func conditions() throws(FilterError) -> FilterExpression {
    var left = try condition()
    while take(.and) { left = .and(left, try condition()) }
    return left
  }

  private mutating func condition() throws(FilterError) -> FilterExpression {
    let start = next.offset
    guard depthLeft > 0 else { throw FilterError("more than 100 levels", at: start) }
    depthLeft -= 1
    defer { depthLeft += 1 }
    if take(.not) { return .not(try condition()) }
    if take(.open) {
      let inner = try alternatives()
      guard take(.close) else {
        throw FilterError("expected ) for the ( before", at: next.offset)
      }
      return inner
    }
    let field = try self.field()
    guard case .comparison(let comparison) = next.kind else { return .present(field) }
    let place = next.offset
    position += 1
    return try compare(field, comparison, at: place)
  }

  private mutating func field() throws(FilterError) -> FilterField {
    guard case .word(let name) = next.kind else {
      throw FilterError("expected a field: \(Self.names)", at: next.offset)
    }
    let place = next.offset
    position += 1
    if name == "header" { return .header(try headerName(at: place)) }
    guard let known = FilterField.names.first(where: { $0.name == name }) else {
      throw FilterError("there is no field \(name.visible): \(Self.names)", at: place)
    }
    return known.field
  }

  static let names =
    FilterField.names.map(\.name).joined(separator: ", ") + ", header[\"name\"] are the fields"

  private mutating func headerName(at place: Int) throws(FilterError) -> String {
    guard take(.openIndex) else {
      throw FilterError("expected [\"name\"] behind header", at: next.offset)
    }
    let name: String
    switch next.kind {
    case .word(let text), .text(let text): name = text
    default: throw FilterError("expected the name of a header field", at: next.offset)
    }
    position += 1
    guard take(.closeIndex) else { throw FilterError("expected ]", at: next.offset) }
    return name.lowercased()
  }

  private mutating func compare(
    _ field: FilterField, _ comparison: FilterComparison, at place: Int
  ) throws(FilterError) -> FilterExpression {
    let text: String
    switch next.kind {
    case .word(let word), .text(let word): text = word
    default: throw FilterError("expected a value", at: next.offset)
    }
    let offset = next.offset
    position += 1
    if comparison == .like, field.kind != .text, field.kind != .status {
      throw FilterError("~ is for texts; this field is a number", at: place)
    }
    return .compare(field, comparison, try value(text, field, comparison, at: offset))
  }

  private func value(
    _ text: String, _ field: FilterField, _ comparison: FilterComparison, at offset: Int
  ) throws(FilterError) -> FilterValue {
    switch field.kind {
    case .text: return .text(field == .type ? text.uppercased() : text)
    case .status where comparison == .like: return .text(text.uppercased())
    case .status:
      if let number = Int(text) { return .number(Double(number)) }
      if let code = StatusCode.allCases.first(where: { $0.name == text.uppercased() }) {
        return .number(Double(code.rawValue))
      }
      throw FilterError("\(text.visible) is no gRPC status: a number, or a name", at: offset)
    case .count:
      if let number = UInt32(text) { return .number(Double(number)) }
      throw FilterError("\(text.visible) is no number", at: offset)
    case .size:
      if let number = FilterUnits.bytes(text) { return .number(number) }
      throw FilterError("\(text.visible) is no size: 100, 4KiB, 1MB", at: offset)
    case .duration:
      if let number = FilterUnits.nanoseconds(text) { return .number(number) }
      throw FilterError("\(text.visible) is no time: 20ms, 1.5s, 300us", at: offset)
    }
  }
}

/// Numbers with units.
enum FilterUnits {
  private static let sizes: [(String, Double)] = [
    ("GiB", 0x1p30), ("MiB", 0x1p20), ("KiB", 0x1p10), ("GB", 1e9), ("MB", 1e6), ("kB", 1e3),
    ("KB", 1e3), ("B", 1),
  ]
  private static let times: [(String, Double)] = [
    ("ns", 1), ("us", 1e3), ("µs", 1e3), ("ms", 1e6), ("min", 6e10), ("s", 1e9), ("m", 6e10),
  ]

  static func bytes(_ text: String) -> Double? { number(text, sizes, without: 1) }
  /// Without a unit, seconds.
  static func nanoseconds(_ text: String) -> Double? { number(text, times, without: 1e9) }

  private static func number(
    _ text: String, _ units: [(String, Double)], without: Double
  ) -> Double? {
    let unit = units.first { text.hasSuffix($0.0) }
    let digits = text.dropLast(unit?.0.count ?? 0)
    guard digits.utf8.allSatisfy({ 0x30...0x39 ~= $0 || $0 == UInt8(ascii: ".") }),
      let number = Double(digits), number.isFinite
    else { return nil }
    return number * (unit?.1 ?? without)
  }
}
