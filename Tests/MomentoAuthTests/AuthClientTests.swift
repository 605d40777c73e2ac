import FoundationEssentials
import GRPCCall
import GRPCTransport
import MomentoAuthMessages
import ProtobufWire
import TLSSession
import Testing

@testable import MomentoAuth

@Suite("The auth client")
struct AuthClientTests {
  @Test("makes an API key, which comes in the form that every SDK reads")
  func generate() async throws {
    let service = ScriptedService(generate: { _ in
      GenerateApiTokenResponse(
        apiKey: "INNER", refreshToken: "R", endpoint: "cell.e.test", validUntil: 1_700_003_600)
    })
    try await withClient(of: service) { client in
      let key = try await client.generateAPIKey(
        scope: .cacheReadOnly("foo"), expiresIn: .hours(1))
      #expect(
        key.apiKey.reveal() == #"{"endpoint":"cell.e.test","api_key":"INNER"}"#.base64)
      #expect(key.refreshToken?.reveal() == "R" && key.endpoint == "cell.e.test")
      #expect(key.expiresAt.epochSeconds == 1_700_003_600)
      let credential = try key.credentialProvider()
      #expect(credential.apiKey.reveal() == "INNER")
      #expect(credential.endpoints.control.host == "control.cell.e.test")
      #expect(key.credentialsFile.refreshToken == key.refreshToken)
      var dumped = "\(key)\(String(reflecting: key))"
      dump(key, to: &dumped)
      #expect(!dumped.contains("INNER") && !dumped.contains(key.apiKey.reveal()))
    }
    let call = try #require(await service.calls.first)
    #expect(call.path == "/auth.Auth/GenerateApiToken")
    #expect(
      call.request as? GenerateApiTokenRequest
        == GenerateApiTokenRequest(
          expiry: .expires(Expires(validForSeconds: 3600)), authToken: "KEY",
          permissions: Permissions(.cacheReadOnly("foo"))))
  }

  @Test("makes a key that never expires, and a super-user's")
  func never() async throws {
    let service = ScriptedService(generate: { _ in
      GenerateApiTokenResponse(apiKey: "K", endpoint: "e.test")
    })
    try await withClient(of: service) { client in
      let key = try await client.generateAPIKey(scope: .superUser, expiresIn: .never)
      #expect(key.refreshToken == nil && key.expiresAt == .never)
    }
    let request = await service.calls.first?.request as? GenerateApiTokenRequest
    #expect(request?.expiry == .never(NeverExpires()))
    #expect(request?.permissions == Permissions(.superUser))
  }

  @Test("counts its calls, those for keys and those for tokens together")
  func metrics() async throws {
    let service = ScriptedService(
      generate: { _ in GenerateApiTokenResponse(apiKey: "K", endpoint: "e.test") },
      disposable: { _ in GenerateDisposableTokenResponse(apiKey: "K", endpoint: "e.test") })
    try await withClient(of: service) { client in
      #expect(client.metrics == ChannelMetrics())
      _ = try await client.generateAPIKey(scope: .superUser, expiresIn: .never)
      _ = try await client.generateDisposableToken(
        scope: .topicSubscribeOnly("c", topic: "t"), expiresIn: .minutes(1))
      let metrics = client.metrics
      #expect(metrics.callsFinished == [.ok: 2] && metrics.callsInFlight == 0)
      #expect(metrics.latency.count == 2 && metrics.connectionsOpened == metrics.connectionsReady)
      #expect(metrics.bytesSent > 0 && metrics.bytesReceived > 0)
    }
  }

  @Test("refreshes its key")
  func refresh() async throws {
    let service = ScriptedService(refresh: { _ in
      RefreshApiTokenResponse(
        apiKey: "K2", refreshToken: "R2", endpoint: "e.test", validUntil: 1_700_000_002)
    })
    try await withClient(of: service) { client in
      let key = try await client.refreshAPIKey(Secret("R1"))
      #expect(try key.credentialProvider().apiKey.reveal() == "K2")
      #expect(key.refreshToken?.reveal() == "R2")
    }
    let request = await service.calls.first?.request as? RefreshApiTokenRequest
    #expect(request == RefreshApiTokenRequest(apiKey: "KEY", refreshToken: "R1"))
  }

  @Test("makes a disposable token")
  func disposable() async throws {
    let service = ScriptedService(disposable: { _ in
      GenerateDisposableTokenResponse(apiKey: "T", endpoint: "e.test", validUntil: 1_700_000_060)
    })
    try await withClient(of: service) { client in
      let token = try await client.generateDisposableToken(
        scope: [.cacheKeyReadOnly("foo", key: "cow"), .topicPublishOnly("foo", topic: .all)],
        expiresIn: .until(Date(timeIntervalSince1970: 1_700_000_060)), tokenID: "tid")
      #expect(try token.credentialProvider().apiKey.reveal() == "T")
      #expect(token.expiresAt.description == "2023-11-14T22:14:20Z")
      #expect(!"\(token)".contains(token.authToken.reveal()))
    }
    let call = try #require(await service.calls.first)
    #expect(call.path == "/token.Token/GenerateDisposableToken")
    #expect(
      call.request as? GenerateDisposableTokenRequest
        == GenerateDisposableTokenRequest(
          expires: Expires(validForSeconds: 60), authToken: "KEY",
          permissions: Permissions([
            .cacheKeyReadOnly("foo", key: "cow"), .topicPublishOnly("foo", topic: .all),
          ]), tokenID: "tid"))
  }

  @Test("sends nothing when an argument is wrong")
  func validation() async throws {
    let service = ScriptedService()
    try await withClient(of: service) { client in
      let errors = [
        await momentoError {
          _ = try await client.generateAPIKey(scope: [], expiresIn: .never)
        },
        await momentoError {
          _ = try await client.generateAPIKey(scope: .superUser, expiresIn: .seconds(0))
        },
        await momentoError { _ = try await client.refreshAPIKey(Secret("")) },
        await momentoError {
          _ = try await client.generateDisposableToken(
            scope: .cacheReadOnly("a"), expiresIn: .never)
        },
        await momentoError {
          _ = try await client.generateDisposableToken(
            scope: .cacheReadOnly(""), expiresIn: .hours(1))
        },
        await momentoError {
          _ = try await client.generateDisposableToken(
            scope: .cacheReadOnly("a"), expiresIn: .hours(1),
            tokenID: String(repeating: "x", count: 65))
        },
      ]
      #expect(errors.map(\.?.code) == Array(repeating: .invalidArgument, count: errors.count))
      #expect(errors.allSatisfy { $0?.phase == nil && $0?.fault == .caller })
    }
    #expect(await service.calls.isEmpty)
  }

  @Test("does not try to refresh a v2 key, which cannot be refreshed")
  func refreshV2() async throws {
    let credential = CredentialProvider(
      kind: .v2, apiKey: Secret("K"), endpoints: Endpoints(base: Endpoint(host: "e.test")))
    let client = try AuthClient(credentialProvider: credential)
    let error = await momentoError { _ = try await client.refreshAPIKey(Secret("R")) }
    #expect(error?.code == .invalidArgument)
    await client.close()
  }

  @Test("keeps a new key whose endpoint the service left out, and refuses an answer without a key")
  func incomplete() async throws {
    let service = ScriptedService(
      generate: { _ in GenerateApiTokenResponse(apiKey: "K", refreshToken: "R") },
      refresh: { _ in RefreshApiTokenResponse(refreshToken: "R", endpoint: "e.test") })
    try await withClient(of: service) { client in
      let key = try await client.generateAPIKey(scope: .superUser, expiresIn: .never)
      #expect(key.endpoint.hasPrefix("127.0.0.1:"))
      let error = await momentoError { _ = try await client.refreshAPIKey(Secret("R")) }
      #expect(error?.code == .unknownService && error?.fault == .peer)
    }
  }

  @Test("says who it is and shows its credential on every call, over one connection")
  func metadata() async throws {
    let service = ScriptedService(
      generate: { _ in GenerateApiTokenResponse(apiKey: "K", endpoint: "e.test") },
      disposable: { _ in GenerateDisposableTokenResponse(apiKey: "K", endpoint: "e.test") })
    try await withClient(of: service) { client in
      for _ in 1...2 { _ = try await client.generateAPIKey(scope: .superUser, expiresIn: .never) }
      _ = try await client.generateDisposableToken(
        scope: .allDataReadWrite, expiresIn: .minutes(1))
    }
    let calls = await service.calls
    #expect(calls.count == 3 && Set(calls.map(\.peer)).count == 1)
    for call in calls {
      #expect(call.metadata.first("agent")?.hasPrefix("swift:auth:") == true)
      #expect(call.metadata.first("runtime-version")?.hasPrefix("swift:6.") == true)
      #expect(call.metadata.all("authorization") == [.ascii("KEY")])
    }
  }

  @Test(
    "leaves the authorization header out, or sends it empty, as it is configured",
    arguments: [
      ("KEY", .never, []), ("", .unlessEmpty, []), ("", .always, [.ascii("")]),
      ("KEY", .always, [.ascii("KEY")]),
    ] as [(String, AuthClientConfiguration.AuthorizationHeader, [Metadata.Entry.Value])])
  func authorization(
    _ key: String, _ header: AuthClientConfiguration.AuthorizationHeader,
    _ expected: [Metadata.Entry.Value]
  ) async throws {
    let service = ScriptedService(generate: { _ in .init(apiKey: "K", endpoint: "e.test") })
    try await withClient(
      of: service, apiKey: key, configure: { $0.authorizationHeader = header }
    ) { client in
      _ = try await client.generateAPIKey(scope: .superUser, expiresIn: .never)
    }
    #expect(await service.calls.first?.metadata.all("authorization") == expected)
  }

  @Test("refuses a key that no header can carry, without repeating it")
  func unprintable() async {
    let error = await momentoError {
      try await withClient(of: ScriptedService(), apiKey: "KEY\nX") { _ in }
    }
    #expect(error?.code == .invalidArgument)
    #expect(error?.description.contains("authorization") == true)
    #expect(error?.description.contains("KEY") == false)
  }

  @Test("shows no secret when it is dumped")
  func dumping() async throws {
    try await withClient(of: ScriptedService(), apiKey: "SECRETKEY") { client in
      var text = "\(client)\(String(reflecting: client))"
      dump(client, to: &text)
      #expect(text.contains("authorization") && !text.contains("SECRETKEY"))
    }
  }

  @Test("without a credential is good for a login only")
  func anonymous() async throws {
    let client = try AuthClient(credentialProvider: .anonymous(endpoint: "e.test"))
    let error = await momentoError {
      _ = try await client.generateAPIKey(scope: .superUser, expiresIn: .never)
    }
    #expect(error?.code == .invalidArgument)
    await client.close()
  }

  @Test("needs nothing to connect to until it is called")
  func lazy() async throws {
    let client = try AuthClient(credentialProvider: .momentoLocal(port: 1))
    let error = await momentoError {
      _ = try await client.generateAPIKey(scope: .superUser, expiresIn: .never)
    }
    #expect(error?.code == .serverUnavailable)
    #expect(error?.endpoint == "127.0.0.1:1" && error?.phase == .connect)
    await client.close()
  }

  @Test("refuses a certificate authority that cannot be read when it is made")
  func badTrustRoots() {
    var configuration = AuthClientConfiguration()
    configuration.tls.trustRoots = .file("/nonexistent.pem")
    #expect(throws: MomentoError.self) {
      try AuthClient(
        credentialProvider: .anonymous(endpoint: "e.test"), configuration: configuration)
    }
  }
}
