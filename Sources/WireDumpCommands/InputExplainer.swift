import WireCapture
import WireCaptureModel
import WireDump

/// Explains an input of one kind, piece by piece.
protocol InputExplainer {
  /// What was counted, and what was not handed on.
  var lines: OutputLines { get }
  /// Takes the next bytes.
  mutating func receive(_ bytes: [UInt8])
  /// Hands on what is said so far.
  mutating func handOn()
  /// Nothing follows.
  mutating func finish()
}

/// One that says everything by itself.
protocol DirectExplainer: InputExplainer {
  var output: AnyOutput { get set }
}

extension DirectExplainer {
  var lines: OutputLines { output.lines }
  mutating func handOn() { output.lines.handOn() }
}

/// Packet captures.
struct CaptureExplainer: InputExplainer {
  private var reader: CaptureReader<ParallelDump>

  init(_ dump: ParallelDump, keyLog: [UInt8]) { reader = CaptureReader(dump, keyLog: keyLog) }

  var lines: OutputLines { reader.sink.lines }

  mutating func receive(_ bytes: [UInt8]) { reader.receive(bytes) }
  mutating func handOn() { reader.sink.handOn() }

  mutating func finish() {
    reader.finish()
    reader.sink.finish()
  }
}

/// One direction of an HTTP/2 connection.
struct StreamExplainer: DirectExplainer {
  private var dump: Dump<AnyOutput>
  private let direction: CaptureDirection
  private var offset: UInt64 = 0

  init(_ context: DumpContext, _ output: AnyOutput, _ direction: CaptureDirection) {
    dump = Dump(context, output)
    self.direction = direction
  }

  var output: AnyOutput {
    get { dump.output }
    _modify { yield &dump.output }
  }

  mutating func receive(_ bytes: [UInt8]) {
    dump.receive(CapturedBytes(direction: direction, offset: offset, bytes: bytes))
    offset += UInt64(bytes.count)
  }

  mutating func finish() { dump.finish() }
}

extension FramedMessages: InputExplainer, DirectExplainer where Output == AnyOutput {}

/// One protobuf message, which is explained once it is complete.
struct MessageExplainer: DirectExplainer {
  private var dump: Dump<AnyOutput>
  private let type: String?
  private var message: [UInt8] = []

  init(_ context: DumpContext, _ output: AnyOutput, type: String?) {
    dump = Dump(context, output)
    self.type = type
  }

  var output: AnyOutput {
    get { dump.output }
    _modify { yield &dump.output }
  }

  mutating func receive(_ bytes: [UInt8]) {
    if message.isEmpty { message = bytes } else { message += bytes }
  }

  mutating func finish() { dump.explain(message: message, type: type) }
}
