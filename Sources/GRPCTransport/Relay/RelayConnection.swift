import TLSSession

/// One client's connection and the one to the server that belongs to it.
///
/// With TLS on both sides the order is: the client's first message is read, the server's handshake is
/// made with what it asks for, and then the client's own, with what the server picked.
final class RelayConnection: RelayEndOwner, ConnectAttemptDelegate, TimerTarget {
  /// Why a connection is closed.
  enum Closure {
    /// Both peers have ended it, or the relay ends.
    case ended
    /// Something else, of which one of the ends is the cause.
    case failed(String, by: RelayEnd? = nil)
  }

  private enum Phase { case waitingForHello, connecting, securing, open, closed }

  /// A ClientHello has at most 64 KiB in practice, with every extension there is.
  private static let helloLimit = 65_536

  let number: Int
  private let relay: RelayCore
  private var client: RelayEnd?
  private var server: RelayEnd?
  private var phase = Phase.connecting
  private var received: [UInt8] = []
  private var hello: ClientHello?
  private var attempt: ConnectAttempt?
  private var timer: TimerID?

  init(number: Int, socket: Socket, relay: RelayCore) {
    self.number = number
    self.relay = relay
    client = RelayEnd(socket, owner: self, buffers: relay.buffers)
  }

  private var configuration: RelayConfiguration { relay.configuration }

  func start(on core: LoopCore) {
    timer = core.setTimer(after: configuration.setupTime, self, kind: 0)
    if configuration.clientSecurity != nil {
      phase = .waitingForHello
      client?.setReading(true, on: core)
    } else {
      // Watched for its end; it is not read before there is somebody to take what it sends.
      client?.setReading(false, on: core)
      connect(on: core)
    }
  }

  func timerFired(_ kind: Int, on core: LoopCore) {
    timer = nil
    close(.failed("not connected within \(configuration.setupTime)"), on: core)
  }

  func close(_ closure: Closure, on core: LoopCore) {
    guard phase != .closed else { return }
    let wasOpen = phase == .open
    phase = .closed
    core.cancelTimer(&timer)
    attempt?.cancel(on: core)
    var failure: String?
    var culprit: RelayEnd?
    if case .failed(let reason, let end) = closure { (failure, culprit) = (reason, end) }
    for end in [client, server] {
      // A reset discards what is on its way. Who is at fault is owed the alert that says so, and who
      // has not been connected yet no reset.
      let isPassedOn = wasOpen && failure != nil && end !== culprit
      if isPassedOn { end?.abort(on: core) } else { end?.close(on: core) }
    }
    client = nil
    server = nil
    relay.closed(self, failure: failure)
  }

  // MARK: Getting ready

  private func readHello(_ bytes: UnsafeRawBufferPointer, on core: LoopCore) {
    unsafe received.append(contentsOf: bytes)
    switch ClientHello.read(received) {
    case .hello(let hello):
      self.hello = hello
      client?.setReading(false, on: core)
      connect(on: core)
    case .incomplete where received.count <= Self.helloLimit: break
    case .incomplete, .other:
      close(.failed("the client does not begin with TLS"), on: core)
    }
  }

  private func connect(on core: LoopCore) {
    phase = .connecting
    let bound = LoopBound(self, on: relay.loop)
    Resolver.resolve(host: configuration.targetHost, port: configuration.targetPort) { answer in
      bound.submit { connection, core in connection.resolved(answer, on: core) }
    }
  }

  private func resolved(_ answer: Resolver.Answer, on core: LoopCore) {
    guard phase == .connecting else { return }
    switch answer {
    case .failure(let error): close(.failed(error.description), on: core)
    case .success(let addresses):
      let attempt = ConnectAttempt(addresses: addresses, delegate: self)
      self.attempt = attempt
      attempt.start(on: core)
    }
  }

  func connectFailed(_ failure: ConnectionFailure, on core: LoopCore) {
    attempt = nil
    close(.failed("the server cannot be reached: \(failure.reason)"), on: core)
  }

  func connected(_ socket: Socket, to address: SocketAddress, on core: LoopCore) {
    attempt = nil
    guard phase == .connecting else { return socket.close() }
    let server = RelayEnd(socket, owner: self, buffers: relay.buffers)
    self.server = server
    phase = .securing
    guard let security = configuration.serverSecurity else { return greetClient(nil, on: core) }
    do {
      let session = try relay.contexts.sessionWithServer(security, for: hello)
      server.beginHandshake(session, on: core)
    } catch {
      close(.failed("towards the server: \(error)"), on: core)
    }
  }

  func handshakeCompleted(_ end: RelayEnd, on core: LoopCore) {
    if end === server {
      end.setReading(false, on: core)
      greetClient(end.negotiatedProtocol, on: core)
    } else {
      open(on: core)
    }
  }

  private func greetClient(_ picked: String?, on core: LoopCore) {
    guard let security = configuration.clientSecurity, let hello else { return open(on: core) }
    do {
      let session = try relay.contexts.sessionWithClient(security, hello, picked: picked)
      client?.beginHandshake(session, received: received, on: core)
      received = []
    } catch {
      close(.failed("towards the client: \(error)"), on: core)
    }
  }

  private func open(on core: LoopCore) {
    core.cancelTimer(&timer)
    phase = .open
    client?.beginReading(on: core)
    server?.beginReading(on: core)
  }

  // MARK: Forwarding

  func received(_ bytes: UnsafeRawBufferPointer, from end: RelayEnd, on core: LoopCore) {
    if phase == .waitingForHello { return unsafe readHello(bytes, on: core) }
    guard phase == .open, let other = peer(of: end) else { return }
    unsafe other.send(bytes, on: core)
    guard phase == .open else { return }
    // Only now: nobody who looks on may hold the bytes up.
    unsafe relay.observer.passed(
      RawSpan(_unsafeBytes: bytes), end === client ? .received : .sent, connection: number)
    if other.unsentCount > configuration.bufferLimit { end.setReading(false, on: core) }
  }

  func inputEnded(_ end: RelayEnd, _ ending: RelayEnd.Ending, on core: LoopCore) {
    guard phase == .open, let other = peer(of: end) else {
      return close(.failed("\(name(end)) closed the connection before it was ready"), on: core)
    }
    other.finish(ending, on: core)
  }

  func progressed(_ end: RelayEnd, on core: LoopCore) {
    guard phase == .open, let other = peer(of: end) else { return }
    if end.hasFinished, other.hasFinished { return close(.ended, on: core) }
    if end.unsentCount <= configuration.bufferLimit / 2 { other.setReading(true, on: core) }
  }

  func failed(_ end: RelayEnd, _ reason: String, on core: LoopCore) {
    close(.failed("\(name(end)): \(reason)", by: end), on: core)
  }

  private func peer(of end: RelayEnd) -> RelayEnd? { end === client ? server : client }
  private func name(_ end: RelayEnd) -> String { end === client ? "the client" : "the server" }
}
