import GRPCCall
import HTTP2Session
import TLSSession

/// One request of a probe and its connection. All of it happens on the loop.
final class ProbeConnection: HTTP2ConnectionDelegate, ConnectAttemptDelegate, TimerTarget {
  typealias Outcome = Result<ProbeAnswer, ConnectionFailure>

  private let request: ProbeRequest
  private let security: ProbeSecurity?
  /// Nil once it has been called.
  private var completion: (@Sendable (Outcome) -> Void)?
  private var attempt: ConnectAttempt?
  private var connection: HTTP2Connection?
  private var stream: StreamHandle?
  private var record = ProbeRecord()
  private var timer: TimerID?

  init(
    _ request: ProbeRequest, _ security: ProbeSecurity?,
    completion: @escaping @Sendable (Outcome) -> Void
  ) {
    self.request = request
    self.security = security
    self.completion = completion
  }

  func start(timeout: Duration, on core: LoopCore) {
    timer = core.setTimer(after: timeout, self, kind: 0)
  }

  func timerFired(_ kind: Int, on core: LoopCore) {
    timer = nil
    if stream == nil {
      fail(
        ConnectionFailure(
          phase: .connect, fault: .network, reason: "no connection within the time limit"),
        on: core)
    } else {
      finish(.timeout, on: core)
    }
  }

  // MARK: The connection

  func resolved(_ answer: Resolver.Answer, on core: LoopCore) {
    guard completion != nil else { return }
    switch answer {
    case .success(let addresses):
      let attempt = ConnectAttempt(addresses: addresses, delegate: self)
      self.attempt = attempt
      attempt.start(on: core)
    case .failure(let error):
      fail(
        ConnectionFailure(phase: .resolve, fault: .network, reason: error.description), on: core)
    }
  }

  func connectFailed(_ failure: ConnectionFailure, on core: LoopCore) { fail(failure, on: core) }

  func connected(_ socket: Socket, to address: SocketAddress, on core: LoopCore) {
    do {
      let connection = HTTP2Connection(
        socket: socket, tls: try security?.makeSession(), session: try HTTP2Session(role: .client),
        tap: nil, delegate: self)
      self.connection = connection
      connection.start(on: core)
    } catch {
      socket.close()
      fail(ConnectionFailure(phase: .tls, fault: .client, reason: "\(error)"), on: core)
    }
  }

  func connectionOpened(on core: LoopCore) {
    guard let connection else { return }
    do {
      stream = try connection.session.submitRequest(
        SubmittableHeaders(request.headers), body: request.body, endStream: request.ends)
      connection.setNeedsFlush(on: core)
    } catch {
      fail(ConnectionFailure(error), on: core)
    }
  }

  func connectionClosed(_ failure: ConnectionFailure, on core: LoopCore) {
    connection = nil
    if stream == nil {
      fail(failure, on: core)
    } else {
      finish(.connection(failure.reason), on: core)
    }
  }

  // MARK: The answer

  func handle(_ batch: HTTP2EventBatch, on core: LoopCore) {
    for event in batch.events {
      guard let stream, completion != nil else { return }
      if case .violation(let code, _) = event {
        return finish(.reset(code, byPeer: false), on: core)
      }
      guard event.isAbout(stream) else { continue }
      if let end = record.receive(event, batch) { return finish(end, on: core) }
      if case .data(_, let range) = event { consume(range.count, of: stream, on: core) }
    }
  }

  private func consume(_ count: Int, of stream: StreamHandle, on core: LoopCore) {
    guard let connection else { return }
    do {
      try connection.session.consume(count, on: stream)
      try connection.session.consumeOnConnection(count)
      connection.setNeedsFlush(on: core)
    } catch {
      finish(.connection(error.description), on: core)
    }
  }

  private func finish(_ end: ProbeAnswer.End, on core: LoopCore) {
    var answer = record.answer
    answer.end = end
    complete(.success(answer), on: core)
  }

  private func fail(_ failure: ConnectionFailure, on core: LoopCore) {
    complete(.failure(failure), on: core)
  }

  private func complete(_ outcome: Outcome, on core: LoopCore) {
    guard let completion else { return }
    self.completion = nil
    core.cancelTimer(&timer)
    attempt?.cancel(on: core)
    attempt = nil
    connection?.close(.finished, on: core)
    connection = nil
    completion(outcome)
  }
}
