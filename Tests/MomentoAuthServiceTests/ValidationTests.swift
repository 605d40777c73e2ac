import GRPCCall
import MomentoAuthMessages
import Testing

@testable import MomentoAuthService

@Suite struct ValidationTests {
  @Test("an empty list of permissions is invalid")
  func emptyList() throws {
    var bench = try Bench()
    #expect(try bench.answer(to: []) == .invalid("the list of permissions is empty"))
  }

  @Test(
    "two permissions about the same are invalid, whatever their roles",
    arguments: [
      [.cache(.all, .readOnly), .cache(.all, .readWrite)],
      [.cache(.named("a"), .readOnly), .cache(.named("a"), .writeOnly)],
      [.cache(.named("a")), .cache(.named("a"))],
      [.cache(.named("a"), item: .all), .cache(.named("a"))],
      [.cache(.named("a"), item: .named("k")), .cache(.named("a"), .readOnly, item: .named("k"))],
      [.cache(.all, item: .prefix("k")), .cache(.all, item: .prefix("k"))],
      [.topic(.named("a"), .named("t"), .readOnly), .topic(.named("a"), .named("t"), .writeOnly)],
      [.topic(.all, .all), .topic(.all, .all, .readOnly)],
      [.function(.all, .named("f")), .function(.all, .named("f"), .permitNone)],
    ] as [[PermissionsType]])
  func duplicates(permissions: [PermissionsType]) throws {
    var bench = try Bench()
    let refusal = try bench.answer(to: [.cache(.named("other"))] + permissions)
    #expect(refusal?.code == .invalidArgument)
    #expect(
      refusal?.message.hasPrefix("permissions[1] and permissions[2] are duplicate or conflicting")
        == true)
  }

  @Test(
    "permissions that select different things stand side by side",
    arguments: [
      [.cache(.named("a"), item: .named("k")), .cache(.named("a"), item: .prefix("k"))],
      [.topic(.named("a"), .prefix("t")), .topic(.named("a"), .named("t2"), .readOnly)],
      [.cache(.named("a")), .topic(.named("b"), .named("t"))],
      [
        .cache(.named("a"), .writeOnly, item: .named("k")),
        .cache(.named("b"), .readOnly, item: .named("k")),
      ],
      [.cache(.named("a")), .cache(.all, .readOnly)],
      [.cache(.named("a")), .cache(.named("a"), item: .named("k"))],
      [.topic(.all, .all), .function(.all, .all), .cache(.all)],
    ] as [[PermissionsType]])
  func noDuplicates(permissions: [PermissionsType]) throws {
    var bench = try Bench()
    #expect(try bench.answer(to: permissions) == nil)
  }

  @Test("an API key without an expiry, or with one of no seconds, is invalid")
  func keyExpiry() throws {
    var bench = try Bench()
    let session = try bench.session()
    let zero = refusal { () throws(AuthRefusal) in
      _ = try bench.generate(.allData, for: 0, with: session)
    }
    #expect(zero?.code == .invalidArgument)
    let absent = refusal { () throws(AuthRefusal) in
      _ = try bench.rules.generate(
        GenerateApiTokenRequest(authToken: session, permissions: .allData), at: bench.now)
    }
    #expect(absent == .invalid("the request has no expiry: set expires, or never"))
  }

  @Test(
    "a disposable token lives for 1 to 90,000 seconds",
    arguments: [
      (1, true), (3_600, true), (90_000, true), (0, false), (90_001, false), (.max, false),
      (nil, false),
    ] as [(UInt32?, Bool)])
  func disposableLifetime(seconds: UInt32?, isAllowed: Bool) throws {
    var bench = try Bench()
    let key = try bench.superUserKey()
    let refusal = refusal { () throws(AuthRefusal) in
      _ = try bench.disposable(.allData, for: seconds, with: key)
    }
    #expect(refusal?.code == (isAllowed ? nil : .invalidArgument))
  }

  @Test(
    "an empty name, key or prefix is invalid, and the error says which it is",
    arguments: [
      (.cache(.named("")), "permissions[0]: the name of the cache is empty"),
      (.cache(.named(""), item: .named("k")), "permissions[0]: the name of the cache is empty"),
      (.topic(.named(""), .named("t")), "permissions[0]: the name of the cache is empty"),
      (.cache(.named("a"), item: .named("")), "permissions[0]: the key is empty"),
      (.cache(.named("a"), item: .prefix("")), "permissions[0]: the key prefix is empty"),
      (.topic(.named("a"), .named("")), "permissions[0]: the name of the topic is empty"),
      (.topic(.named("a"), .prefix("")), "permissions[0]: the topic name prefix is empty"),
      (.function(.named("a"), .named("")), "permissions[0]: the name of the function is empty"),
      (.function(.named("a"), .prefix("")), "permissions[0]: the function name prefix is empty"),
    ] as [(PermissionsType, String)])
  func emptyTexts(permission: PermissionsType, message: String) throws {
    var bench = try Bench()
    #expect(try bench.answer(to: [permission]) == .invalid(message))
  }

  @Test(
    "a token id has 64 bytes at most",
    arguments: [
      (String(repeating: "a", count: 64), true), (String(repeating: "a", count: 65), false),
      (String(repeating: "é", count: 32), true), (String(repeating: "é", count: 33), false),
    ])
  func tokenID(text: String, isAllowed: Bool) throws {
    var bench = try Bench()
    let key = try bench.superUserKey()
    let disposable = refusal { () throws(AuthRefusal) in
      _ = try bench.disposable(.allData, tokenID: text, with: key)
    }
    let apiKey = refusal { () throws(AuthRefusal) in
      _ = try bench.generate(.allData, tokenID: text, with: key)
    }
    #expect(disposable?.code == (isAllowed ? nil : .invalidArgument))
    #expect(apiKey?.code == (isAllowed ? nil : .invalidArgument))
  }

  @Test("a list has 20 permissions at most", arguments: [(20, true), (21, false)])
  func listLength(count: Int, isAllowed: Bool) throws {
    var bench = try Bench()
    let permissions = (0..<count).map { PermissionsType.cache(.named("cache-\($0)")) }
    #expect(try bench.answer(to: permissions)?.code == (isAllowed ? nil : .invalidArgument))
  }

  @Test("a list that would make a key too large for any client is invalid")
  func listSize() throws {
    var bench = try Bench()
    let name = String(repeating: "n", count: 20_000)
    #expect(try bench.answer(to: [.cache(.named(name))])?.code == .invalidArgument)
  }

  @Test("a quota of operations is refused with the trailer that clients read, for one second")
  func quota() throws {
    var bench = try Bench { $0.operationsPerSecond = 5 }
    for _ in 0..<5 { _ = try bench.session() }
    let refusal = refusal { () throws(AuthRefusal) in _ = try bench.rules.login(at: bench.now) }
    #expect(refusal?.code == .resourceExhausted)
    #expect(refusal?.subKind == "operations_rate_limit_exceeded")
    bench.now += 1
    _ = try bench.session()
  }

  @Test(
    "a role, a selector or a kind of permission that is not known is accepted, and grants nothing"
  )
  func unknownKinds() throws {
    var bench = try Bench()
    let permissions: [PermissionsType] = [
      PermissionsType(), PermissionsType(), .cache(.all, CacheRole(rawValue: 77)),
      PermissionsType(kind: .topicPermissions(.init())),
      PermissionsType(kind: .topicPermissions(.init())),
      .function(.all, .all, .permitNone),
    ]
    #expect(try bench.answer(to: permissions) == nil)
  }

  @Test("a request without permissions is invalid, because such a key could do nothing")
  func noPermissions() throws {
    var bench = try Bench()
    let session = try bench.session()
    for permissions in [nil, Permissions()] {
      let refusal = refusal { () throws(AuthRefusal) in
        _ = try bench.generate(permissions, with: session)
      }
      #expect(refusal?.code == .invalidArgument)
    }
  }
}
