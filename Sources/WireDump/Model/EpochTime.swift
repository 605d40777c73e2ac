/// Numbers that count seconds or milliseconds since 1970, as dates.
enum EpochTime {
  /// A date of RFC 3339 if the number is a time between 2001 and 2096, in seconds or milliseconds.
  static func plausible(_ number: UInt64) -> String? {
    if 1_000_000_000...4_000_000_000 ~= number { return text(seconds: number) }
    if 1_000_000_000_000...4_000_000_000_000 ~= number { return text(seconds: number / 1000) }
    return nil
  }

  static func text(seconds: UInt64) -> String {
    guard seconds < 253_402_300_800 else { return "beyond the year 9999" }
    let (year, month, day) = civil(days: Int(seconds / 86_400))
    let time = Int(seconds % 86_400)
    var text = TextBuffer()
    append(year, "-", to: &text)
    append(month, "-", to: &text)
    append(day, "T", to: &text)
    append(time / 3600, ":", to: &text)
    append(time / 60 % 60, ":", to: &text)
    append(time % 60, "Z", to: &text)
    return text.string
  }

  private static func append(_ number: Int, _ end: Unicode.Scalar, to text: inout TextBuffer) {
    text.append(decimal: UInt64(clamping: number), width: 2)
    text.append(UInt8(ascii: end))
  }

  /// The date of a day since 1970-01-01: counted in eras of 400 years that begin on the first of March,
  /// so that the leap day is a year's last.
  private static func civil(days: Int) -> (Int, Int, Int) {
    let shifted = days + 719_468
    let era = shifted / 146_097
    let dayOfEra = shifted % 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
  }
}

extension String {
  /// The text on one line and without what would steer a terminal.
  var visible: String {
    guard unicodeScalars.contains(where: \.isInvisible) else { return self }
    var text = ""
    for scalar in unicodeScalars {
      if scalar.isInvisible {
        text += "\\u{\(Hex.short(UInt64(scalar.value)))}"
      } else {
        text.unicodeScalars.append(scalar)
      }
    }
    return text
  }

  /// In quotes, cut after so many characters.
  func quoted(limit: Int = 160) -> String {
    let shown = utf8.count > limit ? String(prefix(limit)) : self
    return "\"" + shown.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").visible + "\""
      + (shown.utf8.count < utf8.count ? "…" : "")
  }

  fileprivate func replacing(_ character: Character, with text: String) -> String {
    guard contains(character) else { return self }
    return reduce(into: "") { $0 += $1 == character ? text : String($1) }
  }
}

extension Unicode.Scalar {
  /// Whether it is a control character or another that is not seen as itself.
  var isInvisible: Bool {
    if value < 0x7f { return value < 0x20 }
    switch properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned, .surrogate:
      return true
    default: return false
    }
  }
}
