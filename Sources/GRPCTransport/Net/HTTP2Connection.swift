import GRPCCall
import HTTP2Session
import Synchronization
import TLSSession

/// What a connection tells its owner. All of it happens on the loop.
protocol HTTP2ConnectionDelegate: AnyObject {
  /// TLS is up, or there is none: HTTP/2 may begin.
  func connectionOpened(on core: LoopCore)
  func handle(_ batch: HTTP2EventBatch, on core: LoopCore)
  /// The last call of all; the descriptor is closed.
  func connectionClosed(_ failure: ConnectionFailure, on core: LoopCore)
}

/// A connected socket, its TLS and its HTTP/2 session: the way of the bytes, for both sides.
///
/// Output gathers during a turn of the loop and leaves in one write at its end.
final class HTTP2Connection: SocketHandler, Flushable, TimerTarget {
  private enum State { case handshaking, open, closed }

  /// Tells the process's connections apart, for taps and logs.
  let id: UInt64
  let session: HTTP2Session
  private let socket: Socket
  private let tls: TLSSession?
  private let tap: (any WireTap)?
  private let counters: TransferCounters?
  /// The owner, who owns this connection too: the circle is cut when the connection closes.
  private var delegate: (any HTTP2ConnectionDelegate)?
  private var state = State.handshaking
  private var token: WatchToken?
  private var interest: Readiness = .readable
  /// What the socket would not take.
  private var unsent: [UInt8] = []
  private var unsentOffset = 0
  private var isDirty = false
  /// When bytes of the peer's came last.
  private(set) var lastReceived = MonotonicTime(nanoseconds: 0)
  private var idleTimer: TimerID?
  /// How long the peer may take nothing of what waits for it; nil for any time.
  private let sendTimeout: Duration?
  private var sendTimer: TimerID?

  private enum TimerKind { static let idle = 0, send = 1 }

  /// A connection without streams that keeps more than this for the next ones gives it back...
  private static let idleMemory = 8_192
  /// ...once it has been without streams for about this long.
  private static let idleTime: Duration = .seconds(5)

  private static let lastID = Atomic<UInt64>(0)

  init(
    socket: Socket, tls: TLSSession?, session: HTTP2Session, tap: (any WireTap)?,
    counters: TransferCounters? = nil, sendTimeout: Duration? = nil,
    delegate: any HTTP2ConnectionDelegate
  ) {
    id = Self.lastID.add(1, ordering: .relaxed).newValue
    self.socket = socket
    self.tls = tls
    self.session = session
    self.tap = tap
    self.counters = counters
    self.sendTimeout = sendTimeout
    self.delegate = delegate
  }

  var isClosed: Bool { state == .closed }

  /// Begins: with the TLS handshake, or with HTTP/2 at once.
  func start(on core: LoopCore) {
    do {
      token = try core.watch(socket.descriptor, for: .readable, self)
    } catch {
      return close(ConnectionFailure(error, phase: .connect), on: core)
    }
    if tls == nil { open(on: core) } else { continueHandshake(on: core) }
    setNeedsFlush(on: core)
  }

  /// Asks for a flush at the end of the turn.
  func setNeedsFlush(on core: LoopCore) {
    guard !isDirty else { return }
    isDirty = true
    core.flushLater(self)
  }

  /// Closes at once. What is in flight is lost.
  func close(_ failure: ConnectionFailure, on core: LoopCore) {
    guard state != .closed else { return }
    let wasOpen = state == .open
    state = .closed
    if wasOpen, failure.isGraceful { sayGoodbye(on: core) }
    core.cancelTimer(&idleTimer)
    core.cancelTimer(&sendTimer)
    if let token { core.unwatch(socket.descriptor, token) }
    socket.close()
    let delegate = delegate
    self.delegate = nil
    delegate?.connectionClosed(failure, on: core)
  }

  // MARK: Bytes in

  func ready(_ readiness: Readiness, on core: LoopCore) {
    if readiness.contains(.writable), unsentOffset < unsent.count {
      sendRest(on: core)
      setNeedsFlush(on: core)
    }
    if readiness.contains(.readable) { readAvailable(on: core) }
  }

  /// Reads once a turn, and no more than a part of the answers that are due: then what they lead to is
  /// on its way while the peer is still at the rest, and one busy connection cannot starve the others.
  private func readAvailable(on core: LoopCore) {
    guard state != .closed else { return }
    let buffer = unsafe core.turnsReadBuffer
    switch unsafe socket.receive(into: buffer) {
    case .bytes(let count):
      unsafe received(UnsafeRawBufferPointer(rebasing: buffer[..<count]), on: core)
    case .wouldBlock: break
    case .endOfFile: endOfFile(on: core)
    case .failed(let error): close(ConnectionFailure(error, phase: currentPhase), on: core)
    }
  }

  private var currentPhase: CallPhase { state == .handshaking ? .tls : .http2 }

  private func received(_ bytes: UnsafeRawBufferPointer, on core: LoopCore) {
    guard let tls else { return unsafe feed(bytes, on: core) }
    unsafe tls.receive(ciphertext: bytes)
    if state == .handshaking { continueHandshake(on: core) }
    if state == .open { decrypt(tls, on: core) }
    setNeedsFlush(on: core)
  }

  private func continueHandshake(on core: LoopCore) {
    guard let tls else { return }
    do {
      if case .complete = try tls.handshake() { open(on: core) }
    } catch {
      sendCiphertext(tls, on: core)
      close(ConnectionFailure(error), on: core)
    }
  }

  private func open(on core: LoopCore) {
    state = .open
    delegate?.connectionOpened(on: core)
  }

  private func decrypt(_ tls: TLSSession, on core: LoopCore) {
    do {
      while state == .open {
        let buffer = unsafe core.plaintextBuffer.bytes
        switch try unsafe tls.read(into: buffer) {
        case .bytes(let count):
          unsafe feed(UnsafeRawBufferPointer(rebasing: buffer[..<count]), on: core)
        case .wouldBlock: return
        case .closed: return close(.closedByPeer, on: core)
        }
      }
    } catch {
      sendCiphertext(tls, on: core)
      close(ConnectionFailure(error), on: core)
    }
  }

  private func endOfFile(on core: LoopCore) {
    guard let tls, state == .handshaking else { return close(.closedByPeer, on: core) }
    tls.receivedEndOfFile()
    continueHandshake(on: core)
    close(
      ConnectionFailure(
        phase: .tls, fault: .peer, reason: "the peer closed the connection during the handshake"),
      on: core)
  }

  private func feed(_ bytes: UnsafeRawBufferPointer, on core: LoopCore) {
    unsafe tap?.observed(RawSpan(_unsafeBytes: bytes), .received, connection: id)
    counters?.receive(bytes.count)
    lastReceived = core.now
    var failure: HTTP2Error?
    withBatch(core) { batch in
      do throws(HTTP2Error) {
        try unsafe session.receive(bytes, at: core.now.nanoseconds, into: &batch)
      } catch {
        failure = error
      }
    }
    setNeedsFlush(on: core)
    guard let failure else { return }
    flush(on: core)
    close(ConnectionFailure(failure), on: core)
  }

  /// Lends the loop's batch to `body`, then hands the owner what it holds.
  private func withBatch(_ core: LoopCore, _ body: (inout HTTP2EventBatch) -> Void) {
    var batch = HTTP2EventBatch()
    unsafe swap(&batch, &core.batch)
    body(&batch)
    if !batch.events.isEmpty { delegate?.handle(batch, on: core) }
    batch.removeAll()
    unsafe swap(&batch, &core.batch)
  }

  // MARK: Bytes out

  func flush(on core: LoopCore) {
    isDirty = false
    if let tls, state == .handshaking { sendCiphertext(tls, on: core) }
    while state == .open, unsent.isEmpty, flushOnce(on: core) {}
    if state == .open, let tls, unsent.isEmpty { sendCiphertext(tls, on: core) }
    if state == .open, unsent.isEmpty, session.isFinished { close(.finished, on: core) }
    if session.openStreamCount == 0, idleTimer == nil { noteIdle(on: core) }
  }

  private func noteIdle(on core: LoopCore) {
    guard state == .open, session.spareMemory > Self.idleMemory else { return }
    idleTimer = core.setTimer(after: Self.idleTime, self, kind: TimerKind.idle)
  }

  func timerFired(_ kind: Int, on core: LoopCore) {
    guard kind == TimerKind.idle else {
      sendTimer = nil
      return close(
        ConnectionFailure(
          phase: currentPhase, fault: .peer, reason: "the peer takes nothing of what is sent to it"),
        on: core)
    }
    idleTimer = nil
    if session.openStreamCount == 0 { session.releaseSpareMemory() }
  }

  /// - Returns: whether there may be more.
  private func flushOnce(on core: LoopCore) -> Bool {
    var output: [UInt8] = []
    unsafe swap(&output, &core.output)
    defer {
      output.removeAll(keepingCapacity: true)
      unsafe swap(&output, &core.output)
    }
    var failure: HTTP2Error?
    withBatch(core) { batch in
      do throws(HTTP2Error) {
        try session.drainOutput(into: &output, events: &batch)
      } catch {
        failure = error
      }
      // Before the owner hears of it: a stream that ends may be what it waits for to close.
      if !output.isEmpty, state == .open {
        unsafe output.withUnsafeBytes { unsafe write($0, on: core) }
      }
    }
    if let failure { close(ConnectionFailure(failure), on: core) }
    guard !output.isEmpty, state == .open else { return false }
    return session.wantsToSend
  }

  private func write(_ plaintext: UnsafeRawBufferPointer, on core: LoopCore) {
    unsafe tap?.observed(RawSpan(_unsafeBytes: plaintext), .sent, connection: id)
    counters?.send(plaintext.count)
    guard let tls else { return unsafe send(plaintext, on: core) }
    do {
      try unsafe tls.write(plaintext: plaintext)
      sendCiphertext(tls, on: core)
    } catch {
      close(ConnectionFailure(error), on: core)
    }
  }

  private func sendCiphertext(_ tls: TLSSession, on core: LoopCore) {
    while tls.pendingCiphertextCount > 0, socket.descriptor >= 0 {
      let buffer = unsafe core.plaintextBuffer.bytes
      let count = unsafe tls.drainCiphertext(into: buffer)
      unsafe send(UnsafeRawBufferPointer(rebasing: buffer[..<count]), on: core)
    }
  }

  private func send(_ bytes: UnsafeRawBufferPointer, on core: LoopCore) {
    guard unsent.isEmpty else {
      unsafe unsent.append(contentsOf: bytes)
      return
    }
    var offset = 0
    while offset < bytes.count {
      switch unsafe socket.send(UnsafeRawBufferPointer(rebasing: bytes[offset...])) {
      case .bytes(let count): offset += count
      case .wouldBlock:
        unsafe unsent.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[offset...]))
        restartSendTimer(on: core)
        return watch([.readable, .writable], on: core)
      case .endOfFile: return
      case .failed(let error):
        return close(ConnectionFailure(error, phase: currentPhase), on: core)
      }
    }
  }

  /// The peer has taken what it could, and the rest waits for it.
  private func restartSendTimer(on core: LoopCore) {
    core.cancelTimer(&sendTimer)
    guard let sendTimeout else { return }
    sendTimer = core.setTimer(after: sendTimeout, self, kind: TimerKind.send)
  }

  private func sendRest(on core: LoopCore) {
    var rest: [UInt8] = []
    swap(&rest, &unsent)
    let offset = unsentOffset
    unsentOffset = 0
    unsafe rest.withUnsafeBytes {
      unsafe send(UnsafeRawBufferPointer(rebasing: $0[offset...]), on: core)
    }
    guard unsent.isEmpty else { return }
    core.cancelTimer(&sendTimer)
    watch(.readable, on: core)
  }

  private func watch(_ readiness: Readiness, on core: LoopCore) {
    guard readiness != interest, let token, state != .closed else { return }
    interest = readiness
    do {
      try core.rewatch(socket.descriptor, token, for: readiness)
    } catch {
      close(ConnectionFailure(error, phase: currentPhase), on: core)
    }
  }

  /// TLS ends with close_notify, so that the peer can tell the end from a cut.
  private func sayGoodbye(on core: LoopCore) {
    guard let tls else { return }
    tls.shutdown()
    sendCiphertext(tls, on: core)
  }
}
