import ProtobufSchema
package import WireCaptureModel

/// Explains a capture as it comes: bytes of any number of connections in, units of output out.
package struct Dump<Output: DumpOutput>: CaptureSink {
  private let context: DumpContext
  private let kept = KeptBytes()
  private var connections: [Int: ConnectionDump] = [:]
  /// Where it is written.
  package var output: Output

  package init(_ context: DumpContext, _ output: Output) {
    self.context = context
    self.output = output
  }

  package mutating func receive(_ captured: CapturedBytes) {
    let number = captured.connection
    if let index = connections.index(forKey: number) {
      connections.values[index].receive(captured, &output)
    } else {
      var connection = ConnectionDump(number: number, context: context, kept: kept)
      connection.receive(captured, &output)
      connections[number] = connection
    }
  }

  package mutating func endOfConnection(_ connection: Int) {
    guard var ended = connections.removeValue(forKey: connection) else { return }
    ended.end(&output)
  }

  package mutating func note(_ text: String, offset: UInt64) {
    output.note(text, offset: offset)
  }

  /// Nothing follows: ends all connections that are still open.
  package mutating func finish() {
    for connection in connections.keys.sorted() { endOfConnection(connection) }
    output.finish()
  }

  /// Explains bytes that are one protobuf message and no HTTP/2.
  package mutating func explain(message bytes: [UInt8], type name: String?) {
    let type = name.flatMap { context.schema?.message(named: $0) }
    output.write(
      Unit(
        connection: 0, direction: .clientToServer, time: nil, frame: 1, stream: 0,
        map: OffsetMap(0), item: message(bytes.span, type)),
      bytes.span)
    output.finish()
  }

  private func message(_ bytes: Span<UInt8>, _ type: MessageDescriptor?) -> Item {
    let guess = type == nil ? context.protobuf.guessType(bytes, 0..<bytes.count) : nil
    let type = type ?? guess
    var item = Item(
      .protobuf, "message", 0..<bytes.count,
      "protobuf message of \(bytes.count) bytes" + (type.map { ", \($0.fullName)" } ?? "")
        + (guess == nil ? "" : " (a guess)"))
    if let type { item.add("messageType", type.fullName) }
    item.children = context.protobuf.explain(bytes, 0..<bytes.count, type: type)
    return item
  }
}
