import ArgumentParsing
import CommandConsole
import LocalFiles
import MomentoKeyRotation
import SecretStores

/// `momento-auth rotate once`
enum RotateOnceCommand {
  static let table = Command(
    "once",
    abstract: "Renew the keys that are due, go on with what was interrupted, and end.",
    discussion: [
      "For cron and for timers. It ends with 0 when the keys are renewed or not due, with 75 when a "
        + "key could not be renewed now and is still good, with 77 when the service refuses, and with "
        + "78 when a store cannot be used as it is."
    ],
    examples: [
      Example("A key in a file", "momento-auth rotate once --store file:./key.json"),
      Example(
        "Two keys, with figures for a textfile collector",
        "momento-auth rotate once --store file:a.json --store file:b.json --metrics-file m.prom"),
    ],
    options: [RotateOptions.stores, RotateOptions.spool, RotateOptions.courier]
      + ServiceOptions.table + [
        Option(
          "force", .flag, "Renew keys that are not due, and ask again where the service refused."),
        Option("detailed-exitcode", .flag, "End with 2 when a key was renewed."),
        Option(
          "metrics-file", .value(.init("file")),
          "Write figures to this file, in the text format of Prometheus."),
        .json,
      ],
    sections: [RotateOptions.help])

  @Sendable static func run(_ command: ParsedCommand, _ context: CommandContext) async throws {
    let options = try RotateOptions(command, context)
    let (reports, metrics) = try await options.withStores { stores in
      var reports: [(StoreLocation, RotationReport)] = []
      var metrics: [RotationMetrics] = []
      for store in stores {
        let figures = RotationMetrics(secret: store.location.description)
        metrics.append(figures)
        let rotator = try options.rotator(of: store, observers: [figures])
        reports.append(
          (store.location, await rotator.rotateIfDue(force: command.flag("force"))))
      }
      return (reports, metrics)
    }
    for (location, report) in reports { try tell(report, location, command, context) }
    if let path = command.value("metrics-file") {
      let text = RotationMetrics.prometheusText(of: metrics)
      try AtomicFile(path: path, mode: 0o644).commit(Array(text.utf8))
    }
    let code = RotateWords.exitCode(
      reports.map(\.1), isDetailed: command.flag("detailed-exitcode"))
    if code != .success { throw CommandExit(code) }
  }

  private static func tell(
    _ report: RotationReport, _ location: StoreLocation, _ command: ParsedCommand,
    _ context: CommandContext
  ) throws {
    if command.flag("json") {
      try context.print(RotateWords.json(report, location).description)
    } else {
      try context.print(RotateWords.text(report, location, at: context.now()))
      if case .refused(let refusal) = report.outcome { context.note("  " + refusal.advice) }
    }
    for alarm in report.alarms.sorted(by: { $0.rawValue < $1.rawValue })
    where !command.flag("json") {
      context.note("Alarm: \(location): \(alarm.rawValue)")
    }
  }
}
