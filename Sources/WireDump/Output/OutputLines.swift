/// What every form of output has: where text goes, and how many rules were broken.
package struct OutputLines: Sendable {
  /// Lines that were not taken yet.
  package private(set) var text = ""
  package private(set) var violationCount = 0
  /// How many things encoding again would have written otherwise, where that was asked for.
  package private(set) var differenceCount = 0

  package init() {}

  package mutating func add(_ line: String) {
    text += line
    text += "\n"
  }

  mutating func count(_ violations: Int) { violationCount += violations }

  mutating func countDifferences(_ differences: Int) { differenceCount += differences }

  /// The text so far; it begins anew.
  package mutating func take() -> String {
    defer { text = "" }
    return text
  }
}

extension Unit {
  /// The sentence about a broken rule: which frame, where, what, by which rule.
  func sentence(_ violation: Violation) -> String {
    let code = violation.code.isEmpty ? "" : ", \(violation.code)"
    return "frame \(frame) at 0x\(Hex.short(map.offset(violation.position))): \(violation.what) — "
      + "\(violation.rule)\(code)"
  }

  /// Seconds with milliseconds, as nghttp has it; nil where the capture has no times.
  var clock: String? {
    time.map { nanoseconds in
      let milliseconds = nanoseconds / 1_000_000
      let fraction = String(milliseconds % 1000)
      let seconds = String(milliseconds / 1000)
      return "[" + String(repeating: " ", count: max(0, 3 - seconds.utf8.count)) + seconds + "."
        + String(repeating: "0", count: 3 - fraction.utf8.count) + fraction + "]"
    }
  }
}
