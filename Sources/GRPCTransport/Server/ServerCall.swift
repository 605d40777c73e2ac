import GRPCCall
import HTTP2Session

/// One call that a client has made, on the loop.
final class ServerCall: TimerTarget {
  private enum Output {
    case nothingSent
    case headersSent
    case finished
  }

  let stream: StreamHandle
  /// Invariant: the connection owns its calls, and lets go of them before it goes.
  private weak var connection: ServerConnection?
  private var machine: ServerCallMachine
  private var handlerStream: ServerStream?
  private var task: Task<Void, Never>?
  private var output = Output.nothingSent
  private var initialMetadata = Metadata()
  private var deadlineTimer: TimerID?
  private var withheldWindow = 0
  private(set) var requestIsOver = false

  init(stream: StreamHandle, connection: ServerConnection) {
    self.stream = stream
    self.connection = connection
    machine = ServerCallMachine(maxMessageSize: connection.maxReceiveMessageSize)
  }

  // MARK: The request

  func receivedField(_ name: ByteRange, _ value: ByteRange, _ batch: HTTP2EventBatch) {
    batch.withBytes(name) { name in
      batch.withBytes(value) { value in machine.receivedField(name: name, value: value) }
    }
  }

  func receivedEndOfHeaders(endStream: Bool, on core: LoopCore) {
    switch machine.receivedEndOfHeaders(endStream: endStream) {
    case .accept(let head): accept(head, on: core)
    case .rejectHTTP(let status): rejectHTTP(status, on: core)
    case .rejectGRPC(let status): finish(status, trailers: [:], on: core)
    case .failed(let status): refuse(status, on: core)
    case .trailers, .ignored: break
    }
    if endStream { receivedEndOfStream(on: core) }
  }

  private func accept(_ head: RequestHead, on core: LoopCore) {
    guard let connection else { return }
    guard let handler = connection.router.handler(for: head.path) else {
      let what = connection.router.hasService(of: head.path) ? "method" : "service"
      return finish(
        Status(.unimplemented, "unknown \(what): \(head.path)"), trailers: [:],
        on: core)
    }
    machine.routed(to: handler.kind)
    let holder = LoopBound(self, on: connection.loop)
    let stream = ServerStream(
      call: holder, context: context(head, connection.peer),
      maxSendMessageSize: connection.maxSendMessageSize)
    handlerStream = stream
    if let timeout = head.timeout {
      deadlineTimer = core.setTimer(after: timeout, self, kind: 0)
    }
    task = Task { await answer(handler, stream) }
  }

  private func context(_ head: RequestHead, _ peer: String) -> ServerContext {
    ServerContext(
      metadata: head.metadata, peer: peer, path: head.path, authority: head.authority,
      deadline: head.timeout.map { ContinuousClock.now.advanced(by: $0) })
  }

  func receivedData(_ range: ByteRange, _ batch: HTTP2EventBatch, on core: LoopCore) {
    guard !requestIsOver, let queue = handlerStream?.queue else {
      connection?.consume(range.count, on: stream, core)
      return
    }
    var failure: Status?
    batch.withBytes(range) { bytes in
      var offset = 0
      parsing: while true {
        switch machine.receivedData(bytes, from: &offset) {
        case .needsMoreData: break parsing
        case .message(let message): queue.push(message)
        case .failed(let status):
          failure = status
          break parsing
        }
      }
    }
    if let failure { return refuse(failure, on: core) }
    if queue.isFull() {
      withheldWindow += range.count
    } else {
      connection?.consume(range.count + withheldWindow, on: stream, core)
      withheldWindow = 0
    }
  }

  func receivedEndOfStream(on core: LoopCore) {
    guard !requestIsOver, let handlerStream else { return }
    requestIsOver = true
    switch machine.receivedEndOfStream() {
    case .halfClosed: handlerStream.queue.finish(.complete)
    case .failed(let status): refuse(status, on: core)
    case .ignored: break
    }
  }

  func headerListTooLarge(on core: LoopCore) {
    finish(
      Status(.resourceExhausted, "the header list is larger than the limit"),
      trailers: [:], on: core)
  }

  /// The request is at fault: the client hears at once, and the handler stops.
  private func refuse(_ status: Status, on core: LoopCore) {
    requestIsOver = true
    handlerStream?.queue.finish(.failed(status))
    finish(status, trailers: [:], on: core)
  }

  func releaseWindow(on core: LoopCore) {
    guard withheldWindow > 0 else { return }
    connection?.consume(withheldWindow, on: stream, core)
    withheldWindow = 0
  }

  // MARK: The response

  func send(metadata: Metadata, on core: LoopCore) {
    guard output == .nothingSent else { return }
    initialMetadata = metadata
    sendHeaders(on: core)
  }

  private func sendHeaders(on core: LoopCore) {
    guard output == .nothingSent else { return }
    output = .headersSent
    let fields =
      initialMetadata.isEmpty
      ? ResponseBlocks.initial : SubmittableHeaders(ResponseHeaders.initial(metadata: initialMetadata))
    connection?.withSession(on: core) { session throws(HTTP2Error) in
      try session.submitResponse(fields, on: self.stream)
    }
  }

  func send(_ framed: [UInt8], on core: LoopCore) {
    guard output != .finished else { return }
    sendHeaders(on: core)
    connection?.withSession(on: core) { session throws(HTTP2Error) in
      try session.send(framed, on: self.stream)
    }
  }

  func finish(_ status: Status, trailers: Metadata, on core: LoopCore) {
    guard output != .finished else { return }
    let headersWereSent = output == .headersSent
    output = .finished
    core.cancelTimer(&deadlineTimer)
    connection?.withSession(on: core) { session throws(HTTP2Error) in
      if headersWereSent {
        let block = ResponseBlocks.trailers(status, trailers)
        try session.send([], on: self.stream, end: .trailers(block))
      } else {
        let block = SubmittableHeaders(ResponseHeaders.trailersOnly(status, metadata: trailers))
        try session.submitHeadersOnlyResponse(block, on: self.stream)
      }
    }
    cancelHandler()
  }

  private func rejectHTTP(_ status: Int, on core: LoopCore) {
    output = .finished
    connection?.withSession(on: core) { session throws(HTTP2Error) in
      try session.submitHeadersOnlyResponse(
        SubmittableHeaders(ResponseHeaders.httpRejection(status: status)), on: self.stream)
    }
  }

  func bodyDrained() { handlerStream?.gate.drained() }

  // MARK: The end

  func timerFired(_ kind: Int, on core: LoopCore) {
    deadlineTimer = nil
    finish(
      Status(.deadlineExceeded, "the deadline passed before the answer was ready"),
      trailers: [:], on: core)
  }

  /// The stream is over, whether it was answered or not.
  func closed(on core: LoopCore) {
    output = .finished
    core.cancelTimer(&deadlineTimer)
    cancelHandler()
    // The handler's side refers back to this call.
    handlerStream = nil
  }

  private func cancelHandler() {
    task?.cancel()
    task = nil
    handlerStream?.gate.close()
    handlerStream?.queue.finish(.cancelled)
  }
}

/// Header blocks that most answers share.
private enum ResponseBlocks {
  static let initial = SubmittableHeaders(ResponseHeaders.initial(metadata: [:]))
  private static let ok = SubmittableHeaders(
    ResponseHeaders.trailers(.ok))

  static func trailers(_ status: Status, _ trailers: Metadata) -> SubmittableHeaders {
    if status.code == .ok, status.message.isEmpty, status.details.isEmpty, trailers.isEmpty {
      return ok
    }
    return SubmittableHeaders(ResponseHeaders.trailers(status, metadata: trailers))
  }
}

/// Runs a handler, and turns however it ends into a status.
@concurrent
private func answer(_ handler: RPCHandler, _ stream: ServerStream) async {
  do {
    let trailers = try await handler.run(stream)
    stream.finish(.ok, trailers: trailers)
  } catch let error as RPCStatusError {
    stream.finish(error.status, trailers: error.trailers)
  } catch is CancellationError {
    stream.finish(
      Status(.cancelled, "the handler was cancelled"), trailers: [:])
  } catch {
    // The text of an unknown error may hold anything, so it stays here.
    stream.finish(
      Status(.unknown, "the handler failed"), trailers: [:])
  }
}
