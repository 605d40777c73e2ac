import ArgumentParsing
import CommandConsole
import WireCapture
import WireCaptureModel
import WireDump

/// One input on its way through a dump.
struct DumpJob {
  let command: ParsedCommand
  let console: CommandContext
  var input: DumpInput

  /// How much is looked at to tell what the bytes are; a message that is no larger is explained whole.
  private static let detectionSize = 1 << 20
  /// How large a single protobuf message may be, which is in memory as a whole.
  private static let messageLimit = 1 << 26

  /// - Returns: how many rules the bytes break.
  mutating func run<Output: DumpOutput>(
    _ context: DumpContext, _ output: Output
  ) throws -> Int {
    if CaptureFile.isCapture(input.head), command.value("input") == "auto" {
      let keyLog = try command.value("keylog").map { try InputSource.file($0) }
      return try explain(with: CaptureExplainer(context, output, keyLog: keyLog ?? []))
    }
    let type = command.value("message-type")
    switch try kind() {
    case .framed: return try explain(with: FramedMessages(context, output, type: type))
    case .protobuf:
      try readMessage()
      return try explain(with: MessageExplainer(context, output, type: type))
    case .http2(let direction):
      return try explain(with: StreamExplainer(context, output, direction))
    }
  }

  private mutating func explain(with explainer: consuming some InputExplainer) throws -> Int {
    var explainer = explainer
    let writer = DumpWriter(console.standardOutput)
    explainer.output.lines.spill = writer.write
    while !writer.isOver, let piece = try input.next() {
      explainer.receive(piece)
      // Whoever looks at a live capture sees what there is when nothing more comes for now.
      if !input.isReady { explainer.output.lines.handOn() }
    }
    if !writer.isOver { explainer.finish() }
    explainer.output.lines.handOn()
    try writer.check()
    return explainer.output.lines.violationCount
  }

  /// Reads a message whole: its fields may be told only when all of it is known.
  private mutating func readMessage() throws(CommandFailure) {
    try input.fill(Self.messageLimit + 1)
    guard input.head.count <= Self.messageLimit else {
      throw CommandFailure(
        "INPUT_TOO_LARGE",
        "a single protobuf message of more than \(Self.messageLimit >> 20) MiB is not explained",
        hint: "Name what it is with --input http2 or grpc if it is no such message.",
        exitCode: .invalid)
    }
  }

  private mutating func kind() throws(CommandFailure) -> InputKind {
    let side: CaptureDirection? =
      switch command.value("direction") {
      case "client": .clientToServer
      case "server": .serverToClient
      default: nil
      }
    switch command.value("input") {
    case "grpc": return .framed
    case "protobuf": return .protobuf
    case "http2":
      if let side { return .http2(side) }
      if case .http2(let direction) = try detected() { return .http2(direction) }
      return .http2(.clientToServer)
    default:
      let found = try detected()
      if case .http2 = found, let side { return .http2(side) }
      return found
    }
  }

  /// What the first bytes look like. A connection's preface is enough to begin with.
  private mutating func detected() throws(CommandFailure) -> InputKind {
    if InputKind.isPreface(input.head.span) { return .http2(.clientToServer) }
    try input.fill(Self.detectionSize)
    return InputKind.detect(input.head.span, isWhole: input.isWhole)
  }
}
