import COpenSSL

/// OpenSSL's error queue in plain words.
extension Peer {
  /// Why a handshake failed.
  func handshakeFailure(_ errors: [OpenSSLError], _ record: HandshakeRecord) -> TLSError {
    if let refusal = record.refusal { return refused(refusal, errors) }
    if record.offeredNoProtocol {
      var error = withoutProtocol
      error.openSSLErrors = errors.map(\.description)
      return error
    }
    if let error = alertFailure(errors) { return error }
    let (phase, summary) =
      errors.lazy.compactMap(handshakeReason).first ?? (.handshake, unknown(errors))
    return TLSError(phase: phase, summary: summary, errors: errors)
  }

  /// Why an established session broke.
  func transferFailure(_ errors: [OpenSSLError], _ record: HandshakeRecord) -> TLSError {
    if let error = alertFailure(errors) { return error }
    let isTruncated = errors.contains { $0.isSSL(SSL_R_UNEXPECTED_EOF_WHILE_READING) }
    return TLSError(
      phase: .transfer, summary: isTruncated ? TLSError.truncation : unknown(errors),
      errors: errors)
  }

  private func unknown(_ errors: [OpenSSLError]) -> String {
    guard let first = errors.first else { return "the session is closed" }
    return "the TLS session with the \(name) failed: \(first.reasonText)"
  }

  private func handshakeReason(_ error: OpenSSLError) -> (TLSError.Phase, String)? {
    guard error.libraryNumber == ERR_LIB_SSL else { return nil }
    switch error.reason {
    case SSL_R_UNEXPECTED_EOF_WHILE_READING:
      return (.handshake, "peer closed the connection during the handshake")
    case SSL_R_UNSUPPORTED_PROTOCOL, SSL_R_VERSION_TOO_LOW, SSL_R_UNKNOWN_PROTOCOL:
      return (.handshake, versionFloor)
    case SSL_R_WRONG_VERSION_NUMBER, SSL_R_HTTP_REQUEST, SSL_R_HTTPS_PROXY_REQUEST:
      return (.handshake, "the \(name) does not speak TLS here; is it a plaintext port?")
    case SSL_R_NO_SHARED_CIPHER:
      return (.handshake, "the \(name) has no cipher suite in common with this \(counterpart)")
    case SSL_R_NO_APPLICATION_PROTOCOL:
      return (
        .negotiation,
        "the \(name) offers none of the application protocols (ALPN) of this \(counterpart)"
      )
    case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE:
      return (.verification, "the client sent no certificate, and this server requires one")
    default:
      return nil
    }
  }

  private var versionFloor: String {
    let digits = minimumVersion.description.dropFirst(4)
    return "the peer speaks a TLS version below \(digits); it has to be upgraded"
  }

  // MARK: - Alerts

  /// The peer said why it ended the session. OpenSSL numbers such reasons 1000 + alert
  /// (RFC 8446 §6).
  private func alertFailure(_ errors: [OpenSSLError]) -> TLSError? {
    let received = 1000...1255
    guard
      let error = errors.first(where: {
        $0.libraryNumber == ERR_LIB_SSL && received.contains(Int($0.reason))
      })
    else { return nil }
    let (phase, summary) = alertText(error.reason - 1000) ?? (.handshake, unknown(errors))
    return TLSError(phase: phase, summary: summary, errors: errors)
  }

  private func alertText(_ alert: Int32) -> (TLSError.Phase, String)? {
    switch alert {
    case SSL_AD_NO_APPLICATION_PROTOCOL:
      return (
        .negotiation,
        "the \(name) speaks none of the application protocols (ALPN) of this \(counterpart)"
      )
    case SSL_AD_PROTOCOL_VERSION:
      return (.handshake, "the \(name) refuses the TLS versions of this \(counterpart)")
    case SSL_AD_HANDSHAKE_FAILURE:
      return (.handshake, "the \(name) found no parameters in common, or wants a certificate")
    case SSL_AD_UNRECOGNIZED_NAME:
      return (.handshake, "the \(name) does not know the name asked for (SNI)")
    case SSL_AD_CERTIFICATE_REQUIRED:
      return (.verification, "the server requires a client certificate, and none was given")
    case SSL_AD_BAD_CERTIFICATE, SSL_AD_UNSUPPORTED_CERTIFICATE, SSL_AD_CERTIFICATE_REVOKED,
      SSL_AD_CERTIFICATE_EXPIRED, SSL_AD_CERTIFICATE_UNKNOWN, SSL_AD_UNKNOWN_CA,
      SSL_AD_ACCESS_DENIED:
      return (
        .verification,
        "the \(name) refused this \(counterpart)'s certificate: \(alertName(alert))"
      )
    default:
      return nil
    }
  }

  private func alertName(_ alert: Int32) -> String {
    unsafe String(cString: SSL_alert_desc_string_long(alert))
  }
}
