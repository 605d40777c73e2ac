import CommandConsole
import FoundationEssentials
import Glibc
import MomentoAuth
import MomentoKeyRotation
import RotationService
import SecretStores

/// Writes what a rotator does into a log, without secrets.
struct RotationLog: RotationObserver {
  private let log: JSONLog
  private let secret: String

  init(_ location: StoreLocation, _ log: JSONLog) {
    secret = location.description
    self.log = log
  }

  func ended(_ stage: RotationStage, _ result: RotationStageResult, took: Duration) {
    switch result {
    case .ok:
      // Reading is what it does all the time.
      write(stage == .read ? .debug : .info, stage, "ok", nil, took)
    case .conflict: write(.warning, stage, "conflict", nil, took)
    case .failed(let code): write(.warning, stage, "failed", code, took)
    }
  }

  private func write(
    _ level: JSONLog.Level, _ stage: RotationStage, _ result: String, _ code: String?,
    _ took: Duration
  ) {
    log.log(
      level, stage.rawValue,
      [
        "secret": .text(secret), "result": .text(result), "code": code.map { .text($0) },
        "ms": .milliseconds(took),
      ])
  }

  func ended(_ report: RotationReport) {
    for alarm in report.alarms.sorted(by: { $0.rawValue < $1.rawValue }) {
      log.log(.error, "alarm", ["secret": .text(secret), "alarm": .text(alarm.rawValue)])
    }
    switch report.outcome {
    case .notDue, .underWayElsewhere: break
    case .rotated(let key):
      log.log(
        .info, "rotated",
        [
          "secret": .text(secret), "from": .text(key.from), "to": .text(key.to),
          "validUntil": (key.validUntil?.epochSeconds).map { .number(Int64(clamping: $0)) },
        ])
    case .retryLater(let at, let cause):
      log.log(
        .warning, "not possible now",
        ["secret": .text(secret), "cause": .text(cause), "at": .number(Int64(clamping: at))])
    case .refused(let refusal):
      log.log(
        .error, "refused",
        [
          "secret": .text(secret), "code": refusal.code.map { .text($0) },
          "reason": .text(refusal.message), "advice": .text(refusal.advice),
        ])
    }
  }
}

extension JSONLog {
  /// The log of a command: lines on its standard error.
  init(_ context: CommandContext) {
    self.init(now: { context.now().asTimeSpec }) { line in
      try? context.standardError.write(String(decoding: line, as: UTF8.self))
    }
  }
}

extension Date {
  /// The time as the system has it.
  fileprivate var asTimeSpec: timespec {
    let seconds = max(0, timeIntervalSince1970)
    let whole = Int(exactly: seconds.rounded(.down)) ?? 0
    return timespec(tv_sec: whole, tv_nsec: Int((seconds - Double(whole)) * 1e9))
  }
}
