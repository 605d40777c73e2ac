import GRPCCall
import GRPCTransport

/// The connections of a client: keys are made at the control endpoint, tokens at the token endpoint.
/// Where the two are the same, so is the connection. Nothing connects before the first call, and all
/// is closed when nobody refers to it any more.
final class AuthChannels: Sendable {
  let control: Channel
  let token: Channel
  private let endpoints: Endpoints
  private let closing: (@Sendable (ChannelMetrics) -> Void)?

  /// What is called.
  enum Service: Sendable { case control, token }

  func channel(to service: Service) -> Channel {
    switch service {
    case .control: control
    case .token: token
    }
  }

  /// What both have done.
  var metrics: ChannelMetrics {
    var metrics = control.metrics
    if token !== control { metrics.add(token.metrics) }
    return metrics
  }

  /// - Parameter closing: is told at the end what the channels have done.
  init(
    _ endpoints: Endpoints, _ configuration: AuthClientConfiguration,
    closing: (@Sendable (ChannelMetrics) -> Void)? = nil
  ) throws(MomentoError) {
    self.endpoints = endpoints
    self.closing = closing
    control = try Self.channel(endpoints.control, configuration)
    let isShared = endpoints.token == endpoints.control
    token = isShared ? control : try Self.channel(endpoints.token, configuration)
  }

  deinit { closing?(metrics) }

  /// Whether they lead where a credential is to be used. The cache's endpoint does not matter: nothing
  /// is called there.
  func serves(_ other: Endpoints) -> Bool {
    endpoints.control == other.control && endpoints.token == other.token
  }

  func shutdown() async {
    await control.shutdown()
    await token.shutdown()
  }

  private static func channel(
    _ endpoint: Endpoint, _ configuration: AuthClientConfiguration
  ) throws(MomentoError) -> Channel {
    var channel = configuration.channel
    channel.transportSecurity = endpoint.isSecure ? .tls(configuration.tls) : .plaintext
    channel.defaultDeadline = configuration.deadline
    // Each method brings its own policy: a channel's would repeat the making of a key.
    channel.retryPolicy = nil
    if channel.wireTap == nil { channel.wireTap = try EnvironmentWireTap.tap }
    do {
      return try Channel(
        target: .host(endpoint.host, port: endpoint.port), configuration: channel)
    } catch {
      throw MomentoError(error)
    }
  }
}
