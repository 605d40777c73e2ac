import COpenSSL

/// What OpenSSL's callbacks of one `SSL_CTX` need.
///
/// Invariant for `@unchecked Sendable` and for the pointers handed to OpenSSL: nothing changes after
/// `init`, and the object lives as long as its `TLSContext`, which every session retains until its
/// `SSL` is freed. So a callback, on whatever thread, always finds it whole.
@safe final class ContextCallbacks: @unchecked Sendable {
  /// The ALPN list in wire form (RFC 7301 §3.1). Allocated once, because the selected name that
  /// is handed to OpenSSL points into it.
  private let protocols: UnsafeMutableBufferPointer<UInt8>
  private let keyLog: KeyLogFile?

  init(applicationProtocols: [String], keyLogFile: String?) throws(TLSError) {
    let names = applicationProtocols.map { Array($0.utf8) }
    guard !names.isEmpty, names.allSatisfy({ (1...255).contains($0.count) }) else {
      throw TLSError(
        phase: .configuration,
        summary: "give at least one application protocol (ALPN), each of 1 to 255 bytes")
    }
    keyLog = if let keyLogFile { try KeyLogFile(path: keyLogFile) } else { nil }
    let wire = names.flatMap { [UInt8(truncatingIfNeeded: $0.count)] + $0 }
    unsafe protocols = UnsafeMutableBufferPointer.allocate(capacity: wire.count)
    _ = unsafe protocols.initialize(fromContentsOf: wire)
  }

  deinit {
    unsafe protocols.deallocate()
  }

  /// Registers with `context` what both sides need; `context` must not outlive `self`.
  func install(in context: OpaquePointer) {
    guard keyLog != nil else { return }
    let pointer = unsafe Unmanaged.passUnretained(self).toOpaque()
    unsafe SSL_CTX_set_ex_data(context, 0, pointer)
    unsafe SSL_CTX_set_keylog_callback(context) { ssl, line in
      guard let line = unsafe line, let ssl = unsafe ssl else { return }
      guard let pointer = unsafe SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), 0) else { return }
      unsafe ContextCallbacks.from(pointer).keyLog?.append(line)
    }
  }

  /// Offers the protocols to servers.
  func offerProtocols(in context: OpaquePointer) -> Bool {
    let count = unsafe UInt32(truncatingIfNeeded: protocols.count)
    return unsafe SSL_CTX_set_alpn_protos(context, protocols.baseAddress, count) == 0
  }

  /// Has OpenSSL ask `self` which of a client's protocols to take, and refuses a client that
  /// names none. `context` must not outlive `self`.
  func selectProtocols(in context: OpaquePointer) {
    let pointer = unsafe Unmanaged.passUnretained(self).toOpaque()
    unsafe SSL_CTX_set_alpn_select_cb(
      context,
      { _, selected, selectedCount, offered, offeredCount, pointer in
        guard let pointer = unsafe pointer else { return SSL_TLSEXT_ERR_ALERT_FATAL }
        let callbacks = unsafe ContextCallbacks.from(pointer)
        return unsafe callbacks.select(selected, selectedCount, offered, offeredCount)
      }, pointer)
    unsafe SSL_CTX_set_client_hello_cb(context, requireProtocols, nil)
  }

  private func select(
    _ selected: UnsafeMutablePointer<UnsafePointer<UInt8>?>?,
    _ selectedCount: UnsafeMutablePointer<UInt8>?,
    _ offered: UnsafePointer<UInt8>?,
    _ offeredCount: UInt32
  ) -> Int32 {
    var name: UnsafeMutablePointer<UInt8>?
    var count: UInt8 = 0
    let outcome = unsafe SSL_select_next_proto(
      &name, &count, protocols.baseAddress, UInt32(truncatingIfNeeded: protocols.count), offered,
      offeredCount)
    // Without overlap `name` is the first of the client's list, which must not be used.
    guard outcome == OPENSSL_NPN_NEGOTIATED, let name = unsafe name else {
      return SSL_TLSEXT_ERR_ALERT_FATAL
    }
    unsafe selected?.pointee = unsafe UnsafePointer(name)
    unsafe selectedCount?.pointee = count
    return SSL_TLSEXT_ERR_OK
  }

  /// `pointer` came from `passUnretained` of an object that is alive: see the type's invariant.
  private static func from(_ pointer: UnsafeMutableRawPointer) -> ContextCallbacks {
    unsafe Unmanaged<ContextCallbacks>.fromOpaque(pointer).takeUnretainedValue()
  }
}

/// Ends the handshake of a client that offers no ALPN at all: OpenSSL would not ask which protocol
/// to select, and would let it in.
private func requireProtocols(
  _ ssl: OpaquePointer?, _ alert: UnsafeMutablePointer<Int32>?, _: UnsafeMutableRawPointer?
) -> Int32 {
  var data: UnsafePointer<UInt8>?
  var count = 0
  let type = UInt32(TLSEXT_TYPE_application_layer_protocol_negotiation)
  if unsafe SSL_client_hello_get0_ext(ssl, type, &data, &count) == 1 {
    return SSL_CLIENT_HELLO_SUCCESS
  }
  unsafe HandshakeRecord.of(ssl)?.offeredNoProtocol = true
  unsafe alert?.pointee = SSL_AD_NO_APPLICATION_PROTOCOL
  return SSL_CLIENT_HELLO_ERROR
}
