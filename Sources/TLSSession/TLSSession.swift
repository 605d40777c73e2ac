import COpenSSL

/// How far a handshake is.
package enum HandshakeProgress: Sendable, Equatable {
  /// Send what is pending, then feed what the peer answers.
  case inProgress
  /// Application data can flow. There may still be something to send.
  case complete
}

/// What a read brought.
package enum ReadResult: Sendable, Equatable {
  /// So many bytes, at least one.
  case bytes(Int)
  /// Nothing until more ciphertext is received.
  case wouldBlock
  /// The peer said that it sends no more (`close_notify`).
  case closed
}

/// Which side of the connection this is.
package enum TLSRole: Sendable, Equatable {
  /// Connects. `serverName` is the host connected to: a DNS name or an IP address, no port.
  case client(serverName: String)
  /// Accepts.
  case server
}

/// One TLS connection without I/O: ciphertext in and out of memory, plaintext in and out.
///
/// Not `Sendable`: one thread at a time, as OpenSSL asks. After an error, and after `handshake` or
/// `read`, drain the ciphertext and send it: alerts are in it.
@safe package final class TLSSession {
  private let ssl: OpaquePointer
  /// What was received and not yet read by `ssl`, which owns it.
  private let incoming: OpaquePointer
  /// What `ssl`, which owns it, wants to send.
  private let outgoing: OpaquePointer
  private let record: HandshakeRecord
  private let peer: Peer
  /// Retained because callbacks registered with its `SSL_CTX` point into it.
  private let context: TLSContext
  private var isEstablished = false
  private var failure: TLSError?

  /// A session ready to start its handshake. Fails when `role` does not fit `context`, or when the
  /// server name has no form that can be verified.
  package init(context: TLSContext, role: TLSRole) throws(TLSError) {
    self.context = context
    peer = try Peer(role, context)
    record = HandshakeRecord(pinnedKeys: context.pinnedKeys)
    let setup = try SessionSetup(context: context)
    try setup.configure(for: peer)
    unsafe (ssl, incoming, outgoing) = setup.finish()
    unsafe record.attach(to: ssl)
  }

  deinit {
    unsafe SSL_free(ssl)
  }

  /// Takes bytes that came from the network. They are copied.
  package func receive(ciphertext: UnsafeRawBufferPointer) {
    guard let start = ciphertext.baseAddress, ciphertext.count > 0, failure == nil else { return }
    OpenSSLError.clearQueue()
    var written = 0
    // One write takes at most 2 GiB; no caller comes near that, but nothing may be lost unseen.
    if unsafe BIO_write_ex(incoming, start, ciphertext.count, &written) != 1
      || written != ciphertext.count
    {
      failure = TLSError(
        phase: .transfer, summary: "out of memory for received data", errors: OpenSSLError.takeAll()
      )
    }
  }

  /// Notes that the network brings no more: reads then end with `.closed` or, if the peer did not
  /// say `close_notify`, with an error (``TLSError/isTruncation``).
  package func receivedEndOfFile() {
    unsafe COpenSSL_BIO_set_mem_eof_return(incoming, 0)
  }

  /// Goes on with the handshake as far as what was received allows.
  package func handshake() throws(TLSError) -> HandshakeProgress {
    if let failure { throw failure }
    if isEstablished { return .complete }
    OpenSSLError.clearQueue()
    let result = unsafe SSL_do_handshake(ssl)
    guard result == 1 else {
      guard !isBlocked(result) else { return .inProgress }
      throw fail(peer.handshakeFailure(OpenSSLError.takeAll(), record))
    }
    guard negotiatedProtocol != nil else {
      shutdown()
      throw fail(peer.withoutProtocol)
    }
    isEstablished = true
    return .complete
  }

  /// Decrypts into `buffer` what there is, at most one record (16 KiB) at a time: call again until
  /// `.wouldBlock`, which is also what an empty buffer brings.
  package func read(into buffer: UnsafeMutableRawBufferPointer) throws(TLSError) -> ReadResult {
    try requireEstablished()
    guard buffer.count > 0 else { return .wouldBlock }
    OpenSSLError.clearQueue()
    var count = 0
    let result = unsafe SSL_read_ex(ssl, buffer.baseAddress, buffer.count, &count)
    if result == 1 { return .bytes(count) }
    switch unsafe SSL_get_error(ssl, result) {
    case SSL_ERROR_ZERO_RETURN: return .closed
    case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: return .wouldBlock
    default: throw fail(peer.transferFailure(OpenSSLError.takeAll(), record))
    }
  }

  /// Encrypts all of `plaintext`, in records of at most 16 KiB: fewer and larger writes cost less.
  package func write(plaintext: UnsafeRawBufferPointer) throws(TLSError) {
    try requireEstablished()
    var written = 0
    while written < plaintext.count {
      OpenSSLError.clearQueue()
      let part = unsafe UnsafeRawBufferPointer(rebasing: plaintext[written...])
      var count = 0
      // Memory never blocks, so every failure is final.
      guard unsafe SSL_write_ex(ssl, part.baseAddress, part.count, &count) == 1 else {
        throw fail(peer.transferFailure(OpenSSLError.takeAll(), record))
      }
      written += count
    }
  }

  /// Says `close_notify`: this side writes no more, the peer may. Does nothing after an error that
  /// OpenSSL has already told the peer with an alert, or before the handshake.
  package func shutdown() {
    guard failure == nil else { return }
    OpenSSLError.clearQueue()
    _ = unsafe SSL_shutdown(ssl)
    OpenSSLError.clearQueue()
  }

  /// How many bytes wait to be sent.
  package var pendingCiphertextCount: Int {
    unsafe BIO_ctrl_pending(outgoing)
  }

  /// Moves bytes that wait to be sent into `buffer` and returns how many; 0 when there are none.
  package func drainCiphertext(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    guard let start = buffer.baseAddress, buffer.count > 0, pendingCiphertextCount > 0 else {
      return 0
    }
    var count = 0
    return unsafe BIO_read_ex(outgoing, start, buffer.count, &count) == 1 ? count : 0
  }

  /// Without this OpenSSL would go on with the handshake by itself, past the check of ALPN.
  private func requireEstablished() throws(TLSError) {
    if let failure { throw failure }
    guard !isEstablished else { return }
    throw TLSError(phase: .transfer, summary: "read or written before the handshake was complete")
  }

  private func isBlocked(_ result: Int32) -> Bool {
    let error = unsafe SSL_get_error(ssl, result)
    return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE
  }

  private func fail(_ error: TLSError) -> TLSError {
    failure = error
    return error
  }
}

extension TLSSession {
  /// The protocol agreed on by ALPN (RFC 7301), such as `h2`; `nil` before that.
  package var negotiatedProtocol: String? {
    var start: UnsafePointer<UInt8>?
    var count: UInt32 = 0
    unsafe SSL_get0_alpn_selected(ssl, &start, &count)
    guard let start = unsafe start, count > 0 else { return nil }
    let name = unsafe UnsafeBufferPointer(start: start, count: Int(count))
    return unsafe String(decoding: name, as: UTF8.self)
  }

  /// The version agreed on; `nil` before the handshake is complete.
  package var version: TLSVersion? {
    isEstablished ? TLSVersion(rawValue: Int(unsafe SSL_version(ssl))) : nil
  }

  /// The cipher suite agreed on, by its IANA name; `nil` before the handshake is complete.
  package var cipherName: String? {
    guard isEstablished, let cipher = unsafe SSL_get_current_cipher(ssl) else { return nil }
    guard let name = unsafe SSL_CIPHER_standard_name(cipher) else { return nil }
    return unsafe String(cString: name)
  }

  /// The subject of the peer's certificate (RFC 2253), which was verified; `nil` without one.
  package var peerCertificateSubject: String? {
    guard isEstablished else { return nil }
    return unsafe Certificate.adopt(SSL_get1_peer_certificate(ssl))?.facts.subject
  }
}
