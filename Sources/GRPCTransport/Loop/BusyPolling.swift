/// Whether and how long a loop looks for an answer before it sleeps.
///
/// To sleep and to be woken costs tens of microseconds, many times an answer's own cost. A peer that
/// answers faster than that is worth waiting for awake; one that does not, is not: so it goes by how
/// long the waits of the recent past were, and costs nothing with peers further away.
struct BusyPolling {
  /// With more calls than this in flight, waking once serves many of them.
  static let mostCalls = 4
  /// The longest mean wait, in nanoseconds, at which it pays.
  static let longestMean: UInt64 = 60_000
  /// A wait counts as no longer than this, so that one long pause is soon forgotten.
  private static let longestCounted: UInt64 = 200_000
  private static let startingMean: UInt64 = 200_000

  private let isOn: Bool
  private let longestMean: UInt64
  private let fixedPatience: UInt64?
  /// Of the last few waits, in nanoseconds.
  private var mean = Self.startingMean

  /// - Parameter fixedPatience: in place of what ``patience`` makes of the recent past.
  init(isOn: Bool, longestMean: UInt64 = Self.longestMean, fixedPatience: UInt64? = nil) {
    self.isOn = isOn
    self.longestMean = longestMean
    self.fixedPatience = fixedPatience
  }

  /// How many nanoseconds to stay awake; nil for not at all.
  var budget: UInt64? { isOn && mean <= longestMean ? 2 * mean : nil }

  /// For how many nanoseconds a caller that has borrowed the loop waits for its answer: longer, because
  /// to give the loop back costs more than to fall asleep. At most 180 µs.
  var patience: UInt64 { fixedPatience ?? (isOn ? 3 * min(mean, longestMean) : 0) }

  /// A wait for an answer took so many nanoseconds.
  mutating func waited(_ nanoseconds: UInt64) {
    let counted = min(nanoseconds, Self.longestCounted)
    mean = (7 * mean + counted) / 8
  }
}
