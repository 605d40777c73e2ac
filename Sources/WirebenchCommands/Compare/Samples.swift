import MomentoAuth

/// Several values of one figure.
struct Samples: Equatable {
  private let sorted: [Double]

  /// Values in any order; nil when there is none.
  init?(_ values: [Double]) {
    guard !values.isEmpty else { return nil }
    sorted = values.sorted()
  }

  /// The middle one, or the mean of the two in the middle.
  var median: Double {
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }

  var minimum: Double { sorted[0] }
  var maximum: Double { sorted[sorted.count - 1] }

  /// `48,205 (47,900–49,012)`; a single value stands alone.
  func text(_ decimals: Int) -> String {
    guard sorted.count > 1 else { return median.grouped(decimals) }
    return
      "\(median.grouped(decimals)) (\(minimum.grouped(decimals))–\(maximum.grouped(decimals)))"
  }

  func json(_ decimals: Int) -> JSONValue {
    .object([
      "median": .literal(median, decimals: decimals),
      "min": .literal(minimum, decimals: decimals), "max": .literal(maximum, decimals: decimals),
    ])
  }
}
