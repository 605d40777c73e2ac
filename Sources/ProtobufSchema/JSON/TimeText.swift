/// Timestamps and durations as JSON has them.
enum TimeText {
  struct Parts: Equatable {
    var seconds: Int64
    /// Of the same sign as the seconds in a duration, never negative in a timestamp.
    var nanoseconds: Int32
  }

  /// The first second of year 1 and the last of year 9999.
  private static let timestamps: ClosedRange<Int64> = -62_135_596_800...253_402_300_799
  /// About 10000 years either way.
  private static let durationLimit: Int64 = 315_576_000_000

  /// `-1.5s`; nil if the text is no duration, or one that is too long.
  static func duration(_ text: String) -> Parts? {
    guard text.hasSuffix("s") else { return nil }
    let isNegative = text.hasPrefix("-")
    let digits = text.dropLast().dropFirst(isNegative ? 1 : 0)
    let parts = digits.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard let first = parts.first, isDigits(first), let seconds = Int64(first),
      seconds <= durationLimit
    else { return nil }
    guard let nanoseconds = parts.count > 1 ? fraction(parts[1]) : 0 else { return nil }
    return Parts(
      seconds: isNegative ? -seconds : seconds,
      nanoseconds: isNegative ? -nanoseconds : nanoseconds)
  }

  /// The text of a duration; nil if it is too long or its parts differ in sign.
  static func text(ofDuration parts: Parts) -> String? {
    guard parts.seconds.magnitude <= durationLimit, parts.nanoseconds.magnitude < 1_000_000_000,
      parts.seconds.signum() * Int64(parts.nanoseconds.signum()) >= 0
    else { return nil }
    let sign = parts.seconds < 0 || parts.nanoseconds < 0 ? "-" : ""
    return sign + "\(parts.seconds.magnitude)" + fractionText(parts.nanoseconds.magnitude) + "s"
  }

  /// RFC 3339, with capital letters; nil if the text is no time from year 1 to 9999.
  static func timestamp(_ text: String) -> Parts? {
    let bytes = Array(text.utf8)
    func number(_ range: Range<Int>) -> Int64? {
      guard range.upperBound <= bytes.count, bytes[range].allSatisfy(\.isDigit) else { return nil }
      return Int64(String(decoding: bytes[range], as: UTF8.self))
    }
    func isMark(_ mark: Character, at index: Int) -> Bool {
      index < bytes.count && bytes[index] == mark.asciiValue
    }
    guard let year = number(0..<4), isMark("-", at: 4), let month = number(5..<7),
      isMark("-", at: 7), let day = number(8..<10), isMark("T", at: 10),
      let hour = number(11..<13), isMark(":", at: 13), let minute = number(14..<16),
      isMark(":", at: 16), let second = number(17..<19),
      (1...12).contains(month), day >= 1, day <= Self.days(in: month, of: year),
      hour < 24, minute < 60, second < 60
    else { return nil }
    var end = 19
    var nanoseconds: Int32 = 0
    if isMark(".", at: end) {
      let digits = bytes[(end + 1)...].prefix { $0.isDigit }
      guard let value = fraction(Substring(decoding: digits, as: UTF8.self)) else { return nil }
      nanoseconds = value
      end += 1 + digits.count
    }
    guard let offset = offset(String(decoding: bytes[end...], as: UTF8.self)) else { return nil }
    let days = Self.days(year: year, month: month, day: day)
    let seconds = days * 86_400 + hour * 3_600 + minute * 60 + second - offset
    guard timestamps.contains(seconds) else { return nil }
    return Parts(seconds: seconds, nanoseconds: nanoseconds)
  }

  /// The text of a time in UTC; nil if it is not in the years from 1 to 9999.
  static func text(ofTimestamp parts: Parts) -> String? {
    guard timestamps.contains(parts.seconds), (0..<1_000_000_000).contains(parts.nanoseconds) else {
      return nil
    }
    let secondsOfDay = (parts.seconds % 86_400 + 86_400) % 86_400
    let (year, month, day) = date(ofDay: (parts.seconds - secondsOfDay) / 86_400)
    let date = "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
    let hour = padded(secondsOfDay / 3_600, 2)
    let minute = padded(secondsOfDay / 60 % 60, 2)
    let second = padded(secondsOfDay % 60, 2)
    return date + "T\(hour):\(minute):\(second)"
      + fractionText(parts.nanoseconds.magnitude) + "Z"
  }
}

extension TimeText {
  private static func isDigits(_ text: Substring) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy(\.isDigit)
  }

  /// One to nine digits behind a point, as nanoseconds.
  private static func fraction(_ digits: Substring) -> Int32? {
    guard isDigits(digits), digits.utf8.count <= 9 else { return nil }
    return Int32(digits + String(repeating: "0", count: 9 - digits.utf8.count))
  }

  /// Nothing, or a point with three, six or nine digits.
  private static func fractionText(_ nanoseconds: UInt32) -> String {
    guard nanoseconds > 0 else { return "" }
    if nanoseconds % 1_000_000 == 0 { return "." + padded(Int64(nanoseconds / 1_000_000), 3) }
    if nanoseconds % 1_000 == 0 { return "." + padded(Int64(nanoseconds / 1_000), 6) }
    return "." + padded(Int64(nanoseconds), 9)
  }

  private static func padded(_ number: Int64, _ width: Int) -> String {
    let text = "\(number)"
    return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
  }

  /// `Z`, or hours and minutes ahead of UTC, in seconds.
  private static func offset(_ text: String) -> Int64? {
    if text == "Z" { return 0 }
    let parts = text.dropFirst().split(separator: ":", omittingEmptySubsequences: false)
    guard text.hasPrefix("+") || text.hasPrefix("-"), parts.count == 2,
      parts.allSatisfy({ isDigits($0) && $0.utf8.count == 2 }),
      let hours = Int64(parts[0]), let minutes = Int64(parts[1]), hours < 24, minutes < 60
    else { return nil }
    let seconds = hours * 3_600 + minutes * 60
    return text.hasPrefix("-") ? -seconds : seconds
  }

  private static func days(in month: Int64, of year: Int64) -> Int64 {
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    switch month {
    case 2: return isLeap ? 29 : 28
    case 4, 6, 9, 11: return 30
    default: return 31
    }
  }

  /// Days since 1970 in the Gregorian calendar; the year begins in March, so that a leap day is its last.
  private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
    let year = month <= 2 ? year - 1 : year
    // Years are not negative, so that division rounds down.
    let era = year / 400
    let yearOfEra = year - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  private static func date(ofDay day: Int64) -> (year: Int64, month: Int64, day: Int64) {
    // Of year 0 and later, so that division rounds down.
    let shifted = day + 719_468
    let era = shifted / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
  }
}

/// The paths of a field mask: camel case in JSON, snake case in a message.
enum FieldMaskText {
  /// Nil if the path is not in camel case.
  static func snakeCase(_ path: String) -> String? {
    var result: [UInt8] = []
    for byte in path.utf8 {
      if byte == UInt8(ascii: "_") { return nil }
      if byte >= 0x41, byte <= 0x5A {
        result += [UInt8(ascii: "_"), byte + 0x20]
      } else {
        result.append(byte)
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// Nil if the path would not come back as it was.
  static func camelCase(_ path: String) -> String? {
    let text = ProtobufSchema.camelCase(path)
    return snakeCase(text) == path ? text : nil
  }
}
