import FoundationEssentials
import MomentoAuth

/// Times as people say them.
enum TimeWords {
  /// `30 minutes`, `1 hour`, `90 days`, rounded down to a unit of which there are two at least, or
  /// a whole number.
  static func span(seconds: Int64) -> String {
    let units: [(name: String, seconds: Int64)] = [
      ("day", 86_400), ("hour", 3_600), ("minute", 60),
    ]
    let unit = units.first { seconds >= 2 * $0.seconds || seconds == $0.seconds }
    let count = seconds / (unit?.seconds ?? 1)
    return "\(count) \(unit?.name ?? "second")\(count == 1 ? "" : "s")"
  }

  /// `2027-01-31T12:00:00Z, in 30 minutes`; `never`.
  static func expiry(_ expiresAt: ExpiresAt, at now: Date) -> String {
    guard expiresAt.doesExpire else { return "never" }
    let left = Double(expiresAt.epochSeconds) - now.timeIntervalSince1970
    // Rounded up: a key made a moment ago for 30 minutes has 30 minutes left. A service may give any
    // number, so one that is beyond all time is cut.
    let seconds = Int64(min(left.rounded(.up), 1e15))
    return expiresAt.isExpired(at: now)
      ? "\(expiresAt), expired \(span(seconds: -seconds)) ago"
      : "\(expiresAt), in \(span(seconds: seconds))"
  }

  /// `3.1 ms`.
  static func milliseconds(_ duration: Duration) -> String {
    let tenths = tenthsOfMilliseconds(duration)
    return "\(tenths / 10).\(tenths % 10) ms"
  }

  /// A tenth of a millisecond is as fine as these times mean anything.
  static func tenthsOfMilliseconds(_ duration: Duration) -> Int64 {
    let (seconds, attoseconds) = duration.components
    return seconds * 10_000 + attoseconds / 100_000_000_000_000
  }
}
