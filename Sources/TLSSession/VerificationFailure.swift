import COpenSSL

extension Peer {
  /// This side refused the peer's certificate.
  func refused(_ refusal: VerificationRefusal, _ errors: [OpenSSLError]) -> TLSError {
    TLSError(
      phase: .verification,
      summary: summary(of: refusal),
      openSSLErrors: errors.map(\.description),
      verificationCode: Int(refusal.code),
      verificationText: refusal.text)
  }

  private func summary(of refusal: VerificationRefusal) -> String {
    let certificate = subject(of: refusal)
    switch refusal.code {
    case X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH:
      return "\(certificate) is for another name: \(names(in: refusal))"
    case X509_V_ERR_CERT_HAS_EXPIRED:
      let time = refusal.certificate?.notAfter ?? "unknown"
      return "\(certificate) has expired (on \(time)); renew it, or set this machine's clock"
    case X509_V_ERR_CERT_NOT_YET_VALID:
      let time = refusal.certificate?.notBefore ?? "unknown"
      return "\(certificate) is not valid before \(time); wait, or set this machine's clock"
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN,
      X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
      X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, X509_V_ERR_CERT_UNTRUSTED:
      return """
        the \(name)'s certificate is not signed by a trusted authority (\(refusal.text)); if it \
        should be, add its authority's certificate to the trust roots
        """
    case X509_V_ERR_CERT_REJECTED:
      let key = refusal.key.map(\.description) ?? "unknown"
      return """
        the \(name)'s chain has none of the keys that are pinned (its own is \(key)); pin the new key \
        if it was changed on purpose
        """
    case X509_V_ERR_CERT_REVOKED:
      return "\(certificate) was revoked by its authority"
    case X509_V_ERR_UNABLE_TO_GET_CRL, X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER:
      return "no revocation list says whether \(certificate) is good; add its authority's list"
    case X509_V_ERR_CRL_HAS_EXPIRED, X509_V_ERR_CRL_NOT_YET_VALID:
      return "the revocation list for \(certificate) is out of date; get the current one"
    case X509_V_ERR_INVALID_PURPOSE:
      return "\(certificate) is not meant for a \(name) (extended key usage)"
    default:
      return "\(certificate) was refused: \(refusal.text)"
    }
  }

  private func subject(of refusal: VerificationRefusal) -> String {
    guard refusal.depth > 0 else { return "the \(name)'s certificate" }
    let subject = refusal.certificate?.subject ?? "unknown"
    return "the certificate of the authority \(subject) behind the \(name)'s"
  }

  private func names(in refusal: VerificationRefusal) -> String {
    guard case .server(let expected) = kind else { return "" }
    let names = refusal.certificate?.names ?? []
    let found = names.isEmpty ? "it has no names" : "it has \(names.joined(separator: ", "))"
    return """
      expected \(expected), \(found); connect to a name that it has, or override the server name
      """
  }
}
