/// A version of the TLS protocol that this library speaks; older ones are never offered.
public enum TLSVersion: Int, Sendable, Comparable, CaseIterable, CustomStringConvertible {
  /// TLS 1.2 (RFC 5246), with the forward-secret AEAD cipher suites only (RFC 9113 §9.2.2).
  case tls12 = 0x0303
  /// TLS 1.3 (RFC 8446).
  case tls13 = 0x0304

  /// Older is less.
  public static func < (left: TLSVersion, right: TLSVersion) -> Bool {
    left.rawValue < right.rawValue
  }

  /// `TLS 1.2` or `TLS 1.3`.
  public var description: String {
    switch self {
    case .tls12: "TLS 1.2"
    case .tls13: "TLS 1.3"
    }
  }
}

/// The certificate authorities that may vouch for a peer. There is no way to trust everybody.
public enum TrustRoots: Sendable, Equatable {
  /// The authorities of this machine. `SSL_CERT_FILE` and `SSL_CERT_DIR` are honoured; without
  /// them OpenSSL's own default places are read, then the bundle of the common distributions.
  case system
  /// The certificates in this PEM text, and no others.
  case pem(String)
  /// The certificates in the PEM file at this path, and no others.
  case file(String)
}

/// Lists of certificates that their authorities have taken back (RFC 5280 §5).
public enum RevocationLists: Sendable, Equatable {
  /// The lists in this PEM text.
  case pem(String)
  /// The lists in the PEM file at this path. It is read once, when the connection's settings are made.
  case file(String)
}

/// How a client proves the server's identity, and its own.
public struct TLSClientConfiguration: Sendable {
  /// Who may vouch for the server.
  public var trustRoots: TrustRoots
  /// Lists of certificates that were taken back. With them, each authority of the server's chain must
  /// have a list here that is not out of date, and no certificate of the chain may be on one. Nil:
  /// whether a certificate was taken back is not asked.
  public var revocationLists: RevocationLists?
  /// Keys of which one must be in the server's chain, its own or an authority's, besides all else that
  /// is verified. Empty: any key will do.
  public var pinnedKeys: Set<PublicKeyPin> = []
  /// The client's certificate in PEM, leaf first, for servers that ask for one (mutual TLS).
  public var certificateChain: String?
  /// The private key of the leaf in `certificateChain`, in PEM, not encrypted.
  public var privateKey: String?
  /// The oldest version accepted.
  public var minimumVersion: TLSVersion
  /// The newest version offered.
  public var maximumVersion: TLSVersion
  /// The name sent (SNI) and verified in place of the host connected to.
  public var serverNameOverride: String?
  /// A file to which the session secrets are appended in the NSS key log format, so that a
  /// packet capture can be decrypted. Made with mode 0600. `nil` writes nothing.
  public var keyLogFile: String?
  /// The ALPN identifiers offered (RFC 7301), best first. The server must choose one of them.
  public var applicationProtocols: [String]

  /// Every default is the strict one: system roots, TLS 1.2 or newer, `h2`, no key log.
  public init(
    trustRoots: TrustRoots = .system,
    certificateChain: String? = nil,
    privateKey: String? = nil,
    minimumVersion: TLSVersion = .tls12,
    maximumVersion: TLSVersion = .tls13,
    serverNameOverride: String? = nil,
    keyLogFile: String? = nil,
    applicationProtocols: [String] = ["h2"]
  ) {
    self.trustRoots = trustRoots
    revocationLists = nil
    self.certificateChain = certificateChain
    self.privateKey = privateKey
    self.minimumVersion = minimumVersion
    self.maximumVersion = maximumVersion
    self.serverNameOverride = serverNameOverride
    self.keyLogFile = keyLogFile
    self.applicationProtocols = applicationProtocols
  }
}

/// Whether a server asks its clients for a certificate, and who may vouch for them.
public enum ClientCertificates: Sendable, Equatable {
  /// Clients are not asked.
  case none
  /// Clients are asked; one that sends none is let in, one that sends a bad one is not.
  case optional(TrustRoots)
  /// A client without a certificate that one of these authorities vouches for is refused.
  case required(TrustRoots)
}

/// A server's identity and what it asks of its clients.
public struct TLSServerConfiguration: Sendable {
  /// The server's certificate in PEM, leaf first, then the intermediates.
  public var certificateChain: String
  /// The private key of the leaf in `certificateChain`, in PEM, not encrypted.
  public var privateKey: String
  /// What is asked of clients.
  public var clientCertificates: ClientCertificates
  /// The oldest version accepted.
  public var minimumVersion: TLSVersion
  /// The newest version accepted.
  public var maximumVersion: TLSVersion
  /// As in ``TLSClientConfiguration/keyLogFile``.
  public var keyLogFile: String?
  /// The ALPN identifiers accepted (RFC 7301), best first; the server's order decides.
  public var applicationProtocols: [String]

  /// Defaults: clients are not asked for a certificate, TLS 1.2 or newer, `h2`, no key log.
  public init(
    certificateChain: String,
    privateKey: String,
    clientCertificates: ClientCertificates = .none,
    minimumVersion: TLSVersion = .tls12,
    maximumVersion: TLSVersion = .tls13,
    keyLogFile: String? = nil,
    applicationProtocols: [String] = ["h2"]
  ) {
    self.certificateChain = certificateChain
    self.privateKey = privateKey
    self.clientCertificates = clientCertificates
    self.minimumVersion = minimumVersion
    self.maximumVersion = maximumVersion
    self.keyLogFile = keyLogFile
    self.applicationProtocols = applicationProtocols
  }
}
