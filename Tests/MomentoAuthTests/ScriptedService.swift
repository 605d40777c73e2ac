import FoundationEssentials
import GRPCCall
import GRPCTransport
import MomentoAuthMessages
import ProtobufWire

@testable import MomentoAuth

/// What reached the service.
struct ReceivedCall: Sendable {
  let path: String
  let metadata: Metadata
  let peer: String
  let request: any WireMessage
}

/// An auth service that keeps what it receives and answers as a test tells it to.
actor ScriptedService: GRPCService {
  typealias Answer<Response> = @Sendable (_ attempt: Int) async throws -> Response

  private(set) var calls: [ReceivedCall] = []
  private let generate: Answer<GenerateApiTokenResponse>
  private let refresh: Answer<RefreshApiTokenResponse>
  private let disposable: Answer<GenerateDisposableTokenResponse>
  private let login: [LoginResponse]

  init(
    generate: @escaping Answer<GenerateApiTokenResponse> = { _ in .init() },
    refresh: @escaping Answer<RefreshApiTokenResponse> = { _ in .init() },
    disposable: @escaping Answer<GenerateDisposableTokenResponse> = { _ in .init() },
    login: [LoginResponse] = []
  ) {
    self.generate = generate
    self.refresh = refresh
    self.disposable = disposable
    self.login = login
  }

  nonisolated func register(in router: inout Router) {
    router.unary(AuthMethods.generateApiToken) { request, context in
      ServerResponse(try await self.generate(await self.record(request, context)))
    }
    router.unary(AuthMethods.refreshApiToken) { request, context in
      ServerResponse(try await self.refresh(await self.record(request, context)))
    }
    router.unary(TokenMethods.generateDisposableToken) { request, context in
      ServerResponse(try await self.disposable(await self.record(request, context)))
    }
    router.serverStreaming(AuthMethods.login) { request, writer, context in
      _ = await self.record(request, context)
      for response in self.login { try await writer.send(response) }
      return [:]
    }
  }

  /// - Returns: which attempt it is, from 1.
  private func record(_ request: any WireMessage, _ context: ServerContext) -> Int {
    calls.append(
      ReceivedCall(
        path: context.path, metadata: context.metadata, peer: context.peer, request: request))
    return calls.count
  }
}

/// Runs `body` with a client of a service of its own, and shuts both down.
func withClient(
  of service: ScriptedService, apiKey: String = "KEY", now: Double = 1_700_000_000,
  configure: (inout AuthClientConfiguration) -> Void = { _ in },
  _ body: (AuthClient) async throws -> Void
) async throws {
  let server = try Server(configuration: ServerConfiguration(port: 0), services: [service])
  let port = try await server.start().port
  let endpoint = Endpoint(host: "127.0.0.1", port: port, isSecure: false)
  let credential = CredentialProvider(
    kind: .v1, apiKey: Secret(apiKey),
    endpoints: Endpoints(control: endpoint, cache: endpoint, token: endpoint))
  var configuration = AuthClientConfiguration.patient
  configuration.retryPolicy?.initialBackoff = .milliseconds(1)
  configure(&configuration)
  let client = try AuthClient(
    credentialProvider: credential, configuration: configuration,
    now: { Date(timeIntervalSince1970: now) })
  do {
    try await body(client)
  } catch {
    await client.close()
    await server.shutdown()
    throw error
  }
  await client.close()
  await server.shutdown()
}

extension AuthClientConfiguration {
  /// A machine that is busy with other tests must not make a call of these late.
  static var patient: Self {
    var configuration = AuthClientConfiguration()
    configuration.deadline = .seconds(300)
    return configuration
  }
}

/// The error that an expression throws; `nil` when it throws none.
func momentoError(_ body: () async throws -> Void) async -> MomentoError? {
  do {
    try await body()
    return nil
  } catch {
    return error as? MomentoError
  }
}
