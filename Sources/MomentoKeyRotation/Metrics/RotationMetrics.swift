import Locking
import MomentoAuth
public import SecretStores

/// Counts what a rotator does, for Prometheus.
public final class RotationMetrics: RotationObserver {
  struct Outcome: Hashable, Comparable {
    var stage: RotationStage
    var result: String
    var code: String

    static func < (left: Outcome, right: Outcome) -> Bool {
      (left.stage.rawValue, left.result, left.code)
        < (right.stage.rawValue, right.result, right.code)
    }
  }

  struct Values: Sendable {
    var stages: [Outcome: Int] = [:]
    var seconds: [RotationStage: Double] = [:]
    var key: KeyStatus?
    var nextAttempt: UInt64?
    var lastSuccess: UInt64?
    var rotations = 0
    var alarms: Set<RotationAlarm> = []
  }

  private let values = Locked(Values())
  private let secret: String
  private let leadership: (any Leadership)?
  private let clock: any RotationClock

  /// Begins to count.
  ///
  /// - Parameters:
  ///   - secret: the secret's name, as the label `secret`.
  ///   - leadership: of the rotator, where one is elected.
  public convenience init(secret: String, leadership: (any Leadership)? = nil) {
    self.init(secret: secret, leadership: leadership, clock: SystemClock())
  }

  package init(
    secret: String, leadership: (any Leadership)? = nil, clock: any RotationClock
  ) {
    self.secret = secret
    self.leadership = leadership
    self.clock = clock
  }

  /// Counts a part of a rotation.
  public func ended(_ stage: RotationStage, _ result: RotationStageResult, took: Duration) {
    let outcome =
      switch result {
      case .ok: Outcome(stage: stage, result: "ok", code: "")
      case .conflict: Outcome(stage: stage, result: "conflict", code: "")
      case .failed(let code): Outcome(stage: stage, result: "failed", code: code)
      }
    values.withLock {
      $0.stages[outcome, default: 0] += 1
      $0.seconds[stage, default: 0] += took.inSeconds
    }
  }

  /// Takes over how the key stands after a run.
  public func ended(_ report: RotationReport) {
    let now = clock.now()
    values.withLock { values in
      values.key = report.key ?? values.key
      values.alarms = report.alarms
      values.nextAttempt = report.key?.due
      switch report.outcome {
      case .rotated:
        values.rotations += 1
        values.lastSuccess = now
      case .notDue(let until): values.nextAttempt = until
      case .retryLater(let at, _): values.nextAttempt = at
      case .underWayElsewhere, .refused: break
      }
    }
  }

  /// Everything in Prometheus' text format, version 0.0.4.
  public func prometheusText() -> String { Self.prometheusText(of: [self]) }

  /// The figures of several rotators in one text.
  public static func prometheusText(of metrics: [RotationMetrics]) -> String {
    var text = PrometheusText()
    for metrics in metrics { metrics.write(to: &text) }
    return text.text
  }

  private func write(to text: inout PrometheusText) {
    let values = values.withLock { $0 }
    text.labels = [("secret", secret)]
    text.gauge(
      "momento_key_expiry_timestamp_seconds", "When the current key expires; 0 for never.",
      values.key?.validUntil?.epochSeconds)
    text.gauge(
      "momento_key_issued_timestamp_seconds", "When the current key was issued.",
      values.key?.issuedAt)
    text.gauge(
      "momento_rotation_next_attempt_timestamp_seconds", "When the key is renewed next.",
      values.nextAttempt)
    text.gauge(
      "momento_rotation_last_success_timestamp_seconds", "When the key was renewed last.",
      values.lastSuccess)
    text.gauge(
      "momento_rotator_leader", "Whether this rotator leads.",
      leadership.map { $0.isLeader ? 1 : 0 })
    text.family("momento_rotations_total", "counter", "Keys that were renewed.")
    text.sample("momento_rotations_total", [], "\(values.rotations)")
    text.family("momento_rotation_alarm", "gauge", "Whether somebody should look into it.")
    for alarm in RotationAlarm.allCases {
      text.sample(
        "momento_rotation_alarm", [("alarm", alarm.rawValue)],
        values.alarms.contains(alarm) ? "1" : "0")
    }
    text.family("momento_rotation_steps_total", "counter", "Parts of rotations, and how they went.")
    for (outcome, count) in values.stages.sorted(by: { $0.key < $1.key }) {
      text.sample(
        "momento_rotation_steps_total",
        [("step", outcome.stage.rawValue), ("result", outcome.result), ("code", outcome.code)],
        "\(count)")
    }
    text.family(
      "momento_rotation_step_seconds_total", "counter", "Time that parts of rotations took.")
    for (stage, seconds) in values.seconds.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      text.sample(
        "momento_rotation_step_seconds_total", [("step", stage.rawValue)], "\(seconds)")
    }
  }
}

/// Writes Prometheus' text format. The samples of one metric stand together, behind its comments, in
/// whatever order they come.
struct PrometheusText {
  private var families: [(name: String, lines: String)] = []
  /// What every sample from here on is of.
  var labels: [(String, String)] = []

  var text: String { families.map(\.lines).joined() }

  mutating func family(_ name: String, _ type: String, _ help: String) {
    guard !families.contains(where: { $0.name == name }) else { return }
    families.append((name, "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"))
  }

  mutating func sample(_ name: String, _ more: [(String, String)], _ value: String) {
    guard let index = families.firstIndex(where: { $0.name == name }) else { return }
    let labels = (labels + more).map { "\($0)=\"\(Self.escaped($1))\"" }
    families[index].lines += "\(name){\(labels.joined(separator: ","))} \(value)\n"
  }

  /// A gauge of one sample; none at all while its value is unknown.
  mutating func gauge(_ name: String, _ help: String, _ value: UInt64?) {
    guard let value else { return }
    family(name, "gauge", help)
    sample(name, [], "\(value)")
  }

  private static func escaped(_ text: String) -> String {
    text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
      .replacing("\n", with: "\\n")
  }
}
