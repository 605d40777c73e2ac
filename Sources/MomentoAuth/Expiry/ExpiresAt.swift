public import FoundationEssentials

/// When a key or a token stops working.
public struct ExpiresAt: Sendable, Hashable, Comparable {
  /// Seconds since 1970-01-01T00:00:00Z; 0 for never, as on the wire (`valid_until`).
  public let epochSeconds: UInt64

  /// Takes the number that the service gives; 0 means never.
  public init(epochSeconds: UInt64) { self.epochSeconds = epochSeconds }

  /// It never stops working.
  public static let never = ExpiresAt(epochSeconds: 0)

  /// At a date, in whole seconds, rounded down; a date before 1970-01-01T00:00:01Z counts as that.
  public static func date(_ date: Date) -> ExpiresAt {
    let seconds = UInt64(exactly: max(1, date.timeIntervalSince1970).rounded(.down))
    return ExpiresAt(epochSeconds: seconds ?? .max)
  }

  /// Whether it stops working some day.
  public var doesExpire: Bool { epochSeconds != 0 }

  /// The date; `nil` for never.
  public var date: Date? {
    doesExpire ? Date(timeIntervalSince1970: Double(epochSeconds)) : nil
  }

  /// Whether it has stopped working at a moment.
  public func isExpired(at now: Date) -> Bool {
    doesExpire && now.timeIntervalSince1970 >= Double(epochSeconds)
  }

  /// How long it works from a moment on; negative when it has expired, `nil` for never.
  public func remaining(at now: Date) -> Duration? {
    doesExpire ? .seconds(Double(epochSeconds) - now.timeIntervalSince1970) : nil
  }

  /// Earlier is less; never comes last.
  public static func < (left: ExpiresAt, right: ExpiresAt) -> Bool {
    left.doesExpire && (!right.doesExpire || left.epochSeconds < right.epochSeconds)
  }
}

extension ExpiresAt: CustomStringConvertible {
  /// `2027-01-31T12:00:00Z`, or `never`.
  public var description: String {
    doesExpire ? UTCDateTime(epochSeconds: epochSeconds).description : "never"
  }
}
