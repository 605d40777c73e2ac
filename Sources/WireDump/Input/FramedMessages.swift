import ProtobufSchema
import WireCaptureModel

/// Explains gRPC messages that stand one behind the other, each behind its five bytes, as they come.
package struct FramedMessages<Output: DumpOutput> {
  private let context: DumpContext
  private let type: MessageDescriptor?
  /// Where it is written.
  package var output: Output
  private var buffer: [UInt8] = []
  /// Where the buffer begins in the input.
  private var offset = 0
  private var number = 0
  /// How many bytes follow of a message that is too large to be explained.
  private var skipped = 0

  /// - Parameter name: the full name of the messages' type, if it is known.
  package init(_ context: DumpContext, _ output: Output, type name: String?) {
    self.context = context
    self.output = output
    type = name.flatMap { context.schema?.message(named: $0) }
  }

  /// Takes the next bytes.
  package mutating func receive(_ bytes: [UInt8]) {
    if buffer.isEmpty { buffer = bytes } else { buffer += bytes }
    let buffer = buffer
    var position = 0
    while let next = step(buffer.span, position) { position = next }
    self.buffer.removeFirst(position)
    offset += position
  }

  /// Nothing follows: a message that has begun is cut off. Of an input without any byte it is told
  /// that a message is missing.
  package mutating func finish() {
    if skipped > 0 {
      output.note(
        "gRPC message \(number) ends before it is complete: \(skipped) bytes are missing",
        offset: UInt64(clamping: offset))
    }
    if !buffer.isEmpty || number == 0 {
      let bytes = buffer
      write(bytes.span, 0..<bytes.count, isWhole: false)
    }
    output.finish()
  }

  /// - Returns: where the next message begins; nil if more bytes are needed.
  private mutating func step(_ bytes: Span<UInt8>, _ position: Int) -> Int? {
    let there = bytes.count - position
    if skipped > 0 {
      let count = min(skipped, there)
      skipped -= count
      return count > 0 ? position + count : nil
    }
    guard there >= MessageAssembler.prefix else { return nil }
    let size = MessageAssembler.prefix + Int(bytes.number(at: position + 1, 4))
    if size > MessageAssembler.sizeLimit {
      number += 1
      skipped = size
      output.note(
        "gRPC message \(number) of \(size - MessageAssembler.prefix) bytes is not explained: "
          + "\(MessageAssembler.sizeLimit) are the most",
        offset: UInt64(clamping: offset + position))
      return position
    }
    guard there >= size else { return nil }
    write(bytes, position..<(position + size), isWhole: true)
    return position + size
  }

  private mutating func write(_ bytes: Span<UInt8>, _ range: Range<Int>, isWhole: Bool) {
    number += 1
    let message = bytes.extracting(range)
    var item = context.messages.item(
      message, 0..<message.count, number: number, type: type, mayGuess: true, isWhole: isWhole)
    if !isWhole {
      item.violations.append(
        Violation(
          message.count, "message \(number) ends after \(message.count) bytes",
          "gRPC PROTOCOL-HTTP2 Length-Prefixed-Message"))
    }
    output.write(
      Unit(
        connection: 0, direction: .clientToServer, time: nil, frame: number, stream: 0,
        map: OffsetMap(UInt64(clamping: offset + range.lowerBound)), item: item),
      message)
  }
}
