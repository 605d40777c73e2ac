import GRPCCall
import HTTP2Session
import TLSSession

/// One connection of a server, and the calls that run on it.
final class ServerConnection: HTTP2ConnectionDelegate, TimerTarget {
  private enum TimerKind {
    static let handshake = 0, grace = 1, ping = 2, idle = 3, keepalive = 4, age = 5
  }

  /// What a request was called, and what answered it: an object, which costs one count to look at.
  private final class Route {
    let texts: RequestTexts
    let handler: RPCHandler

    init(texts: RequestTexts, handler: RPCHandler) {
      self.texts = texts
      self.handler = handler
    }
  }

  /// The payload of the PING that measures one round trip of a graceful end.
  private static let shutdownPing: UInt64 = 0x6772_6163_6566_756c

  let loop: EventLoop
  private let router: Router
  let peer: String
  private let configuration: ServerConfiguration
  private let onClose: (ServerConnection) -> Void
  private var connection: HTTP2Connection?
  /// By slot of the session's streams.
  ///
  /// Invariant: on the loop alone, and no access reaches it again from within.
  @exclusivity(unchecked) private var calls: [ServerCall?] = []
  private var callCount = 0
  private var hasPeerSettings = false
  /// The end has been announced.
  private var isDraining = false
  /// Of the handshake, then of the grace.
  private var timer: TimerID?
  private var pingTimer: TimerID?
  private var idleTimer: TimerID?
  private var keepaliveTimer: TimerID?
  private var ageTimer: TimerID?
  private var keepalive: KeepaliveMachine
  private var age: ConnectionAge
  private var pingStrikes: PingStrikes
  /// What the session had sent by the last PING of the client's.
  private var framesAtLastPing: UInt64 = 0
  /// Since when there has been no call.
  private var idleSince = MonotonicTime(nanoseconds: 0)
  /// What the last request was called: most of those that follow are called the same.
  private var lastRoute: Route?

  /// Where handlers run.
  let handlerExecutor: any TaskExecutor
  var maxReceiveMessageSize: Int { configuration.maxReceiveMessageSize }
  var maxSendMessageSize: Int { configuration.maxSendMessageSize }
  var httpHandler: (any HTTPHandler)? { configuration.httpHandler }
  var maxHTTPBodySize: Int { configuration.maxHTTPBodySize }
  var httpTimeout: Duration { configuration.httpTimeout }
  var requestTimeout: Duration { configuration.requestTimeout }

  /// Whether so much waits for the client already that it gets no more calls.
  var isOverloaded: Bool {
    connection?.session.waitingBytes ?? 0 > configuration.maxWaitingResponseBytes
  }

  /// What to tell the observer of a call that begins; nil where there is none.
  func observation(of method: String, on core: LoopCore) -> CallObservation? {
    configuration.callObserver.map {
      CallObservation(method: method, peer: peer, start: core.now, observer: $0)
    }
  }

  init(
    loop: EventLoop, router: Router, peer: SocketAddress, configuration: ServerConfiguration,
    onClose: @escaping (ServerConnection) -> Void
  ) {
    self.loop = loop
    self.router = router
    self.peer = peer.description
    self.configuration = configuration
    self.onClose = onClose
    let now = loop.now
    keepalive = KeepaliveMachine(
      time: configuration.keepaliveInterval, timeout: configuration.keepaliveTimeout,
      permitWithoutCalls: true, minimumTime: configuration.minimumKeepaliveInterval, now: now)
    age = ConnectionAge(
      limit: configuration.maxConnectionAge, grace: configuration.maxConnectionAgeGrace, now: now,
      random: configuration.maxConnectionAge == nil ? 0 : .random(in: .min ... .max))
    pingStrikes = PingStrikes(
      minimumInterval: configuration.minimumPingInterval,
      permitWithoutCalls: configuration.permitsPingsWithoutCalls)
    handlerExecutor = configuration.runsHandlersOnLoops ? loop : loop.handlers
  }

  func start(_ socket: Socket, tls: TLSSession?, on core: LoopCore) throws(HTTP2Error) {
    let connection = HTTP2Connection(
      socket: socket, tls: tls,
      session: try HTTP2Session(role: .server, configuration: configuration.http2),
      tap: configuration.wireTap, sendTimeout: configuration.sendTimeout, delegate: self)
    self.connection = connection
    idleSince = core.now
    timer = core.setTimer(after: configuration.handshakeTimeout, self, kind: TimerKind.handshake)
    connection.start(on: core)
  }

  // MARK: Events

  func connectionOpened(on core: LoopCore) {}

  func handle(_ batch: HTTP2EventBatch, on core: LoopCore) {
    var index = 0
    while index < batch.events.count {
      let event = batch.events[index]
      guard let stream = event.stream else {
        handle(event, on: core)
        index += 1
        continue
      }
      if case .streamOpened = event { opened(stream) }
      if let call = call(on: stream) {
        // The events of one stream mostly come one behind the other.
        index = call.received(batch, from: index, on: core)
      } else {
        if case .data(_, let range) = event { consume(range.count, on: stream, core) }
        index += 1
      }
    }
    receivedBody(batch.bodyBytes, on: core)
  }

  /// What is about the connection as a whole.
  private func handle(_ event: HTTP2Event, on core: LoopCore) {
    switch event {
    case .settingsReceived: receivedSettings(on: core)
    case .pingAcknowledged(Self.shutdownPing): finalGoAway(on: core)
    case .pingAcknowledged: armKeepalive(on: core)
    case .pingReceived: receivedPing(on: core)
    default: break
    }
  }

  /// Each body byte opens the connection's window at once: one slow reader holds up its own stream
  /// only.
  private func receivedBody(_ count: Int, on core: LoopCore) {
    guard count > 0 else { return }
    withSession(on: core) { session throws(HTTP2Error) in try session.consumeOnConnection(count) }
  }

  private func receivedSettings(on core: LoopCore) {
    guard !hasPeerSettings else { return }
    hasPeerSettings = true
    core.cancelTimer(&timer)
    awaitIdleness(on: core)
    armKeepalive(on: core)
    armAge(on: core)
  }

  /// One timer for as long as the connection lives: a call costs none.
  private func awaitIdleness(on core: LoopCore) {
    guard let limit = configuration.idleTimeout else { return }
    let end = callCount == 0 ? idleSince.advanced(by: limit) : core.now.advanced(by: limit)
    guard end > core.now else { return shutDown(on: core) }
    idleTimer = core.setTimer(end, self, kind: TimerKind.idle)
  }

  private func opened(_ stream: StreamHandle) {
    while unsafe calls.count <= stream.slot { unsafe calls.append(nil) }
    unsafe calls[stream.slot] = ServerCall(
      stream: stream, connection: self, known: lastRoute?.texts ?? RequestTexts())
    callCount += 1
  }

  private func call(on stream: StreamHandle) -> ServerCall? {
    guard unsafe calls.indices.contains(stream.slot), let call = unsafe calls[stream.slot],
      call.stream == stream
    else { return nil }
    return call
  }

  // MARK: For the calls

  /// What answers a request; nil when nothing does.
  func handler(for head: borrowing RequestHead) -> RPCHandler? {
    if let lastRoute, lastRoute.texts.path == head.path { return lastRoute.handler }
    guard let handler = router.handler(for: head.path) else { return nil }
    lastRoute = Route(
      texts: RequestTexts(path: head.path, authority: head.authority), handler: handler)
    return handler
  }

  func hasMethod(_ path: String) -> Bool { router.handler(for: path) != nil }

  /// Tells an unknown method from an unknown service.
  func hasService(of path: String) -> Bool { router.hasService(of: path) }

  /// The stream of a call is over.
  func closed(_ call: ServerCall, on core: LoopCore) {
    unsafe calls[call.stream.slot] = nil
    callCount -= 1
    if callCount == 0 { idleSince = core.now }
    guard isDraining else { return }
    closeIfDone(on: core)
    awaitPing(on: core)
  }

  func withSession(on core: LoopCore, _ body: (HTTP2Session) throws(HTTP2Error) -> Void) {
    guard let connection, !connection.isClosed else { return }
    do {
      try body(connection.session)
      connection.setNeedsFlush(on: core)
    } catch {
      connection.close(ConnectionFailure(error), on: core)
    }
  }

  func consume(_ count: Int, on stream: StreamHandle, _ core: LoopCore) {
    withSession(on: core) { session throws(HTTP2Error) in try session.consume(count, on: stream) }
  }

  // MARK: Keepalive and age

  /// One timer for as long as the connection lives: bytes that come cost none.
  private func armKeepalive(on core: LoopCore) {
    guard let connection, !connection.isClosed else { return }
    core.cancelTimer(&keepaliveTimer)
    keepalive.receivedBytes(at: connection.lastReceived)
    keepaliveTimer = keepalive.nextDeadline.map {
      core.setTimer($0, self, kind: TimerKind.keepalive)
    }
  }

  private func keepaliveDue(on core: LoopCore) {
    if let connection { keepalive.receivedBytes(at: connection.lastReceived) }
    switch keepalive.tick(at: core.now) {
    case .none: break
    case .sendPing:
      withSession(on: core) { session throws(HTTP2Error) in try session.ping(0) }
    case .timedOut:
      return cutOff("no answer to PING within \(configuration.keepaliveTimeout)", core)
    }
    armKeepalive(on: core)
  }

  private func armAge(on core: LoopCore) {
    ageTimer = age.nextDeadline.map { core.setTimer($0, self, kind: TimerKind.age) }
  }

  private func ageDue(on core: LoopCore) {
    switch age.tick(at: core.now) {
    case .none: break
    case .drain: drain(on: core)
    case .cutOff: return cutOff("the grace of the connection's age is over", core)
    }
    if connection?.isClosed == false { armAge(on: core) }
  }

  /// A client may ask as often as the server sends something, and else now and then (gRPC A8).
  private func receivedPing(on core: LoopCore) {
    guard let connection, !connection.isClosed else { return }
    let frames = connection.session.answeringFrames
    if frames != framesAtLastPing { pingStrikes.sentHeadersOrData() }
    framesAtLastPing = frames
    guard pingStrikes.receivedPing(at: core.now, activeCalls: callCount) == .tooManyPings else {
      return
    }
    withSession(on: core) { session throws(HTTP2Error) in
      try session.goAway(code: .enhanceYourCalm, debugData: "too_many_pings")
    }
    connection.flush(on: core)
    cutOff("the client sends too many pings", core)
  }

  // MARK: The end

  /// Announces the end, and cuts off what runs when the grace is over.
  func shutDown(on core: LoopCore) {
    guard let connection, !connection.isClosed else { return }
    // A peer that has not said anything yet has nothing to lose.
    guard hasPeerSettings else { return connection.close(.finished, on: core) }
    if timer == nil {
      timer = core.setTimer(after: configuration.shutdownGrace, self, kind: TimerKind.grace)
    }
    drain(on: core)
  }

  /// Announces the end; calls that run, and those that are on their way, are still served.
  private func drain(on core: LoopCore) {
    guard !isDraining else { return }
    isDraining = true
    core.cancelTimer(&idleTimer)
    withSession(on: core) { session throws(HTTP2Error) in
      try session.announceGoAway()
      try session.ping(Self.shutdownPing)
    }
    awaitPing(on: core)
  }

  /// Without a call, only the PING's answer is left to wait for, and a client that gives none is not
  /// worth the whole grace.
  private func awaitPing(on core: LoopCore) {
    guard callCount == 0, pingTimer == nil, let connection, !connection.isClosed else { return }
    pingTimer = core.setTimer(
      after: configuration.shutdownPingTimeout, self, kind: TimerKind.ping)
  }

  private func finalGoAway(on core: LoopCore) {
    guard isDraining else { return }
    withSession(on: core) { session throws(HTTP2Error) in try session.goAway(code: .noError) }
    closeIfDone(on: core)
  }

  private func closeIfDone(on core: LoopCore) {
    guard isDraining, callCount == 0, let connection, !connection.isClosed,
      !connection.session.acceptsPeerStreams
    else { return }
    connection.flush(on: core)
    connection.close(.finished, on: core)
  }

  func timerFired(_ kind: Int, on core: LoopCore) {
    switch kind {
    case TimerKind.idle:
      idleTimer = nil
      awaitIdleness(on: core)
    case TimerKind.ping:
      pingTimer = nil
      // With a call open, its end asks for the PING again.
      if callCount == 0 { finalGoAway(on: core) }
    case TimerKind.keepalive:
      keepaliveTimer = nil
      keepaliveDue(on: core)
    case TimerKind.age:
      ageTimer = nil
      ageDue(on: core)
    default:
      timer = nil
      cutOff(
        kind == TimerKind.grace ? "the grace of the shutdown is over" : "no HTTP/2 in time", core)
    }
  }

  private func cutOff(_ reason: String, _ core: LoopCore) {
    connection?.close(ConnectionFailure(phase: .http2, fault: .peer, reason: reason), on: core)
  }

  func connectionClosed(_ failure: ConnectionFailure, on core: LoopCore) {
    for timer in [timer, pingTimer, idleTimer, keepaliveTimer, ageTimer] {
      if let timer { core.cancelTimer(timer) }
    }
    let orphans = unsafe calls.compactMap { $0 }
    unsafe calls.removeAll()
    callCount = 0
    for call in orphans { call.letGo(on: core) }
    onClose(self)
  }
}
