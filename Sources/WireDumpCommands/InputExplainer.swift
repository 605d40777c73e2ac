import WireCapture
import WireCaptureModel
import WireDump

/// Explains an input of one kind, piece by piece.
protocol InputExplainer<Output> {
  associatedtype Output: DumpOutput
  var output: Output { get set }
  /// Takes the next bytes.
  mutating func receive(_ bytes: [UInt8])
  /// Nothing follows.
  mutating func finish()
}

/// Packet captures.
struct CaptureExplainer<Output: DumpOutput>: InputExplainer {
  private var reader: CaptureReader<Dump<Output>>

  init(_ context: DumpContext, _ output: Output, keyLog: [UInt8]) {
    reader = CaptureReader(Dump(context, output), keyLog: keyLog)
  }

  var output: Output {
    get { reader.sink.output }
    _modify { yield &reader.sink.output }
  }

  mutating func receive(_ bytes: [UInt8]) { reader.receive(bytes) }

  mutating func finish() {
    reader.finish()
    reader.sink.finish()
  }
}

/// One direction of an HTTP/2 connection.
struct StreamExplainer<Output: DumpOutput>: InputExplainer {
  private var dump: Dump<Output>
  private let direction: CaptureDirection
  private var offset: UInt64 = 0

  init(_ context: DumpContext, _ output: Output, _ direction: CaptureDirection) {
    dump = Dump(context, output)
    self.direction = direction
  }

  var output: Output {
    get { dump.output }
    _modify { yield &dump.output }
  }

  mutating func receive(_ bytes: [UInt8]) {
    dump.receive(CapturedBytes(direction: direction, offset: offset, bytes: bytes))
    offset += UInt64(bytes.count)
  }

  mutating func finish() { dump.finish() }
}

extension FramedMessages: InputExplainer {}

/// One protobuf message, which is explained once it is complete.
struct MessageExplainer<Output: DumpOutput>: InputExplainer {
  private var dump: Dump<Output>
  private let type: String?
  private var message: [UInt8] = []

  init(_ context: DumpContext, _ output: Output, type: String?) {
    dump = Dump(context, output)
    self.type = type
  }

  var output: Output {
    get { dump.output }
    _modify { yield &dump.output }
  }

  mutating func receive(_ bytes: [UInt8]) {
    if message.isEmpty { message = bytes } else { message += bytes }
  }

  mutating func finish() { dump.explain(message: message, type: type) }
}
