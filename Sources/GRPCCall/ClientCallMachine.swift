/// The receiving half of one call on the client: header blocks and body in, messages and the
/// call's end out (gRPC over HTTP/2, Responses).
///
///     awaitingHeaders --headers--> open --trailers--> finished
///            |                       |                   ^
///            +---- trailers-only, reset, failure --------+
///
/// An outcome comes once. Whatever arrives behind it is a legal no-op, because a peer may have
/// sent it before it saw our RST_STREAM.
package struct ClientCallMachine: Sendable {
  package enum HeadersAction: Sendable, Equatable {
    /// An interim response (1xx): the real one follows.
    case informational
    /// The response begins; see ``ClientCallMachine/initialMetadata``.
    case initialMetadata
    /// The server ended the call.
    case finished(CallOutcome)
    /// The response broke a rule, or is none of gRPC.
    case failed(CallOutcome)
    /// The call was over.
    case ignored
  }

  package enum DataAction: Sendable, Equatable {
    /// All bytes are taken.
    case needsMoreData
    /// A message; there may be another one behind it.
    case message([UInt8])
    /// The response broke a rule or a limit.
    case failed(CallOutcome)
  }

  private enum State: Sendable {
    case awaitingHeaders
    case open
    case finished
  }

  private var state = State.awaitingHeaders
  private var block = ResponseBlock()
  private var deframer: MessageDeframer
  private let isSingleResponse: Bool
  private var hasMessage = false
  /// The headers that the response began with; empty until they came, and for a trailers-only
  /// response.
  package private(set) var initialMetadata = Metadata()

  /// Hands over the headers that the response began with.
  package mutating func takeInitialMetadata() -> Metadata {
    var metadata = Metadata()
    swap(&metadata, &initialMetadata)
    return metadata
  }

  /// Whether a response has begun: then the call is committed, and is not tried again (gRPC A6).
  /// A trailers-only response does not commit it.
  package private(set) var hasResponse = false

  package init(
    kind: CallKind, maxMessageSize: Int = MessageDeframer.defaultMaxMessageSize
  ) {
    self.isSingleResponse = kind.hasSingleResponse
    self.deframer = MessageDeframer(maxMessageSize: maxMessageSize, side: .client)
  }

  /// Whether the call's outcome is known.
  package var isFinished: Bool { state == .finished }

  /// Takes one field of the header block in progress.
  package mutating func receivedField(name: Span<UInt8>, value: Span<UInt8>) {
    guard state != .finished else { return }
    block.receive(name: name, value: value)
  }

  /// The header block is complete.
  package mutating func receivedEndOfHeaders(endStream: Bool) -> HeadersAction {
    // The block is read where it is, and only then forgotten: a copy would cost more than reading.
    defer { block.clear() }
    switch state {
    case .finished:
      return .ignored
    case .open where endStream:
      return .finished(finish(isTrailersOnly: false))
    case .open:
      return .failed(broken("server sent headers in the middle of the response"))
    case .awaitingHeaders where block.isInformational:
      guard endStream else { return .informational }
      return .failed(broken("server ended the stream with an interim response", isOver: true))
    case .awaitingHeaders where endStream:
      return .finished(finish(isTrailersOnly: true))
    case .awaitingHeaders:
      return begin()
    }
  }

  /// Takes a part of the body from `offset` on, which moves behind what was taken. To be called
  /// until it needs more data.
  package mutating func receivedData(
    _ bytes: Span<UInt8>, from offset: inout Int
  ) -> DataAction {
    switch state {
    case .finished:
      offset = bytes.count
      return .needsMoreData
    case .awaitingHeaders:
      return .failed(broken("server sent data before headers"))
    case .open:
      return receivedBody(bytes, from: &offset)
    }
  }

  /// END_STREAM came on a DATA frame: there are no trailers, and so no status.
  package mutating func receivedEndOfStream() -> CallOutcome? {
    guard state != .finished else { return nil }
    return broken("server ended the response without trailers", isOver: true)
  }

  /// Who ended a stream before its answer was whole.
  package enum Reset: Sendable {
    /// The server, with RST_STREAM.
    case byServer
    /// The server, whose GOAWAY left the stream out.
    case byGoAway
    /// This side, because the server broke a rule of HTTP/2 on the stream (RFC 9113 §5.4.2).
    case byClient
  }

  /// The stream is over before its answer was whole.
  ///
  /// - Returns: nil after the outcome: a server may reset a stream whose request it did not read
  ///   to the end (RFC 9113 §8.1).
  package mutating func receivedReset(
    errorCode: UInt32, _ reset: Reset = .byServer
  ) -> CallOutcome? {
    guard state != .finished else { return nil }
    let name = ResetMapping.name(ofHTTP2Error: errorCode)
    let status =
      switch reset {
      case .byServer:
        Status(
          ResetMapping.code(forHTTP2Error: errorCode), "server reset the stream with \(name)")
      case .byGoAway:
        Status(.unavailable, "server is closing the connection and did not take the request")
      case .byClient: Status(.internalError, "server broke a rule of HTTP/2 on the stream: \(name)")
      }
    let isRefused =
      switch reset {
      case .byServer: errorCode == ResetMapping.refusedStream
      case .byGoAway: true
      case .byClient: false
      }
    // A server that has begun to answer cannot claim that it never looked.
    return end(status, fault: .peer, delivery: isRefused ? .refused : .unknown)
  }

  /// The connection broke.
  ///
  /// - Parameter delivery: what is known of the request's fate if no answer has begun.
  package mutating func connectionLost(reason: String, delivery: Delivery) -> CallOutcome? {
    guard state != .finished else { return nil }
    return end(Status(.unavailable, reason), fault: .network, delivery: delivery)
  }

  /// The client itself gives up: cancelled, or out of time.
  ///
  /// - Parameter delivery: what is known of the request's fate if no answer has begun.
  package mutating func abandoned(with status: Status, delivery: Delivery) -> CallOutcome? {
    guard state != .finished else { return nil }
    return end(status, fault: .caller, delivery: delivery, mustReset: true)
  }
}

extension ClientCallMachine {
  private mutating func begin() -> HeadersAction {
    guard block.isGRPC else {
      // http-grpc-status-mapping.md: the HTTP status counts only where there is no grpc-status.
      let claimed = block.status(isTrailersOnly: true)
      let status = claimed.code == .ok ? block.statusOfForeignResponse : claimed
      state = .finished
      return .failed(
        CallOutcome(
          status: status, trailers: block.takeMetadata(), fault: Fault(answered: status.code),
          delivery: .answered, mustReset: true))
    }
    if let defect = block.defect { return .failed(broken(defect)) }
    state = .open
    hasResponse = true
    initialMetadata = block.takeMetadata()
    if let encoding = block.encoding { deframer.encoding = encoding }
    return .initialMetadata
  }

  private mutating func receivedBody(
    _ bytes: Span<UInt8>, from offset: inout Int
  ) -> DataAction {
    switch deframer.next(bytes, from: &offset) {
    case .needsMoreData:
      return .needsMoreData
    case .failed(let status):
      let fault: Fault = status.code == .resourceExhausted ? .caller : .peer
      return .failed(end(status, fault: fault, delivery: .answered, mustReset: true))
    case .message where isSingleResponse && hasMessage:
      return .failed(broken("server sent more than one message in answer to a unary request"))
    case .message(let message):
      hasMessage = true
      return .message(message)
    }
  }

  private mutating func finish(isTrailersOnly: Bool) -> CallOutcome {
    let defect = defectOfEnd
    state = .finished
    var status = block.status(isTrailersOnly: isTrailersOnly)
    let isAnswer = status.code != .ok || defect == nil
    // Only success can be spoilt: an error of the server's tells more than the defect does.
    if let defect, !isAnswer { status = Status(.internalError, defect) }
    return CallOutcome(
      status: status, trailers: block.takeMetadata(),
      fault: isAnswer ? Fault(answered: status.code) : .peer, delivery: .answered)
  }

  /// What keeps a response that claims success from being one.
  private var defectOfEnd: String? {
    if let defect = block.defect { return defect }
    if !deframer.isAtMessageBoundary { return "server ended the response inside a message" }
    if isSingleResponse && !hasMessage {
      return "server reported success without the message that answers the request"
    }
    return nil
  }

  private mutating func broken(_ rule: String, isOver: Bool = false) -> CallOutcome {
    end(
      Status(.internalError, rule), fault: .peer, delivery: .answered, mustReset: !isOver)
  }

  private mutating func end(
    _ status: Status, fault: Fault, delivery: Delivery, mustReset: Bool = false
  ) -> CallOutcome {
    let delivery = state == .open ? .answered : delivery
    state = .finished
    return CallOutcome(
      status: status, fault: fault, delivery: delivery, mustReset: mustReset)
  }
}
