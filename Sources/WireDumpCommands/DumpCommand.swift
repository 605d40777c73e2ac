import ArgumentParsing
import CommandConsole
import ProtobufSchema
import WireCaptureModel
import WireDump

/// `wiredump dump`
enum DumpCommand {
  static let table = Command(
    "dump",
    abstract: "Explain a file of bytes.",
    discussion: [
      "Tells by itself whether it is a packet capture (pcap, pcapng), one direction of an HTTP/2 "
        + "connection, gRPC messages behind their prefixes, a protobuf message, or hexadecimal text "
        + "(xxd, hexdump, text2pcap) of one of them. TLS in a capture is opened with --keylog, or with "
        + "the secrets that a pcapng file embeds."
    ],
    options: [
      Option(
        "format",
        .value(.init("form", choices: ["text", "hex", "json", "protoscope"], fallback: "text")),
        "Frames for people, every byte with its meaning, one JSON object a line, or the messages in "
          + "the protoscope language, from which encode makes their bytes again."),
      Option("oneline", .flag, "One line a frame, for grep."),
      SharedOptions.verbose, SharedOptions.hpackTable, SharedOptions.reveal,
      Option(
        "verify", .flag,
        "Encode everything again; tell whether that gives the same bytes, or the first choice of each "
          + "layer that is not canonical, with -v all of them. Exit with 1 if there is one."),
      Option("strict", .flag, "Exit with 1 if a rule is broken."),
      SharedOptions.noGuess,
      Option(
        "input",
        .value(.init("kind", choices: ["auto", "http2", "grpc", "protobuf"], fallback: "auto")),
        "What the bytes are."),
      Option(
        "direction",
        .value(.init("side", choices: ["auto", "client", "server"], fallback: "auto")),
        "Who sent an HTTP/2 stream."),
      WhereOption.option,
      Option(
        "waterfall", .value(.init("form", choices: ["text", "svg"])),
        "Instead of frames, a picture of when each call did what and what it waited for."),
      SharedOptions.keyLog,
      SchemaSource.protoOption, SchemaSource.setOption,
      Option(
        "bytes", .flag,
        "With --format json and --reveal: all bytes, so that encode can make the input again."),
      Option(
        "message-type", .value(.init("name")), "The full name of the messages that are no HTTP/2."),
      SharedOptions.color,
    ],
    operands: [
      Operand(
        "file", .any,
        "The input; - or nothing is standard input. Two files are the two directions of a connection; "
          + "so are NAME.client.bin and NAME.server.bin for NAME. A folder of such files is explained "
          + "one after the other.")
    ],
    sections: [WhereOption.help]
  )

  static func run(_ command: ParsedCommand, _ context: CommandContext) throws {
    let dump = try DumpContext(command)
    if command.flag("bytes"), !command.flag("reveal") || command.value("format") != "json" {
      throw command.refusal("--bytes is for --format json, and needs --reveal: secrets are in it")
    }
    if let name = command.value("message-type"), dump.schema?.message(named: name) == nil {
      throw command.refusal("no .proto file or descriptor set declares the message \(name)")
    }
    if command.operands.count > 2 {
      throw command.refusal("give one input, or the two directions of a connection")
    }
    if command.value("waterfall") != nil,
      command.flag("verify") || command.value("format") != "text"
    {
      throw command.refusal("--waterfall is a picture instead of frames: no --format, no --verify")
    }
    var broken = 0
    var different = 0
    let sources = try sources(command, context)
    for source in sources {
      if sources.count > 1 { try context.print(RecordingSource.heading(source.name, command)) }
      var job = DumpJob(command: command, console: context, source: source.source)
      let lines = try job.run(dump, try AnyOutput(command, context, dump))
      broken += lines.violationCount
      different += lines.differenceCount
    }
    if broken > 0, command.flag("strict") { throw CommandExit(.failure) }
    if different > 0 { throw CommandExit(.failure) }
  }

  private static func sources(
    _ command: ParsedCommand, _ context: CommandContext
  ) throws -> [(name: String, source: DumpJob.Source)] {
    if let found = try RecordingSource.find(command.operands, side: side(command)) {
      return found.map { ($0.name, .recording($0.recording)) }
    }
    let name = command.operands.first ?? "-"
    return [(name, .input(try DumpInput(InputPieces(name, context))))]
  }

  /// Who sent an HTTP/2 stream, if that is said.
  static func side(_ command: ParsedCommand) -> CaptureDirection? {
    switch command.value("direction") {
    case "client": .clientToServer
    case "server": .serverToClient
    default: nil
    }
  }
}
