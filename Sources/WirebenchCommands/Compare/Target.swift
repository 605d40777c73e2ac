import MomentoAuth

/// What a figure, or the ratio of two, shall be, and what it is.
struct Target: Equatable {
  /// Which side of a number is good.
  enum Bound: Equatable {
    case atLeast(Double)
    case atMost(Double)
    case below(Double)

    func allows(_ value: Double) -> Bool {
      switch self {
      case .atLeast(let bound): value >= bound
      case .atMost(let bound): value <= bound
      case .below(let bound): value < bound
      }
    }

    var sign: String {
      switch self {
      case .atLeast: "≥"
      case .atMost: "≤"
      case .below: "<"
      }
    }

    var number: Double {
      switch self {
      case .atLeast(let bound), .atMost(let bound), .below(let bound): bound
      }
    }
  }

  /// What came of it.
  enum Verdict: String {
    case ok
    case miss = "MISS"
    /// It was not measured.
    case missing = "-"
  }

  /// What is judged, such as `calls/s of ours to h2load's, 64 in flight`.
  var name: String
  var value: Double?
  var bound: Bound
  /// Behind the number: `×` for a ratio, `MB`, nothing for a count.
  var unit = "×"

  var verdict: Verdict {
    guard let value, value.isFinite else { return .missing }
    return bound.allows(value) ? .ok : .miss
  }

  /// Its row of a table, under ``header``.
  var row: [String] {
    [
      name, "\(bound.sign) \(text(bound.number))", value.map(text) ?? "-", verdict.rawValue,
    ]
  }

  static let header = ["target", "bound", "measured", ""]

  var json: JSONValue {
    .object([
      "target": .string(name), "bound": .string("\(bound.sign) \(text(bound.number))"),
      "measured": value.map { .literal($0, decimals: 3) } ?? .null,
      "verdict": .string(verdict.rawValue),
    ])
  }

  /// Two decimals for what is small, so that a value beside its bound is told from it.
  private func text(_ number: Double) -> String {
    let digits = number.grouped(number < 100 ? 2 : 0)
    return unit.isEmpty || unit == "×" ? digits + unit : "\(digits) \(unit)"
  }
}
