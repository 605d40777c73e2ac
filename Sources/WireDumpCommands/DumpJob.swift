import ArgumentParsing
import CommandConsole
import Locking
import WireCapture
import WireCaptureModel
import WireDump

/// One input on its way through a dump.
struct DumpJob {
  enum Source {
    case input(DumpInput)
    case recording(Recording)
  }

  let command: ParsedCommand
  let console: CommandContext
  var source: Source

  /// How much is looked at to tell what the bytes are; a message that is no larger is explained whole.
  private static let detectionSize = 1 << 20
  /// How large a single protobuf message may be, which is in memory as a whole.
  private static let messageLimit = 1 << 26

  /// - Returns: how many rules the bytes break, as far as they are shown, and how many choices are not
  ///   canonical.
  mutating func run(_ context: DumpContext, _ output: AnyOutput) throws -> OutputLines {
    let writer = DumpWriter(console.standardOutput)
    switch source {
    case .recording(let recording):
      var dump = Dump(context, output)
      dump.output.lines.spill = { $0.take(writer.write) }
      recording.replay(to: &dump)
      dump.finish()
      dump.output.lines.handOn()
      try writer.check()
      return dump.output.lines
    case .input(var input):
      if CaptureFile.isCapture(input.head), command.value("input") == "auto" {
        return try explain(&input, with: capture(context, output, writer), writer)
      }
      if command.value("keylog") != nil {
        console.note("Note: the input is no capture, and --keylog is not used.")
      }
      var output = output
      output.lines.spill = { $0.take(writer.write) }
      return try explain(&input, context, output, writer)
    }
  }

  /// Explains on as many threads as the machine has processors.
  private func capture(
    _ context: DumpContext, _ output: AnyOutput, _ writer: DumpWriter
  ) throws -> CaptureExplainer {
    let keyLog = try SharedOptions.keyLog(command)
    do throws(ThreadError) {
      let dump = try ParallelDump(output, write: writer.write) { [command] worker in
        worker == 0 ? context : (try? DumpContext(command)) ?? context
      }
      return CaptureExplainer(dump, keyLog: keyLog)
    } catch {
      throw CommandFailure.system("no thread can be started (errno \(error.code))")
    }
  }

  private func explain(
    _ input: inout DumpInput, _ context: DumpContext, _ output: AnyOutput, _ writer: DumpWriter
  ) throws -> OutputLines {
    let type = command.value("message-type")
    switch try kind(of: &input) {
    case .framed:
      return try explain(&input, with: FramedMessages(context, output, type: type), writer)
    case .protobuf:
      try readMessage(&input)
      return try explain(&input, with: MessageExplainer(context, output, type: type), writer)
    case .http2(let direction):
      return try explain(&input, with: StreamExplainer(context, output, direction), writer)
    }
  }

  private func explain(
    _ input: inout DumpInput, with explainer: consuming some InputExplainer, _ writer: DumpWriter
  ) throws -> OutputLines {
    var explainer = explainer
    do {
      while !writer.isOver, let piece = try input.next() {
        explainer.receive(piece)
        // Whoever looks at a live capture sees what there is when nothing more comes for now.
        if !input.isReady { explainer.handOn() }
      }
    } catch {
      explainer.handOn()
      throw error
    }
    explainer.finish()
    explainer.handOn()
    try writer.check()
    return explainer.lines
  }

  /// Reads a message whole: its fields may be told only when all of it is known.
  private func readMessage(_ input: inout DumpInput) throws(CommandFailure) {
    try input.fill(Self.messageLimit + 1)
    guard input.head.count <= Self.messageLimit else {
      throw CommandFailure(
        "INPUT_TOO_LARGE",
        "a single protobuf message of more than \(Self.messageLimit >> 20) MiB is not explained",
        hint: "Name what it is with --input http2 or grpc if it is no such message.",
        exitCode: .invalid)
    }
  }

  private func kind(of input: inout DumpInput) throws(CommandFailure) -> InputKind {
    let side = DumpCommand.side(command)
    switch command.value("input") {
    case "grpc": return .framed
    case "protobuf": return .protobuf
    case "http2":
      if let side { return .http2(side) }
      if case .http2(let direction) = try detected(&input) { return .http2(direction) }
      return .http2(.clientToServer)
    default:
      let found = try detected(&input)
      if case .http2 = found, let side { return .http2(side) }
      return found
    }
  }

  /// What the first bytes look like. A connection's preface is enough to begin with.
  private func detected(_ input: inout DumpInput) throws(CommandFailure) -> InputKind {
    if InputKind.isPreface(input.head.span) { return .http2(.clientToServer) }
    try input.fill(Self.detectionSize)
    return InputKind.detect(input.head.span, isWhole: input.isWhole)
  }
}
