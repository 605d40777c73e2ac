import CommandConsole
import MomentoAuth

extension Double {
  /// The number with this many decimals, without an exponent.
  func fixed(_ decimals: Int) -> String {
    guard isFinite, abs(self) < 1e15 else { return "-" }
    let scale = Double(([Int](repeating: 10, count: decimals)).reduce(1, *))
    let scaled = Int64((abs(self) * scale).rounded())
    let sign = self < 0 && scaled != 0 ? "-" : ""
    guard decimals > 0 else { return "\(sign)\(scaled)" }
    let digits = "\(scaled)".zeroPadded(to: decimals + 1)
    return "\(sign)\(digits.dropLast(decimals)).\(digits.suffix(decimals))"
  }
}

extension String {
  fileprivate func zeroPadded(to width: Int) -> String {
    String(repeating: "0", count: Swift.max(0, width - count)) + self
  }
}

extension JSONValue {
  /// A figure with this many decimals at most; null for what is not a number.
  static func literal(_ value: Double, decimals: Int) -> JSONValue {
    guard value.isFinite else { return .null }
    return decimals == 0 ? .integer(Int64(value)) : .number(Double(value.fixed(decimals)) ?? value)
  }
}

extension Double {
  /// The number with this many decimals, its thousands apart: `1,234.5`.
  func grouped(_ decimals: Int) -> String {
    let text = fixed(decimals)
    let whole = text.prefix { $0 != "." }
    var grouped = ""
    for (index, digit) in whole.enumerated() {
      let left = whole.count - index
      if left % 3 == 0, grouped.last?.isNumber == true { grouped += "," }
      grouped.append(digit)
    }
    return grouped + text.dropFirst(whole.count)
  }
}
