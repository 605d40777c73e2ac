package import MomentoAuth
package import MomentoKeyRotation
package import SecretStores

/// What a run has come to for one secret, for whoever asked for it. It holds no secret.
package struct RotationResult: Sendable, Hashable {
  /// What a run means for its caller.
  package enum Verdict: Int, Sendable, Hashable, Comparable {
    /// Done, or nothing to do.
    case done
    /// The same may succeed later.
    case retryLater
    /// The store or the key cannot be used as it is.
    case misconfigured
    /// The service will not renew the key.
    case refused

    package static func < (left: Verdict, right: Verdict) -> Bool {
      left.rawValue < right.rawValue
    }
  }

  package var location: StoreLocation
  package var report: RotationReport

  package init(_ location: StoreLocation, _ report: RotationReport) {
    self.location = location
    self.report = report
  }

  package var verdict: Verdict { report.outcome.verdict }

  /// What kept it from being done; nil where it was.
  package var trouble: String? {
    switch report.outcome {
    case .notDue, .rotated, .underWayElsewhere: nil
    case .retryLater(_, let cause): "\(location): \(cause)"
    case .refused(let refusal): "\(location): \(refusal.message)"
    }
  }

  /// `{"secret","outcome","validUntil","next"}`, and why where it was not done.
  package var json: JSONValue {
    var members: [String: JSONValue] = [
      "secret": .string(location.description), "outcome": .string(report.outcome.word),
      "validUntil": Self.number(report.key?.validUntil?.epochSeconds), "next": Self.number(next),
    ]
    if let trouble { members["error"] = .string(trouble) }
    return .object(members)
  }

  private var next: UInt64? {
    switch report.outcome {
    case .notDue(let until): until
    case .retryLater(let at, _): at
    case .rotated, .underWayElsewhere, .refused: report.key?.due
    }
  }

  private static func number(_ value: UInt64?) -> JSONValue {
    value.map { .integer(Int64(clamping: $0)) } ?? .null
  }
}

extension RotationReport.Outcome {
  /// What it means for whoever asked for the run.
  package var verdict: RotationResult.Verdict {
    switch self {
    case .notDue, .rotated, .underWayElsewhere: .done
    case .retryLater: .retryLater
    case .refused(let refusal):
      switch refusal.why {
      case .unreadable, .misconfigured, .unrefreshable: .misconfigured
      default: .refused
      }
    }
  }

  /// The outcome in a word, for programs.
  package var word: String {
    switch self {
    case .notDue: "not-due"
    case .rotated: "rotated"
    case .underWayElsewhere: "under-way"
    case .retryLater: "retry"
    case .refused: "refused"
    }
  }

  /// Whether there is a new key.
  package var isRotated: Bool { if case .rotated = self { true } else { false } }
}

extension [RotationResult] {
  /// The worst.
  package var verdict: RotationResult.Verdict { map(\.verdict).max() ?? .done }

  /// `{"results":[…]}`.
  package var json: JSONValue { .object(["results": .array(map(\.json))]) }
}
