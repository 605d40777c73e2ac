/// What a fake does wrong when it is told to.
package enum Fault: Sendable, Hashable {
  /// The work is done, and the connection is closed instead of the answer.
  case loseAnswer
  /// Nothing is done.
  case refuse(status: Int)
}

/// The faults that are still to happen, by operation, and how often each operation was asked for.
struct Faults: Sendable {
  private var planned: [String: [Fault]] = [:]
  private(set) var counts: [String: Int] = [:]

  mutating func plan(_ fault: Fault, at operation: String, times: Int) {
    planned[operation, default: []] += Array(repeating: fault, count: times)
  }

  mutating func next(at operation: String) -> Fault? {
    counts[operation, default: 0] += 1
    guard planned[operation]?.isEmpty == false else { return nil }
    return planned[operation]?.removeFirst()
  }
}
