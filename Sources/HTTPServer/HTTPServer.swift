internal import CLinux
import Glibc
import Locking

/// A small HTTP/1.1 server: for health checks, metrics and handlers, not for the open network.
///
/// Each connection has a thread. There are at most so many; who comes when all are taken waits in the
/// system's queue. A connection that sends nothing, or takes nothing, for ``readTime`` is closed.
package final class HTTPServer: Sendable {
  /// Answers one request.
  package typealias Handler = @Sendable (IncomingRequest) async -> HTTPAnswer

  private struct State: Sendable {
    var listener: Int32?
    /// Each with the task of its handler, while one runs.
    var connections: [Int32: Task<Void, Never>?] = [:]
    var isStopping = false
    var isCut = false
    var waiting: [CheckedContinuation<Void, Never>] = []
  }

  private let host: String
  private let port: UInt16
  private let mostBodyBytes: Int
  private let readTime: Duration
  private let handler: Handler
  private let state = Locked(State())
  private let places: ThreadSemaphore

  /// Makes a server that does not listen yet.
  ///
  /// - Parameters:
  ///   - port: 0 for one that is free.
  ///   - readTime: how long one request, or the time until it, may take.
  package init(
    host: String = "127.0.0.1", port: UInt16 = 0, mostBodyBytes: Int = 1_048_576,
    mostConnections: Int = 64, readTime: Duration = .seconds(10), handler: @escaping Handler
  ) {
    self.host = host
    self.port = port
    self.mostBodyBytes = mostBodyBytes
    self.readTime = readTime
    self.handler = handler
    places = ThreadSemaphore(count: mostConnections)
  }

  /// Begins to listen.
  ///
  /// - Returns: the address that it listens on.
  package func start() throws(HTTPServerError) -> (host: String, port: UInt16) {
    let listener = try ServerSocket.listen(host: host, port: port)
    state.withLock { $0.listener = listener }
    do {
      try startThread(named: "http-listener") { self.accept(on: listener) }
    } catch {
      throw HTTPServerError(description: "no thread can be started")
    }
    return (host, ServerSocket.port(of: listener))
  }

  /// Accepts no more, lets answers in progress go out for at most `patience`, then cancels the tasks of
  /// handlers that still run, and returns when they have.
  package func shutdown(patience: Duration = .seconds(5)) async {
    state.withLock { state in
      state.isStopping = true
      if let listener = state.listener { Glibc.shutdown(listener, Int32(SHUT_RDWR)) }
      for connection in state.connections.keys {
        // Who waits for a request sees the end of them; who writes an answer goes on.
        Glibc.shutdown(connection, Int32(SHUT_RD))
      }
    }
    places.signal()
    let cut = Task {
      try await Task.sleep(for: patience)
      state.withLock { state in
        state.isCut = true
        for (connection, handling) in state.connections {
          handling?.cancel()
          Glibc.shutdown(connection, Int32(SHUT_RDWR))
        }
      }
    }
    await waitUntilIdle()
    cut.cancel()
  }

  private func waitUntilIdle() async {
    await withCheckedContinuation { continuation in
      let isIdle = state.withLock { state in
        let isIdle = state.listener == nil && state.connections.isEmpty
        if !isIdle { state.waiting.append(continuation) }
        return isIdle
      }
      if isIdle { continuation.resume() }
    }
  }

  // MARK: On the listener's thread

  private func accept(on listener: Int32) {
    while true {
      places.wait()
      let connection = accept4(listener, nil, nil, Int32(SOCK_CLOEXEC.rawValue))
      guard connection >= 0 else {
        places.signal()
        if state.withLock({ $0.isStopping }) { break }
        // Out of descriptors, or a connection that was gone before it was accepted.
        usleep(10_000)
        continue
      }
      let isWelcome = state.withLock { state in
        if !state.isStopping { state.connections[connection] = .some(nil) }
        return !state.isStopping
      }
      guard isWelcome else {
        close(connection)
        break
      }
      do {
        try startThread(named: "http-connection") { self.serve(connection) }
      } catch {
        end(connection)
      }
    }
    close(listener)
    leave { $0.listener = nil }
  }

  // MARK: On a connection's thread

  private func serve(_ connection: Int32) {
    defer { end(connection) }
    var on: Int32 = 1
    unsafe setsockopt(
      connection, Int32(IPPROTO_TCP), TCP_NODELAY, &on,
      socklen_t(MemoryLayout<Int32>.size))
    var parser = RequestParser(mostBodyBytes: mostBodyBytes)
    var keepsConnection = true
    while keepsConnection {
      do throws(RequestParser.Refusal) {
        guard let request = try receive(&parser, on: connection) else { return }
        let answer = answer(to: request, on: connection)
        if answer.dropsConnection { return }
        keepsConnection = request.keepsConnection && !state.withLock { $0.isStopping }
        let bytes = answer.encoded(
          omittingBody: request.method == "HEAD", closing: !keepsConnection)
        guard ServerSocket.write(bytes, to: connection, before: .now + readTime) else { return }
      } catch {
        refuse(error, on: connection)
        return
      }
    }
  }

  /// The next request; `nil` when none comes.
  private func receive(
    _ parser: inout RequestParser, on connection: Int32
  ) throws(RequestParser.Refusal) -> IncomingRequest? {
    let deadline = ContinuousClock.now + readTime
    while true {
      if let request = try parser.next() { return request }
      if parser.takeOwedContinue() {
        let text = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)
        guard ServerSocket.write(text, to: connection, before: deadline) else { return nil }
      }
      guard let bytes = ServerSocket.read(connection, before: deadline) else {
        guard parser.isInsideRequest, .now >= deadline else { return nil }
        throw RequestParser.Refusal(status: 408, reason: "the request did not come in time")
      }
      parser.receive(bytes)
    }
  }

  /// Runs the handler in a task, and waits for it here.
  private func answer(to request: IncomingRequest, on connection: Int32) -> HTTPAnswer {
    let done = ThreadSemaphore(count: 0)
    let answer = Locked<HTTPAnswer?>(nil)
    let task = Task { [handler] in
      let result = await handler(request)
      answer.withLock { $0 = result }
      done.signal()
    }
    state.withLock { state in
      state.connections[connection] = .some(task)
      if state.isCut { task.cancel() }
    }
    done.wait()
    state.withLock { $0.connections[connection] = .some(nil) }
    return answer.withLock { $0 } ?? HTTPAnswer(500)
  }

  private func refuse(_ refusal: RequestParser.Refusal, on connection: Int32) {
    var answer = HTTPAnswer(refusal.status, text: refusal.reason + "\n")
    if refusal.status == 405 {
      answer.fields.append(("Allow", RequestHead.methods.joined(separator: ", ")))
    }
    let deadline = ContinuousClock.now + .seconds(1)
    guard
      ServerSocket.write(
        answer.encoded(omittingBody: false, closing: true), to: connection, before: deadline)
    else { return }
    // Closed with bytes unread, the connection would be reset, and the answer lost with it.
    Glibc.shutdown(connection, Int32(SHUT_WR))
    var most = 64
    while most > 0, ServerSocket.read(connection, before: deadline) != nil { most -= 1 }
  }

  private func end(_ connection: Int32) {
    // Closed while it is still listed, the number could belong to another connection at once.
    leave { state in
      state.connections[connection] = nil
      close(connection)
    }
    places.signal()
  }

  private func leave(_ change: (inout State) -> Void) {
    let waiting = state.withLock { state in
      change(&state)
      guard state.listener == nil, state.connections.isEmpty else {
        return [CheckedContinuation<Void, Never>]()
      }
      defer { state.waiting = [] }
      return state.waiting
    }
    for continuation in waiting { continuation.resume() }
  }
}
