import ArgumentParsing
import CommandConsole
import LocalFiles

/// `wirebench dump`
enum DumpBenchCommand {
  static let table = Command(
    "dump",
    abstract: "Measure wiredump beside tshark on captures of this library's calls.",
    discussion: [
      "Records calls of RefreshApiToken, messages of 1 MiB, and both, as they pass between client "
        + "and server, copies the connection until the capture has --size, and runs wiredump, which "
        + "lies beside this program, and tshark in turn on each capture, their output thrown away."
    ],
    examples: [
      Example("All forms of output, in some minutes", "wirebench dump"),
      Example("A gigabyte, without tshark", "wirebench dump --size 1000 --no-tshark"),
    ],
    options: [
      Option(
        "size", .value(.init("megabytes", fallback: "64")), "How large each capture is."),
      Option(
        "rounds", .value(.init("number", fallback: "1")), "How often each is measured."),
      Option(
        "connections", .value(.init("number", fallback: "4")),
        "How many connections are open at the same time."),
      Option(
        "only", .value(.init("text")), "Only what has this in its name, such as 'small, hex'."),
      Option("no-tshark", .flag, "Measure wiredump alone."),
      Option("strict", .flag, "Exit with 1 when a target is missed."),
      .json,
    ])

  /// On the main thread: children end with the thread that starts them.
  @MainActor
  static func run(_ command: ParsedCommand, _ context: CommandContext) async throws {
    let bench = try DumpBench(command, context)
    defer { bench.files.remove() }
    let report = CompareReport(
      machine: Machine(environment: context.environment), sections: [try await bench.run()])
    try context.print(command.flag("json") ? "\(report.json)" : report.text)
    if command.flag("strict"), report.misses > 0 {
      throw CommandFailure("TARGET_MISSED", "targets missed: \(report.misses)")
    }
  }
}

/// One run of `wirebench dump`.
@MainActor
private struct DumpBench {
  let files: DumpFiles
  private let context: CommandContext
  private let wiredump: String
  private let size: Int
  private let rounds: Int
  private let connections: Int
  private let only: String?
  private let runsTshark: Bool

  init(_ command: ParsedCommand, _ context: CommandContext) throws {
    self.context = context
    size = try command.number("size", in: 1...100_000) * 1_000_000
    rounds = try command.number("rounds", in: 1...1_000)
    connections = try command.number("connections", in: 1...10_000)
    only = command.value("only")
    runsTshark = !command.flag("no-tshark")
    let path = try Executable.path
    wiredump =
      path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
      .joined(separator: "/") + "/wiredump"
    files = try DumpFiles()
  }

  func run() async throws -> CompareReport.Section {
    var results = DumpResults()
    for traffic in CapturedTraffic.allCases {
      let modes = DumpMode.allCases.filter { mode in
        only.map { "\(traffic), \(mode)".contains($0) } ?? true
      }
      guard !modes.isEmpty else { continue }
      let size = try await makeCapture(of: traffic)
      for mode in modes { results.cells.append(try measure(traffic, mode, size)) }
    }
    return results.section
  }

  private func makeCapture(of traffic: CapturedTraffic) async throws -> Double {
    try await traffic.record(to: files.recording)
    let recording = try FileText.read(path: files.recording, limit: 1 << 28)
    let output = try FileOutput(path: files.capture)
    var written = 0
    let count = try CaptureMultiplier(recording, connectionsAtOnce: connections).write(size) {
      try output.write($0)
      written += $0.count
    }
    context.note("\(traffic): \(written) bytes, \(count) connections")
    return Double(written)
  }

  private func measure(
    _ traffic: CapturedTraffic, _ mode: DumpMode, _ size: Double
  ) throws -> DumpCell {
    let (ours, theirs) = mode.arguments(files.capture)
    var cell = DumpCell(traffic: traffic, mode: mode, size: size, ours: [], tshark: [])
    for _ in 0..<rounds {
      cell.ours.append(try time([wiredump] + ours))
      if runsTshark { cell.tshark.append(try time(["tshark"] + theirs)) }
    }
    context.note("\(traffic), \(mode): measured")
    return cell
  }

  private func time(_ arguments: [String]) throws -> MeasuredRun {
    try MeasuredRun(ChildProcess.Command(arguments, environment: context.environment))
  }
}
