import GRPCCall
import MomentoAuth
import MomentoAuthMessages
import MomentoCacheMessages
import Testing

@testable import MomentoAuthService

/// Where Momento's behaviour is not known: that each choice can be made the other way.
@Suite struct ChoicesTests {
  @Test(
    "a subscription outlives its token where the configuration lets it", arguments: [true, false])
  func expiredSubscriptions(ends: Bool) throws {
    var bench = try Bench { $0.endsSubscriptionsWithTheirTokens = ends }
    let session = try bench.session()
    #expect(bench.createCache("a", session) == nil)
    let token = try bench.disposable(.allData, for: 60, with: session).apiKey
    let subscriber = try bench.subscriber("t", in: "a", token)
    bench.now += 60
    let end = refusal { () throws(AuthRefusal) in
      _ = try bench.data.items(for: subscriber, at: bench.milliseconds)
    }
    #expect(end?.code == (ends ? .unauthenticated : nil))
  }

  @Test("the bytes of a token id, the permissions of a list and the life of a token can be more")
  func limits() throws {
    var bench = try Bench {
      $0.mostTokenIDBytes = 66
      $0.mostPermissions = 21
      $0.longestDisposableLifetime = 100_000
    }
    let key = try bench.superUserKey()
    let many = (0..<21).map { PermissionsType.cache(.named("cache-\($0)")) }
    let id = String(repeating: "i", count: 66)
    _ = try bench.disposable(.list(many), for: 100_000, tokenID: id, with: key)
    let refused = refusal { () throws(AuthRefusal) in
      _ = try bench.disposable(.list(many), for: 100_001, with: key)
    }
    #expect(refused?.code == .invalidArgument)
  }

  @Test("the clock in seconds and the clock in milliseconds are one")
  func clocks() {
    var configuration = AuthServiceConfiguration()
    configuration.now = { 7 }
    #expect(configuration.nowInMilliseconds() == 7_000)
    configuration.nowInMilliseconds = { 9_999 }
    #expect(configuration.now() == 9)
    configuration.now = { .max }
    #expect(configuration.nowInMilliseconds() == .max)
  }

  @Test("what memory may be is shared: three quarters for items, one for the values of topics")
  func memory() throws {
    var bench = try Bench { $0.mostMemory = 8 * CacheStore.overhead }
    let session = try bench.session()
    #expect(bench.createCache("a", session) == nil)
    for key in 0..<5 { #expect(bench.set("\(key)", in: "a", session, value: "") == nil) }
    #expect(bench.set("x", in: "a", session, value: "") != nil)
    // Topics are not refused: what they cannot keep goes.
    for _ in 0..<100 { #expect(bench.publish("t", in: "a", session) == nil) }
  }
}
