import ArgumentParsing
import CommandConsole
import LocalFiles
import ProtobufSchema
import WireDump

/// `wiredump encode`
enum EncodeCommand {
  static let table = Command(
    "encode",
    abstract: "Turn text back into bytes.",
    discussion: [
      "The text is in the protoscope language, as 'dump --format protoscope' prints it; a hexadecimal "
        + "dump (xxd, hexdump, text2pcap, or that of 'dump --format hex --reveal'); lines of 'dump "
        + "--format json --bytes --reveal'; or, with --message-type, a message in the text format or in "
        + "JSON. Text that is nothing but pairs of digits is taken for hexadecimal unless --from says "
        + "otherwise."
    ],
    examples: [
      Example("What was changed in an editor", "wiredump encode message.txt -o message.pb"),
      Example("A message that is typed", "echo '1: {\"hello\"}' | wiredump encode --hex"),
      Example(
        "A request body that curl can send",
        "wiredump encode --proto a.proto --message-type a.Request --frame r.json -o body.bin"),
    ],
    options: [
      Option(
        "from",
        .value(
          .init(
            "form", choices: ["auto", "protoscope", "hex", "json", "text", "protojson"],
            fallback: "auto")),
        "What the text is; json is the dump's form, text and protojson are those of protobuf."),
      Option(
        "output", letter: "o", .value(.init("file")),
        "Where the bytes go; the file is for its owner alone."),
      Option("hex", .flag, "Write digits instead of bytes."),
      Option("frame", .flag, "Put gRPC's prefix of five bytes before them."),
      Option("unframe", .flag, "Take gRPC's prefixes off them."),
      Option(
        "message", .value(.init("number")),
        "Only this message of those that 'dump --format protoscope' has numbered."),
      Option(
        "connection", .value(.init("number")), "Of json: which connection's bytes; from 0."),
      Option(
        "direction", .value(.init("side", choices: ["client", "server"])),
        "Of json: whose bytes."),
      Option("message-type", .value(.init("name")), "The full name of the message."),
      SchemaSource.protoOption, SchemaSource.setOption,
    ],
    operands: [Operand("file", .optional, "The text; - or nothing is standard input.")]
  )

  static func run(_ command: ParsedCommand, _ context: CommandContext) throws {
    let isBinary = command.value("output") == nil && !command.flag("hex")
    if isBinary, context.standardOutput.isTerminal {
      throw command.refusal("a terminal shows no bytes: give --hex, or -o and a file")
    }
    if command.flag("frame"), command.flag("unframe") {
      throw command.refusal("--frame and --unframe exclude each other")
    }
    let text = try InputSource.text(command.operands.first ?? "-", context)
    let encoding = try TextEncoding(command, context, text)
    var bytes = try encoding.bytes()
    if command.flag("frame") { bytes = try framed(bytes, encoding) }
    if command.flag("unframe") { bytes = try unframed(bytes) }
    try write(bytes, command, context)
  }

  private static func framed(_ bytes: [UInt8], _ encoding: TextEncoding) throws -> [UInt8] {
    guard !encoding.hasPrefixes else {
      throw CommandFailure(
        "FRAMED_ALREADY", "the text's messages have their prefixes already",
        hint: "Leave --frame out.", exitCode: .invalid)
    }
    guard let framed = GRPCPrefix.add(bytes) else {
      throw CommandFailure(
        "TOO_LARGE", "a gRPC message has less than 2^32 bytes", exitCode: .invalid)
    }
    return framed
  }

  private static func unframed(_ bytes: [UInt8]) throws -> [UInt8] {
    guard let messages = GRPCPrefix.remove(bytes) else {
      throw CommandFailure(
        "NOT_FRAMED", "the bytes are not gRPC messages, each behind its prefix",
        hint: "Leave --unframe out.", exitCode: .invalid)
    }
    return messages
  }

  private static func write(
    _ bytes: [UInt8], _ command: ParsedCommand, _ context: CommandContext
  ) throws {
    let digits = command.flag("hex") ? Hex.text(bytes) + "\n" : nil
    guard let path = command.value("output") else {
      return try digits.map(context.write) ?? context.write(bytes)
    }
    try AtomicFile(path: path).commit(digits.map { Array($0.utf8) } ?? bytes)
  }
}
