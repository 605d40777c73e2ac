import GRPCCall
import GRPCTransport
import MomentoAuthMessages
import MomentoAuthService
import TLSSession
import Testing

/// A session token, by a login over the wire.
func login(_ channel: Channel) async throws -> String {
  var words: [String] = []
  var token: String?
  for try await response in try channel.serverStreaming(AuthMethods.login, LoginRequest()) {
    switch response.state {
    case .message(let message): words.append(message.text)
    case .loggedIn(let loggedIn): token = loggedIn.sessionToken
    default: Issue.record("unexpected answer")
    }
  }
  #expect(words.count == 1)
  return try #require(token)
}

/// Runs a body against a service of its own.
func withService(
  _ security: EmbeddedAuthService.Security, serverName: String? = nil,
  configure: (inout AuthServiceConfiguration) -> Void = { _ in },
  _ body: (Channel) async throws -> Void
) async throws {
  var configuration = AuthServiceConfiguration()
  configuration.endpoint = "test"
  configure(&configuration)
  let service = try EmbeddedAuthService(security: security, configuration: configuration)
  let address = try await service.start()
  let tls = service.certificateAuthority.map {
    var tls = TLSClientConfiguration(trustRoots: .pem($0))
    tls.serverNameOverride = serverName
    return tls
  }
  let channel = try connect(address, tls: tls)
  do {
    try await body(channel)
  } catch {
    await channel.shutdown()
    await service.shutdown()
    throw error
  }
  await channel.shutdown()
  await service.shutdown()
}

/// A channel to a service.
func connect(
  _ address: EmbeddedAuthService.Address, tls: TLSClientConfiguration?
) throws -> Channel {
  var configuration = ChannelConfiguration()
  configuration.defaultDeadline = .seconds(600)
  configuration.transportSecurity = tls.map { .tls($0) } ?? .plaintext
  return try Channel(
    target: .host(address.host, port: address.port), configuration: configuration)
}
