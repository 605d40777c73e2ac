/// Why TLS could not be set up, or why a session ended.
///
/// The texts hold what the peer sent in its certificate (escaped) and what was configured by name,
/// never a private key. After an error a session is dead: it repeats the same error, and what it
/// still has to send (an alert that tells the peer the reason) should be drained and sent.
public struct TLSError: Error, Sendable, Equatable, CustomStringConvertible {
  /// How far things had come.
  public enum Phase: String, Sendable, CaseIterable {
    /// The configuration is unusable; nothing was sent.
    case configuration
    /// The two sides could not agree on keys.
    case handshake
    /// A certificate was refused, by this side or by the peer.
    case verification
    /// The two sides have no application protocol in common (ALPN, RFC 7301).
    case negotiation
    /// The session was established and then broke.
    case transfer
  }

  /// How far things had come.
  public var phase: Phase
  /// What happened and what to do, in plain words.
  public var summary: String
  /// The whole of OpenSSL's error queue at that moment, oldest first, each with its library,
  /// reason and code.
  public var openSSLErrors: [String]
  /// OpenSSL's `X509_V_ERR_…` number, when this side refused the peer's certificate.
  public var verificationCode: Int?
  /// OpenSSL's own words for `verificationCode`.
  public var verificationText: String?

  /// An error whose parts are given.
  public init(
    phase: Phase,
    summary: String,
    openSSLErrors: [String] = [],
    verificationCode: Int? = nil,
    verificationText: String? = nil
  ) {
    self.phase = phase
    self.summary = summary
    self.openSSLErrors = openSSLErrors
    self.verificationCode = verificationCode
    self.verificationText = verificationText
  }

  /// The phase, the summary, then OpenSSL's reasons in brackets.
  public var description: String {
    let cause = openSSLErrors.isEmpty ? "" : " [\(openSSLErrors.joined(separator: "; "))]"
    return "TLS \(phase.rawValue): \(summary)\(cause)"
  }

  /// Whether the peer's end of file came without the `close_notify` that protects against
  /// truncation (RFC 8446 §6.1). A caller whose protocol marks its own end may accept that.
  public var isTruncation: Bool {
    phase == .transfer && summary == TLSError.truncation
  }

  static let truncation = "connection closed without close_notify"
}

extension TLSError {
  /// An error of phase `.configuration` with all that OpenSSL has to say.
  static func configuration(_ summary: String) -> TLSError {
    TLSError(phase: .configuration, summary: summary, errors: OpenSSLError.takeAll())
  }

  init(phase: Phase, summary: String, errors: [OpenSSLError]) {
    self.init(phase: phase, summary: summary, openSSLErrors: errors.map(\.description))
  }
}
