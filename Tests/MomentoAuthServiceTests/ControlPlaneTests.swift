import GRPCCall
import MomentoAuth
import MomentoAuthMessages
import MomentoCacheMessages
import Testing

@testable import MomentoAuthService

@Suite struct ControlPlaneTests {
  @Test("a session token and a super-user key manage caches, and use items and topics")
  func allRights() throws {
    var bench = try Bench()
    for token in [try bench.session(), try bench.superUserKey()] {
      #expect(bench.createCache("a", token) == nil)
      #expect(bench.set("k", in: "a", token) == nil)
      #expect(try bench.value("k", in: "a", token) == "v")
      #expect(bench.subscribe("t", in: "a", token) == nil)
      #expect(bench.publish("t", in: "a", token) == nil)
      #expect(bench.deleteCache("a", token) == nil)
    }
  }

  @Test("an all-data credential manages no caches, and does not learn which there are")
  func noManaging() throws {
    var (bench, token) = try Bench.with(.allDataReadWrite)
    for credential in [token, try bench.dataKey().apiKey] {
      for name in ["a", "not there"] {
        for refusal in [bench.createCache(name, credential), bench.deleteCache(name, credential)] {
          #expect(code(refusal) == .permissionDenied)
          #expect(refusal?.message.hasPrefix("Insufficient permissions: ") == true)
        }
      }
      let list = refusal { () throws(AuthRefusal) in
        _ = try bench.data.listCaches(credential, at: bench.milliseconds)
      }
      #expect(code(list) == .permissionDenied)
    }
  }

  @Test("a cache that is there is not made again, and one that is not is not deleted")
  func existence() throws {
    var bench = try Bench()
    let key = try bench.superUserKey()
    #expect(code(bench.deleteCache("a", key)) == .notFound)
    #expect(bench.createCache("a", key) == nil)
    let again = bench.createCache("a", key)
    #expect(code(again) == .alreadyExists)
    // Clients take the trailer of this name for a store's.
    #expect(again?.subKind == nil)
    #expect(code(bench.createCache("", key)) == .invalidArgument)
    #expect(code(bench.createCache(String(repeating: "n", count: 256), key)) == .invalidArgument)
  }

  @Test("caches are listed by name, and no more of them are made than the configuration has")
  func listing() throws {
    var bench = try Bench { $0.mostCaches = 2 }
    let key = try bench.superUserKey()
    #expect(bench.createCache("b", key) == nil)
    #expect(bench.createCache("a", key) == nil)
    #expect(code(bench.createCache("c", key)) == .resourceExhausted)
    let list = try bench.data.listCaches(key, at: bench.milliseconds)
    #expect(list.cache.map(\.cacheName) == ["a", "b"])
    #expect(list.nextToken.isEmpty)
  }

  @Test("a key that has expired is UNAUTHENTICATED on the control plane")
  func expiredKey() throws {
    var bench = try Bench()
    let key = try bench.generate(.superUser, for: 1, with: try bench.session()).apiKey
    #expect(bench.createCache("a", key) == nil)
    bench.now += 1
    #expect(
      bench.createCache("b", key)
        == .unauthenticated("the key or token in authorization has expired"))
  }

  @Test("a token that has expired is UNAUTHENTICATED on the data plane, and not denied")
  func expiredToken() throws {
    var (bench, token) = try Bench.with([.cacheReadWrite("a")])
    bench.now += 60
    #expect(code(bench.set("k", in: "a", token)) == .unauthenticated)
    #expect(code(bench.get("k", in: "b", token)) == .unauthenticated)
    #expect(code(bench.publish("t", in: "a", token)) == .unauthenticated)
  }

  @Test(
    "a call without a credential, with one of another service, or in base64, is UNAUTHENTICATED",
    arguments: [
      ("", "it is metadata, and holds the key or token itself"),
      ("eyJhbGciOiJIUzI1NiJ9.e30.c2ln", "was not made by this service"),
      ("eyJlbmRwb2ludCI6ImEiLCJhcGlfa2V5IjoiYiJ9", "base64 form"),
    ])
  func unknownCredentials(token: String, words: String) throws {
    var (bench, _) = try Bench.with(.allDataReadWrite)
    for refusal in [
      bench.get("k", in: "a", token), bench.createCache("c", token),
      bench.subscribe("t", in: "a", token),
    ] {
      #expect(code(refusal) == .unauthenticated)
      #expect(refusal?.message.contains(words) == true)
    }
    let ping = refusal { () throws(AuthRefusal) in
      _ = try bench.data.ping(token, at: bench.milliseconds)
    }
    #expect(code(ping) == .unauthenticated)
  }

  @Test("a ping is answered for a credential of any permissions")
  func ping() throws {
    let (bench, token) = try Bench.with([.functionPermitNone("a", function: "f")])
    #expect(try bench.data.ping(token, at: bench.milliseconds) == PingResponse())
  }

  @Test("deleting a cache takes its items and ends its subscriptions")
  func deleting() throws {
    var (bench, token) = try Bench.with(.allDataReadWrite)
    let session = try bench.session()
    #expect(bench.set("k", in: "a", token) == nil)
    let subscriber = try bench.subscriber("t", in: "a", token)
    #expect(bench.deleteCache("a", session) == nil)
    #expect(code(bench.get("k", in: "a", token)) == .notFound)
    let end = refusal { () throws(AuthRefusal) in
      _ = try bench.data.items(for: subscriber, at: bench.milliseconds)
    }
    #expect(code(end) == .notFound)
    #expect(bench.createCache("a", session) == nil)
    #expect(try bench.value("k", in: "a", token) == nil)
  }
}
