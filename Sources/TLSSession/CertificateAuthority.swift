import Glibc

/// A certificate with its private key.
package struct Identity: Sendable, CustomStringConvertible, CustomReflectable {
  /// PEM, leaf first; the root is not in it.
  package var certificateChain: String
  /// PKCS #8 PEM, not encrypted.
  package var privateKey: String

  /// An identity whose parts are given.
  package init(certificateChain: String, privateKey: String) {
    self.certificateChain = certificateChain
    self.privateKey = privateKey
  }

  /// The chain, without the private key.
  package var description: String { describe("Identity", customMirror) }

  /// The chain, without the private key.
  package var customMirror: Mirror {
    Mirror(
      self, children: ["certificateChain": certificateChain, "privateKey": redacted],
      displayStyle: .struct)
  }
}

/// When a certificate is valid, in seconds since 1970 (UTC).
package struct CertificateValidity: Sendable, Equatable {
  /// The first second.
  package var notBefore: Int64
  /// The last second.
  package var notAfter: Int64

  /// The times given.
  package init(notBefore: Int64, notAfter: Int64) {
    self.notBefore = notBefore
    self.notAfter = notAfter
  }

  /// Times relative to this machine's clock, in seconds; by default from an hour ago, since clocks
  /// differ, for 90 days.
  package static func fromNow(
    notBefore: Int64 = -3600, notAfter: Int64 = 90 * 86_400
  ) -> CertificateValidity {
    let now = Int64(time(nil))
    return CertificateValidity(
      notBefore: now.addingReportingOverflow(notBefore).partialValue,
      notAfter: now.addingReportingOverflow(notAfter).partialValue)
  }
}

/// A certificate authority that lives in memory, for tests and for servers on one's own machine.
///
/// Keys are EC P-256, serial numbers 128 random bits, extensions as RFC 5280 §4.2 wants them.
package struct CertificateAuthority: Sendable, CustomStringConvertible, CustomReflectable {
  /// The authority's own certificate: what its clients trust.
  package let certificatePEM: String
  /// Its private key, PKCS #8 PEM: secret.
  package let privateKey: String

  /// An authority that was made before. Whether the parts go together shows when it issues.
  package init(certificatePEM: String, privateKey: String) {
    self.certificatePEM = certificatePEM
    self.privateKey = privateKey
  }

  /// A new authority, valid for ten years unless told otherwise.
  package init(
    commonName: String,
    validity: CertificateValidity = .fromNow(notAfter: 3650 * 86_400)
  ) throws(TLSError) {
    let key = try PrivateKey.generate()
    let draft = try CertificateDraft(commonName: commonName, validity: validity, key: key)
    try draft.sign(as: .authority, issuer: draft.certificate, key: key)
    certificatePEM = try draft.certificate.pem()
    privateKey = try key.pem()
  }

  /// A certificate for `names`, each a DNS name (`*.` may lead) or an IP address, and a new key.
  /// It is good for servers, or with `forClient` for clients, and not for both.
  package func issue(
    names: [String],
    validity: CertificateValidity = .fromNow(),
    forClient: Bool = false
  ) throws(TLSError) -> Identity {
    let alternatives = try CertificateDraft.alternativeNames(names)
    let key = try PrivateKey.generate()
    let draft = try CertificateDraft(
      commonName: String(names.first?.prefix(64) ?? ""), validity: validity, key: key)
    try signed(draft, forClient ? .client(alternatives) : .server(alternatives))
    return Identity(certificateChain: try draft.certificate.pem(), privateKey: try key.pem())
  }

  private func signed(
    _ draft: borrowing CertificateDraft, _ usage: CertificateDraft.Usage
  ) throws(TLSError) {
    let issuerKey = try PrivateKey.parse(pem: privateKey, whose: "authority")
    let bio = try MemoryBIO.text(certificatePEM)
    try Certificate.forEach(in: bio, of: "the authority") { _, issuer throws(TLSError) in
      try draft.sign(as: usage, issuer: issuer, key: issuerKey)
    }
  }

  /// The certificate, without the private key.
  package var description: String { describe("CertificateAuthority", customMirror) }

  /// The certificate, without the private key.
  package var customMirror: Mirror {
    Mirror(
      self, children: ["certificatePEM": certificatePEM, "privateKey": redacted],
      displayStyle: .struct)
  }
}
