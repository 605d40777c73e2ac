import GRPCTransport

/// A credential with all that a client works out of it before it makes calls: once for each
/// credential, so that a call costs none of it.
final class PreparedCredential: Sendable {
  let live: LiveCredential
  let channels: AuthChannels
  let metadata: RequestMetadata
  /// What every request shows.
  let wire: WireSecret
  /// When the key says that it expires.
  let expiry: ExpiresAt?

  var provider: CredentialProvider { live.provider }

  init(
    _ live: LiveCredential, channels: AuthChannels, _ configuration: AuthClientConfiguration
  ) throws(MomentoError) {
    self.live = live
    self.channels = channels
    metadata = try RequestMetadata(live.provider, configuration)
    wire = WireSecret(live.provider.apiKey)
    expiry = (try? JWT(parsing: wire.text))?.expiresAt
  }
}

/// Whose credential a client's calls show.
enum ClientCredential: Sendable {
  /// One that stays for as long as the client lives: it costs a call nothing.
  case fixed(PreparedCredential)
  /// One that changes.
  case changing(ChangingCredential)

  /// What a call that begins now is to show.
  func prepared() throws(MomentoError) -> PreparedCredential {
    switch self {
    case .fixed(let prepared): prepared
    case .changing(let changing): try changing.prepared()
    }
  }

  /// What the connections have done and are doing.
  var metrics: ChannelMetrics {
    switch self {
    case .fixed(let prepared): prepared.channels.metrics
    case .changing(let changing): changing.metrics
    }
  }

  /// Lets running calls finish, takes no more, and closes the connections.
  func shutdown() async {
    switch self {
    case .fixed(let prepared): await prepared.channels.shutdown()
    case .changing(let changing): await changing.shutdown()
    }
  }
}
