import COpenSSL

/// What the callbacks of one session note during a handshake, for the error that follows.
///
/// The `SSL` points to it without a reference: the session that owns the `SSL` owns the record
/// too, and callbacks run only inside that session's calls.
final class HandshakeRecord {
  /// The keys of which one must be in the peer's chain; empty for any.
  let pinnedKeys: Set<PublicKeyPin>
  var refusal: VerificationRefusal?
  var offeredNoProtocol = false

  init(pinnedKeys: Set<PublicKeyPin>) { self.pinnedKeys = pinnedKeys }

  func attach(to ssl: OpaquePointer) {
    unsafe SSL_set_ex_data(ssl, 0, Unmanaged.passUnretained(self).toOpaque())
  }

  /// The record of the handshake whose peer is being verified.
  static func of(store: OpaquePointer) -> HandshakeRecord? {
    let index = SSL_get_ex_data_X509_STORE_CTX_idx()
    return unsafe of(X509_STORE_CTX_get_ex_data(store, index).map { OpaquePointer($0) })
  }

  static func of(_ ssl: OpaquePointer?) -> HandshakeRecord? {
    guard let ssl = unsafe ssl, let pointer = unsafe SSL_get_ex_data(ssl, 0) else { return nil }
    return unsafe Unmanaged<HandshakeRecord>.fromOpaque(pointer).takeUnretainedValue()
  }
}

/// Why OpenSSL refused a certificate of the peer, and which.
struct VerificationRefusal: Equatable, Sendable {
  /// `X509_V_ERR_…`.
  var code: Int32
  /// 0 is the peer's own certificate, 1 its issuer, and so on.
  var depth: Int
  var certificate: CertificateFacts?
  /// The key of the certificate.
  var key: PublicKeyPin?

  var text: String { unsafe String(cString: X509_verify_cert_error_string(Int(code))) }
}

/// Refuses a chain, once OpenSSL has accepted it, that has none of the keys that are pinned.
func judgeCertificate(_ isAccepted: Int32, _ store: OpaquePointer?) -> Int32 {
  guard isAccepted == 1, let store = unsafe store,
    unsafe X509_STORE_CTX_get_error_depth(store) == 0,
    let record = unsafe HandshakeRecord.of(store: store), !record.pinnedKeys.isEmpty,
    unsafe !hasKey(of: record.pinnedKeys, store)
  else { return unsafe noteRefusal(isAccepted, store) }
  unsafe X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_REJECTED)
  return unsafe noteRefusal(0, store)
}

private func hasKey(of pins: Set<PublicKeyPin>, _ store: OpaquePointer) -> Bool {
  let chain = unsafe X509_STORE_CTX_get0_chain(store)
  return (0..<(unsafe COpenSSL_sk_X509_num(chain))).contains { index in
    guard let certificate = unsafe COpenSSL_sk_X509_value(chain, index),
      let key = unsafe PublicKeyPin(of: certificate)
    else { return false }
    return pins.contains(key)
  }
}

/// Notes the first refusal and changes nothing: what OpenSSL refused stays refused.
func noteRefusal(_ isAccepted: Int32, _ store: OpaquePointer?) -> Int32 {
  guard isAccepted != 1, let store = unsafe store else { return isAccepted }
  guard let record = unsafe HandshakeRecord.of(store: store), record.refusal == nil else {
    return isAccepted
  }
  let current = unsafe X509_STORE_CTX_get_current_cert(store)
  record.refusal = unsafe VerificationRefusal(
    code: X509_STORE_CTX_get_error(store),
    depth: Int(X509_STORE_CTX_get_error_depth(store)),
    certificate: current.map { unsafe CertificateFacts(of: $0) },
    key: unsafe current.flatMap { unsafe PublicKeyPin(of: $0) })
  return isAccepted
}
