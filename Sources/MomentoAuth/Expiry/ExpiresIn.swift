public import FoundationEssentials

/// How long a key or a token is to work, counted from when it is made.
///
/// Any number may be put in: one that makes no sense or that the wire cannot carry is refused when
/// it is used, never wrapped around.
public struct ExpiresIn: Sendable, Hashable {
  private enum Kind: Hashable {
    case never
    case seconds(Int64)
    case until(Date)
  }

  private let kind: Kind

  /// For ever. API keys only: a disposable token always expires.
  public static let never = ExpiresIn(kind: .never)

  /// For a number of seconds.
  public static func seconds(_ count: Int) -> ExpiresIn { .multiple(count, of: 1) }
  /// For a number of minutes.
  public static func minutes(_ count: Int) -> ExpiresIn { .multiple(count, of: 60) }
  /// For a number of hours.
  public static func hours(_ count: Int) -> ExpiresIn { .multiple(count, of: 3600) }
  /// For a number of days of 24 hours.
  public static func days(_ count: Int) -> ExpiresIn { .multiple(count, of: 86_400) }
  /// For a duration, of which a fraction of a second is dropped.
  public static func duration(_ duration: Duration) -> ExpiresIn {
    ExpiresIn(kind: .seconds(duration.components.seconds))
  }
  /// Until a date. The seconds are counted, and rounded down, when a request is made with it.
  public static func until(_ date: Date) -> ExpiresIn { ExpiresIn(kind: .until(date)) }

  /// What the console offers, besides never and a date of one's own: 7, 30, 60 and 90 days.
  public static let consolePresets: [ExpiresIn] = [.days(7), .days(30), .days(60), .days(90)]

  /// Whether it ends some day.
  public var doesExpire: Bool { kind != .never }

  /// The seconds to ask for at a moment; `nil` for never.
  ///
  /// - Throws: INVALID_ARGUMENT when the time is not positive, or longer than the 4,294,967,295
  ///   seconds (136 years) that the wire can carry.
  public func validForSeconds(at now: Date) throws(MomentoError) -> UInt32? {
    switch kind {
    case .never: return nil
    case .seconds(let seconds): return try Self.checked(seconds)
    case .until(let date):
      let seconds = date.timeIntervalSince(now).rounded(.down)
      guard seconds.isFinite else { throw Self.tooLong }
      guard seconds > 0 else {
        throw .invalidArgument(
          "The expiry date is in the past.", advice: "Give a date in the future.")
      }
      return try Self.checked(Int64(exactly: seconds) ?? .max)
    }
  }

  private static func multiple(_ count: Int, of unit: Int) -> ExpiresIn {
    let (seconds, overflows) = count.multipliedReportingOverflow(by: unit)
    // What overflows is far beyond either limit; the nearest extreme is refused just the same.
    let bounded = overflows ? (count < 0 ? Int.min : Int.max) : seconds
    return ExpiresIn(kind: .seconds(Int64(bounded)))
  }

  private static func checked(_ seconds: Int64) throws(MomentoError) -> UInt32 {
    guard seconds > 0 else {
      throw .invalidArgument(
        "An expiry must be a positive number of seconds.",
        advice: "Give at least one second, or `never` for an API key that does not expire.")
    }
    guard let seconds = UInt32(exactly: seconds) else { throw tooLong }
    return seconds
  }

  private static var tooLong: MomentoError {
    .invalidArgument(
      "The expiry is longer than 4294967295 seconds (136 years).",
      advice: "Give a shorter time, or `never` for an API key that does not expire.")
  }
}

extension ExpiresIn: CustomStringConvertible {
  /// In the form that ``init(parsing:)`` reads: `90d`, `30m`, `never`, `2027-01-31T00:00:00Z`.
  public var description: String {
    switch kind {
    case .never: "never"
    case .until(let date): ExpiresAt.date(date).description
    case .seconds(let seconds):
      if let unit = Self.units.first(where: { seconds != 0 && seconds % $0.seconds == 0 }) {
        "\(seconds / unit.seconds)\(unit.name)"
      } else {
        "\(seconds)s"
      }
    }
  }
}

extension ExpiresIn {
  /// How to write an expiry, for a help text.
  public static let grammar = """
    never           it does not expire (API keys only)
    30s 15m 12h 90d for so many seconds, minutes, hours or days
    2027-01-31      until that day begins (UTC)
    2027-01-31T12:00:00Z  until that moment (UTC)
    """

  private static let units: [(name: Character, seconds: Int64)] = [
    ("d", 86_400), ("h", 3600), ("m", 60), ("s", 1),
  ]

  /// Reads an expiry as a person types it; see ``grammar``.
  ///
  /// - Throws: INVALID_ARGUMENT when it is none of these forms, or a number that is zero or too large.
  public init(parsing text: String) throws(MomentoError) {
    let text = text.trimmed
    if text.lowercased() == "never" {
      self = .never
    } else if let moment = UTCDateTime(parsing: text) {
      self = .until(Date(timeIntervalSince1970: Double(moment.epochSeconds)))
    } else {
      self = try Self.amount(text)
    }
  }

  private static func amount(_ text: String) throws(MomentoError) -> ExpiresIn {
    let digits = text.dropLast()
    guard let name = text.last, let unit = units.first(where: { $0.name == name }),
      !digits.isEmpty, digits.allSatisfy(\.isASCIIDigit)
    else {
      throw .invalidArgument(
        "\"\(text.shown)\" is not an expiry.",
        advice: "Write it like 30m, 12h, 90d, 2027-01-31, 2027-01-31T12:00:00Z or never.")
    }
    let (seconds, overflows) = (Int64(digits) ?? .max)
      .multipliedReportingOverflow(by: unit.seconds)
    return ExpiresIn(kind: .seconds(Int64(try checked(overflows ? .max : seconds))))
  }
}
