import GRPCTransport
import MomentoAuth
import MomentoAuthMessages
import TLSSession

/// A client, able to make the sample call and to judge the answer.
protocol RefreshCaller: Sendable {
  /// Makes one call.
  ///
  /// - Throws: when it fails, and ``UnexpectedAnswer`` when the answer is not what it must be.
  func call() async throws
  /// Closes the connections.
  func close() async
}

/// The server answered with something else than a key of the right size.
struct UnexpectedAnswer: Error, CustomStringConvertible {
  let description =
    "the server's answer is not a key of \(SampleCall.keySize) bytes that expires; is it a server "
    + "of this benchmark?"
}

/// Calls through `Channel.unary`.
struct ChannelCaller: RefreshCaller {
  private let channel: Channel

  init(_ options: LoadOptions, on loops: EventLoopGroup) throws {
    try self.init(
      host: options.host, port: options.port, trustRoots: options.trustRoots, on: loops,
      connections: options.connections)
  }

  init(
    host: String, port: Int, trustRoots: TrustRoots?, on loops: EventLoopGroup,
    connections: Int = 1
  ) throws {
    var configuration = ChannelConfiguration()
    configuration.eventLoops = loops
    configuration.connectionCount = connections
    if let trustRoots {
      configuration.transportSecurity = .tls(TLSClientConfiguration(trustRoots: trustRoots))
    }
    channel = try Channel(target: .host(host, port: port), configuration: configuration)
  }

  func call() async throws {
    let response = try await channel.unary(AuthMethods.refreshApiToken, SampleCall.request).message
    guard response.apiKey.utf8.count == SampleCall.keySize, response.validUntil != 0 else {
      throw UnexpectedAnswer()
    }
  }

  func close() async { await channel.shutdown() }
}

/// Calls through `AuthClient.refreshAPIKey`.
struct AuthClientCaller: RefreshCaller {
  private let client: AuthClient
  private let refreshToken = Secret(SampleCall.refreshToken)

  init(_ options: LoadOptions, on loops: EventLoopGroup) throws {
    var configuration = AuthClientConfiguration()
    configuration.channel.eventLoops = loops
    // A call that waits long under load is to be measured, not given up.
    configuration.deadline = .seconds(600)
    configuration.channel.connectionCount = options.connections
    if let roots = options.trustRoots {
      configuration.tls = TLSClientConfiguration(trustRoots: roots)
    }
    let endpoint = Endpoint(
      host: options.host, port: options.port, isSecure: options.trustRoots != nil)
    let credential = try CredentialProvider.fromString(
      SampleCall.credential, overrides: .all(endpoint))
    client = try AuthClient(credentialProvider: credential, configuration: configuration)
  }

  func call() async throws {
    let key = try await client.refreshAPIKey(refreshToken)
    guard key.refreshToken?.count == SampleCall.refreshToken.utf8.count, key.expiresAt.doesExpire
    else {
      throw UnexpectedAnswer()
    }
  }

  func close() async { await client.close() }
}
