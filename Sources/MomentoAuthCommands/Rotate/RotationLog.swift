import CommandConsole
import FoundationEssentials
import MomentoAuth
import MomentoKeyRotation
import SecretStores

/// Writes what a rotator does, one JSON object a line, without secrets.
struct RotationLog: RotationObserver {
  let location: StoreLocation
  let context: CommandContext

  func ended(_ stage: RotationStage, _ result: RotationStageResult, took: Duration) {
    // Reading is what it does all the time.
    guard stage != .read || result != .ok else { return }
    var object = line(result == .ok ? "info" : "warning")
    object.add("step", stage.rawValue)
    switch result {
    case .ok: object.add("result", "ok")
    case .conflict: object.add("result", "conflict")
    case .failed(let code):
      object.add("result", "failed")
      object.add("code", code)
    }
    object.add("ms", .integer(took.components.seconds * 1_000 + took.components.attoseconds / 1_000_000_000_000_000))
    context.note(object.description)
  }

  func ended(_ report: RotationReport) {
    let level: String
    switch report.outcome {
    case .notDue, .underWayElsewhere:
      guard !report.alarms.isEmpty else { return }
      level = "warning"
    case .rotated: level = "info"
    case .retryLater: level = "warning"
    case .refused: level = "error"
    }
    var object = line(level)
    object.add("report", RotateWords.json(report, location))
    context.note(object.description)
  }

  private func line(_ level: String) -> JSONObject {
    var object = JSONObject()
    object.add("time", "\(ExpiresAt.date(context.now()))")
    object.add("level", level)
    object.add("secret", location.description)
    return object
  }
}
