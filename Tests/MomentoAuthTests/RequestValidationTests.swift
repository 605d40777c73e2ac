import MomentoAuth
import Testing

@Suite("Before anything is sent")
struct RequestValidationTests {
  @Test(
    "permissions that every server refuses are refused",
    arguments: [
      ([], "list of permissions is empty"),
      ([.cacheReadOnly(.all), .cacheReadWrite(.all)], "exactly the same"),
      ([.cacheReadOnly("a"), .cacheWriteOnly("a")], "exactly the same"),
      ([.cacheReadOnly("a"), .cacheReadOnly("a")], "exactly the same"),
      (
        [.cacheKeyReadOnly("a", key: "k"), .cacheKeyReadWrite("a", key: [0x6b])], "exactly the same"
      ),
      (
        [
          .topicPublishOnly("a", topic: "t"), .cacheReadOnly("b"),
          .topicSubscribeOnly("a", topic: "t"),
        ],
        "exactly the same"
      ),
      (
        [.functionInvoke("a", function: "f"), .functionPermitNone("a", function: "f")],
        "exactly the same"
      ),
      ([.cacheReadOnly("")], "name of a cache"),
      ([.topicPublishOnly("", topic: "t")], "name of a cache"),
      ([.functionInvoke("", function: "t")], "name of a cache"),
      ([.cacheKeyReadOnly("a", key: "")], "cache key is empty"),
      ([.cacheKeyPrefixReadOnly("a", prefix: [])], "key prefix is empty"),
      ([.topicPublishOnly("a", topic: "")], "name of a topic"),
      ([.cacheReadOnly("b"), .topicNamePrefixPublishOnly("a", prefix: "")], "topic name prefix"),
      ([.functionInvoke("a", function: "")], "name of a function"),
      ([.functionInvoke("a", function: .namePrefix(""))], "function name prefix"),
    ] as [([Permission], String)])
  func refused(_ permissions: [Permission], _ words: String) {
    let error = #expect(throws: MomentoError.self) { try RequestValidation.check(permissions) }
    #expect(error?.code == .invalidArgument)
    #expect(error?.message.contains(words) == true)
  }

  @Test(
    "permissions that add up are let through, however many",
    arguments: [
      [.cacheKeyReadOnly("a", key: "k"), .cacheKeyPrefixReadOnly("a", prefix: "k")],
      [.topicNamePrefixPublishOnly("a", prefix: "t"), .topicSubscribeOnly("a", topic: "t")],
      [.cacheReadOnly("a"), .topicPublishOnly("a", topic: "a")],
      [.cacheKeyWriteOnly("a", key: "k"), .cacheKeyReadOnly("a", key: "l")],
      [.cacheReadWrite("a"), .cacheReadOnly(.all), .cacheKeyReadOnly("a", key: "k")],
      (0..<25).map { .cacheReadOnly(.named("cache-\($0)")) },
    ] as [[Permission]])
  func accepted(_ permissions: [Permission]) throws {
    try RequestValidation.check(permissions)
  }

  @Test("a token id has 1 to 64 bytes, whatever its characters")
  func tokenIDs() throws {
    try RequestValidation.check(tokenID: "a")
    try RequestValidation.check(tokenID: String(repeating: "a", count: 64))
    for id in ["", String(repeating: "a", count: 65), String(repeating: "☂", count: 22)] {
      #expect(throws: MomentoError.self) { try RequestValidation.check(tokenID: id) }
    }
  }

  @Test("a disposable token has an expiry, which may be longer than servers allow today")
  func disposableExpiry() throws {
    try RequestValidation.check(disposableExpiry: .days(365))
    #expect(throws: MomentoError.self) { try RequestValidation.check(disposableExpiry: .never) }
  }
}
