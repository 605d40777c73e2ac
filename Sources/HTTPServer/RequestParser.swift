/// Reads HTTP/1.1 requests from bytes that come in any pieces (RFC 9112), without input or output of
/// its own.
///
/// Whatever two readers could understand differently is refused, so that no request can be smuggled
/// past one of them (RFC 9112 §11.2): a line that ends without CR, a space before the colon, a folded
/// line, two lengths, a length beside `Transfer-Encoding`.
package struct RequestParser: Sendable {
  /// Why a request is not read on: what to answer before the connection is closed.
  package struct Refusal: Error, Sendable, Hashable {
    /// The status (RFC 9110 §15).
    package var status: Int
    /// What was wrong: one line that repeats nothing of the request.
    package var reason: String
  }

  private enum State {
    case head
    case body(RequestHead, left: Int)
    case chunks(RequestHead, ChunkedBody)
  }

  private let mostHeadBytes: Int
  private let mostBodyBytes: Int
  private var buffer: [UInt8] = []
  private var state = State.head
  private var owesContinue = false

  /// Makes a parser for one connection.
  package init(mostHeadBytes: Int = 16_384, mostBodyBytes: Int = 1_048_576) {
    self.mostHeadBytes = mostHeadBytes
    self.mostBodyBytes = mostBodyBytes
  }

  /// Whether a request has begun that is not complete.
  package var isInsideRequest: Bool {
    if case .head = state { !buffer.isEmpty } else { true }
  }

  /// Takes what has come over the connection.
  package mutating func receive(_ bytes: some Sequence<UInt8>) { buffer += bytes }

  /// The next whole request; `nil` when more bytes are needed.
  package mutating func next() throws(Refusal) -> IncomingRequest? {
    if case .head = state { try readHead() }
    switch state {
    case .head: return nil
    case .body(let head, let left):
      guard buffer.count >= left else { return nil }
      let body = Array(buffer.prefix(left))
      buffer.removeFirst(left)
      state = .head
      return head.request(with: body)
    case .chunks(let head, var body):
      let isWhole = try body.take(from: &buffer, limit: mostBodyBytes)
      state = isWhole ? .head : .chunks(head, body)
      return isWhole ? head.request(with: body.content) : nil
    }
  }

  /// Whether the client waits for "100 Continue" before it sends its body (RFC 9110 §10.1.1); once
  /// for each such request.
  package mutating func takeOwedContinue() -> Bool {
    defer { owesContinue = false }
    return owesContinue
  }

  private mutating func readHead() throws(Refusal) {
    // An empty line before a request is overlooked (RFC 9112 §2.2).
    while buffer.starts(with: [0x0d, 0x0a]) { buffer.removeFirst(2) }
    guard let lines = try headLines() else {
      guard buffer.count < mostHeadBytes else {
        throw Refusal(status: 431, reason: "the header section is too long")
      }
      return
    }
    let head = try RequestHead(lines: lines)
    switch try head.bodyLength() {
    case .chunked: state = .chunks(head, ChunkedBody())
    case .bytes(let length):
      guard length <= mostBodyBytes else {
        throw Refusal(status: 413, reason: "the body is too long")
      }
      state = .body(head, left: length)
      owesContinue = length > 0 && head.expectsContinue
    }
    if case .chunks = state { owesContinue = head.expectsContinue }
  }

  /// Cuts the lines up to the first empty one off the buffer; `nil` when that has not come yet.
  private mutating func headLines() throws(Refusal) -> [ArraySlice<UInt8>]? {
    var lines: [ArraySlice<UInt8>] = []
    var start = 0
    var rest = buffer[...].prefix(mostHeadBytes)
    while let end = rest.firstIndex(of: 0x0a) {
      guard end > start, buffer[end - 1] == 0x0d else {
        throw Refusal(status: 400, reason: "a line ends without CR")
      }
      let line = buffer[start..<(end - 1)]
      rest = rest[(end + 1)...]
      start = end + 1
      guard !line.isEmpty else {
        buffer.removeFirst(start)
        return lines
      }
      lines.append(line)
    }
    return nil
  }
}
