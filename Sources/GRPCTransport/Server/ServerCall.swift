import GRPCCall
import HTTP2Session

/// One call that a client has made, on the loop.
///
/// `@unchecked Sendable`: the loop alone touches it, but for `unaryWork`, `request` and `unaryOutcome`:
/// the task of a unary handler has them from the moment that it is made until it submits the call.
final class ServerCall: LoopTask, TimerTarget, @unchecked Sendable {
  private enum Output {
    case nothingSent
    case headersSent
    case finished
  }

  /// What answers the call.
  private enum Handling {
    case nothing
    /// The handler begins once its request is complete.
    case unary
    case streaming(ServerStream)
    /// It is none of gRPC.
    case http(HTTPCall)
  }

  /// How the handler of a unary call has ended.
  private enum UnaryOutcome {
    case pending
    case answer(UnaryAnswer)
    case failure(RPCStatusError)
  }

  /// What the task of a unary handler is given.
  private struct UnaryWork {
    let handler: UnaryHandler
    let context: ServerContext
  }

  let stream: StreamHandle
  private let loop: EventLoop
  private let maxSendMessageSize: Int
  /// The connection owns its calls; the circle is cut when the stream is over.
  private var connection: ServerConnection?
  /// Invariant of these three: on the loop alone, and no access calls anything that could reach the
  /// same one again.
  @exclusivity(unchecked) private var machine: ServerCallMachine
  @exclusivity(unchecked) private var handling = Handling.nothing
  @exclusivity(unchecked) private var output = Output.nothingSent
  /// Invariant of these three: on the loop until the task is made, with the task until it submits the
  /// call, on the loop again from then on; and no access calls anything.
  @exclusivity(unchecked) private var unaryWork: UnaryWork?
  @exclusivity(unchecked) private var unaryOutcome = UnaryOutcome.pending
  @exclusivity(unchecked) private var request: [UInt8] = []
  private var task: Task<Void, Never>?
  private var deadlineTimer: TimerID?
  private var requestTimer: TimerID?

  private enum TimerKind { static let deadline = 0, request = 1 }

  private var window = ReceiveWindow()
  private var requestIsOver = false
  /// What is to be told of the call once it ends; nil where nobody wants to know.
  private var observation: CallObservation?

  init(stream: StreamHandle, connection: ServerConnection, known: RequestTexts) {
    self.stream = stream
    self.connection = connection
    loop = connection.loop
    maxSendMessageSize = connection.maxSendMessageSize
    unsafe machine = ServerCallMachine(
      maxMessageSize: connection.maxReceiveMessageSize, known: known,
      servesHTTP: connection.httpHandler != nil)
  }

  // MARK: Events of the stream

  /// Takes the events from `index` on that are about this call's stream.
  ///
  /// - Returns: the index behind the last of them.
  func received(
    _ batch: borrowing HTTP2EventBatch, from index: Int, on core: LoopCore
  ) -> Int {
    let events = batch.events.span
    let arena = batch.arena.span
    var index = index
    while index < events.count {
      // Most events are fields: they take the short way.
      if case .headerField(let stream, let name, let value) = events[index], stream == self.stream {
        unsafe machine.receivedField(
          name: arena.extracting(name.indices), value: arena.extracting(value.indices))
      } else if events[index].isAbout(stream) {
        received(events[index], arena, on: core)
      } else {
        break
      }
      index += 1
    }
    if !requestIsOver { awaitRequest(on: core) }
    return index
  }

  /// The rest of a unary request is given so much time; most come whole, and cost no timer.
  private func awaitRequest(on core: LoopCore) {
    guard case .unary = unsafe handling, requestTimer == nil, let connection else { return }
    requestTimer = core.setTimer(
      after: connection.requestTimeout, self, kind: TimerKind.request)
  }

  private func received(_ event: HTTP2Event, _ arena: Span<UInt8>, on core: LoopCore) {
    if case .http(let call) = unsafe handling, call.received(event, arena, on: core) { return }
    switch event {
    case .headersEnded(_, let endStream): receivedEndOfHeaders(endStream, on: core)
    case .headerListTooLarge:
      finish(
        Status(.resourceExhausted, "the header list is larger than the limit"), on: core)
    case .data(_, let range): receivedData(arena.extracting(range.indices), on: core)
    case .dataEnded: receivedEndOfStream(on: core)
    case .bodyDrained: if let queues { queues.gate.drained() }
    case .endStreamSent: endStreamSent(on: core)
    case .streamClosed: closed(on: core)
    default: break
    }
  }

  // MARK: The request

  private func receivedEndOfHeaders(_ endStream: Bool, on core: LoopCore) {
    switch unsafe machine.receivedEndOfHeaders(endStream: endStream) {
    case .accept(let head): accept(head, on: core)
    case .acceptHTTP(let head): return accept(head, endStream, on: core)
    case .rejectHTTP(let status): rejectHTTP(status, on: core)
    case .rejectGRPC(let status): finish(status, on: core)
    case .failed(let status): refuse(status, on: core)
    case .trailers, .ignored: break
    }
    if endStream { receivedEndOfStream(on: core) }
  }

  private func accept(_ head: HTTPRequestHead, _ endStream: Bool, on core: LoopCore) {
    guard let connection, let handler = connection.httpHandler, unsafe output != .finished
    else { return }
    // The path of a method is gRPC's alone (gRPC over HTTP/2, Requests).
    guard !connection.hasMethod(head.target) else {
      return rejectHTTP(head.method == "POST" ? 415 : 405, on: core)
    }
    unsafe output = .finished
    let call = HTTPCall(head, stream: stream, connection: connection, handler: handler)
    unsafe handling = .http(call)
    call.start(isComplete: endStream, on: core)
  }

  private func accept(_ head: consuming RequestHead, on core: LoopCore) {
    guard let connection, unsafe output != .finished else { return }
    observation = connection.observation(of: head.path, on: core)
    guard let handler = connection.handler(for: head) else {
      let what = connection.hasService(of: head.path) ? "method" : "service"
      return finish(Status(.unimplemented, "unknown \(what): \(head.path)"), on: core)
    }
    guard !connection.isOverloaded else {
      return finish(
        Status(.resourceExhausted, "too many answers wait on this connection to be taken"), on: core
      )
    }
    unsafe machine.routed(to: handler.kind)
    if let timeout = head.timeout {
      deadlineTimer = core.setTimer(after: timeout, self, kind: TimerKind.deadline)
    }
    let context = ServerContext(
      head, peer: connection.peer, attributes: observation?.attributes, now: core.now)
    observation?.observer.callBegan(context)
    switch handler {
    case .unary(let run):
      unsafe handling = .unary
      unsafe unaryWork = UnaryWork(handler: run, context: context)
    case .streaming(_, let run): begin(run, context, connection)
    }
  }

  private func receivedData(_ bytes: Span<UInt8>, on core: LoopCore) {
    guard !requestIsOver else { return openWindow(by: bytes.count, on: core) }
    var offset = 0
    while true {
      switch unsafe machine.receivedData(bytes, from: &offset) {
      case .needsMoreData: return openWindow(by: bytes.count, on: core)
      case .message(let message): deliver(message)
      case .failed(let status): return refuse(status, on: core)
      }
    }
  }

  private func deliver(_ message: [UInt8]) {
    if let queues { queues.queue.push(message) } else { unsafe request = message }
  }

  private func receivedEndOfStream(on core: LoopCore) {
    guard !requestIsOver else { return }
    requestIsOver = true
    core.cancelTimer(&requestTimer)
    switch unsafe machine.receivedEndOfStream() {
    case .halfClosed: completeRequest()
    case .failed(let status): refuse(status, on: core)
    case .ignored: break
    }
  }

  private func completeRequest() {
    switch unsafe handling {
    case .nothing, .http: break
    case .unary: beginUnary()
    case .streaming(let stream): stream.queue.finish(.complete)
    }
  }

  /// The request is at fault: the client hears at once, and the handler stops.
  private func refuse(_ status: Status, on core: LoopCore) {
    requestIsOver = true
    queues?.queue.finish(.failed(status))
    finish(status, on: core)
  }

  // MARK: The stream's window

  private func openWindow(by count: Int, on core: LoopCore) {
    giveBack(window.received(count, isFull: queues?.queue.isFull() ?? false), on: core)
  }

  func releaseWindow(on core: LoopCore) { giveBack(window.release(), on: core) }

  private func giveBack(_ count: Int, on core: LoopCore) {
    if count > 0 { connection?.consume(count, on: stream, core) }
  }

  // MARK: The handler

  private var queues: ServerStream? {
    if case .streaming(let stream) = unsafe handling { stream } else { nil }
  }

  private func begin(
    _ handler: @escaping @Sendable (ServerStream) async throws -> Metadata,
    _ context: ServerContext, _ connection: ServerConnection
  ) {
    let stream = ServerStream(
      call: LoopBound(self, on: connection.loop), context: context,
      maxSendMessageSize: connection.maxSendMessageSize)
    unsafe handling = .streaming(stream)
    task = Task(executorPreference: connection.handlerExecutor) {
      do {
        stream.finish(.ok, trailers: try await handler(stream))
      } catch {
        let error = RPCStatusError(thrown: error)
        stream.finish(error.status, trailers: error.trailers)
      }
    }
  }

  private func beginUnary() {
    guard let connection, unsafe output != .finished else { return }
    unsafe handling = .nothing
    // The task holds the call and nothing else.
    task = Task(executorPreference: connection.handlerExecutor) {
      if let work = unsafe self.unaryWork.take() {
        do {
          self.keep(
            try await work.handler(self.takeRequest(), work.context, self.maxSendMessageSize))
        } catch {
          self.keep(error)
        }
      }
      self.loop.submit(self)
    }
  }

  // Not put into the task, whose memory is to fit what Swift sets aside for one at first.

  @inline(never)
  private func keep(_ answer: consuming UnaryAnswer) { unsafe unaryOutcome = .answer(answer) }

  @inline(never)
  private func keep(_ error: any Error) {
    unsafe unaryOutcome = .failure(RPCStatusError(thrown: error))
  }

  private func takeRequest() -> [UInt8] {
    var taken: [UInt8] = []
    unsafe swap(&taken, &request)
    return taken
  }

  /// The handler of a unary call has ended.
  func run(on core: LoopCore) {
    var outcome = UnaryOutcome.pending
    unsafe swap(&outcome, &unaryOutcome)
    // It needs no cancelling any more.
    task = nil
    switch outcome {
    case .pending: break
    case .answer(let answer): send(answer, on: core)
    case .failure(let error): finish(error.status, trailers: error.trailers, on: core)
    }
  }

  // MARK: The response

  /// Sends the whole answer of a unary call.
  private func send(_ answer: UnaryAnswer, on core: LoopCore) {
    guard unsafe output != .finished else { return }
    unsafe output = .finished
    core.cancelTimer(&deadlineTimer)
    ended(.ok, on: core)
    connection?.withSession(on: core) { session throws(HTTP2Error) in
      try session.submitResponse(ResponseBlocks.initial(answer.metadata), on: stream)
      try session.send(
        answer.message, on: stream, end: .trailers(ResponseBlocks.trailers(.ok, answer.trailers)))
    }
  }

  func send(metadata: Metadata, on core: LoopCore) {
    guard unsafe output == .nothingSent else { return }
    unsafe output = .headersSent
    connection?.withSession(on: core) { session throws(HTTP2Error) in
      try session.submitResponse(ResponseBlocks.initial(metadata), on: stream)
    }
  }

  func send(_ framed: [UInt8], on core: LoopCore) {
    guard unsafe output != .finished else { return }
    send(metadata: Metadata(), on: core)
    connection?.withSession(on: core) { session throws(HTTP2Error) in
      try session.send(framed, on: stream)
    }
  }

  func finish(_ status: Status, trailers: Metadata = Metadata(), on core: LoopCore) {
    guard unsafe output != .finished else { return }
    let headersWereSent = unsafe output == .headersSent
    unsafe output = .finished
    core.cancelTimer(&deadlineTimer)
    core.cancelTimer(&requestTimer)
    ended(status.code, on: core)
    connection?.withSession(on: core) { session throws(HTTP2Error) in
      if headersWereSent {
        let block = ResponseBlocks.trailers(status, trailers)
        try session.send([], on: stream, end: .trailers(block))
      } else {
        let block = SubmittableHeaders(ResponseHeaders.trailersOnly(status, metadata: trailers))
        try session.submitHeadersOnlyResponse(block, on: stream)
      }
    }
    cancelHandler()
  }

  private func ended(_ code: StatusCode, on core: LoopCore) {
    guard let observation else { return }
    self.observation = nil
    observation.ended(.grpc(code), at: core.now)
  }

  private func rejectHTTP(_ status: Int, on core: LoopCore) {
    guard unsafe output != .finished else { return }
    unsafe output = .finished
    connection?.withSession(on: core) { session throws(HTTP2Error) in
      try session.submitHeadersOnlyResponse(
        SubmittableHeaders(ResponseHeaders.httpRejection(status: status)), on: stream)
    }
  }

  /// An answer that is complete before its request tells the client to stop sending
  /// (RFC 9113 §8.1): RST_STREAM with NO_ERROR, after the answer.
  private func endStreamSent(on core: LoopCore) {
    guard !requestIsOver else { return }
    connection?.withSession(on: core) { session throws(HTTP2Error) in
      try session.reset(stream, code: .noError)
    }
  }

  // MARK: The end

  func timerFired(_ kind: Int, on core: LoopCore) {
    guard kind == TimerKind.deadline else {
      requestTimer = nil
      return refuse(Status(.deadlineExceeded, "the request did not come in time"), on: core)
    }
    deadlineTimer = nil
    finish(
      Status(.deadlineExceeded, "the deadline passed before the answer was ready"), on: core)
  }

  private func closed(on core: LoopCore) {
    let connection = connection
    letGo(on: core)
    connection?.closed(self, on: core)
  }

  /// The stream is over, whether it was answered or not.
  func letGo(on core: LoopCore) {
    unsafe output = .finished
    requestIsOver = true
    core.cancelTimer(&deadlineTimer)
    core.cancelTimer(&requestTimer)
    ended(.cancelled, on: core)
    cancelHandler()
    if case .http(let call) = unsafe handling { call.letGo(on: core) }
    // The connection and the handler's side refer back to this call.
    connection = nil
    unsafe handling = .nothing
  }

  private func cancelHandler() {
    task?.cancel()
    task = nil
    guard let queues else { return }
    queues.gate.close()
    queues.queue.finish(.cancelled)
  }
}
