/// Whether and how long a loop looks for an answer before it sleeps.
///
/// To sleep and to be woken costs tens of microseconds, many times an answer's own cost. A peer that
/// answers faster than that is worth waiting for awake; one that does not, is not: so it goes by how
/// long the waits of the recent past were, and costs nothing with peers further away.
struct BusyPolling {
  /// With more calls than this in flight, waking once serves many of them.
  static let mostCalls = 4
  /// The longest mean wait, in nanoseconds, at which it pays.
  private static let longestMean: UInt64 = 60_000
  /// A wait counts as no longer than this, so that one long pause is soon forgotten.
  private static let longestCounted: UInt64 = 200_000
  private static let startingMean: UInt64 = 200_000

  private let isOn: Bool
  /// Of the last few waits, in nanoseconds.
  private var mean = Self.startingMean

  init(isOn: Bool) { self.isOn = isOn }

  /// How many nanoseconds to stay awake; nil for not at all.
  var budget: UInt64? { isOn && mean <= Self.longestMean ? 2 * mean : nil }

  /// A wait for an answer took so many nanoseconds.
  mutating func waited(_ nanoseconds: UInt64) {
    let counted = min(nanoseconds, Self.longestCounted)
    mean = (7 * mean + counted) / 8
  }
}
