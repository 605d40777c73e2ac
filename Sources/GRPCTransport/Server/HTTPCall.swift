import GRPCCall
import HTTP2Session

/// One request of plain HTTP and its answer, on the loop.
final class HTTPCall: TimerTarget {
  private enum State {
    case receiving
    case answering
    case finished
  }

  private let head: HTTPRequestHead
  private let stream: StreamHandle
  private let handler: any HTTPHandler
  private let bodyLimit: Int
  /// The connection owns its calls; the circle is cut when the stream is over.
  private var connection: ServerConnection?
  private var body: [UInt8] = []
  private var state = State.receiving
  private var requestIsOver = false
  private var task: Task<Void, Never>?
  private var timer: TimerID?
  private var observation: CallObservation?

  init(
    _ head: HTTPRequestHead, stream: StreamHandle, connection: ServerConnection,
    handler: any HTTPHandler
  ) {
    self.head = head
    self.stream = stream
    self.connection = connection
    self.handler = handler
    bodyLimit = connection.maxHTTPBodySize
  }

  /// Begins.
  ///
  /// - Parameter isComplete: the request has no body.
  func start(isComplete: Bool, on core: LoopCore) {
    guard let connection else { return }
    let path = head.target.prefix { $0 != "?" }
    observation = connection.observation(of: "\(head.method) \(path)", on: core)
    timer = core.setTimer(after: connection.httpTimeout, self, kind: 0)
    if isComplete { receivedEnd() }
  }

  /// Takes an event of the stream.
  ///
  /// - Returns: false for one that is not this call's, which is that of the stream's end.
  func received(_ event: HTTP2Event, _ arena: Span<UInt8>, on core: LoopCore) -> Bool {
    switch event {
    case .data(_, let range): receivedData(arena.extracting(range.indices), on: core)
    case .dataEnded: receivedEnd()
    case .headersEnded(_, let endStream): if endStream { receivedEnd() }
    case .endStreamSent: endStreamSent(on: core)
    case .streamClosed: return false
    default: break
    }
    return true
  }

  // MARK: The request

  private func receivedData(_ bytes: Span<UInt8>, on core: LoopCore) {
    connection?.consume(bytes.count, on: stream, core)
    guard state == .receiving else { return }
    guard body.count + bytes.count <= bodyLimit else {
      return finish(
        HTTPServerResponse(413, text: "the body is larger than \(bodyLimit) bytes\n"), on: core)
    }
    for index in bytes.indices { body.append(bytes[index]) }
  }

  private func receivedEnd() {
    requestIsOver = true
    guard state == .receiving, let connection else { return }
    state = .answering
    let request = HTTPServerRequest(head, body: body, peer: connection.peer)
    body = []
    let call = LoopBound(self, on: connection.loop)
    task = Task(executorPreference: connection.handlerExecutor) { [handler] in
      let response = await handler.answer(request)
      call.submit { call, core in call.finish(response, on: core) }
    }
  }

  // MARK: The response

  private func finish(_ response: HTTPServerResponse, on core: LoopCore) {
    guard state != .finished else { return }
    state = .finished
    core.cancelTimer(&timer)
    var response = response
    if response.headerFields() == nil {
      response = HTTPServerResponse(500, text: "the answer cannot be sent\n")
    }
    observe(.http(response.status), on: core)
    send(response, on: core)
    task?.cancel()
    task = nil
  }

  private func send(_ response: HTTPServerResponse, on core: LoopCore) {
    let headers = SubmittableHeaders(response.headerFields() ?? [])
    let hasBody = response.mayHaveBody && !response.body.isEmpty && head.method != "HEAD"
    connection?.withSession(on: core) { session throws(HTTP2Error) in
      guard hasBody else { return try session.submitHeadersOnlyResponse(headers, on: stream) }
      try session.submitResponse(headers, on: stream)
      try session.send(response.body, on: stream, end: .endStream)
    }
  }

  /// As for a call of gRPC, RST_STREAM with NO_ERROR stops a client that sends on (RFC 9113 §8.1).
  private func endStreamSent(on core: LoopCore) {
    guard !requestIsOver else { return }
    connection?.withSession(on: core) { session throws(HTTP2Error) in
      try session.reset(stream, code: .noError)
    }
  }

  private func observe(_ outcome: ServerCallRecord.Outcome, on core: LoopCore) {
    observation?.ended(outcome, at: core.now)
    observation = nil
  }

  // MARK: The end

  func timerFired(_ kind: Int, on core: LoopCore) {
    timer = nil
    finish(
      state == .receiving
        ? HTTPServerResponse(408, text: "the request did not come in time\n")
        : HTTPServerResponse(503, text: "the answer was not ready in time\n"), on: core)
  }

  /// The stream is over, whether it was answered or not.
  func letGo(on core: LoopCore) {
    state = .finished
    requestIsOver = true
    core.cancelTimer(&timer)
    observe(.grpc(.cancelled), on: core)
    task?.cancel()
    task = nil
    connection = nil
  }
}
