import GRPCCall
import MomentoAuth
import MomentoAuthMessages
import MomentoCacheMessages
import Testing

@testable import MomentoAuthService

/// What tokens of each kind of scope may do; a call that is not allowed is denied, whatever is there.
@Suite struct DataAccessTests {
  @Test("with topic rights only, items are denied; with cache rights only, topics are")
  func otherKind() throws {
    var (bench, topics) = try Bench.with([.topicPublishSubscribe(.all, topic: .all)])
    expectDenied(bench.get("k", in: "a", topics), bench.set("k", in: "a", topics))
    #expect(bench.publish("t", in: "a", topics) == nil)
    var (other, items) = try Bench.with([.cacheReadWrite(.all)])
    expectDenied(other.publish("t", in: "a", items), other.subscribe("t", in: "a", items))
    #expect(other.set("k", in: "a", items) == nil)
  }

  @Test("read-only on all caches: hits and misses everywhere, setting and topics denied")
  func readOnly() throws {
    var (bench, token) = try Bench.with([.cacheReadOnly(.all)])
    #expect(bench.set("k", in: "a", try bench.session()) == nil)
    #expect(try bench.value("k", in: "a", token) == "v")
    #expect(try bench.value("k", in: "b", token) == nil)
    expectDenied(
      bench.set("k", in: "a", token), bench.delete("k", in: "a", token),
      bench.publish("t", in: "a", token), bench.subscribe("t", in: "a", token))
  }

  @Test("read-write on one cache: everything there, nothing in another")
  func readWrite() throws {
    var (bench, token) = try Bench.with([.cacheReadWrite("a")])
    #expect(bench.set("k", in: "a", token) == nil)
    #expect(try bench.value("k", in: "a", token) == "v")
    #expect(bench.delete("k", in: "a", token) == nil)
    expectDenied(
      bench.get("k", in: "b", token), bench.set("k", in: "b", token),
      bench.publish("t", in: "a", token), bench.subscribe("t", in: "b", token))
  }

  @Test("write-only: setting and deleting, and no reading, not even of a miss")
  func writeOnly() throws {
    var (bench, token) = try Bench.with([.cacheWriteOnly("a")])
    #expect(bench.set("k", in: "a", token) == nil)
    #expect(bench.delete("k", in: "a", token) == nil)
    expectDenied(
      bench.get("k", in: "a", token), bench.get("not there", in: "a", token),
      bench.set("k", in: "b", token))
  }

  @Test("write-only excludes what tells of the items: denied before it is said that it is not here")
  func conditionalWrites() throws {
    let (writing, writeOnly) = try Bench.with([.cacheWriteOnly("a")])
    let (both, readWrite) = try Bench.with([.cacheReadWrite("a")])
    for (name, access) in MissingMethods.ofOneKey where access == .conditionalWrite {
      #expect(refusalOf(writing, name, access, writeOnly)?.code == .permissionDenied)
      let missing = refusalOf(both, name, access, readWrite)
      #expect(missing?.code == .unimplemented)
      #expect(missing?.message.hasPrefix("this service has no cache_client.Scs/\(name);") == true)
    }
  }

  @Test("a key: only that one; another is denied, whether it is there or not")
  func key() throws {
    var (bench, token) = try Bench.with([.cacheKeyReadWrite("a", key: "pet")])
    #expect(bench.set("there", in: "a", try bench.session()) == nil)
    #expect(bench.set("pet", in: "a", token) == nil)
    #expect(try bench.value("pet", in: "a", token) == "v")
    expectDenied(
      bench.get("there", in: "a", token), bench.get("not there", in: "a", token),
      bench.get("pet-cat", in: "a", token), bench.set("pet", in: "b", token))
  }

  @Test("a key prefix: the keys that begin so, itself included")
  func keyPrefix() throws {
    var (bench, token) = try Bench.with([.cacheKeyPrefixReadOnly("a", prefix: "pet")])
    #expect(try bench.value("pet", in: "a", token) == nil)
    #expect(try bench.value("pet-cat", in: "a", token) == nil)
    expectDenied(
      bench.get("pe", in: "a", token), bench.get("pet", in: "b", token),
      bench.set("pet", in: "a", token))
  }

  @Test("a key and a prefix of all caches hold in every cache, and add up")
  func keysEverywhere() throws {
    var (bench, token) = try Bench.with([
      .cacheKeyReadOnly(.all, key: "k"), .cacheKeyPrefixWriteOnly(.all, prefix: "pet"),
    ])
    for cache in ["a", "b"] {
      #expect(try bench.value("k", in: cache, token) == nil)
      #expect(bench.set("pet-cat", in: cache, token) == nil)
      expectDenied(bench.set("k", in: cache, token), bench.get("pet-cat", in: cache, token))
    }
  }

  @Test("subscribing only: publishing denied; publishing only: subscribing denied")
  func topicRoles() throws {
    var (bench, reader) = try Bench.with([.topicSubscribeOnly("a", topic: "t")])
    #expect(bench.subscribe("t", in: "a", reader) == nil)
    expectDenied(
      bench.publish("t", in: "a", reader), bench.subscribe("u", in: "a", reader),
      bench.subscribe("t", in: "b", reader))
    var (other, writer) = try Bench.with([.topicPublishOnly("a", topic: .all)])
    #expect(other.publish("u", in: "a", writer) == nil)
    expectDenied(other.subscribe("u", in: "a", writer), other.publish("u", in: "b", writer))
  }

  @Test("a topic prefix: the topics that begin so, itself included, in that cache")
  func topicPrefix() throws {
    var (bench, token) = try Bench.with([.topicNamePrefixPublishSubscribe("a", prefix: "pet")])
    #expect(bench.publish("pet", in: "a", token) == nil)
    #expect(bench.subscribe("pet-cat", in: "a", token) == nil)
    expectDenied(
      bench.publish("pe", in: "a", token), bench.subscribe("pet", in: "b", token))
  }

  @Test("permissions for what is not there are good: the caches, keys and topics may come later")
  func notThereYet() throws {
    var (bench, token) = try Bench.with(
      [.cacheReadWrite("later"), .topicPublishSubscribe("later", topic: "t")], caches: [])
    #expect(code(bench.set("k", in: "later", token)) == .notFound)
    #expect(code(bench.subscribe("t", in: "later", token)) == .notFound)
    #expect(code(bench.publish("t", in: "later", token)) == .notFound)
    #expect(bench.createCache("later", try bench.session()) == nil)
    #expect(bench.set("k", in: "later", token) == nil)
  }

  @Test("function permissions do nothing for items, topics and caches")
  func functions() throws {
    var (bench, token) = try Bench.with([.functionInvoke(.all, function: .all)])
    expectDenied(
      bench.get("k", in: "a", token), bench.set("k", in: "a", token),
      bench.publish("t", in: "a", token), bench.subscribe("t", in: "a", token),
      bench.createCache("c", token))
  }

  @Test("a refreshed key may do what the old one may, which works on until it expires")
  func refreshedKey() throws {
    var bench = try Bench()
    let session = try bench.session()
    #expect(bench.createCache("a", session) == nil)
    let old = try bench.generate(
      .list([.cache(.named("a"), .readOnly)]), for: 60, with: session)
    bench.now += 30
    let new = try bench.refresh(old.apiKey, old.refreshToken)
    for key in [old.apiKey, new.apiKey] {
      #expect(bench.get("k", in: "a", key) == nil)
      expectDenied(bench.set("k", in: "a", key))
    }
    bench.now += 30
    #expect(code(bench.get("k", in: "a", old.apiKey)) == .unauthenticated)
    #expect(bench.get("k", in: "a", new.apiKey) == nil)
  }

  @Test("a denied call is told by which permission it comes closest")
  func words() throws {
    var (bench, token) = try Bench.with([.cacheReadOnly("a")])
    #expect(
      bench.set("k", in: "a", token)?.message
        == "Insufficient permissions: permissions[0], cache:readonly:a, does not allow to write this item"
    )
  }

  @Test("a call that names no cache, no key or no topic is invalid")
  func emptyNames() throws {
    var (bench, token) = try Bench.with(.allDataReadWrite)
    for refusal in [
      bench.get("k", in: "", token), bench.set("", in: "a", token),
      bench.publish("", in: "a", token),
      bench.subscribe("t", in: "", token), bench.set("k", in: "a", token, ttl: 0),
    ] {
      #expect(code(refusal) == .invalidArgument)
    }
    let noValue = refusal { () throws(AuthRefusal) in
      _ = try bench.data.publish(
        .init(cacheName: "a", topic: "t"), token, at: bench.milliseconds)
    }
    #expect(code(noValue) == .invalidArgument)
  }

  private func refusalOf(
    _ bench: Bench, _ name: String, _ access: DataOperation.ItemAccess, _ token: String
  ) -> AuthRefusal? {
    do {
      _ = try bench.data.refuse(
        "cache_client.Scs/\(name)", access, KeyedRequest(cacheKey: [1]),
        .init(credential: token, cache: "a"), at: bench.milliseconds)
      return nil
    } catch {
      return error
    }
  }

  private func expectDenied(
    _ refusals: AuthRefusal?..., sourceLocation: SourceLocation = #_sourceLocation
  ) {
    for (index, refusal) in refusals.enumerated() {
      #expect(
        refusal?.code == .permissionDenied, "call \(index)", sourceLocation: sourceLocation)
      #expect(
        refusal?.message.hasPrefix("Insufficient permissions: ") == true,
        sourceLocation: sourceLocation)
    }
  }
}
