import GRPCCall
import MomentoAuthMessages
import Testing

@testable import MomentoAuthService

@Suite struct WhoMayDoWhatTests {
  @Test("a session token makes a super-user key, with any expiry", arguments: [nil, 60, .max])
  func sessionMakesSuperUser(seconds: UInt32?) throws {
    var bench = try Bench()
    let key = try bench.generate(.superUser, for: seconds, with: try bench.session())
    #expect(key.validUntil == seconds.map { bench.now + UInt64($0) } ?? 0)
  }

  @Test("a session token makes an all-data key")
  func sessionMakesDataKey() throws {
    var bench = try Bench()
    #expect(try bench.dataKey().apiKey.isEmpty == false)
  }

  @Test("a super-user key makes no super-user key, and the error says what to use instead")
  func superUserMakesNoSuperUser() throws {
    var bench = try Bench()
    let key = try bench.superUserKey()
    let refusal = refusal { () throws(AuthRefusal) in
      _ = try bench.generate(.superUser, with: key)
    }
    #expect(refusal?.code == .permissionDenied)
    #expect(
      refusal?.message
        == "Insufficient permissions: a SuperUser key cannot create another SuperUser key; "
        + "use a session token from Login")
  }

  @Test("a super-user key makes keys with any explicit list")
  func superUserMakesExplicit() throws {
    var bench = try Bench()
    let key = try bench.superUserKey()
    _ = try bench.generate(.allData, for: 60, with: key)
    _ = try bench.generate(.list([.cache(.named("a"), .readOnly)]), with: key)
    _ = try bench.generate(.list([.function(.all, .prefix("f"))]), with: key)
  }

  @Test("an all-data key makes no super-user key")
  func dataKeyMakesNoSuperUser() throws {
    try expectDenied { (bench) throws in
      let key = try bench.dataKey().apiKey
      return { (bench) throws(AuthRefusal) in _ = try bench.generate(.superUser, with: key) }
    }
  }

  @Test("an all-data key makes no all-data key")
  func dataKeyMakesNoDataKey() throws {
    try expectDenied { (bench) throws in
      let key = try bench.dataKey().apiKey
      return { (bench) throws(AuthRefusal) in _ = try bench.generate(.allData, with: key) }
    }
  }

  @Test(
    "a legacy JWT, or any other text that was not made here, is not accepted",
    arguments: [
      "eyJhbGciOiJIUzUxMiJ9.eyJzdWIiOiJ4IiwiY3AiOiJjb250cm9sLngiLCJjIjoiY2FjaGUueCJ9.c2ln",
      "nonsense", "a.b.c", "..", ".", "", "eyJlbmRwb2ludCI6ImEiLCJhcGlfa2V5IjoiYiJ9",
    ])
  func unknownCredential(text: String) throws {
    var bench = try Bench()
    for permissions in [Permissions.superUser, .allData] {
      let refusal = refusal { () throws(AuthRefusal) in
        _ = try bench.generate(permissions, with: text)
      }
      #expect(refusal?.code == .unauthenticated)
    }
  }

  @Test("a super-user key makes a disposable token, and so does a session token")
  func superUserMakesDisposable() throws {
    var bench = try Bench()
    for maker in [try bench.superUserKey(), try bench.session()] {
      let token = try bench.disposable(.allData, for: 60, with: maker)
      #expect(token.validUntil == bench.now + 60)
    }
  }

  @Test("neither a key that is not super-user nor a disposable token makes a token")
  func othersMakeNoToken() throws {
    try expectDenied { (bench) throws in
      let key = try bench.dataKey().apiKey
      return { (bench) throws(AuthRefusal) in _ = try bench.disposable(.allData, with: key) }
    }
    try expectDenied { (bench) throws in
      let token = try bench.disposableToken()
      return { (bench) throws(AuthRefusal) in _ = try bench.disposable(.allData, with: token) }
    }
  }

  @Test("a disposable token makes no key either")
  func disposableMakesNoKey() throws {
    try expectDenied { (bench) throws in
      let token = try bench.disposableToken()
      return { (bench) throws(AuthRefusal) in _ = try bench.generate(.allData, with: token) }
    }
  }

  @Test("a disposable token is never super-user")
  func disposableIsNeverSuperUser() throws {
    var bench = try Bench()
    let key = try bench.superUserKey()
    let refusal = refusal { () throws(AuthRefusal) in
      _ = try bench.disposable(.superUser, with: key)
    }
    #expect(refusal == .invalid("a disposable token can never be SuperUser; list its permissions"))
  }

  @Test("refreshing is authenticated by the two fields of the request alone")
  func refreshNeedsOnlyTheBody() throws {
    var bench = try Bench()
    let key = try bench.dataKey(for: 60)
    #expect(try bench.refresh(key.apiKey, key.refreshToken).apiKey.isEmpty == false)
  }

  @Test("a key or token that has expired makes nothing", arguments: [0, 1, 1000])
  func expiredMaker(late: UInt64) throws {
    var bench = try Bench()
    let session = try bench.session()
    bench.now += 3600 + late
    let refusal = refusal { () throws(AuthRefusal) in
      _ = try bench.generate(.allData, with: session)
    }
    #expect(refusal == .unauthenticated("the key or token in auth_token has expired"))
  }

  @Test("a session token works to the last second of its life")
  func lastSecond() throws {
    var bench = try Bench()
    let session = try bench.session()
    bench.now += 3599
    _ = try bench.generate(.allData, with: session)
  }

  @Test("a key that was sent in its base64 form is told apart, because that mistake is common")
  func base64Form() throws {
    var bench = try Bench()
    let refusal = refusal { () throws(AuthRefusal) in
      _ = try bench.generate(.allData, with: "eyJlbmRwb2ludCI6ImEiLCJhcGlfa2V5IjoiYiJ9")
    }
    #expect(refusal?.message.contains("base64 form") == true)
  }

  /// Runs a set-up, then expects that what it returns is denied as lacking permissions.
  private func expectDenied(
    _ setUp: (inout Bench) throws -> (inout Bench) throws(AuthRefusal) -> Void
  ) throws {
    var bench = try Bench()
    let attempt = try setUp(&bench)
    let refusal = refusal { () throws(AuthRefusal) in try attempt(&bench) }
    #expect(refusal?.code == .permissionDenied)
    #expect(refusal?.message.hasPrefix("Insufficient permissions: ") == true)
  }
}
