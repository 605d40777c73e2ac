import GRPCCall
import HTTP2Session
import TLSSession

/// The loop's side of a channel: its connection, and the calls that wait for one.
///
/// ```
///            call                resolved, TCP, TLS
///   idle ───────────▶ connecting ───────────────────▶ ready
///    ▲                    │  ▲                          │
///    │             failed ▼  │ back-off is over         │ closed or GOAWAY
///    │                backingOff                        │
///    └──────────────────────────────────────────────────┘
/// ```
final class ChannelCore: TimerTarget, ConnectAttemptDelegate {
  private enum State {
    case idle
    case resolving
    case connecting(ConnectAttempt)
    case handshaking(ClientConnection)
    case ready(ClientConnection)
    case backingOff(ConnectionFailure)
    case shutDown

    var counted: LaneCounters.State {
      switch self {
      case .idle: .idle
      case .resolving, .connecting, .handshaking: .connecting
      case .ready: .ready
      case .backingOff, .shutDown: .failing
      }
    }
  }

  private enum TimerKind { static let backoff = 0, connect = 1 }

  let configuration: ChannelConfiguration
  let target: Target
  private let tlsContext: TLSContext?
  private let serverName: String
  /// Invariant of those without checks: on the loop alone, and no access reaches them again.
  @exclusivity(unchecked) private var headerCache: RequestHeaderCache
  private var state = State.idle {
    didSet {
      counters.changed(to: state.counted)
      if case .ready(let connection) = state { ready = connection } else { ready = nil }
    }
  }
  /// The connection of the state `ready`.
  private var ready: ClientConnection?
  let counters: LaneCounters
  @exclusivity(unchecked) private var waiting = WaitingCalls()
  /// Calls that wait for the time of their next attempt.
  private var backingOff: [ObjectIdentifier: ClientCall] = [:]
  private var draining: [ClientConnection] = []
  private var backoff = ReconnectBackoff()
  private var timer: TimerID?
  private var connectDeadline = MonotonicTime(nanoseconds: 0)
  /// Tells a resolver's answer that came too late from the one that is awaited.
  private var attemptNumber = 0
  private(set) var lastFailure: ConnectionFailure?
  /// Bounds the retries of all calls together (gRFC A6).
  @exclusivity(unchecked) var throttle = RetryThrottle()
  /// The configuration's, or more once a server has complained.
  var keepaliveTime: Duration?
  private var shutdownWaiters: [Waiter] = []
  private let loop: EventLoop

  /// - Parameter tlsContext: nil for plaintext.
  init(
    target: Target, configuration: ChannelConfiguration, tlsContext: TLSContext?,
    counters: LaneCounters, loop: EventLoop
  ) {
    self.loop = loop
    self.target = target
    self.configuration = configuration
    self.tlsContext = tlsContext
    self.counters = counters
    keepaliveTime = configuration.keepalive.time
    unsafe headerCache = RequestHeaderCache(target: target, configuration: configuration)
    serverName =
      switch configuration.transportSecurity {
      case .plaintext: target.host
      case .tls(let tls): tls.serverNameOverride ?? target.host
      }
  }

  var endpoint: String { target.description }

  var isShutDown: Bool {
    if case .shutDown = state { true } else { false }
  }

  func makeTLSSession() throws(TLSError) -> TLSSession? {
    guard let tlsContext else { return nil }
    return try TLSSession(context: tlsContext, role: .client(serverName: serverName))
  }

  // MARK: Calls

  func headers(of call: ClientCall, on core: LoopCore) -> SubmittableHeaders {
    unsafe headerCache.headers(
      path: call.path, metadata: call.metadata, timeout: call.timeLeft(on: core),
      previousAttempts: call.previousAttempts)
  }

  func start(_ call: ClientCall, on core: LoopCore) {
    if let ready, unsafe waiting.isEmpty, ready.hasRoom { return ready.send(call, on: core) }
    switch state {
    case .ready(let connection) where !connection.isUsable:
      // Stream identifiers run out after 2³⁰ calls: the next connection takes over.
      retire(connection, on: core)
      enqueue(call, on: core)
    case .shutDown:
      call.rejected(.unavailable, "the channel has been shut down", on: core)
    case .backingOff(let failure) where !call.waitForReady:
      call.connectFailed(failure, on: core)
    default:
      enqueue(call, on: core)
    }
  }

  /// The queue's bound is kept where calls enter it, before they come to the loop.
  private func enqueue(_ call: ClientCall, on core: LoopCore) {
    unsafe waiting.append(call)
    connectIfIdle(on: core)
  }

  /// Connects, unless that is done or under way.
  func connectIfIdle(on core: LoopCore) {
    if case .idle = state { connect(on: core) }
  }

  func recordSuccess() { unsafe throttle.recordSuccess() }

  func noteWaitingCallOver() { unsafe waiting.noteOver() }

  func backOffBegan(_ call: ClientCall) { backingOff[ObjectIdentifier(call)] = call }

  func backOffEnded(_ call: ClientCall) { backingOff[ObjectIdentifier(call)] = nil }

  private func sendWaiting(on connection: ClientConnection, _ core: LoopCore) {
    while connection.hasRoom, let call = unsafe waiting.popFirst() {
      connection.send(call, on: core)
    }
  }

  func roomMayHaveChanged(_ connection: ClientConnection, on core: LoopCore) {
    guard ready === connection else { return }
    if unsafe !waiting.isEmpty { sendWaiting(on: connection, core) }
    if !connection.isUsable { retire(connection, on: core) }
  }

  // MARK: Connecting

  private func connect(on core: LoopCore) {
    state = .resolving
    attemptNumber += 1
    let attempt = attemptNumber
    connectDeadline = core.now.advanced(by: configuration.connectTimeout)
    core.cancelTimer(&timer)
    timer = core.setTimer(connectDeadline, self, kind: TimerKind.connect)
    let holder = LoopBound(self, on: loop)
    let answered: @Sendable (Resolver.Answer) -> Void = { answer in
      holder.submit { channel, core in channel.resolved(answer, attempt: attempt, on: core) }
    }
    if let lookUp = configuration.lookUp {
      lookUp(target.host, target.port, answered)
    } else {
      core.system.resolve(host: target.host, port: target.port, completion: answered)
    }
  }

  private func resolved(_ answer: Resolver.Answer, attempt: Int, on core: LoopCore) {
    guard case .resolving = state, attempt == attemptNumber else { return }
    switch answer {
    case .success(let addresses):
      let attempt = ConnectAttempt(addresses: addresses, delegate: self)
      state = .connecting(attempt)
      attempt.start(on: core)
    case .failure(let error):
      connectFailed(
        ConnectionFailure(phase: .resolve, fault: .network, reason: error.description), on: core)
    }
  }

  func connected(_ socket: Socket, to address: SocketAddress, on core: LoopCore) {
    core.cancelTimer(&timer)
    let connection = ClientConnection(channel: self, address: address, now: core.now)
    state = .handshaking(connection)
    connection.start(socket, deadline: connectDeadline, on: core)
  }

  func connectFailed(_ failure: ConnectionFailure, on core: LoopCore) {
    core.cancelTimer(&timer)
    lastFailure = failure
    counters.connectionFailed()
    state = .backingOff(failure)
    let delay = backoff.next(random: core.system.random())
    timer = core.setTimer(after: delay, self, kind: TimerKind.backoff)
    for call in unsafe waiting.removeAll(where: { !$0.waitForReady }) {
      call.connectFailed(failure, on: core)
    }
  }

  func timerFired(_ kind: Int, on core: LoopCore) {
    timer = nil
    switch (kind, state) {
    case (TimerKind.connect, .resolving):
      connectTimedOut(.resolve, "the look-up of \(target.host)", on: core)
    case (TimerKind.connect, .connecting(let attempt)):
      attempt.cancel(on: core)
      connectTimedOut(.connect, "connecting to \(endpoint)", on: core)
    case (TimerKind.backoff, .backingOff):
      state = .idle
      if unsafe !waiting.isEmpty { connect(on: core) }
    default: break
    }
  }

  private func connectTimedOut(_ phase: CallPhase, _ what: String, on core: LoopCore) {
    let reason = "\(what) took longer than \(configuration.connectTimeout)"
    connectFailed(ConnectionFailure(phase: phase, fault: .network, reason: reason), on: core)
  }

  // MARK: The connection

  func connectionOpened(_ connection: ClientConnection, on core: LoopCore) {
    guard case .handshaking(let current) = state, current === connection else { return }
    state = .ready(connection)
    counters.connectionOpened()
    sendWaiting(on: connection, core)
  }

  /// The server has shown that it speaks HTTP/2: the next failure starts the back-off afresh.
  func connectionProved(_ connection: ClientConnection, on core: LoopCore) {
    backoff.reset()
    lastFailure = nil
  }

  func connectionDraining(_ connection: ClientConnection, on core: LoopCore) {
    guard case .ready(let current) = state, current === connection else { return }
    retire(connection, on: core)
  }

  private func retire(_ connection: ClientConnection, on core: LoopCore) {
    draining.append(connection)
    state = .idle
    connection.drain(on: core)
    if unsafe !waiting.isEmpty { connectIfIdle(on: core) }
  }

  func connectionClosed(
    _ connection: ClientConnection, _ failure: ConnectionFailure, wasOpen: Bool, on core: LoopCore
  ) {
    draining.removeAll { $0 === connection }
    switch state {
    case .handshaking(let current) where current === connection:
      connectFailed(failure, on: core)
    case .ready(let current) where current === connection:
      connectionLost(connection, failure, on: core)
    default: break
    }
    finishShutdownIfDone()
  }

  /// A connection that never proved itself counts as a failed try; one that worked is replaced as
  /// soon as a call needs it.
  private func connectionLost(
    _ connection: ClientConnection, _ failure: ConnectionFailure, on core: LoopCore
  ) {
    if connection.hasPeerSettings {
      state = .idle
      if unsafe !waiting.isEmpty { connect(on: core) }
    } else {
      connectFailed(failure, on: core)
    }
  }

  // MARK: Shutdown

  /// Lets the calls that have a stream finish, fails those that wait, and closes.
  func shutDown(_ waiter: Waiter?, on core: LoopCore) {
    if let waiter = waiter { shutdownWaiters.append(waiter) }
    let previous = state
    state = .shutDown
    core.cancelTimer(&timer)
    for call in unsafe waiting.removeAll(where: { _ in true }) + backingOff.values {
      call.rejected(.unavailable, "the channel has been shut down", on: core)
    }
    switch previous {
    case .connecting(let attempt): attempt.cancel(on: core)
    case .handshaking(let connection):
      draining.append(connection)
      connection.close(.finished, on: core)
    case .ready(let connection):
      draining.append(connection)
      connection.drain(on: core)
    case .idle, .resolving, .backingOff, .shutDown: break
    }
    finishShutdownIfDone()
  }

  private func finishShutdownIfDone() {
    guard isShutDown, draining.isEmpty else { return }
    let waiters = shutdownWaiters
    shutdownWaiters.removeAll()
    for waiter in waiters { waiter.resume() }
  }
}
