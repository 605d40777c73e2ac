import GRPCCall
import GRPCTransport
import Locking
import MomentoAuthMessages
import Testing

@testable import MomentoAuth

/// A source that a test moves on.
private final class ScriptedSource: CredentialSource {
  private let held: Locked<LiveCredential>
  private let replace: @Sendable (LiveCredential, ScriptedSource) async -> LiveCredential?

  init(
    _ provider: CredentialProvider,
    replace: @escaping @Sendable (LiveCredential, ScriptedSource) async -> LiveCredential? = {
      _, _ in nil
    }
  ) {
    held = Locked(LiveCredential(provider: provider, generation: 1))
    self.replace = replace
  }

  var current: LiveCredential { held.withLock { $0 } }

  @discardableResult
  func change(to provider: CredentialProvider) -> LiveCredential {
    held.withLock { held in
      held = LiveCredential(provider: provider, generation: held.generation + 1)
      return held
    }
  }

  func replacement(for refused: LiveCredential) async -> LiveCredential? {
    await replace(refused, self)
  }
}

/// A service that accepts some keys and no others, and can hold its answers back.
private actor PickyService: GRPCService {
  private(set) var keys: [String] = []
  private(set) var peers: Set<String> = []
  private let accepted: Set<String>
  private let refusal: RPCStatusError
  private let held: AsyncStream<Void>?
  private let arrived: @Sendable () -> Void

  init(
    accepting accepted: Set<String>,
    refusal: RPCStatusError = RPCStatusError(.unauthenticated, "no such key"),
    holdingUntil held: AsyncStream<Void>? = nil, arrived: @escaping @Sendable () -> Void = {}
  ) {
    self.accepted = accepted
    self.refusal = refusal
    self.held = held
    self.arrived = arrived
  }

  nonisolated func register(in router: inout Router) {
    router.unary(TokenMethods.generateDisposableToken) { request, context in
      try await self.check(request.authToken, context)
      return ServerResponse(.init(apiKey: "T", endpoint: "e.test", validUntil: 1))
    }
    router.unary(AuthMethods.generateApiToken) { request, context in
      try await self.check(request.authToken, context)
      return ServerResponse(.init(apiKey: "K", endpoint: "e.test"))
    }
    router.unary(AuthMethods.refreshApiToken) { request, context in
      try await self.check(request.apiKey, context)
      return ServerResponse(.init(apiKey: "K", endpoint: "e.test"))
    }
  }

  private func check(_ key: String, _ context: ServerContext) async throws {
    #expect(context.metadata.first("authorization") == key)
    keys.append(key)
    peers.insert(context.peer)
    arrived()
    if let held { for await _ in held { break } }
    guard accepted.contains(key) else { throw refusal }
  }
}

/// A running service.
private struct Served {
  let server: Server
  let endpoint: Endpoint

  init(_ service: PickyService) async throws {
    server = try Server(configuration: ServerConfiguration(port: 0), services: [service])
    endpoint = Endpoint(host: "127.0.0.1", port: try await server.start().port, isSecure: false)
  }

  func credential(_ key: String) -> CredentialProvider {
    CredentialProvider(
      kind: .v1, apiKey: Secret(key),
      endpoints: Endpoints(control: endpoint, cache: endpoint, token: endpoint))
  }
}

extension AuthClient {
  fileprivate func makeToken() async throws(MomentoError) {
    _ = try await generateDisposableToken(scope: .cacheReadOnly("a"), expiresIn: .hours(1))
  }
}

@Suite struct CredentialSourceTests {
  @Test func eachCallShowsTheCredentialThatTheSourceHasThenOverTheSameConnection() async throws {
    let service = PickyService(accepting: ["K1", "K2"])
    let served = try await Served(service)
    let source = ScriptedSource(served.credential("K1"))
    let client = try AuthClient(credentialSource: source, configuration: .patient)
    try await client.makeToken()
    try await client.makeToken()
    source.change(to: served.credential("K2"))
    try await client.makeToken()
    await client.close()
    await served.server.shutdown()
    #expect(await service.keys == ["K1", "K1", "K2"])
    #expect(await service.peers.count == 1)
  }

  @Test func aCallFinishesWhereItBeganWhileNewOnesGoToTheNewEndpoint() async throws {
    let (answers, answer) = AsyncStream.makeStream(of: Void.self)
    let (arrivals, arrival) = AsyncStream.makeStream(of: Void.self)
    let old = try await Served(
      PickyService(accepting: ["K1"], holdingUntil: answers, arrived: { arrival.yield() }))
    let newService = PickyService(accepting: ["K2"])
    let new = try await Served(newService)
    let source = ScriptedSource(old.credential("K1"))
    let client = try AuthClient(credentialSource: source, configuration: .patient)
    let running = Task { try await client.makeToken() }
    for await _ in arrivals { break }
    source.change(to: new.credential("K2"))
    try await client.makeToken()
    #expect(await newService.keys == ["K2"])
    answer.yield()
    try await running.value
    #expect(client.metrics.callsFinished == [.ok: 2])
    #expect(client.metrics.connectionsOpened == 2)
    // It would wait for an open connection of the client's.
    await old.server.shutdown()
    await client.close()
    await new.server.shutdown()
  }

  @Test func aRefusedCallIsMadeOnceMoreWithTheReplacementEvenOneThatMakesAKey() async throws {
    let service = PickyService(accepting: ["K2"])
    let served = try await Served(service)
    let source = ScriptedSource(served.credential("K1")) { refused, source in
      #expect(refused.generation == 1)
      return source.change(to: served.credential("K2"))
    }
    let client = try AuthClient(credentialSource: source, configuration: .patient)
    _ = try await client.generateAPIKey(scope: .superUser, expiresIn: .never)
    #expect(await service.keys == ["K1", "K2"])
    try await client.makeToken()
    #expect(await service.keys == ["K1", "K2", "K2"])
    await client.close()
    await served.server.shutdown()
  }

  @Test func anOlderCredentialThatIsTriedDoesNotTakeTheNewOnesPlace() async throws {
    let service = PickyService(accepting: ["K1"])
    let served = try await Served(service)
    let older = LiveCredential(provider: served.credential("K1"), generation: 0)
    let source = ScriptedSource(served.credential("K2")) { _, _ in older }
    let client = try AuthClient(credentialSource: source, configuration: .patient)
    for _ in 1...2 { try await client.makeToken() }
    await client.close()
    await served.server.shutdown()
    #expect(await service.keys == ["K2", "K1", "K2", "K1"])
  }

  @Test func thereIsNoThirdTryAndNoErrorHoldsAKey() async throws {
    let service = PickyService(
      accepting: [], refusal: RPCStatusError(.unauthenticated, "neither SECRET1 nor SECRET2"))
    let served = try await Served(service)
    let source = ScriptedSource(served.credential("SECRET1")) { _, source in
      source.change(to: served.credential("SECRET2"))
    }
    let client = try AuthClient(credentialSource: source, configuration: .patient)
    let error = await momentoError { try await client.makeToken() }
    await client.close()
    await served.server.shutdown()
    #expect(error?.code == .authentication)
    #expect(await service.keys.count == 2)
    #expect(error.map { "\($0)\(String(reflecting: $0))".contains("SECRET") } == false)
  }

  @Test(arguments: [StatusCode.permissionDenied, .unavailable, .internalError])
  func nothingButUnauthenticatedAsksForAReplacement(_ code: StatusCode) async throws {
    let service = PickyService(accepting: [], refusal: RPCStatusError(code, "no"))
    let served = try await Served(service)
    let source = ScriptedSource(served.credential("K1")) { _, _ in
      Issue.record("a replacement was asked for")
      return nil
    }
    var configuration = AuthClientConfiguration.patient
    configuration.retryPolicy = nil
    let client = try AuthClient(credentialSource: source, configuration: configuration)
    let error = await momentoError { try await client.makeToken() }
    #expect(error?.grpcStatus == code)
    #expect(await service.keys.count == 1)
    await client.close()
    await served.server.shutdown()
  }

  @Test func aRefusedCallFailsAsItDidWhereThereIsNothingElseToTry() async throws {
    let service = PickyService(accepting: [])
    let served = try await Served(service)
    // The first has nothing, the second offers what was just refused.
    for replaces in [false, true] {
      let source = ScriptedSource(served.credential("K1")) { refused, _ in
        replaces ? refused : nil
      }
      let client = try AuthClient(credentialSource: source, configuration: .patient)
      let error = await momentoError { try await client.makeToken() }
      #expect(error?.code == .authentication)
      await client.close()
    }
    #expect(await service.keys.count == 2)
    await served.server.shutdown()
  }

  @Test func aRefreshIsNotTriedWithAnotherKeyToWhichItsTokenDoesNotBelong() async throws {
    let service = PickyService(accepting: ["K2"])
    let served = try await Served(service)
    let source = ScriptedSource(served.credential("K1")) { _, source in
      source.change(to: served.credential("K2"))
    }
    let client = try AuthClient(credentialSource: source, configuration: .patient)
    let error = await momentoError { _ = try await client.refreshAPIKey(Secret("R1")) }
    #expect(error?.code == .authentication)
    #expect(await service.keys == ["K1"])
    await client.close()
    await served.server.shutdown()
  }

  @Test func aSourceThatDoesNotAnswerHoldsACallNoLongerThanItsDeadline() async throws {
    let served = try await Served(PickyService(accepting: []))
    let (silence, source) = AsyncStream.makeStream(of: Void.self)
    var configuration = AuthClientConfiguration()
    configuration.deadline = .milliseconds(300)
    let client = try AuthClient(
      credentialSource: ScriptedSource(served.credential("K1")) { _, _ in
        // Heeds no cancellation.
        await Task.detached { for await _ in silence {} }.value
        return nil
      }, configuration: configuration)
    let error = await momentoError { try await client.makeToken() }
    // A machine that is busy may not even have the first answer by then.
    #expect([.authentication, .timeout].contains(error?.code))
    source.finish()
    await client.close()
    await served.server.shutdown()
  }

  @Test func aClosedClientConnectsNoMoreThoughItsCredentialChanges() async throws {
    let service = PickyService(accepting: ["K1"])
    let served = try await Served(service)
    let source = ScriptedSource(served.credential("K1"))
    let client = try AuthClient(credentialSource: source, configuration: .patient)
    try await client.makeToken()
    await client.close()
    let other = try await Served(PickyService(accepting: ["K2"]))
    source.change(to: other.credential("K2"))
    let error = await momentoError { try await client.makeToken() }
    #expect(error?.code == .serverUnavailable)
    #expect(client.metrics.connectionsOpened == 1)
    await other.server.shutdown()
    await served.server.shutdown()
  }

  @Test func aCredentialThatCannotBeSentFailsTheCallAndIsNotRepeated() async throws {
    let service = PickyService(accepting: ["K1"])
    let served = try await Served(service)
    let source = ScriptedSource(served.credential("K1"))
    let client = try AuthClient(credentialSource: source, configuration: .patient)
    source.change(to: served.credential("KEY\nX"))
    let error = await momentoError { try await client.makeToken() }
    #expect(error?.code == .invalidArgument)
    #expect(error?.description.contains("KEY") == false)
    await client.close()
    await served.server.shutdown()
  }
}
