/// Results as JUnit's XML, which most build servers read.
package struct JUnitReport {
  private let results: [CaseResult]
  private let name: String
  private let isStrict: Bool

  /// - Parameter isStrict: whether a recommended case that fails is a failure; else it is reported as
  ///   one that was skipped, since the form knows nothing between the two.
  package init(_ results: [CaseResult], name: String, isStrict: Bool) {
    self.results = results
    self.name = name
    self.isStrict = isStrict
  }

  /// The document.
  package var text: String {
    let failures = results.filter { $0.isFailure(isStrict: isStrict) }.count
    let skipped = results.filter { $0.outcome != .passed }.count - failures
    let time = Self.seconds(results.reduce(.zero) { $0 + $1.duration })
    let counts = #"tests="\#(results.count)" failures="\#(failures)" errors="0""#
    return [
      #"<?xml version="1.0" encoding="UTF-8"?>"#, #"<testsuites \#(counts) time="\#(time)">"#,
      #"  <testsuite name="\#(Self.escaped(name))" \#(counts) skipped="\#(skipped)" time="\#(time)">"#,
      results.map(element).joined(separator: "\n"), "  </testsuite>", "</testsuites>", "",
    ].joined(separator: "\n")
  }

  private func element(_ result: CaseResult) -> String {
    let parts = result.test.name.split(separator: "/", maxSplits: 1)
    let start =
      #"    <testcase classname="\#(Self.escaped(String(parts.first ?? "")))" "#
      + #"name="\#(Self.escaped(String(parts.last ?? "")))" time="\#(Self.seconds(result.duration))""#
    switch result.outcome {
    case .passed: return start + "/>"
    case .failed(let reason):
      let isFailure = result.isFailure(isStrict: isStrict)
      let message = Self.escaped(isFailure ? reason : "recommended: \(reason)")
      let inner =
        isFailure
        ? #"<failure type="\#(result.test.level.rawValue)" message="\#(message)">"#
          + "\(Self.escaped(result.test.rule.source))</failure>"
        : #"<skipped message="\#(message)"/>"#
      return "\(start)>\(inner)</testcase>"
    case .skipped(let reason):
      return "\(start)><skipped message=\"\(Self.escaped(reason))\"/></testcase>"
    }
  }

  /// Seconds with three decimals.
  static func seconds(_ duration: Duration) -> String {
    let (seconds, attoseconds) = duration.components
    let milliseconds = String(attoseconds / 1_000_000_000_000_000)
    return "\(seconds)." + String(repeating: "0", count: max(0, 3 - milliseconds.count))
      + milliseconds
  }

  /// For content and for values between double quotes. What XML 1.0 cannot hold (§2.2) becomes U+FFFD,
  /// and white space that a reader of an attribute would change a reference.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "\t", "\n", "\r": result += "&#\(scalar.value);"
      case "\u{0}"..."\u{1F}", "\u{FFFE}", "\u{FFFF}": result += "\u{FFFD}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}

extension CaseResult {
  /// Whether the run fails by it.
  package func isFailure(isStrict: Bool) -> Bool {
    if case .failed = outcome { test.level == .required || isStrict } else { false }
  }
}
