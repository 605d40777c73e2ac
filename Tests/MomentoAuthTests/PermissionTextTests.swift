import MomentoAuth
import Testing

@Suite("The text of a permission")
struct PermissionTextTests {
  static let pairs: [(String, Permission)] = [
    ("cache:readwrite:my-cache", .cacheReadWrite("my-cache")),
    ("cache:readonly:*:key=abc", .cacheKeyReadOnly(.all, key: "abc")),
    ("cache:writeonly:c:prefix=pet", .cacheKeyPrefixWriteOnly("c", prefix: "pet")),
    ("cache:none:c", .cache(.permitNone, cache: "c")),
    ("cache:readonly:c:key-hex=00ff3a", .cacheKeyReadOnly("c", key: [0, 255, 58])),
    ("cache:readonly:c:prefix-hex=80", .cacheKeyPrefixReadOnly("c", prefix: [0x80])),
    ("cache:readonly:c:key=a%3Ab%25%20c", .cacheKeyReadOnly("c", key: "a:b% c")),
    ("cache:readonly:a%3Ab%25:key=k=v", .cacheKeyReadOnly("a:b%", key: "k=v")),
    ("cache:readonly:%2A:key=%2A", .cacheKeyReadOnly("*", key: "*")),
    ("topic:publish-subscribe:c:name", .topicPublishSubscribe("c", topic: "name")),
    ("topic:subscribe:c:prefix=room-", .topicNamePrefixSubscribeOnly("c", prefix: "room-")),
    ("topic:publish:*:*", .topicPublishOnly(.all, topic: .all)),
    ("topic:publish:c:prefix%3Dx", .topicPublishOnly("c", topic: "prefix=x")),
    ("topic:none:c:%2A", .topic(.permitNone, cache: "c", topic: "*")),
    ("function:invoke:c:*", .functionInvoke("c", function: .all)),
    ("function:invoke:c:prefix=fn-", .functionInvoke("c", function: .namePrefix("fn-"))),
    ("function:none:ü:f", .functionPermitNone("ü", function: "f")),
  ]

  @Test("is read as it is written", arguments: pairs)
  func roundTrip(_ text: String, _ permission: Permission) throws {
    #expect(try Permission(parsing: text) == permission)
    #expect(permission.description == text)
  }

  @Test(
    "has other spellings that are read too",
    arguments: [
      ("cache:ReadWrite:c:*", "cache:readwrite:c"), ("cache:read-only:c", "cache:readonly:c"),
      ("topic:publishsubscribe:c:t", "topic:publish-subscribe:c:t"),
      ("topic:pubsub:c:t", "topic:publish-subscribe:c:t"),
      ("topic:subscribe-only:c:t", "topic:subscribe:c:t"),
      ("topic:publishonly:c:a:b", "topic:publish:c:a%3Ab"),
      ("function:functioninvoke:c:f", "function:invoke:c:f"),
      ("function:functionpermitnone:c:f", "function:none:c:f"),
      ("cache:readonly:c:key=user:1", "cache:readonly:c:key=user%3A1"),
      ("cache:readonly:c:key=%00", "cache:readonly:c:key-hex=00"),
      (" cache:readonly:c:key-hex=4A4b ", "cache:readonly:c:key=JK"),
    ])
  func spellings(_ text: String, _ canonical: String) throws {
    #expect(try Permission(parsing: text).description == canonical)
  }

  @Test(
    "is refused in words that say which part is wrong",
    arguments: [
      ("", "a kind, a role and a cache"), ("cache:readonly", "a kind, a role and a cache"),
      ("queue:readonly:c", "not one of cache, topic, function"),
      ("cache:rw:c", "not one of readwrite, readonly, writeonly, none"),
      ("cache:publish:c", "not one of readwrite"),
      ("topic:readonly:c:t", "not one of publish-subscribe"),
      ("cache:readonly:", "name of a cache is empty"), ("cache:readonly:c:", "items are none of"),
      ("cache:readonly:c:k", "items are none of"), ("cache:readonly:c:key=", "key is empty"),
      ("cache:readonly:c:prefix-hex=", "prefix-hex is empty"),
      ("cache:readonly:c:key-hex=0", "not hexadecimal"),
      ("cache:readonly:c:key-hex=0g", "not hexadecimal"),
      ("cache:readonly:c:key=%4", "not hexadecimal"),
      ("cache:readonly:%zz", "two hexadecimal digits"),
      ("cache:readonly:%ff", "not UTF-8"), ("topic:publish:c", "add :* for every topic"),
      ("function:invoke:c", "add :* for every function"),
      ("topic:publish:c:", "name of a topic is empty"),
      ("topic:publish:c:prefix=", "prefix is empty"),
    ])
  func refusing(_ text: String, _ words: String) {
    let error = #expect(throws: MomentoError.self) { try Permission(parsing: text) }
    #expect(error?.code == .invalidArgument)
    #expect(error?.message.contains(words) == true, "\(String(describing: error))")
    #expect(Permission(text) == nil)
  }

  @Test("survives any bytes in a key, and any scalars in a name")
  func generated() throws {
    var random = SplitMix(state: 7)
    for _ in 0..<500 {
      let bytes = (0..<Int.random(in: 1...8, using: &random)).map { _ in
        UInt8.random(in: .min ... .max, using: &random)
      }
      let alphabet = Array("*:%=,- \n\u{0}\u{7f}\u{a0}aé☂\u{1F600}prefix=")
      let name = String(
        (0..<Int.random(in: 1...8, using: &random)).compactMap { _ in
          alphabet.randomElement(using: &random)
        })
      for permission in [
        Permission.cacheKeyReadOnly(.named(name), key: bytes),
        .cacheKeyPrefixWriteOnly(.named(name), prefix: name),
        .topicPublishOnly(.named(name), topic: .named(name)),
        .functionInvoke(.named(name), function: .namePrefix(name)),
      ] {
        let text = permission.description
        #expect(try Permission(parsing: text) == permission, "\(text)")
        #expect(!text.contains(" ") && !text.contains("\n"))
      }
    }
  }

  @Test("is shown in the help by examples that are all valid")
  func help() throws {
    let examples = Permission.grammar.split(separator: "Examples:")[1].split { $0.isWhitespace }
    #expect(examples.count >= 7)
    for example in examples {
      #expect(try Permission(parsing: String(example)).description == String(example))
    }
  }
}

/// A small generator with a seed, so that a failure can be repeated.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var word = state
    word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
    word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
    return word ^ (word >> 31)
  }
}
