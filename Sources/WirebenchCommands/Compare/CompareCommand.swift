import ArgumentParsing
import CommandConsole
import Glibc
import MomentoAuth

/// `wirebench compare`
enum CompareCommand {
  static let table = Command(
    "compare",
    abstract: "Measure this library beside others, and judge it.",
    discussion: [
      "Builds the peers, starts servers on core 0, and runs one client after the other on core 1: "
        + "h2load of nghttp2, h2cli (the least client that nghttp2 allows), gRPC C++, and ours. "
        + "Prints the median of all rounds with the least and the greatest, and each target with "
        + "what was measured. To be run in the folder of the package, with a release build.",
      "Each run measures for --seconds after half a second of warm-up. Differences under 15 % are "
        + "ties.",
    ],
    examples: [
      Example("Everything, in about seven minutes", "wirebench compare"),
      Example("What 1 call in flight costs", "wirebench compare --only '1 in flight'"),
    ],
    options: [
      Option(
        "rounds", .value(.init("number", fallback: "5")), "How often each system is measured."),
      Option(
        "seconds", .value(.init("number", fallback: "2")), "How long each run is measured."),
      Option(
        "peers", .value(.init("folder", fallback: "../shared/peers")),
        "The sources of the programs to compare with."),
      Option(
        "only", .value(.init("text")),
        "Measure only what has this text in its name, such as TLS or h2load."),
      Option("growth", .flag, "Make ten million calls too, which takes minutes."),
      Option("strict", .flag, "Exit with 1 when a target is missed."),
      .json,
    ])

  /// On the main thread: children end with the thread that starts them.
  @MainActor
  static func run(_ command: ParsedCommand, _ context: CommandContext) async throws {
    let options = try Options(command)
    #if DEBUG
      context.note(
        "Warning: this is a debug build; build with '-c release' for figures that count.")
    #endif
    let files = try BenchFiles()
    let interruption = Task.detached {
      await context.untilTerminated()
      guard !Task.isCancelled else { return }
      files.remove()
      // The system kills the children when this process is gone: they were started so.
      exit(130)
    }
    defer {
      interruption.cancel()
      files.remove()
    }
    let programs = try programs(options, files, context)
    let report = CompareReport(
      machine: Machine(environment: context.environment),
      sections: sections(options, programs, context))
    try context.print(command.flag("json") ? "\(report.json)" : report.text)
    if command.flag("strict"), report.misses > 0 {
      throw CommandFailure("TARGET_MISSED", "targets missed: \(report.misses)")
    }
  }

  private struct Options {
    var rounds: Int
    var seconds: Double
    var peers: String
    var only: String?
    var isGrowthAsked: Bool

    init(_ command: ParsedCommand) throws(UsageError) {
      rounds = try command.number("rounds", in: 1...1_000)
      seconds = try command.seconds("seconds")
      guard seconds >= 0.1 else { throw command.refusal("--seconds takes 0.1 at least.") }
      peers = command.value("peers") ?? ""
      only = command.value("only")
      isGrowthAsked = command.flag("growth")
    }

    func includes(_ name: String) -> Bool { only.map { name.contains($0) } ?? true }
  }

  private static func programs(
    _ options: Options, _ files: BenchFiles, _ context: CommandContext
  ) throws(CommandFailure) -> BenchPrograms {
    let peers = try Peers.build(
      from: try Peers.absolute(options.peers), into: try Peers.absolute(".build/peers"),
      environment: context.environment, note: context.note)
    var programs = BenchPrograms(
      wirebench: try Executable.path, peers: peers, files: files, environment: context.environment,
      seconds: options.seconds)
    if sysconf(Int32(_SC_NPROCESSORS_ONLN)) >= 2 {
      programs.serverCore = 0
      programs.clientCore = 1
    } else {
      context.note("Warning: with one core only, servers and clients get in each other's way.")
    }
    return programs
  }

  /// Everything that is measured; each part brings its table and its targets.
  @MainActor
  private static func sections(
    _ options: Options, _ programs: BenchPrograms, _ context: CommandContext
  ) -> [CompareReport.Section] {
    let cells = Cell.all.filter { options.includes($0.name) }
    let results = Comparison(programs, note: context.note).run(cells, rounds: options.rounds)
    var sections = [
      CompareReport.Section(
        title: "Calls", key: "calls", tables: results.tables, json: results.json,
        targets: TransportTargets.judge(results))
    ]
    if options.includes(GrowthSection.title) {
      sections += GrowthSection.measure(
        programs, upToTenMillion: options.isGrowthAsked, note: context.note)
    }
    if options.includes(CodecSection.title) {
      sections += CodecSection.measure(programs, rounds: options.rounds, note: context.note)
    }
    if options.includes(IdleSection.title) {
      sections += IdleSection.measure(programs, note: context.note)
    }
    return sections
  }
}
