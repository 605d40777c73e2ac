import COpenSSL

/// What the callbacks of one session note during a handshake, for the error that follows.
///
/// The `SSL` points to it without a reference: the session that owns the `SSL` owns the record
/// too, and callbacks run only inside that session's calls.
final class HandshakeRecord {
  var refusal: VerificationRefusal?
  var offeredNoProtocol = false

  func attach(to ssl: OpaquePointer) {
    unsafe SSL_set_ex_data(ssl, 0, Unmanaged.passUnretained(self).toOpaque())
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

  var text: String { unsafe String(cString: X509_verify_cert_error_string(Int(code))) }
}

/// Notes the first refusal and changes nothing: what OpenSSL refused stays refused.
func noteRefusal(_ isAccepted: Int32, _ store: OpaquePointer?) -> Int32 {
  guard isAccepted != 1, let store = unsafe store else { return isAccepted }
  let index = SSL_get_ex_data_X509_STORE_CTX_idx()
  let ssl = unsafe X509_STORE_CTX_get_ex_data(store, index).map { OpaquePointer($0) }
  guard let record = unsafe HandshakeRecord.of(ssl), record.refusal == nil else {
    return isAccepted
  }
  let current = unsafe X509_STORE_CTX_get_current_cert(store)
  record.refusal = unsafe VerificationRefusal(
    code: X509_STORE_CTX_get_error(store),
    depth: Int(X509_STORE_CTX_get_error_depth(store)),
    certificate: current.map { unsafe CertificateFacts(of: $0) })
  return isAccepted
}
