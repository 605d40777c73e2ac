import GRPCCall
import HTTP2Session
import TLSSession

/// One connection of a server, and the calls that run on it.
final class ServerConnection: HTTP2ConnectionDelegate, TimerTarget {
  private enum TimerKind { static let handshake = 0, grace = 1 }

  /// The payload of the PING that measures one round trip of a graceful end.
  private static let shutdownPing: UInt64 = 0x6772_6163_6566_756c

  let loop: EventLoop
  let router: Router
  let peer: String
  private let configuration: ServerConfiguration
  private let onClose: (ServerConnection) -> Void
  private var connection: HTTP2Connection?
  private var calls: [ServerCall?] = []
  private var callCount = 0
  private var hasPeerSettings = false
  private var isShuttingDown = false
  private var timer: TimerID?

  var maxReceiveMessageSize: Int { configuration.maxReceiveMessageSize }
  var maxSendMessageSize: Int { configuration.maxSendMessageSize }

  init(
    loop: EventLoop, router: Router, peer: SocketAddress, configuration: ServerConfiguration,
    onClose: @escaping (ServerConnection) -> Void
  ) {
    self.loop = loop
    self.router = router
    self.peer = peer.description
    self.configuration = configuration
    self.onClose = onClose
  }

  func start(_ socket: Socket, tls: TLSSession?, on core: LoopCore) throws(HTTP2Error) {
    let connection = HTTP2Connection(
      socket: socket, tls: tls,
      session: try HTTP2Session(role: .server, configuration: configuration.http2),
      tap: configuration.wireTap, delegate: self)
    self.connection = connection
    timer = core.setTimer(after: configuration.handshakeTimeout, self, kind: TimerKind.handshake)
    connection.start(on: core)
  }

  // MARK: Events

  func connectionOpened(on core: LoopCore) {}

  func handle(_ batch: HTTP2EventBatch, on core: LoopCore) {
    for event in batch.events { handle(event, batch, on: core) }
  }

  private func handle(_ event: HTTP2Event, _ batch: HTTP2EventBatch, on core: LoopCore) {
    switch event {
    case .streamOpened(let stream): opened(stream)
    case .headerField(let stream, let name, let value):
      call(on: stream)?.receivedField(name, value, batch)
    case .headerListTooLarge(let stream): call(on: stream)?.headerListTooLarge(on: core)
    case .headersEnded(let stream, let endStream):
      call(on: stream)?.receivedEndOfHeaders(endStream: endStream, on: core)
    case .data(let stream, let range): receivedData(stream, range, batch, on: core)
    case .dataEnded(let stream): call(on: stream)?.receivedEndOfStream(on: core)
    case .bodyDrained(let stream): call(on: stream)?.bodyDrained()
    case .streamClosed(let stream, _, _): closed(stream, on: core)
    case .endStreamSent(let stream): endStreamSent(stream, on: core)
    case .settingsReceived: receivedSettings(on: core)
    case .pingAcknowledged(Self.shutdownPing): finalGoAway(on: core)
    case .pingAcknowledged, .pingReceived, .goAwayReceived, .violation: break
    }
  }

  private func receivedSettings(on core: LoopCore) {
    hasPeerSettings = true
    if !isShuttingDown { core.cancelTimer(&timer) }
  }

  private func opened(_ stream: StreamHandle) {
    while calls.count <= stream.slot { calls.append(nil) }
    calls[stream.slot] = ServerCall(stream: stream, connection: self)
    callCount += 1
  }

  private func call(on stream: StreamHandle) -> ServerCall? {
    guard calls.indices.contains(stream.slot), let call = calls[stream.slot],
      call.stream == stream
    else { return nil }
    return call
  }

  private func receivedData(
    _ stream: StreamHandle, _ range: ByteRange, _ batch: HTTP2EventBatch, on core: LoopCore
  ) {
    withSession(on: core) { session throws(HTTP2Error) in
      try session.consumeOnConnection(range.count)
    }
    if let call = call(on: stream) {
      call.receivedData(range, batch, on: core)
    } else {
      consume(range.count, on: stream, core)
    }
  }

  private func closed(_ stream: StreamHandle, on core: LoopCore) {
    guard let call = call(on: stream) else { return }
    calls[stream.slot] = nil
    callCount -= 1
    call.closed(on: core)
    closeIfDone(on: core)
  }

  // MARK: For the calls

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

  /// An answer that is complete before its request tells the client to stop sending
  /// (RFC 9113 §8.1): RST_STREAM with NO_ERROR, after the answer.
  private func endStreamSent(_ stream: StreamHandle, on core: LoopCore) {
    guard let call = call(on: stream), !call.requestIsOver else { return }
    withSession(on: core) { session throws(HTTP2Error) in try session.reset(stream, code: .noError)
    }
  }

  // MARK: The end

  /// Announces the end; calls that run, and those that are on their way, are still served.
  func shutDown(on core: LoopCore) {
    guard !isShuttingDown, let connection, !connection.isClosed else { return }
    isShuttingDown = true
    core.cancelTimer(&timer)
    // A peer that has not said anything yet has nothing to lose.
    guard hasPeerSettings else { return connection.close(.finished, on: core) }
    timer = core.setTimer(after: configuration.shutdownGrace, self, kind: TimerKind.grace)
    withSession(on: core) { session throws(HTTP2Error) in
      try session.announceGoAway()
      try session.ping(Self.shutdownPing)
    }
  }

  private func finalGoAway(on core: LoopCore) {
    guard isShuttingDown else { return }
    withSession(on: core) { session throws(HTTP2Error) in try session.goAway(code: .noError) }
    closeIfDone(on: core)
  }

  private func closeIfDone(on core: LoopCore) {
    guard isShuttingDown, callCount == 0, let connection, !connection.isClosed,
      !connection.session.acceptsPeerStreams
    else { return }
    connection.flush(on: core)
    connection.close(.finished, on: core)
  }

  func timerFired(_ kind: Int, on core: LoopCore) {
    timer = nil
    let reason = kind == TimerKind.grace ? "the grace of the shutdown is over" : "no HTTP/2 in time"
    connection?.close(ConnectionFailure(phase: .http2, fault: .peer, reason: reason), on: core)
  }

  func connectionClosed(_ failure: ConnectionFailure, on core: LoopCore) {
    core.cancelTimer(&timer)
    let orphans = calls.compactMap { $0 }
    calls.removeAll()
    callCount = 0
    for call in orphans { call.closed(on: core) }
    onClose(self)
  }
}
