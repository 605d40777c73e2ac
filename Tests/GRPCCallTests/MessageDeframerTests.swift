import GRPCCall
import Testing

@Suite("Message framing")
struct MessageDeframerTests {
  @Test("the prefix is a flag of 0 and the length in big-endian order")
  func prefix() {
    var buffer = [UInt8](repeating: 9, count: 5 + 0x0102)
    let written = MessageFraming.writePrefix(into: &buffer)
    #expect(written)
    #expect(buffer[0..<6] == [0, 0, 0, 1, 2, 9])
    var short: [UInt8] = [1, 2, 3, 4]
    let refused = !MessageFraming.writePrefix(into: &short)
    #expect(refused)
    #expect(short == [1, 2, 3, 4])
  }

  @Test("messages are the same wherever the body is cut", arguments: 0...18)
  func cutAnywhere(position: Int) {
    let body = frame([1, 2, 3]) + frame([]) + frame([])
    var deframer = MessageDeframer(side: .client)
    var messages = deframer.all(Array(body[..<position]))
    messages += deframer.all(Array(body[position...]))
    #expect(messages == [[1, 2, 3], [], []])
    #expect(deframer.isAtMessageBoundary)
  }

  @Test("messages come out of a body of single bytes")
  func singleBytes() {
    var deframer = MessageDeframer(side: .client)
    let messages = (frame([7, 8]) + frame([9])).flatMap { deframer.all([$0]) }
    #expect(messages == [[7, 8], [9]])
  }

  @Test("a message that has begun is no boundary", arguments: 1...7)
  func boundary(count: Int) {
    var deframer = MessageDeframer(side: .client)
    #expect(deframer.isAtMessageBoundary)
    #expect(deframer.all(Array(frame([1, 2, 3])[..<count])) == [])
    #expect(!deframer.isAtMessageBoundary)
  }

  @Test("a message over the limit fails at its prefix, with both numbers, and for good")
  func limit() {
    var deframer = MessageDeframer(maxMessageSize: 3, side: .client)
    #expect(deframer.first(frame([1, 2, 3])) == .message([1, 2, 3]))
    let status = Status(
      .resourceExhausted, "message of 4294967295 bytes is larger than the limit of 3 bytes")
    #expect(deframer.first([0, 255, 255, 255, 255]) == .failed(status))
    #expect(deframer.first(frame([1])) == .failed(status))
    #expect(!deframer.isAtMessageBoundary)
  }

  @Test("the limit is 4 MiB unless another is given")
  func defaultLimit() {
    var deframer = MessageDeframer(side: .client)
    #expect(deframer.first([0, 0, 0x40, 0, 0]) == .needsMoreData)
    var other = MessageDeframer(side: .client)
    #expect(other.first([0, 0, 0x40, 0, 1]).code == .resourceExhausted)
  }

  @Test(
    "a compressed message is refused with the code that fits who erred",
    arguments: [
      (MessageDeframer.Side.client, nil, UInt8(1), StatusCode.internalError),
      (.server, nil, 1, .internalError), (.client, "gzip", 1, .internalError),
      (.server, "gzip", 1, .unimplemented), (.client, nil, 2, .internalError),
      (.server, "gzip", 255, .internalError),
    ] as [(MessageDeframer.Side, String?, UInt8, StatusCode)])
  func compressed(side: MessageDeframer.Side, encoding: String?, flag: UInt8, code: StatusCode) {
    var deframer = MessageDeframer(side: side)
    deframer.encoding = encoding
    #expect(deframer.first(frame([1], flag: flag)).code == code)
  }

  @Test("an uncompressed message passes whatever encoding was named")
  func uncompressed() {
    var deframer = MessageDeframer(side: .client)
    deframer.encoding = "gzip"
    #expect(deframer.first(frame([1])) == .message([1]))
  }
}

extension MessageDeframer {
  fileprivate mutating func first(_ bytes: [UInt8]) -> DeframeResult {
    var offset = 0
    return next(bytes.span, from: &offset)
  }

  /// All messages of a body, up to where more data is needed or a rule is broken.
  fileprivate mutating func all(_ bytes: [UInt8]) -> [[UInt8]] {
    var messages: [[UInt8]] = []
    var offset = 0
    while case .message(let message) = next(bytes.span, from: &offset) { messages.append(message) }
    return messages
  }
}

extension DeframeResult {
  fileprivate var code: StatusCode? {
    if case .failed(let status) = self { status.code } else { nil }
  }
}
