import CommandConsole
import ConformanceSuite
import MomentoAuth

/// What a run of a suite prints.
struct ConformanceReport {
  let isJSON: Bool
  let isStrict: Bool
  let context: CommandContext

  /// All cases, without what became of them.
  func list(_ cases: [ConformanceCase]) throws {
    guard !isJSON else {
      let objects = cases.map { test -> JSONObject in
        var object = JSONObject()
        object.add("name", test.name)
        object.add("title", test.title)
        object.add("level", test.level.rawValue)
        object.add("rule", "\(test.rule.source): \(test.rule.says)")
        object.add("needs", .array(test.needs.map { .string($0) }))
        return object
      }
      return try context.print("[\(objects.map(\.description).joined(separator: ",\n"))]")
    }
    let width = cases.map(\.name.count).max() ?? 0
    for test in cases {
      let needs = test.needs.isEmpty ? "" : " (needs \(test.needs.joined(separator: ", ")))"
      try context.print(
        "\(test.level.rawValue.padded(to: 11))  \(test.name.padded(to: width))  \(test.title)\(needs)"
      )
    }
  }

  /// A case, as soon as it is over.
  func line(_ result: CaseResult) throws {
    guard !isJSON else { return }
    let time = Self.milliseconds(result.duration).leftPadded(to: 8)
    let word = result.word(isStrict: isStrict)
    let mark = (word == .failed ? context.style.bold(word.mark) : word.mark)
    guard let reason = result.reason else {
      return try context.print("\(mark)  \(time) ms  \(result.test.name)")
    }
    try context.print("\(mark)  \(time) ms  \(result.test.name): \(reason.visible)")
    guard case .failed = result.outcome else { return }
    let rule = result.test.rule
    try context.print("                   \(result.test.title); \(rule.source): \(rule.says)")
  }

  /// The sum of it.
  ///
  /// - Throws: `CommandExit` where a case has failed.
  func end(_ results: [CaseResult]) throws {
    var counts: [CaseResult.Word: Int] = [:]
    for result in results { counts[result.word(isStrict: isStrict), default: 0] += 1 }
    if isJSON {
      try context.print(document(results, counts))
    } else {
      let parts = CaseResult.Word.allCases.map { "\(counts[$0, default: 0]) \($0.rawValue)" }
      try context.print(parts.joined(separator: ", "))
    }
    if counts[.failed, default: 0] > 0 { throw CommandExit(.failure) }
  }

  private func document(_ results: [CaseResult], _ counts: [CaseResult.Word: Int]) -> String {
    let cases = results.map { result -> String in
      var object = JSONObject()
      object.add("name", result.test.name)
      object.add("level", result.test.level.rawValue)
      object.add("outcome", result.word(isStrict: isStrict).rawValue)
      object.add("reason", result.reason.map { .string($0) } ?? .null)
      object.add("milliseconds", Self.milliseconds(result.duration))
      object.add("rule", "\(result.test.rule.source): \(result.test.rule.says)")
      return object.description
    }
    let sums = CaseResult.Word.allCases.map { "\"\($0.rawValue)\":\(counts[$0, default: 0])" }
    return "{\"cases\":[\(cases.joined(separator: ",\n"))],\n\(sums.joined(separator: ","))}"
  }

  /// With one decimal.
  private static func milliseconds(_ duration: Duration) -> String {
    let (seconds, attoseconds) = duration.components
    let tenths = seconds * 10_000 + attoseconds / 100_000_000_000_000
    return "\(tenths / 10).\(tenths % 10)"
  }
}

extension CaseResult {
  /// What a report calls an outcome.
  enum Word: String, CaseIterable {
    case passed, failed, warned, skipped

    var mark: String {
      switch self {
      case .passed: "ok  "
      case .failed: "FAIL"
      case .warned: "warn"
      case .skipped: "skip"
      }
    }
  }

  func word(isStrict: Bool) -> Word {
    switch outcome {
    case .passed: .passed
    case .failed: isFailure(isStrict: isStrict) ? .failed : .warned
    case .skipped: .skipped
    }
  }

  /// Why it has not passed.
  var reason: String? {
    switch outcome {
    case .passed: nil
    case .failed(let reason), .skipped(let reason): reason
    }
  }
}
