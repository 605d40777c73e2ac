import GRPCCall
import GRPCTransport

/// The connections of a client: keys are made at the control endpoint, tokens at the token endpoint.
/// Where the two are the same, so is the connection. Nothing connects before the first call.
struct AuthChannels: Sendable {
  let control: Channel
  let token: Channel

  /// What both have done.
  var metrics: ChannelMetrics {
    var metrics = control.metrics
    if token !== control { metrics.add(token.metrics) }
    return metrics
  }

  init(
    _ endpoints: Endpoints, _ configuration: AuthClientConfiguration
  ) throws(MomentoError) {
    control = try Self.channel(endpoints.control, configuration)
    let isShared = endpoints.token == endpoints.control
    token = isShared ? control : try Self.channel(endpoints.token, configuration)
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
    do {
      return try Channel(
        target: .host(endpoint.host, port: endpoint.port), configuration: channel)
    } catch {
      throw MomentoError(error)
    }
  }
}
