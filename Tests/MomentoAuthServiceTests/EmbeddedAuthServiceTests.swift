import GRPCCall
import GRPCTransport
import MomentoAuthMessages
import MomentoAuthService
import TLSSession
import Testing

@Suite struct EmbeddedAuthServiceTests {
  @Test("over plaintext, a login and then keys and tokens of every kind")
  func plaintext() async throws {
    try await withService(.plaintext) { channel in try await makeEveryKind(channel) }
  }

  @Test("over TLS, verified against the service's own authority, the same")
  func tls() async throws {
    try await withService(.ownAuthority) { channel in try await makeEveryKind(channel) }
  }

  @Test(
    "the certificate is good for every name that a client may come by",
    arguments: ["localhost", "127.0.0.1", "control.localhost", "cache.test", "token.test"])
  func names(name: String) async throws {
    try await withService(.ownAuthority, serverName: name) { channel in
      let session = try await login(channel)
      #expect(!session.isEmpty)
    }
  }

  @Test("over TLS, a client that does not trust the authority is not served")
  func untrusted() async throws {
    let service = try EmbeddedAuthService(security: .ownAuthority)
    let address = try await service.start()
    let stranger = try CertificateAuthority(commonName: "another").certificatePEM
    let channel = try connect(address, tls: TLSClientConfiguration(trustRoots: .pem(stranger)))
    await #expect(throws: RPCError.self) { try await login(channel) }
    await channel.shutdown()
    await service.shutdown()
  }

  @Test("a refusal reaches the client with its code, its words and its trailer")
  func refusal() async throws {
    try await withService(.plaintext, configure: { $0.operationsPerSecond = 0 }) { channel in
      let error = await #expect(throws: RPCError.self) {
        try await channel.unary(
          TokenMethods.generateDisposableToken, GenerateDisposableTokenRequest(authToken: "x"))
      }
      #expect(error?.code == .resourceExhausted)
      #expect(error?.metadata.first("err") == "operations_rate_limit_exceeded")
    }
  }

  @Test("the authorization header neither helps nor harms")
  func header() async throws {
    try await withService(.plaintext) { channel in
      let session = try await login(channel)
      var request = GenerateApiTokenRequest(
        expiry: .never(.init()), authToken: session, permissions: .superUser)
      _ = try await channel.unary(
        AuthMethods.generateApiToken, request, metadata: ["authorization": "another"])
      request.authToken = ""
      let error = await #expect(throws: RPCError.self) {
        try await channel.unary(
          AuthMethods.generateApiToken, request, metadata: ["authorization": session])
      }
      #expect(error?.code == .unauthenticated)
    }
  }

  @Test("two services on one machine do not know each other's keys")
  func strangers() async throws {
    try await withService(.plaintext) { first in
      try await withService(.plaintext) { second in
        let session = try await login(first)
        let request = GenerateApiTokenRequest(
          expiry: .never(.init()), authToken: session, permissions: .superUser)
        let error = await #expect(throws: RPCError.self) {
          try await second.unary(AuthMethods.generateApiToken, request)
        }
        #expect(error?.code == .unauthenticated)
      }
    }
  }

  @Test("an address that is taken, and a certificate that is none, are told at the start")
  func badStarts() async throws {
    let service = try EmbeddedAuthService()
    let port = try await service.start().port
    let second = try EmbeddedAuthService(port: port)
    await #expect(throws: EmbeddedAuthServiceError.self) { try await second.start() }
    await service.shutdown()
    #expect(throws: EmbeddedAuthServiceError.self) {
      try EmbeddedAuthService(security: .certificate(chain: "none", privateKey: "none"))
    }
  }

  // MARK: Steps

  private func makeEveryKind(_ channel: Channel) async throws {
    let session = try await login(channel)
    let superUser = try await channel.unary(
      AuthMethods.generateApiToken,
      GenerateApiTokenRequest(
        expiry: .never(.init()), authToken: session, permissions: .superUser)
    ).message
    let key = try await channel.unary(
      AuthMethods.generateApiToken,
      GenerateApiTokenRequest(
        expiry: .expires(.init(validForSeconds: 1800)), authToken: superUser.apiKey,
        permissions: .allData)
    ).message
    let refreshed = try await channel.unary(
      AuthMethods.refreshApiToken,
      RefreshApiTokenRequest(apiKey: key.apiKey, refreshToken: key.refreshToken)
    ).message
    #expect(refreshed.validUntil >= key.validUntil)
    let token = try await channel.unary(
      TokenMethods.generateDisposableToken,
      GenerateDisposableTokenRequest(
        expires: .init(validForSeconds: 60), authToken: superUser.apiKey, permissions: .allData)
    ).message
    let keys: Set = [superUser.apiKey, key.apiKey, refreshed.apiKey, token.apiKey]
    #expect(keys.count == 4)
  }
}
