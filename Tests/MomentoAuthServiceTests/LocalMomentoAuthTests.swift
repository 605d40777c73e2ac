import MomentoAuth
import MomentoAuthService
import TLSSession
import Testing

@Suite("a service for other people's tests") struct LocalMomentoAuthTests {
  @Test("keys and session tokens are there without a call, and good for calls")
  func credentials() async throws {
    let local = try await LocalMomentoAuth.start(security: .ownAuthority)
    var configuration = AuthClientConfiguration.patient
    configuration.tls = TLSClientConfiguration(
      trustRoots: .pem(try #require(local.certificateAuthority)))
    let owner = try AuthClient(
      credentialProvider: local.credential(try local.superUserKey()), configuration: configuration)
    let token = try await owner.generateDisposableToken(
      scope: .topicSubscribeOnly("chat", topic: "lobby"), expiresIn: .minutes(5))
    #expect(token.endpoint == "localhost")
    let session = try AuthClient(
      credentialProvider: .fromString(
        local.sessionToken().reveal(), overrides: .all(local.endpoint)),
      configuration: configuration)
    _ = try await session.generateAPIKey(scope: .superUser, expiresIn: .never)
    for client in [owner, session] { await client.close() }
    await local.shutdown()
  }

  @Test("moving the clock past the expiry of a key makes the service refuse it")
  func clock() async throws {
    let local = try await LocalMomentoAuth.start()
    let key = try local.apiKey(scope: .superUser, expiresIn: .days(30))
    let client = try AuthClient(credentialProvider: local.credential(key), configuration: .patient)
    let new = { _ = try await client.generateAPIKey(scope: .allDataReadWrite, expiresIn: .never) }
    local.clock.advance(by: .seconds(30 * 86_400 - 1))
    try await new()
    local.clock.advance(by: .seconds(-5))
    local.clock.advance(by: .milliseconds(1_000))
    let error = await #expect(throws: MomentoError.self) { try await new() }
    #expect(error?.code == .authentication)
    await client.close()
    await local.shutdown()
  }

  @Test("a key that no call would get is refused in the same words")
  func refusal() async throws {
    let local = try await LocalMomentoAuth.start()
    let error = #expect(throws: EmbeddedAuthServiceError.self) {
      _ = try local.apiKey(scope: .permissions([]), expiresIn: .never)
    }
    #expect(error?.description == "the list of permissions is empty")
    await local.shutdown()
  }

  @Test("the clock stops at the end of time instead of beginning anew")
  func endOfTime() {
    let clock = ManualServiceClock(milliseconds: .max - 1)
    clock.advance(by: .seconds(Int64.max))
    #expect(clock.milliseconds == .max)
  }
}
