import GRPCCall
import HTTP2Session
import TLSSession

/// One connection of a channel, and the calls that run on it.
final class ClientConnection: HTTP2ConnectionDelegate, TimerTarget {
  private enum TimerKind { static let connect = 0, keepalive = 1 }

  /// The channel owns its connections, and this is the way back: the circle is cut when the
  /// channel lets go of the connection, which it does as soon as that is closed.
  private let channel: ChannelCore
  let address: SocketAddress
  private var connection: HTTP2Connection?
  /// By slot of the session's streams.
  ///
  /// Invariant: on the loop alone, and no access reaches it again from within.
  @exclusivity(unchecked) private var calls: [ClientCall?] = []
  private var callCount = 0
  private var isOpen = false
  private(set) var hasPeerSettings = false
  private(set) var isDraining = false
  private var goAway: (lastStreamID: Int32, reason: String)?
  /// The rule of HTTP/2 that the server broke, which ended the connection.
  private var violation: String?
  private var connectTimer: TimerID?
  private var keepaliveTimer: TimerID?
  /// Invariant: on the loop alone, and it calls nothing that could reach it again.
  @exclusivity(unchecked) private var keepalive: KeepaliveMachine

  init(channel: ChannelCore, address: SocketAddress, now: MonotonicTime) {
    self.channel = channel
    self.address = address
    unsafe keepalive = KeepaliveMachine(
      time: channel.keepaliveTime, timeout: channel.configuration.keepalive.timeout,
      permitWithoutCalls: channel.configuration.keepalive.permitWithoutCalls,
      minimumTime: channel.configuration.keepalive.minimumTime, now: now)
  }

  func start(_ socket: Socket, deadline: MonotonicTime, on core: LoopCore) {
    do {
      let tls = try channel.makeTLSSession()
      let connection = HTTP2Connection(
        socket: socket, tls: tls,
        session: try HTTP2Session(role: .client, configuration: channel.configuration.http2),
        tap: channel.configuration.wireTap, counters: channel.counters.transfer, delegate: self)
      self.connection = connection
      connectTimer = core.setTimer(deadline, self, kind: TimerKind.connect)
      connection.start(on: core)
    } catch let error as TLSError {
      socket.close()
      connectionClosed(ConnectionFailure(error), on: core)
    } catch let error as HTTP2Error {
      socket.close()
      connectionClosed(ConnectionFailure(error), on: core)
    } catch {
      socket.close()
      connectionClosed(
        ConnectionFailure(phase: .http2, fault: .client, reason: "\(error)"), on: core)
    }
  }

  // MARK: Calls

  /// Tells the process's connections apart.
  var id: UInt64 { connection?.id ?? 0 }

  /// Whether a call can be sent on this connection now.
  var hasRoom: Bool { isOpen && !isDraining && connection?.session.canOpenStream ?? false }

  /// Whether this connection will ever take another call.
  var isUsable: Bool { !isDraining && connection?.session.acceptsNewStreams ?? false }

  /// Sends a call. The connection must have room.
  func send(_ call: ClientCall, on core: LoopCore) {
    guard let connection else { return }
    let (body, ended) = call.sending(on: self)
    do {
      let stream = try connection.session.submitRequest(
        channel.headers(of: call, on: core), body: body, endStream: ended)
      attach(call, to: stream)
      if unsafe keepalive.time != nil { noteCallCount(on: core) }
      connection.setNeedsFlush(on: core)
    } catch {
      call.connectionLost(ConnectionFailure(error), delivery: .notSent, on: core)
    }
  }

  private func attach(_ call: ClientCall, to stream: StreamHandle) {
    while unsafe calls.count <= stream.slot { unsafe calls.append(nil) }
    unsafe calls[stream.slot] = call
    callCount += 1
    channel.counters.streamOpened()
    call.opened(stream)
  }

  func send(_ bytes: [UInt8], on stream: StreamHandle, end: Bool, _ core: LoopCore) {
    withSession(on: core) { session throws(HTTP2Error) in
      try session.send(bytes, on: stream, end: end ? .endStream : .open)
    }
  }

  func consume(_ count: Int, on stream: StreamHandle, _ core: LoopCore) {
    withSession(on: core) { session throws(HTTP2Error) in try session.consume(count, on: stream) }
  }

  /// Lets go of a call's stream, and ends it if it is still open: the answer may have come before the
  /// request had been sent to its end, which may not be for long if its window is closed.
  func release(_ stream: StreamHandle, of call: ClientCall, on core: LoopCore) {
    guard unsafe calls.indices.contains(stream.slot), unsafe calls[stream.slot] === call else {
      return
    }
    unsafe calls[stream.slot] = nil
    callCount -= 1
    channel.counters.streamReleased()
    if let connection, connection.session.isOpen(stream) {
      withSession(on: core) { session throws(HTTP2Error) in
        try session.reset(stream, code: .cancel)
      }
    }
    if unsafe keepalive.time != nil { noteCallCount(on: core) }
    if isDraining { closeIfDone(on: core) }
  }

  private func withSession(
    on core: LoopCore, _ body: (HTTP2Session) throws(HTTP2Error) -> Void
  ) {
    guard let connection, !connection.isClosed else { return }
    do {
      try body(connection.session)
      connection.setNeedsFlush(on: core)
    } catch {
      connection.close(ConnectionFailure(error), on: core)
    }
  }

  // MARK: Events

  func connectionOpened(on core: LoopCore) {
    isOpen = true
    channel.connectionOpened(self, on: core)
  }

  func handle(_ batch: HTTP2EventBatch, on core: LoopCore) {
    var index = 0
    while index < batch.events.count {
      let event = batch.events[index]
      guard let stream = event.stream else {
        handle(event, batch, on: core)
        index += 1
        continue
      }
      if let call = call(on: stream) {
        // The events of one stream mostly come one behind the other.
        index = call.received(batch, from: index, by: self, on: core)
      } else {
        discard(event, on: core)
        index += 1
      }
    }
    receivedBody(batch.bodyBytes, on: core)
    channel.roomMayHaveChanged(self, on: core)
  }

  private func call(on stream: StreamHandle) -> ClientCall? {
    guard unsafe calls.indices.contains(stream.slot), let call = unsafe calls[stream.slot],
      call.stream == stream
    else { return nil }
    return call
  }

  /// An event of a stream that no call has any more.
  func discard(_ event: HTTP2Event, on core: LoopCore) {
    if case .data(let stream, let range) = event { consume(range.count, on: stream, core) }
  }

  /// Each body byte opens the connection's window at once: one slow reader holds up its own stream
  /// only.
  private func receivedBody(_ count: Int, on core: LoopCore) {
    guard count > 0 else { return }
    withSession(on: core) { session throws(HTTP2Error) in try session.consumeOnConnection(count) }
  }

  /// What is about the connection as a whole.
  private func handle(_ event: HTTP2Event, _ batch: HTTP2EventBatch, on core: LoopCore) {
    switch event {
    case .settingsReceived: receivedSettings(on: core)
    case .goAwayReceived(let last, let code, let data):
      receivedGoAway(last, code, batch.text(data), on: core)
    case .pingAcknowledged:
      // The timer runs for an answer that has come.
      core.cancelTimer(&keepaliveTimer)
      armKeepalive(on: core)
    case .violation(let code, let reason):
      violation = violation ?? "the peer broke HTTP/2 (\(code)): \(batch.text(reason))"
    default: break
    }
  }

  private func receivedSettings(on core: LoopCore) {
    guard !hasPeerSettings else { return }
    hasPeerSettings = true
    core.cancelTimer(&connectTimer)
    if unsafe keepalive.time != nil { noteCallCount(on: core) }
    channel.connectionProved(self, on: core)
  }

  private func receivedGoAway(
    _ last: Int32, _ code: HTTP2ErrorCode, _ data: String, on core: LoopCore
  ) {
    let detail = data.isEmpty ? "" : ": \(data)"
    goAway = (last, "the server ended the connection (GOAWAY \(code)\(detail))")
    isDraining = true
    if code == .enhanceYourCalm, data == "too_many_pings" {
      channel.keepaliveTime = unsafe keepalive.receivedTooManyPings()
    }
    channel.connectionDraining(self, on: core)
    closeIfDone(on: core)
  }

  /// No new calls; the connection closes when the last one is over.
  func drain(on core: LoopCore) {
    isDraining = true
    closeIfDone(on: core)
  }

  func closeIfDone(on core: LoopCore) {
    guard isDraining, callCount == 0, let connection, !connection.isClosed else { return }
    do {
      try connection.session.goAway(code: .noError)
      connection.flush(on: core)
    } catch {
      // The session is beyond saying goodbye; the socket closes all the same.
    }
    connection.close(.finished, on: core)
  }

  func close(_ failure: ConnectionFailure, on core: LoopCore) {
    connection?.close(failure, on: core)
  }

  func connectionClosed(_ failure: ConnectionFailure, on core: LoopCore) {
    let failure = explained(failure)
    core.cancelTimer(&connectTimer)
    core.cancelTimer(&keepaliveTimer)
    isDraining = true
    let orphans = unsafe calls.compactMap { $0 }
    let wasOpen = isOpen
    isOpen = false
    unsafe calls.removeAll()
    for _ in 0..<callCount { channel.counters.streamReleased() }
    callCount = 0
    channel.connectionClosed(self, failure, wasOpen: wasOpen, on: core)
    for call in orphans { orphan(call, failure, on: core) }
  }

  /// Says what the connection's end does not.
  private func explained(_ failure: ConnectionFailure) -> ConnectionFailure {
    var failure = failure
    if let violation { failure.reason = violation }
    if !hasPeerSettings, failure.phase == .http2 {
      failure.reason += " before it had sent HTTP/2 SETTINGS: it may not speak HTTP/2, or want TLS"
    }
    return failure
  }

  /// What became of a request when its connection went: above GOAWAY's last stream, the server has
  /// not touched it (RFC 9113 §6.8). A server that broke a rule may have.
  private func orphan(_ call: ClientCall, _ failure: ConnectionFailure, on core: LoopCore) {
    var failure = failure
    var delivery = Delivery.unknown
    if violation == nil, let goAway, let stream = call.stream {
      failure.reason = goAway.reason
      if stream.id > goAway.lastStreamID { delivery = .refused }
    }
    call.connectionLost(failure, delivery: delivery, on: core)
  }

  // MARK: Timers

  /// A timer that runs is left alone: when it fires, the connection tells when bytes came last.
  private func noteCallCount(on core: LoopCore) {
    unsafe keepalive.callsChanged(active: callCount)
    if keepaliveTimer == nil { armKeepalive(on: core) }
  }

  private func armKeepalive(on core: LoopCore) {
    if let connection { unsafe keepalive.receivedBytes(at: connection.lastReceived) }
    guard let next = unsafe keepalive.nextDeadline else { return }
    keepaliveTimer = core.setTimer(next, self, kind: TimerKind.keepalive)
  }

  func timerFired(_ kind: Int, on core: LoopCore) {
    switch kind {
    case TimerKind.connect:
      connectTimer = nil
      let phase: CallPhase = isOpen ? .http2 : .tls
      let time = channel.configuration.connectTimeout
      // What an open connection lacks is told with every end of it.
      let reason = isOpen ? "\(time) passed" : "the TLS handshake did not end within \(time)"
      close(ConnectionFailure(phase: phase, fault: .peer, reason: reason), on: core)
    default:
      keepaliveTimer = nil
      keepaliveDue(on: core)
    }
  }

  private func keepaliveDue(on core: LoopCore) {
    if let connection { unsafe keepalive.receivedBytes(at: connection.lastReceived) }
    switch unsafe keepalive.tick(at: core.now) {
    case .none: armKeepalive(on: core)
    case .sendPing:
      withSession(on: core) { session throws(HTTP2Error) in try session.ping(0) }
      armKeepalive(on: core)
    case .timedOut:
      close(
        ConnectionFailure(
          phase: .http2, fault: .network,
          reason: "no answer to a keepalive PING within \(channel.configuration.keepalive.timeout)"
        ), on: core)
    }
  }
}
