import ArgumentParsing
import CommandConsole

/// What `wirebench soak` is told.
struct SoakOptions {
  var seconds: Double
  var lanes: Int
  var callers: Int
  var loops: Int
  /// The longest time between two cuts, in milliseconds.
  var pause: Int

  init(_ command: ParsedCommand) throws {
    seconds = try command.seconds("seconds")
    lanes = try command.number("connections", in: 2...1_000)
    callers = try command.number("callers", in: 1...1_000)
    loops = try command.number("loops", in: 1...64)
    pause = try command.number("pause", in: 1...10_000)
  }
}

/// `wirebench soak`
enum SoakCommand {
  static let table = Command(
    "soak",
    abstract: "Load a server for long while connections are cut at random, and miss nothing.",
    discussion: [
      "Each call carries what no other does, and its answer has to repeat it. Only calls on a "
        + "connection that is cut may fail, and they have to say why; no call may be done twice; "
        + "memory and descriptors must not grow. One connection is never cut. Exits with 1 if any of "
        + "that does not hold."
    ],
    examples: [Example("Ten minutes", "wirebench soak --seconds 600")],
    options: [
      Option("seconds", .value(.init("number", fallback: "60")), "How long."),
      Option("connections", .value(.init("number", fallback: "8")), "How many connections."),
      Option("callers", .value(.init("number", fallback: "32")), "Calls in flight on each."),
      Option("loops", .value(.init("number", fallback: "2")), "How many event loops."),
      Option(
        "pause", .value(.init("milliseconds", fallback: "100")),
        "The longest time between two cuts."),
      .json,
    ])

  static func run(_ command: ParsedCommand, _ context: CommandContext) async throws {
    let report = try await SoakRun(options: SoakOptions(command)).report()
    try context.print(command.flag("json") ? "\(report.json)" : report.text(context.style))
    if !report.problems.isEmpty { throw CommandExit(.failure) }
  }
}
