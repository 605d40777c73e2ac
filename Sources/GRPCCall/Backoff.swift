/// A wait that grows from attempt to attempt and is spread, so that clients do not come all at
/// once.
struct Backoff: Sendable, Equatable {
  var initial: Duration
  var maximum: Duration
  var multiplier: Double
  var jitter: Double

  /// The wait before the retry of a number, counted from 0.
  ///
  /// - Parameter random: any number; all 64 bits are used.
  func delay(retry: Int, random: UInt64) -> Duration {
    var nanoseconds = Double(initial.wholeNanoseconds)
    let maximum = Double(maximum.wholeNanoseconds)
    var step = 0
    while step < retry, nanoseconds < maximum, multiplier > 1 {
      nanoseconds *= multiplier
      step += 1
    }
    let fraction = Double(random >> 11) / Double(1 << 53)
    let spread = 1 + min(max(jitter, 0), 1) * (2 * fraction - 1)
    let waited = min(nanoseconds, maximum) * spread
    // The bound is 146 years, and holds off what no Int64 takes.
    return .nanoseconds(Int64(min(max(waited.isNaN ? 0 : waited, 0), 0x1p62)))
  }
}

/// When a channel connects again after a failure (gRPC `connection-backoff.md`).
package struct ReconnectBackoff: Sendable, Equatable {
  private let backoff: Backoff
  private var failures = 0

  /// Makes a back-off with the values of the document unless others are given: 1 s at first, 1.6
  /// times as much each time, at most 120 s, all spread by a fifth to either side.
  package init(
    initial: Duration = .seconds(1), maximum: Duration = .seconds(120), multiplier: Double = 1.6,
    jitter: Double = 0.2
  ) {
    backoff = Backoff(initial: initial, maximum: maximum, multiplier: multiplier, jitter: jitter)
  }

  /// An attempt failed: how long after its start the next one may begin.
  package mutating func next(random: UInt64) -> Duration {
    defer { if failures < Self.plenty { failures += 1 } }
    return backoff.delay(retry: failures, random: random)
  }

  /// An attempt succeeded: the next failure waits as little as the first one.
  package mutating func reset() {
    failures = 0
  }

  /// Beyond this many failures any growing wait has met its maximum.
  private static let plenty = 10_000
}
