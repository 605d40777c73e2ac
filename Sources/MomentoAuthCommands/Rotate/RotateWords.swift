import CommandConsole
import FoundationEssentials
import MomentoAuth
import MomentoKeyRotation
import RotationService
import SecretStores

/// What rotators say, for people and for programs.
enum RotateWords {
  /// The end of a run, in one line.
  static func text(_ report: RotationReport, _ location: StoreLocation, at now: Date) -> String {
    let what =
      switch report.outcome {
      case .notDue(nil): "nothing to do: the key never expires"
      case .notDue(let until?): "not due until \(ExpiresAt(epochSeconds: until))"
      case .rotated(let key):
        "rotated \(key.from) to \(key.to)"
          + (key.validUntil.map { ", good until \(TimeWords.expiry($0, at: now))" } ?? "")
      case .underWayElsewhere: "another rotator is at it"
      case .retryLater(let at, let cause):
        "not possible now: \(cause); try again at \(ExpiresAt(epochSeconds: at))"
      case .refused(let refusal): "refused: \(refusal.message)"
      }
    return "\(location): \(what)"
  }

  static func json(_ report: RotationReport, _ location: StoreLocation) -> JSONObject {
    var object = JSONObject()
    object.add("store", location.description)
    object.add("outcome", report.outcome.word)
    switch report.outcome {
    case .notDue(let until): object.add("until", number(until))
    case .rotated(let key):
      object.add("from", key.from)
      object.add("to", key.to)
    case .retryLater(let at, let cause):
      object.add("until", number(at))
      object.add("cause", cause)
    case .refused(let refusal):
      object.add("code", refusal.code.map { .string($0) } ?? .null)
      object.add("message", refusal.message)
      object.add("hint", refusal.advice)
    case .underWayElsewhere: break
    }
    object.add("alarms", .array(report.alarms.map(\.rawValue).sorted().map { .string($0) }))
    add(report.key, to: &object)
    return object
  }

  static func add(_ key: KeyStatus?, to object: inout JSONObject) {
    object.add("fingerprint", key.map { .string($0.fingerprint) } ?? .null)
    object.add("issuedAt", number(key?.issuedAt))
    object.add("validUntil", number(key?.validUntil?.epochSeconds))
    object.add("due", number(key?.due))
    object.add("emergency", number(key?.emergency))
  }

  private static func number(_ value: UInt64?) -> JSONValue {
    value.map { .integer(Int64(clamping: $0)) } ?? .null
  }

  /// What a rotator would do, and how the key stands.
  static func rows(_ plan: RotationPlan, _ location: StoreLocation, at now: Date) -> Rows {
    var rows = Rows()
    rows.add("Store", location.description)
    if let key = plan.key {
      rows.add("Key", key.fingerprint)
      if let issued = key.issuedAt { rows.add("Issued", "\(ExpiresAt(epochSeconds: issued))") }
      rows.add("Expires", key.validUntil.map { TimeWords.expiry($0, at: now) } ?? "not known")
      if let due = key.due {
        rows.add("Due", TimeWords.expiry(ExpiresAt(epochSeconds: due), at: now))
      }
    } else {
      rows.add("Key", "none")
    }
    if let intent = plan.intent {
      rows.add(
        "Under way", "\(intent.operation), since \(ExpiresAt(epochSeconds: intent.startedAt))")
      if intent.phase == .refused { rows.add("", "refused: \(intent.note ?? "no reason given")") }
    }
    if plan.hasPending { rows.add("Staged", "a new key is in the store beside the current one") }
    if plan.spooledKeys > 0 { rows.add("Spool", "\(plan.spooledKeys) new on this machine's disk") }
    rows.add("Next", plan.nextStep)
    for warning in plan.warnings { rows.add("Warning", warning) }
    return rows
  }

  static func json(_ plan: RotationPlan, _ location: StoreLocation) -> JSONObject {
    var object = JSONObject()
    object.add("store", location.description)
    add(plan.key, to: &object)
    object.add("next", plan.nextStep)
    object.add("operation", plan.intent.map { .string($0.operation.text) } ?? .null)
    object.add("refused", plan.intent?.phase == .refused)
    object.add("staged", plan.hasPending)
    object.add("spooled", UInt64(plan.spooledKeys))
    object.add("warnings", .array(plan.warnings.map { .string($0) }))
    return object
  }

  /// The exit code that several reports come to: the worst of them.
  static func exitCode(_ reports: [RotationReport], isDetailed: Bool) -> ExitCode {
    switch reports.map(\.outcome.verdict).max() ?? .done {
    case .done: isDetailed && reports.contains(where: \.outcome.isRotated) ? .invalid : .success
    case .retryLater: .retryable
    case .misconfigured: .configuration
    case .refused: .refused
    }
  }
}
