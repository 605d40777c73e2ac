/// One call on the server: the request's headers and body in, and leave to send the response's
/// parts in their order (gRPC over HTTP/2, Requests and Responses).
///
/// Both directions move on their own:
///
///     inbound   awaitingHeaders --> receiving --> halfClosed | closed
///     outbound  idle --> open --> finished
///
/// A bad transition is one of three: what the peer got wrong comes back as a status to send, what
/// the service got wrong as ``SendAction/misuse(_:)``, and what merely came too late as
/// ``SendAction/dropped`` or ``HeadersAction/ignored``.
package struct ServerCallMachine: Sendable {
  package enum HeadersAction: Sendable, Equatable {
    /// A request to route. With END_STREAM on its headers, ``receivedEndOfStream()`` follows.
    case accept(RequestHead)
    /// Not a request of gRPC, from a machine that was told that such are served too. What follows is
    /// none of this machine's business.
    case acceptHTTP(HTTPRequestHead)
    /// Not a request of gRPC: an HTTP status without a body answers it.
    case rejectHTTP(status: Int)
    /// A request that cannot be served: a trailers-only response answers it.
    case rejectGRPC(Status)
    /// Trailers, which gRPC requests do not have: ``receivedEndOfStream()`` follows.
    case trailers
    /// The peer broke a rule in the middle of the request.
    case failed(Status)
    /// The call was over.
    case ignored
  }

  package enum DataAction: Sendable, Equatable {
    /// All bytes are taken.
    case needsMoreData
    /// A message; there may be another one behind it.
    case message([UInt8])
    /// The peer broke a rule or a limit: this status ends the call.
    case failed(Status)
  }

  package enum EndAction: Sendable, Equatable {
    /// The request is complete.
    case halfClosed
    /// The request is cut off, or lacks its message: this status ends the call.
    case failed(Status)
    /// The call was over.
    case ignored
  }

  package enum SendAction: Sendable, Equatable {
    /// Send it.
    case send
    /// Send the initial headers first.
    case sendAfterInitialMetadata
    /// Nothing was sent before: headers and trailers go in one block.
    case sendTrailersOnly
    /// The call is over, and there is no one to send to.
    case dropped
    /// The service did what the protocol does not allow.
    case misuse(String)
  }

  private enum Inbound: Sendable {
    case awaitingHeaders
    case receiving
    case halfClosed
    case closed
  }

  private enum Outbound: Sendable {
    case idle
    case open
    case finished
    case abandoned
  }

  private var inbound = Inbound.awaitingHeaders
  private var outbound = Outbound.idle
  private var block: RequestBlock
  private var deframer: MessageDeframer
  private var kind = CallKind.bidirectionalStreaming
  private let servesHTTP: Bool
  private var hasRequestMessage = false
  private var hasResponseMessage = false

  /// - Parameters:
  ///   - known: texts that the request may have in common with one before it.
  ///   - servesHTTP: somebody answers requests that are none of gRPC.
  package init(
    maxMessageSize: Int = MessageDeframer.defaultMaxMessageSize,
    known: RequestTexts = RequestTexts(), servesHTTP: Bool = false
  ) {
    self.servesHTTP = servesHTTP
    block = RequestBlock(known: known)
    self.deframer = MessageDeframer(maxMessageSize: maxMessageSize, side: .server)
  }

  /// Whether the client has still more to send after the response: then RST_STREAM(NO_ERROR)
  /// follows the trailers (RFC 9113 §8.1).
  package var mustResetAfterTrailers: Bool { inbound != .halfClosed }

  /// Whether the response is complete, or nobody waits for it.
  package var isFinished: Bool { outbound == .finished || outbound == .abandoned }
}

// What the peer does.
extension ServerCallMachine {
  /// Takes one field of the header block in progress.
  package mutating func receivedField(name: Span<UInt8>, value: Span<UInt8>) {
    guard inbound == .awaitingHeaders else { return }
    block.receive(name: name, value: value)
  }

  /// The header block is complete.
  package mutating func receivedEndOfHeaders(endStream: Bool) -> HeadersAction {
    switch inbound {
    case .awaitingHeaders: return judge(endStream: endStream)
    case .receiving where endStream: return .trailers
    case .receiving:
      inbound = .closed
      return .failed(Status(.internalError, "client sent headers in the middle of the request"))
    case .halfClosed, .closed: return .ignored
    }
  }

  private mutating func judge(endStream: Bool) -> HeadersAction {
    inbound = endStream ? .halfClosed : .closed
    if servesHTTP, !block.isGRPC { return .acceptHTTP(block.takeHTTPHead()) }
    guard block.isPost else { return .rejectHTTP(status: 405) }
    guard block.isGRPC else { return .rejectHTTP(status: 415) }
    if let status = block.refusal { return .rejectGRPC(status) }
    inbound = .receiving
    return .accept(block.takeHead())
  }

  /// The request's path leads to a method of this kind. Until it is told, the machine counts no
  /// messages.
  package mutating func routed(to kind: CallKind) {
    self.kind = kind
  }

  /// Takes a part of the body from `offset` on, which moves behind what was taken. To be called
  /// until it needs more data.
  package mutating func receivedData(
    _ bytes: Span<UInt8>, from offset: inout Int
  ) -> DataAction {
    guard inbound == .receiving else {
      offset = bytes.count
      return .needsMoreData
    }
    switch deframer.next(bytes, from: &offset) {
    case .needsMoreData: return .needsMoreData
    case .failed(let status):
      inbound = .closed
      return .failed(status)
    case .message where kind.hasSingleRequest && hasRequestMessage:
      inbound = .closed
      return .failed(Self.wrongCount("more than one message"))
    case .message(let message):
      hasRequestMessage = true
      return .message(message)
    }
  }

  /// The client sends nothing more.
  package mutating func receivedEndOfStream() -> EndAction {
    guard inbound == .receiving else {
      if inbound == .closed { inbound = .halfClosed }
      return .ignored
    }
    inbound = .halfClosed
    guard deframer.isAtMessageBoundary else {
      return .failed(Status(.internalError, "client ended the request inside a message"))
    }
    guard hasRequestMessage || !kind.hasSingleRequest else {
      return .failed(Self.wrongCount("no message"))
    }
    return .halfClosed
  }

  /// The client reset the stream, or the connection broke: whatever is sent now is dropped.
  package mutating func receivedReset() {
    inbound = .halfClosed
    if outbound != .finished { outbound = .abandoned }
  }

  /// statuscodes.md: a violation of the request's cardinality is UNIMPLEMENTED.
  private static func wrongCount(_ found: String) -> Status {
    Status(.unimplemented, "the method takes one request message, the client sent \(found)")
  }
}

// What the service does.
extension ServerCallMachine {
  /// The service sends headers ahead of its first message.
  package mutating func sendInitialMetadata() -> SendAction {
    switch outbound {
    case .idle:
      outbound = .open
      return .send
    case .open: return .misuse("initial metadata was sent already")
    case .finished: return .misuse("initial metadata was sent after the status")
    case .abandoned: return .dropped
    }
  }

  /// The service sends a message.
  package mutating func sendMessage() -> SendAction {
    switch outbound {
    case .abandoned: return .dropped
    case .finished: return .misuse("a message was sent after the status")
    case .idle, .open:
      guard !(kind.hasSingleResponse && hasResponseMessage) else {
        return .misuse("the method answers with one message, and a second one was sent")
      }
      let isFirst = outbound == .idle
      hasResponseMessage = true
      outbound = .open
      return isFirst ? .sendAfterInitialMetadata : .send
    }
  }

  /// The service, or the transport in its place, ends the call.
  ///
  /// A misuse leaves the call as it was, so that it can still be ended with another status.
  package mutating func sendTrailers(_ code: StatusCode) -> SendAction {
    switch outbound {
    case .abandoned: return .dropped
    case .finished: return .misuse("the status was sent already")
    case .idle, .open:
      if code == .ok && kind.hasSingleResponse && !hasResponseMessage {
        return .misuse("the method answers with one message, and none was sent")
      }
      let isFirst = outbound == .idle
      outbound = .finished
      return isFirst ? .sendTrailersOnly : .send
    }
  }
}
