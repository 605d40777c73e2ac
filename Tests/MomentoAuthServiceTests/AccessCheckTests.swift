import FoundationEssentials
import MomentoAuth
import MomentoAuthService
import Testing

@Suite("checking what a credential may do") struct AccessCheckTests {
  @Test("the first permission that fits decides, and is named")
  func permissions() {
    let check = AccessCheck(
      .permissions([.cacheReadOnly("shop"), .cacheKeyPrefixReadWrite("shop", prefix: "order:")]))
    let read = check.decide(.get(cache: "shop", key: "order:1"))
    #expect(read.isAllowed && read.index == 0 && read.permission == .cacheReadOnly("shop"))
    let write = check.decide(.set(cache: "shop", key: "order:1"))
    #expect(write.isAllowed && write.index == 1)
    let other = check.decide(.set(cache: "shop", key: "price:1"))
    #expect(!other.isAllowed && other.index == 0)
    #expect(!check.decide(.get(cache: "other", key: "order:1")).isAllowed)
    #expect(!check.decide(.publish(cache: "shop", topic: "order:1")).isAllowed)
    #expect(!check.decide(.listCaches).isAllowed)
    #expect(!check.decide(.generateDisposableToken).isAllowed)
  }

  @Test(
    "who may make keys is what the service decides",
    arguments: [
      (PermissionScope.superUser, [true, false, true]),
      (.allDataReadWrite, [false, false, false]),
    ])
  func keys(scope: PermissionScope, allowed: [Bool]) {
    let check = AccessCheck(scope)
    let operations: [AccessCheck.Operation] = [
      .generateKey, .generateSuperUserKey, .generateDisposableToken,
    ]
    #expect(operations.map { check.decide($0).isAllowed } == allowed)
  }

  @Test("a key of the service, a disposable token and a session token say it themselves")
  func credentials() async throws {
    let local = try await LocalMomentoAuth.start()
    let key = try local.apiKey(scope: .cacheReadOnly("a"), expiresIn: .seconds(60))
    let check = try AccessCheck(credential: key.apiKey)
    #expect(check.decide(.get(cache: "a", key: "k")).isAllowed)
    #expect(!check.decide(.set(cache: "a", key: "k")).isAllowed)
    #expect(!check.isExpired(at: local.clock.date))
    #expect(check.isExpired(at: local.clock.date.addingTimeInterval(60)))
    let owner = try AuthClient(
      credentialProvider: local.credential(try local.superUserKey()), configuration: .patient)
    let token = try await owner.generateDisposableToken(
      scope: .topicPublishOnly("a", topic: "t"), expiresIn: .minutes(1))
    let disposable = try AccessCheck(credential: token.authToken)
    #expect(disposable.decide(.publish(cache: "a", topic: "t")).isAllowed)
    #expect(!disposable.decide(.generateKey).isAllowed)
    let session = try AccessCheck(credential: local.sessionToken())
    #expect(session.decide(.generateSuperUserKey).isAllowed)
    #expect(session.decide(.createCache).isAllowed)
    await owner.close()
    await local.shutdown()
  }

  @Test("a credential that does not say what it may do is refused, with what to do")
  func silent() throws {
    // The example of RFC 7519 §3.1.
    let foreign =
      "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0"
      + "dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    let error = #expect(throws: MomentoError.self) {
      _ = try AccessCheck(credential: Secret(foreign))
    }
    #expect(error?.code == .invalidArgument)
    #expect(error?.advice.contains("Give the permissions") == true)
    #expect(throws: MomentoError.self) { _ = try AccessCheck(credential: Secret("x")) }
  }
}
