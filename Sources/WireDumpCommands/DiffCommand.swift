import ArgumentParsing
import CommandConsole
import WireDump

/// `wiredump diff`
enum DiffCommand {
  private static let noises = Noise.allCases.map(\.rawValue).joined(separator: ", ")

  static let table = Command(
    "diff",
    abstract:
      "Say in what two captures differ: connection by connection, call by call, field by field.",
    discussion: [
      "Left out unless asked for is what differs between any two runs: PING and WINDOW_UPDATE frames, "
        + "acknowledgements of SETTINGS, times, ports, how messages are split into DATA frames and how "
        + "header fields are written. Exits with 0 if nothing else differs, and with 1 if something does.",
      "Secrets are compared by their hashes, and shown as tags.",
    ],
    options: [
      Option("all", .flag, "Leave nothing out."),
      Option("include", .value(.init("list")), "Do not leave these out, of \(noises)."),
      Option(
        "format", .value(.init("form", choices: ["text", "json"], fallback: "text")),
        "Lines for people, or one JSON object a difference."),
      SharedOptions.reveal, SharedOptions.noGuess,
      SchemaSource.protoOption, SchemaSource.setOption,
      Option(
        "keylog", .value(.init("file")),
        "The secrets of the captures' TLS connections, as SSLKEYLOGFILE has them."),
    ],
    operands: [
      Operand("a", .one, "A capture file, a direction, a stem or a folder of one recording."),
      Operand("b", .one, "What it is compared with."),
    ])

  static func run(_ command: ParsedCommand, _ context: CommandContext) throws {
    let included = try included(command)
    let keyLog = try SharedOptions.keyLog(command)
    let dumpContext = try DumpContext(command)
    let sides = try command.operands.map { path in
      var dump = Dump(dumpContext, ComparedRecording(including: included, dumpContext))
      let recording = try RecordingSource.read(path, keyLog: keyLog).recording
      recording.replay(atFileOffsets: true, to: &dump)
      dump.finish()
      return dump.output
    }
    let differences = Comparison(sides[0], sides[1]).differences
    if command.value("format") == "json" {
      for difference in differences { try context.print(DifferenceText.json(difference)) }
    } else {
      for line in DifferenceText.lines(differences) { try context.print(line) }
    }
    guard !differences.isEmpty else { return }
    context.note(differences.count == 1 ? "1 difference" : "\(differences.count) differences")
    throw CommandExit(.failure)
  }

  private static func included(_ command: ParsedCommand) throws -> Set<Noise> {
    if command.flag("all") { return Set(Noise.allCases) }
    let names = (command.value("include") ?? "").split(separator: ",").map { String($0) }
    return Set(
      try names.map { name in
        guard let noise = Noise(rawValue: name) else {
          throw command.refusal("--include takes a list of \(noises)")
        }
        return noise
      })
  }
}
