import MomentoAuth
import Testing

@Suite("A scope")
struct ScopeTests {
  @Test("is made of a list, a literal or one builder alike")
  func making() {
    let listed = PermissionScope.permissions([.cacheReadOnly("foo")])
    #expect(listed == [.cacheReadOnly("foo")])
    #expect(listed == .cacheReadOnly("foo"))
    #expect(listed == PermissionScope(DisposableTokenScope.cacheReadOnly("foo")))
    #expect(DisposableTokenScope(listed) == .cacheReadOnly("foo"))
    #expect(DisposableTokenScope(.superUser) == nil)
  }

  @Test("of all data leaves functions out unless they are asked for")
  func allData() {
    let data: [Permission] = [.cacheReadWrite(.all), .topicPublishSubscribe(.all, topic: .all)]
    #expect(PermissionScope.allDataReadWrite == .permissions(data))
    #expect(DisposableTokenScope.allDataReadWrite.permissions == data)
    #expect(
      DisposableTokenScope.allDataReadWriteAndFunctions.permissions
        == data + [.functionInvoke(.all, function: .all)])
  }

  static let builders: [(Permission, Permission)] = [
    (.cacheReadWrite("c"), .cache(.readWrite, cache: .named("c"), item: .all)),
    (.cacheReadOnly(.all), .cache(.readOnly, cache: .all)),
    (.cacheWriteOnly("c"), .cache(.writeOnly, cache: "c")),
    (.cacheKeyReadWrite("c", key: "k"), .cache(.readWrite, cache: "c", item: .key([0x6b]))),
    (.cacheKeyReadOnly("c", key: [1]), .cache(.readOnly, cache: "c", item: .key([1]))),
    (.cacheKeyWriteOnly("c", key: "k"), .cache(.writeOnly, cache: "c", item: .key("k"))),
    (.cacheKeyReadWrite("c", key: [1]), .cache(.readWrite, cache: "c", item: .key([1]))),
    (.cacheKeyReadOnly("c", key: "k"), .cache(.readOnly, cache: "c", item: .key("k"))),
    (.cacheKeyWriteOnly("c", key: [1]), .cache(.writeOnly, cache: "c", item: .key([1]))),
    (
      .cacheKeyPrefixReadWrite("c", prefix: "p"),
      .cache(.readWrite, cache: "c", item: .keyPrefix([0x70]))
    ),
    (
      .cacheKeyPrefixReadOnly("c", prefix: [1]),
      .cache(.readOnly, cache: "c", item: .keyPrefix([1]))
    ),
    (
      .cacheKeyPrefixWriteOnly("c", prefix: "p"),
      .cache(.writeOnly, cache: "c", item: .keyPrefix("p"))
    ),
    (
      .topicPublishSubscribe("c", topic: "t"),
      .topic(.publishSubscribe, cache: "c", topic: .named("t"))
    ),
    (.topicSubscribeOnly("c", topic: .all), .topic(.subscribeOnly, cache: "c", topic: .all)),
    (.topicPublishOnly(.all, topic: "t"), .topic(.publishOnly, cache: .all, topic: "t")),
    (
      .topicNamePrefixPublishSubscribe("c", prefix: "p"),
      .topic(.publishSubscribe, cache: "c", topic: .namePrefix("p"))
    ),
    (
      .topicNamePrefixSubscribeOnly("c", prefix: "p"),
      .topic(.subscribeOnly, cache: "c", topic: .namePrefix("p"))
    ),
    (
      .topicNamePrefixPublishOnly("c", prefix: "p"),
      .topic(.publishOnly, cache: "c", topic: .namePrefix("p"))
    ),
    (.functionInvoke("c", function: "f"), .function(.invoke, cache: "c", function: .named("f"))),
    (.functionPermitNone("c", function: .all), .function(.permitNone, cache: "c", function: .all)),
  ]

  @Test("has a builder for everything that any Momento SDK has one for", arguments: builders)
  func builder(_ built: Permission, _ expected: Permission) {
    #expect(built == expected)
  }
}
