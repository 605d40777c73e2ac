import FoundationEssentials
import GRPCCall
import GRPCTransport
import MomentoAuth
import MomentoAuthMessages
import TLSSession
import TestSupport
import Testing

@testable import MomentoAuthService

@Suite("what outlives a service") struct ServiceStateTests {
  private let directory: TestDirectory
  private let path: String

  init() throws {
    directory = try TestDirectory()
    path = directory.path + "/state.json"
  }

  @Test("keys, the list of keys and the authority are those of the service before")
  func keys() async throws {
    let first = try service()
    let session = try first.signIn().sessionToken
    let key = try generate(first, with: session)
    let authority = try first.certificateAuthority().certificatePEM
    await first.close()
    let second = try service()
    #expect(second.workingClaims(session)?.kind == .session)
    #expect(second.issuedKeys().keys.keys.map(\.id) == [second.claims(of: key.apiKey)?.jti])
    #expect(try second.certificateAuthority().certificatePEM == authority)
    await second.close()
  }

  @Test("a key is good although the process died right behind the answer")
  func keyAfterDeath() throws {
    let first = try service()
    let key = try generate(first, with: try first.signIn().sessionToken)
    let second = try AuthService(configuration: try afterDeath { _ in })
    #expect(second.workingClaims(key.apiKey) != nil)
  }

  @Test(
    "a refresh token that is good once was used although the process died right behind the answer")
  func singleUse() async throws {
    let local = try await local { $0.refreshTokens = .singleUse }
    let key = try local.apiKey(scope: .superUser, expiresIn: .days(1))
    let refreshToken = try #require(key.refreshToken)
    let client = try AuthClient(credentialProvider: local.credential(key), configuration: .patient)
    _ = try await client.refreshAPIKey(refreshToken)
    let heir = try await LocalMomentoAuth.start(
      configuration: try afterDeath { $0.refreshTokens = .singleUse }, clock: local.clock)
    let again = try AuthClient(credentialProvider: heir.credential(key), configuration: .patient)
    await #expect(throws: MomentoError.self) { _ = try await again.refreshAPIKey(refreshToken) }
    for client in [client, again] { await client.close() }
    await local.shutdown()
    await heir.shutdown()
  }

  @Test("a refresh token is not used up by a refresh that cannot be kept")
  func diskGone() async throws {
    let local = try await local { $0.refreshTokens = .singleUse }
    let key = try local.apiKey(scope: .superUser, expiresIn: .days(1))
    let refreshToken = try #require(key.refreshToken)
    var configuration = AuthClientConfiguration.patient
    configuration.retryPolicy = nil
    let client = try AuthClient(
      credentialProvider: local.credential(key), configuration: configuration)
    let away = directory.path + "-away"
    try FileManager.default.moveItem(atPath: directory.path, toPath: away)
    await #expect(throws: MomentoError.self) { _ = try await client.refreshAPIKey(refreshToken) }
    try FileManager.default.moveItem(atPath: away, toPath: directory.path)
    _ = try await client.refreshAPIKey(refreshToken)
    await client.close()
    await local.shutdown()
  }

  @Test("items and caches are there again, but for those that have expired meanwhile")
  func caches() async throws {
    let clock = ManualServiceClock()
    var configuration = configuration()
    configuration.nowInMilliseconds = { clock.milliseconds }
    let first = try AuthService(configuration: configuration)
    let items = [("short", 1_000), ("long", 100_000)].map { key, time in
      DataSnapshot.Item(
        key: Array(key.utf8), value: [0, 255, 10], expiresAt: clock.milliseconds + UInt64(time))
    }
    try first.restore(DataSnapshot(caches: [.init(name: "ü", items: items)]))
    first.cachesChanged()
    await first.close()
    clock.advance(by: .seconds(2))
    let second = try AuthService(configuration: configuration)
    #expect(second.dataSnapshot().caches.map(\.name) == ["ü"])
    #expect(second.dataSnapshot().caches.first?.items == [items[1]])
    await second.close()
  }

  @Test("two services never have one file; the second may have it once the first has ended")
  func lock() async throws {
    let first = try service()
    let error = #expect(throws: EmbeddedAuthServiceError.self) { _ = try service() }
    #expect(error?.description.contains("in use by another process") == true)
    await first.close()
    await (try service()).close()
  }

  @Test("a file that is cut off anywhere, or is something else, is refused and left as it is")
  func foreign() async throws {
    let first = try service()
    _ = try generate(first, with: try first.signIn().sessionToken)
    await first.close()
    let whole = try Data(contentsOf: URL(filePath: path))
    var contents = stride(from: 0, to: whole.count - 2, by: 37).map { whole.prefix($0) }
    contents += ["{}", "[1]", #"{"format":"momento-auth service caches","version":1,"caches":[]}"#]
      .map { Data($0.utf8) }
    let newer = String(decoding: whole, as: UTF8.self)
      .replacing(#""version":1"#, with: #""version":2"#)
    contents.append(Data(newer.utf8))
    for content in contents {
      try content.write(to: URL(filePath: path))
      #expect(throws: EmbeddedAuthServiceError.self) { _ = try service() }
      #expect(try Data(contentsOf: URL(filePath: path)) == content)
    }
  }

  @Test("the file is for its owner alone, and one that others can read is refused")
  func mode() async throws {
    let first = try service()
    await first.close()
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    #expect(attributes[.posixPermissions] as? Int == 0o600)
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
    let error = #expect(throws: EmbeddedAuthServiceError.self) { _ = try service() }
    #expect(error?.description.contains("chmod 600") == true)
  }

  @Test("the list forgets the oldest of a kind, and one that has expired before one that has not")
  func bounds() {
    var keys = IssuedKeys()
    for number in 0...IssuedKeys.most {
      var claims = TokenClaims(
        sub: "", jti: "\(number)", iat: 0, kind: .apiKey, scope: .superUser, p: "")
      if number == 7 { claims.exp = 5 }
      keys.add(IssuedKey(claims), at: 10)
    }
    #expect(keys.keys.count == IssuedKeys.most)
    #expect(!keys.keys.contains { $0.id == "7" })
    keys.add(
      IssuedKey(
        TokenClaims(sub: "", jti: "token", iat: 0, kind: .disposable, scope: .explicit, p: "")),
      at: 10)
    #expect(keys.keys.contains { $0.id == "0" })
    keys.add(
      IssuedKey(
        TokenClaims(sub: "", jti: "last", iat: 0, kind: .apiKey, scope: .superUser, p: "")), at: 10)
    #expect(!keys.keys.contains { $0.id == "0" })
  }

  // MARK: Parts

  private func configuration() -> AuthServiceConfiguration {
    var configuration = AuthServiceConfiguration()
    configuration.stateFile = path
    return configuration
  }

  private func service() throws -> AuthService {
    try AuthService(configuration: configuration())
  }

  private func local(
    _ configure: (inout AuthServiceConfiguration) -> Void
  ) async throws -> LocalMomentoAuth {
    var configuration = configuration()
    configure(&configuration)
    return try await LocalMomentoAuth.start(configuration: configuration)
  }

  private func generate(
    _ service: AuthService, with token: String
  ) throws -> GenerateApiTokenResponse {
    try service.generate(
      GenerateApiTokenRequest(
        expiry: .expires(.init(validForSeconds: 60)), authToken: token, permissions: .superUser))
  }

  /// A configuration with what is on the disk now, as another process would find it that takes the place
  /// of one that was killed.
  private func afterDeath(
    _ configure: (inout AuthServiceConfiguration) -> Void
  ) throws -> AuthServiceConfiguration {
    try FileManager.default.copyItem(atPath: path, toPath: path + ".copy")
    var configuration = AuthServiceConfiguration()
    configuration.stateFile = path + ".copy"
    configure(&configuration)
    return configuration
  }
}
