/// A moment in the proleptic Gregorian calendar, UTC, as RFC 3339 writes it.
package struct UTCDateTime: Equatable {
  /// Days since 1970-01-01, and seconds since midnight.
  private var days: Int
  private var seconds: Int

  /// The last second that has a year of four digits: 9999-12-31T23:59:59Z.
  static let lastSecond: UInt64 = 253_402_300_799

  package init(epochSeconds: UInt64) {
    let bounded = Int(min(epochSeconds, Self.lastSecond))
    (days, seconds) = bounded.quotientAndRemainder(dividingBy: 86_400)
  }

  /// Reads `2027-01-31` (the midnight at which that day begins), `2027-01-31T12:00Z`,
  /// `2027-01-31T12:00:00Z`, or one with a fraction of a second, which is dropped. `nil` for all else.
  package init?(parsing text: String) {
    var cursor = Cursor(text.utf8)
    guard let year = cursor.number(4), cursor.skip("-"), let month = cursor.number(2),
      cursor.skip("-"), let day = cursor.number(2), year >= 1970, 1...12 ~= month,
      1...Self.length(ofMonth: month, in: year) ~= day
    else { return nil }
    days = Self.days(year, month, day)
    seconds = 0
    if cursor.isAtEnd { return }
    guard let time = cursor.timeOfDay(), cursor.isAtEnd else { return nil }
    seconds = time
  }

  package var epochSeconds: UInt64 { UInt64(days * 86_400 + seconds) }

  // Both conversions count years from March, so that the leap day comes last, in eras of 400 years,
  // which all have 146,097 days. `days` is never negative and at most 2,932,896: nothing overflows.

  private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let year = month <= 2 ? year - 1 : year
    let (era, yearOfEra) = year.quotientAndRemainder(dividingBy: 400)
    let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  private var civil: (year: Int, month: Int, day: Int) {
    let (era, dayOfEra) = (days + 719_468).quotientAndRemainder(dividingBy: 146_097)
    let yearOfEra =
      (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let month = (monthFromMarch + 2) % 12 + 1
    return (
      era * 400 + yearOfEra + (month <= 2 ? 1 : 0), month,
      dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    )
  }

  private static func length(ofMonth month: Int, in year: Int) -> Int {
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    return switch month {
    case 2: isLeap ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
}

extension UTCDateTime: CustomStringConvertible {
  package var description: String {
    func padded(_ number: Int, _ width: Int = 2) -> String {
      let digits = String(number)
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    let (year, month, day) = civil
    let date = "\(padded(year, 4))-\(padded(month))-\(padded(day))"
    let time = [seconds / 3600, seconds / 60 % 60, seconds % 60].map { padded($0) }
    return "\(date)T\(time.joined(separator: ":"))Z"
  }
}

/// Reads digits and marks one after the other.
private struct Cursor {
  private var rest: Substring.UTF8View

  init(_ text: String.UTF8View) { rest = text[...] }

  var isAtEnd: Bool { rest.isEmpty }

  mutating func skip(_ mark: Unicode.Scalar) -> Bool {
    guard let byte = rest.first, UInt32(byte) == mark.value else { return false }
    rest = rest.dropFirst()
    return true
  }

  mutating func number(_ digits: Int) -> Int? {
    let part = rest.prefix(digits)
    guard part.count == digits, part.allSatisfy({ 0x30...0x39 ~= $0 }) else { return nil }
    rest = rest.dropFirst(digits)
    return Int(String(Substring(part)))
  }

  /// `T12:00[:00[.000]]Z` as seconds since midnight.
  mutating func timeOfDay() -> Int? {
    guard skip("T") || skip("t") || skip(" "), let hour = number(2), skip(":"),
      let minute = number(2), hour < 24, minute < 60
    else { return nil }
    var second = 0
    if skip(":") {
      guard let value = number(2), value < 60 else { return nil }
      second = value
      if skip(".") {
        guard number(1) != nil else { return nil }
        while number(1) != nil {}
      }
    }
    guard skip("Z") || skip("z") else { return nil }
    return hour * 3600 + minute * 60 + second
  }
}
