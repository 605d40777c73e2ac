import Glibc
import TLSSession

/// What one end of a relayed connection tells its owner, on the loop.
protocol RelayEndOwner: AnyObject {
  func handshakeCompleted(_ end: RelayEnd, on core: LoopCore)
  func received(_ bytes: UnsafeRawBufferPointer, from end: RelayEnd, on core: LoopCore)
  /// The peer sends no more: it said so in TLS, or its side of the TCP connection has ended.
  func inputEnded(_ end: RelayEnd, _ ending: RelayEnd.Ending, on core: LoopCore)
  /// What was waiting to be sent has become less, or all is sent and the output is closed.
  func progressed(_ end: RelayEnd, on core: LoopCore)
  func failed(_ end: RelayEnd, _ reason: String, on core: LoopCore)
}

/// One of the two sockets of a relayed connection, with its TLS.
final class RelayEnd: SocketHandler {
  /// How a direction ends.
  enum Ending {
    /// With TLS's close_notify; the socket is still open.
    case notified
    /// With the socket's end of file, after close_notify or without TLS.
    case complete
    /// With the socket's end of file where close_notify should have come.
    case truncated
  }

  private let socket: Socket
  private let buffers: RelayBuffers
  private var tls: TLSSession?
  private var isHandshaking = false
  /// Whether what TLS has received is not to be read yet.
  private var isHeld = false
  private var isNotified = false
  private var hasSaidGoodbye = false
  private weak var owner: (any RelayEndOwner)?
  private var token: WatchToken?
  private var interest: Readiness = []
  private var hasHungUp = false
  private var unsent: [UInt8] = []
  private var unsentOffset = 0
  private var isReading = false
  private var hasEnded = false
  private var isFinishing = false
  /// Whether everything is sent and the output is closed.
  private(set) var hasFinished = false

  init(_ socket: Socket, owner: any RelayEndOwner, buffers: RelayBuffers) {
    self.socket = socket
    self.owner = owner
    self.buffers = buffers
  }

  var isClosed: Bool { socket.descriptor < 0 }
  /// How many bytes the peer has not taken yet.
  var unsentCount: Int { unsent.count - unsentOffset }

  func setReading(_ isOn: Bool, on core: LoopCore) {
    isReading = isOn
    updateInterest(on: core)
  }

  /// Begins TLS, with what has already been received of the peer's first message.
  func beginHandshake(_ session: TLSSession, received: [UInt8] = [], on core: LoopCore) {
    tls = session
    isHandshaking = true
    unsafe received.withUnsafeBytes { unsafe session.receive(ciphertext: $0) }
    setReading(true, on: core)
    handshake(session, on: core)
  }

  /// Hands on what has come since the handshake, and all that comes.
  func beginReading(on core: LoopCore) {
    isHeld = false
    setReading(true, on: core)
    if let tls { decrypt(tls, on: core) }
  }

  var negotiatedProtocol: String? { tls?.negotiatedProtocol }

  func close(on core: LoopCore) {
    guard !isClosed else { return }
    unwatch(on: core)
    socket.close()
  }

  /// Closes so that the peer sees a reset: what it was sent may not be whole.
  func abort(on core: LoopCore) {
    guard !isClosed else { return }
    unwatch(on: core)
    socket.reset()
  }

  // MARK: In

  func ready(_ readiness: Readiness, on core: LoopCore) {
    guard !interest.isEmpty else { return hangUp(on: core) }
    if readiness.contains(.writable), unsentCount > 0 { flush(on: core) }
    if readiness.contains(.readable), isReading, !hasEnded, !isClosed { read(on: core) }
  }

  /// Nothing is asked of the socket, so it tells of an error, or of its end in both directions.
  private func hangUp(on core: LoopCore) {
    let code = socket.connectResult
    guard code == 0 else {
      return fail(SocketError(operation: "recv", code: code).description, on: core)
    }
    hasHungUp = true
    unwatch(on: core)
  }

  private func read(on core: LoopCore) {
    let buffer = unsafe buffers.input.bytes
    switch unsafe socket.receive(into: buffer) {
    case .bytes(let count):
      unsafe received(UnsafeRawBufferPointer(rebasing: buffer[..<count]), on: core)
    case .wouldBlock: break
    case .endOfFile: ended(on: core)
    case .failed(let error): fail(error.description, on: core)
    }
  }

  private func received(_ bytes: UnsafeRawBufferPointer, on core: LoopCore) {
    guard let tls else {
      unsafe owner?.received(bytes, from: self, on: core)
      return
    }
    unsafe tls.receive(ciphertext: bytes)
    if isHandshaking { handshake(tls, on: core) }
    if !isHandshaking, !isHeld { decrypt(tls, on: core) }
  }

  private func handshake(_ tls: TLSSession, on core: LoopCore) {
    do {
      let progress = try tls.handshake()
      sendCiphertext(tls, on: core)
      guard progress == .complete, !isClosed else { return }
      isHandshaking = false
      isHeld = true
      owner?.handshakeCompleted(self, on: core)
    } catch {
      sendCiphertext(tls, on: core)
      fail(error.description, on: core)
    }
  }

  private func decrypt(_ tls: TLSSession, on core: LoopCore) {
    do {
      while !isClosed, !isNotified {
        let buffer = unsafe buffers.plaintext.bytes
        switch try unsafe tls.read(into: buffer) {
        case .bytes(let count):
          unsafe owner?.received(
            UnsafeRawBufferPointer(rebasing: buffer[..<count]), from: self, on: core)
        case .wouldBlock: return sendCiphertext(tls, on: core)
        case .closed:
          isNotified = true
          owner?.inputEnded(self, .notified, on: core)
        }
      }
    } catch {
      sendCiphertext(tls, on: core)
      fail(error.description, on: core)
    }
  }

  private func ended(on core: LoopCore) {
    hasEnded = true
    updateInterest(on: core)
    if isHandshaking {
      return fail("the connection was closed during the TLS handshake", on: core)
    }
    owner?.inputEnded(self, tls == nil || isNotified ? .complete : .truncated, on: core)
  }

  // MARK: Out

  func send(_ plaintext: UnsafeRawBufferPointer, on core: LoopCore) {
    guard let tls else { return unsafe put(plaintext, on: core) }
    do {
      try unsafe tls.write(plaintext: plaintext)
      sendCiphertext(tls, on: core)
    } catch {
      fail(error.description, on: core)
    }
  }

  /// Ends the output as the other direction's input has ended, behind what waits to be sent.
  func finish(_ ending: Ending, on core: LoopCore) {
    guard !isClosed, !isFinishing else { return }
    if let tls, ending != .truncated, !hasSaidGoodbye {
      // Once only: a second time OpenSSL would wait for the peer's, and take data for an error.
      hasSaidGoodbye = true
      tls.shutdown()
      sendCiphertext(tls, on: core)
    }
    guard tls == nil || ending != .notified else { return }
    isFinishing = true
    closeOutputIfDone(on: core)
  }

  private func closeOutputIfDone(on core: LoopCore) {
    guard isFinishing, !hasFinished, unsentCount == 0, !isClosed else { return }
    hasFinished = true
    socket.closeOutput()
    owner?.progressed(self, on: core)
  }

  private func sendCiphertext(_ tls: TLSSession, on core: LoopCore) {
    while tls.pendingCiphertextCount > 0, !isClosed {
      let buffer = unsafe buffers.ciphertext.bytes
      let count = unsafe tls.drainCiphertext(into: buffer)
      unsafe put(UnsafeRawBufferPointer(rebasing: buffer[..<count]), on: core)
    }
  }

  /// Sends at once what the socket takes, and keeps the rest.
  private func put(_ bytes: UnsafeRawBufferPointer, on core: LoopCore) {
    guard !isClosed else { return }
    var offset = 0
    if unsentCount == 0 {
      guard let count = unsafe transfer(bytes, on: core) else { return }
      offset = count
    }
    guard offset < bytes.count else { return }
    unsafe unsent.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[offset...]))
    updateInterest(on: core)
  }

  /// How many bytes the socket has taken; nil if it has failed.
  private func transfer(_ bytes: UnsafeRawBufferPointer, on core: LoopCore) -> Int? {
    var offset = 0
    while offset < bytes.count {
      switch unsafe socket.send(UnsafeRawBufferPointer(rebasing: bytes[offset...])) {
      case .bytes(let count): offset += count
      case .wouldBlock, .endOfFile: return offset
      case .failed(let error):
        fail(error.description, on: core)
        return nil
      }
    }
    return offset
  }

  private func flush(on core: LoopCore) {
    let count = unsafe unsent.withUnsafeBytes { bytes in
      unsafe transfer(UnsafeRawBufferPointer(rebasing: bytes[unsentOffset...]), on: core)
    }
    guard let count else { return }
    unsentOffset += count
    // Moved only in large steps, so that a slow peer does not cost a move for each packet.
    if unsentOffset == unsent.count || unsentOffset >= 65_536 {
      unsent.removeFirst(unsentOffset)
      unsentOffset = 0
    }
    updateInterest(on: core)
    closeOutputIfDone(on: core)
    if !isClosed { owner?.progressed(self, on: core) }
  }

  private func fail(_ reason: String, on core: LoopCore) { owner?.failed(self, reason, on: core) }

  // MARK: The loop

  private func updateInterest(on core: LoopCore) {
    guard !isClosed else { return }
    var wanted: Readiness = isReading && !hasEnded ? .readable : []
    if unsentCount > 0 { wanted.insert(.writable) }
    if hasHungUp, wanted.isEmpty { return }
    guard token == nil || wanted != interest else { return }
    hasHungUp = false
    interest = wanted
    do {
      if let token {
        try core.rewatch(socket.descriptor, token, for: wanted)
      } else {
        token = try core.watch(socket.descriptor, for: wanted, self)
      }
    } catch {
      fail(error.description, on: core)
    }
  }

  private func unwatch(on core: LoopCore) {
    guard let token else { return }
    core.unwatch(socket.descriptor, token)
    self.token = nil
  }
}

extension Socket {
  /// Tells the peer that nothing more comes; what it sends can still be read.
  fileprivate func closeOutput() { shutdown(descriptor, Int32(SHUT_WR)) }

  /// Closes at once with a reset (SO_LINGER with no time, socket(7)).
  fileprivate func reset() {
    var option = linger(l_onoff: 1, l_linger: 0)
    let size = socklen_t(MemoryLayout<linger>.size)
    unsafe setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, size)
    close()
  }
}
