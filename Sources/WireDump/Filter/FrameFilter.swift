import GRPCCall

/// A filter of what is shown, such as `path==/auth.Auth/RefreshApiToken && status!=0`.
///
/// A comparison with something that is not there does not hold, except that `!=` does.
package struct FrameFilter: Sendable {
  private let expression: FilterExpression
  /// Whether it asks for something of a call; frames of no call are then left out.
  let isAboutCalls: Bool

  /// - Throws: ``FilterError`` with the place of the fault.
  package init(_ text: String) throws(FilterError) {
    expression = try FilterParser.parse(text)
    isAboutCalls = expression.fields.contains(where: \.isOfCall)
  }

  /// Whether a frame is shown; nil as long as that depends on what is still to come.
  func admits(_ frame: FrameFacts, of call: CallFacts?) -> Bool? {
    if call == nil, isAboutCalls { return false }
    return evaluate(expression, frame, call)
  }

  private func evaluate(
    _ expression: FilterExpression, _ frame: FrameFacts, _ call: CallFacts?
  ) -> Bool? {
    switch expression {
    case .not(let inner): return evaluate(inner, frame, call).map { !$0 }
    case .and(let left, let right):
      let (first, second) = (evaluate(left, frame, call), evaluate(right, frame, call))
      if first == false || second == false { return false }
      return first == nil || second == nil ? nil : true
    case .or(let left, let right):
      let (first, second) = (evaluate(left, frame, call), evaluate(right, frame, call))
      if first == true || second == true { return true }
      return first == nil || second == nil ? nil : false
    case .present(let field):
      return Fact(field, frame, call).isPresent
    case .compare(let field, let comparison, let value):
      return Fact(field, frame, call).compare(comparison, value)
    }
  }
}

/// What is known of a field.
private enum Fact {
  case texts([String], isComplete: Bool)
  case number(Double?)
  case status(StatusCode?)
  case unknown

  init(_ field: FilterField, _ frame: FrameFacts, _ call: CallFacts?) {
    let isOver = call?.isOver ?? true
    switch field {
    case .stream: self = .number(Double(frame.stream))
    case .connection: self = .number(Double(frame.connection))
    case .time: self = .number(frame.time.map { Double($0) })
    case .direction: self = .texts([frame.direction].compactMap(\.self), isComplete: true)
    case .type: self = .texts([frame.type].compactMap(\.self), isComplete: true)
    case .path: self = Self.text(call?.path, isOver)
    case .service: self = Self.text(call?.path.map { Self.parts($0).service }, isOver)
    case .method: self = Self.text(call?.path.map { Self.parts($0).method }, isOver)
    case .authority: self = Self.text(call?.authority, isOver)
    case .header(let name): self = .texts(call?.headers[name] ?? [], isComplete: isOver)
    case .latency: self = isOver ? .number(call?.latency.map { Double($0) }) : .unknown
    case .size: self = isOver ? .number(call.map { Double($0.size) }) : .unknown
    case .status: self = isOver ? .status(call?.status) : .unknown
    }
  }

  /// A text that is said once: once it is there, no other will come.
  private static func text(_ text: String?, _ isOver: Bool) -> Fact {
    .texts([text].compactMap(\.self), isComplete: isOver || text != nil)
  }

  private static func parts(_ path: String) -> (service: String, method: String) {
    let parts = path.split(separator: "/", omittingEmptySubsequences: true)
    return (parts.dropLast().joined(separator: "/"), parts.last.map(String.init) ?? "")
  }

  var isPresent: Bool? {
    switch self {
    case .texts(let texts, let isComplete): texts.isEmpty ? (isComplete ? false : nil) : true
    case .number(let number): number.map { $0 != 0 } ?? false
    case .status(let status): status != nil && status != .ok
    case .unknown: nil
    }
  }

  func compare(_ comparison: FilterComparison, _ value: FilterValue) -> Bool? {
    switch self {
    case .unknown: return nil
    case .number(let number):
      guard case .number(let wanted) = value else { return false }
      return number.map { comparison.holds($0, wanted) } ?? (comparison == .notEqual)
    case .status(let status): return Self.compare(status, comparison, value)
    case .texts(let texts, let isComplete):
      guard case .text(let wanted) = value else { return false }
      return Self.compare(texts, comparison, wanted, isComplete)
    }
  }

  private static func compare(
    _ status: StatusCode?, _ comparison: FilterComparison, _ value: FilterValue
  ) -> Bool {
    guard let status else { return comparison == .notEqual }
    switch value {
    case .text(let pattern): return FilterPattern.matches(status.name, pattern)
    case .number(let wanted): return comparison.holds(Double(status.rawValue), wanted)
    }
  }

  /// Of several values one is enough; `!=` is that none is equal.
  private static func compare(
    _ texts: [String], _ comparison: FilterComparison, _ wanted: String, _ isComplete: Bool
  ) -> Bool? {
    if comparison == .notEqual {
      if texts.contains(wanted) { return false }
      return isComplete ? true : nil
    }
    let holds = texts.contains {
      comparison == .like
        ? FilterPattern.matches($0, wanted) : comparison.holds($0, wanted)
    }
    return holds ? true : isComplete ? false : nil
  }
}

/// What `~` compares with.
enum FilterPattern {
  /// Whether a text holds a pattern or, if it has `*` or `?` in it, is as it says.
  static func matches(_ text: String, _ pattern: String) -> Bool {
    let (text, pattern) = (Array(text.utf8), Array(pattern.utf8))
    let isGlob = pattern.contains { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") }
    let star = [UInt8(ascii: "*")]
    return glob(text, isGlob ? pattern : star + pattern + star)
  }

  /// Goes back to the last `*` only, so that the time is at most the product of both lengths.
  private static func glob(_ text: [UInt8], _ pattern: [UInt8]) -> Bool {
    var (place, wanted) = (0, 0)
    var retry: (place: Int, wanted: Int)?
    while place < text.count {
      if wanted < pattern.count, pattern[wanted] == UInt8(ascii: "*") {
        retry = (place, wanted)
        wanted += 1
      } else if wanted < pattern.count,
        pattern[wanted] == UInt8(ascii: "?") || pattern[wanted] == text[place]
      {
        (place, wanted) = (place + 1, wanted + 1)
      } else if let last = retry {
        retry = (last.place + 1, last.wanted)
        (place, wanted) = (last.place + 1, last.wanted + 1)
      } else {
        return false
      }
    }
    return pattern[wanted...].allSatisfy { $0 == UInt8(ascii: "*") }
  }
}
