import ArgumentParsing
import CommandConsole
import ProtobufSchema
import TLSSession
import WireCapture
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
      Option("verbose", letter: "v", .flag, "Tell how each header field and message is written."),
      Option("hpack-table", .flag, "Show the dynamic table behind each header block."),
      Option("reveal", .flag, "Show secrets."),
      Option(
        "verify", .flag,
        "Encode everything again; tell whether that gives the same bytes, or the first choice of each "
          + "layer that is not canonical, with -v all of them. Exit with 1 if there is one."),
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
        "where", .value(.init("filter")),
        "Show only frames that it admits, such as 'path==/auth.Auth/Login && status!=0'."),
      Option(
        "waterfall", .value(.init("form", choices: ["text", "svg"])),
        "Instead of frames, a picture of when each call did what and what it waited for."),
      Option(
        "keylog", .value(.init("file")),
        "The secrets of a capture's TLS connections, as SSLKEYLOGFILE has them."),
      Option("proto", .values(.init("file")), "A .proto file; imports are looked for beside it."),
      Option(
        "proto-set", .values(.init("file")),
        "A google.protobuf.FileDescriptorSet, as protoc --descriptor_set_out and buf build write it."
      ),
      Option(
        "bytes", .flag,
        "With --format json and --reveal: all bytes, so that encode can make the input again."),
      Option(
        "message-type", .value(.init("name")), "The full name of the messages that are no HTTP/2."),
      Option(
        "color", .value(.init("when", choices: ["auto", "always", "never"], fallback: "auto")),
        "Whether to colour text and hex."),
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
    let schema = try SchemaSource.schema(
      command.values("proto"), sets: command.values("proto-set"))
    if command.flag("bytes"), !command.flag("reveal") || command.value("format") != "json" {
      throw command.refusal("--bytes is for --format json, and needs --reveal: secrets are in it")
    }
    if let name = command.value("message-type"), schema.message(named: name) == nil {
      throw command.refusal("no .proto file or descriptor set declares the message \(name)")
    }
    if command.operands.count > 2 {
      throw command.refusal("give one input, or the two directions of a connection")
    }
    if let sources = try RecordingSource.find(command.operands, side: side(command)) {
      return try RecordingSource.dump(sources, command, context)
    }
    let redactor = Redactor(reveals: command.flag("reveal")) { Crypto.sha256($0) }
    let dump = DumpContext(
      schema: schema, redactor: redactor, guesses: !command.flag("no-guess"),
      showsTables: command.flag("hpack-table"))
    let bytes = try InputSource.read(command.operands.first ?? "-", context)
    let filter = try command.value("where").map { try WhereOption.filter($0, command) }
    let job = DumpJob(command: command, console: context, bytes: bytes, filter: filter)
    let color = isColored(command, context)
    let lines =
      switch command.value("waterfall") ?? command.value("format") {
      case "text" where command.value("waterfall") != nil:
        try job.run(dump, waterfall: .text(columns: columns(context)))
      case "svg": try job.run(dump, waterfall: .svg)
      case "hex": try job.run(dump, HexOutput(color: color), .comment)
      case "json": try job.run(dump, JSONOutput(showsBytes: command.flag("bytes")), .json)
      case "protoscope":
        try job.run(
          dump,
          ProtoscopeOutput(
            schema: schema, verbose: command.flag("verbose"), reveals: command.flag("reveal")),
          .comment)
      default:
        try job.run(
          dump,
          TextOutput(
            color: color, oneLine: command.flag("oneline"), verbose: command.flag("verbose")),
          .text)
      }
    if lines.violationCount > 0, command.flag("strict") { throw CommandExit(.failure) }
    if lines.differenceCount > 0 { throw CommandExit(.failure) }
  }

  /// Who sent an HTTP/2 stream, if that is said.
  fileprivate static func side(_ command: ParsedCommand) -> CaptureDirection? {
    switch command.value("direction") {
    case "client": .clientToServer
    case "server": .serverToClient
    default: nil
    }
  }

  /// How wide the terminal says it is.
  private static func columns(_ context: CommandContext) -> Int {
    context.environment["COLUMNS"].flatMap { Int($0) } ?? 100
  }

  private static func isColored(_ command: ParsedCommand, _ context: CommandContext) -> Bool {
    switch command.value("color") {
    case "always": true
    case "never": false
    default: context.style.isOn
    }
  }
}

/// The bytes of one input on their way through a dump.
private struct DumpJob {
  let command: ParsedCommand
  let console: CommandContext
  let bytes: [UInt8]
  let filter: FrameFilter?
  /// How many bytes are explained before what was found is written.
  private static let step = 1 << 20

  /// - Returns: how many rules the bytes break, as far as they are shown, and how many choices are not
  ///   canonical.
  func run<Output: DumpOutput>(
    _ context: DumpContext, _ output: Output, _ style: VerdictStyle
  ) throws -> OutputLines {
    guard command.flag("verify") else { return try run(context, output) }
    return try run(
      context, VerifyOutput(output, context, style: style, listsAll: command.flag("verbose")))
  }

  private func run<Output: DumpOutput>(
    _ context: DumpContext, _ output: Output
  ) throws -> OutputLines {
    guard let filter else { return try runAll(context, output) }
    return try runAll(context, FilteredOutput(output, filter))
  }

  /// A filter is the picture's own here: what a call waits for depends on the frames of others.
  func run(_ context: DumpContext, waterfall form: WaterfallOutput.Form) throws -> OutputLines {
    try runAll(context, WaterfallOutput(form, filter: filter))
  }

  private func runAll<Output: DumpOutput>(
    _ context: DumpContext, _ output: Output
  ) throws -> OutputLines {
    if CaptureFile.isCapture(bytes), command.value("input") == "auto" {
      return try runCapture(Dump(context, output))
    }
    var dump = Dump(context, output)
    switch kind {
    case .framed: dump.explain(body: bytes, isFramed: true, type: command.value("message-type"))
    case .protobuf: dump.explain(body: bytes, isFramed: false, type: command.value("message-type"))
    case .http2(let direction):
      for start in stride(from: 0, to: bytes.count, by: Self.step) {
        dump.receive(
          CapturedBytes(
            direction: direction, offset: UInt64(start),
            bytes: Array(bytes[start..<min(start + Self.step, bytes.count)])))
        try write(&dump)
      }
      dump.finish()
    }
    try write(&dump)
    return dump.output.lines
  }

  private func runCapture<Output: DumpOutput>(_ dump: Dump<Output>) throws -> OutputLines {
    let keyLog = try command.value("keylog").map { try InputSource.file($0) }
    var reader = CaptureReader(dump, keyLog: keyLog ?? [])
    for start in stride(from: 0, to: bytes.count, by: Self.step) {
      reader.receive(Array(bytes[start..<min(start + Self.step, bytes.count)]))
      try write(&reader.sink)
    }
    reader.finish()
    reader.sink.finish()
    try write(&reader.sink)
    return reader.sink.output.lines
  }

  private func write<Output: DumpOutput>(_ dump: inout Dump<Output>) throws {
    try console.write(dump.output.lines.take())
  }

  private var kind: InputKind {
    let side = DumpCommand.side(command)
    let found = InputKind.detect(bytes.span)
    switch command.value("input") {
    case "grpc": return .framed
    case "protobuf": return .protobuf
    case "http2":
      if case .http2(let direction) = found { return .http2(side ?? direction) }
      return .http2(side ?? .clientToServer)
    default:
      if case .http2 = found, let side { return .http2(side) }
      return found
    }
  }
}
