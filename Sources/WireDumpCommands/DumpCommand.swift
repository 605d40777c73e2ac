import ArgumentParsing
import CommandConsole
import ProtobufSchema
import TLSSession
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
        "format", .value(.init("form", choices: ["text", "hex", "json"], fallback: "text")),
        "Frames for people, every byte with its meaning, or one JSON object a line."),
      Option("oneline", .flag, "One line a frame, for grep."),
      Option("verbose", letter: "v", .flag, "Tell how each header field and message is written."),
      Option("hpack-table", .flag, "Show the dynamic table behind each header block."),
      Option("reveal", .flag, "Show secrets."),
      Option("strict", .flag, "Exit with 1 if a rule is broken."),
      Option("no-guess", .flag, "Do not look into fields that no schema knows."),
      Option(
        "input",
        .value(.init("kind", choices: ["auto", "http2", "grpc", "protobuf"], fallback: "auto")),
        "What the bytes are."),
      Option(
        "direction",
        .value(.init("side", choices: ["auto", "client", "server"], fallback: "auto")),
        "Who sent an HTTP/2 stream."),
      Option(
        "keylog", .value(.init("file")),
        "The secrets of a capture's TLS connections, as SSLKEYLOGFILE has them."),
      Option("proto", .values(.init("file")), "A .proto file; imports are looked for beside it."),
      Option(
        "message-type", .value(.init("name")), "The full name of the messages that are no HTTP/2."),
      Option(
        "color", .value(.init("when", choices: ["auto", "always", "never"], fallback: "auto")),
        "Whether to colour text and hex."),
    ],
    operands: [Operand("file", .optional, "The input; - or nothing is standard input.")]
  )

  static func run(_ command: ParsedCommand, _ context: CommandContext) throws {
    let schema = try SchemaSource.schema(command.values("proto"))
    if let name = command.value("message-type"), schema.message(named: name) == nil {
      throw command.refusal("no .proto file declares the message \(name)")
    }
    let redactor = Redactor(reveals: command.flag("reveal")) { Crypto.sha256($0) }
    let dump = DumpContext(
      schema: schema, redactor: redactor, guesses: !command.flag("no-guess"),
      showsTables: command.flag("hpack-table"))
    let input = try DumpInput(InputPieces(command.operands.first ?? "-", context))
    var job = DumpJob(command: command, console: context, input: input)
    let color = isColored(command, context)
    let violations =
      switch command.value("format") {
      case "hex": try job.run(dump, HexOutput(color: color))
      case "json": try job.run(dump, JSONOutput())
      default:
        try job.run(
          dump,
          TextOutput(
            color: color, oneLine: command.flag("oneline"), verbose: command.flag("verbose")))
      }
    if violations > 0, command.flag("strict") { throw CommandExit(.failure) }
  }

  private static func isColored(_ command: ParsedCommand, _ context: CommandContext) -> Bool {
    switch command.value("color") {
    case "always": true
    case "never": false
    default: context.style.isOn
    }
  }
}
