import MomentoAuthMessages
import ProtobufWire
import TestSupport
import Testing

@testable import MomentoAuth

/// The expected bytes were made with Momento's own Python message types.
@Suite("A scope on the wire")
struct ScopeEncodingTests {
  static let golden: [(PermissionScope, String)] = [
    (.superUser, "0800"),
    (.permissions([]), "1200"),
    (.allDataReadWrite, "12120a060a04080112000a081206080112002200"),
    (
      .allDataReadWriteAndFunctions,
      "121c0a060a04080112000a0812060801120022000a081a06080112002200"
    ),
    (.cacheReadOnly("foo"), "120d0a0b0a0908021a050a03666f6f"),
    (.cacheKeyWriteOnly("foo", key: "cow"), "12140a120a1008031a050a03666f6f2a050a03636f77"),
    (
      .cacheKeyWriteOnly("foo", key: [0x63, 0x6f, 0x77]),
      "12140a120a1008031a050a03666f6f2a050a03636f77"
    ),
    (.cacheKeyPrefixReadOnly(.all, prefix: "pet"), "120f0a0d0a0b080212002a051203706574"),
    (.topicSubscribeOnly("foo", topic: "t1"), "12130a11120f08021a050a03666f6f2a040a027431"),
    (
      .topicNamePrefixPublishOnly("foo", prefix: "room-"),
      "12160a14121208031a050a03666f6f2a071205726f6f6d2d"
    ),
    (
      .functionInvoke("foo", function: .namePrefix("fn-")),
      "12140a121a1008011a050a03666f6f2a051203666e2d"
    ),
    ([.cache(.permitNone, cache: "foo")], "120b0a090a071a050a03666f6f"),
  ]

  @Test("is what Momento's own types make of it", arguments: golden)
  func encoding(_ scope: PermissionScope, _ expected: String) throws {
    #expect(hex(try Permissions(scope).encoded()) == expected)
  }

  @Test("keeps the key of one permission beside permissions of other kinds")
  func mixed() throws {
    let item = "0a120a1008031a050a03666f6f2a050a03636f77"
    let topic = "0a11120f08021a050a03666f6f2a040a027431"
    let whole = "0a0b0a0908021a050a03666f6f"
    let scope: PermissionScope = [
      .cacheKeyWriteOnly("foo", key: "cow"), .topicSubscribeOnly("foo", topic: "t1"),
      .cacheReadOnly("foo"),
    ]
    #expect(hex(try Permissions(scope).encoded()) == "1234" + item + topic + whole)
    let reversed = PermissionScope.permissions([
      .cacheReadOnly("foo"), .topicSubscribeOnly("foo", topic: "t1"),
      .cacheKeyWriteOnly("foo", key: "cow"),
    ])
    #expect(hex(try Permissions(reversed).encoded()) == "1234" + whole + topic + item)
  }

  @Test("keeps a key that is not text byte for byte")
  func binary() throws {
    let scope = PermissionScope.cacheKeyWriteOnly("foo", key: [0xff, 0, 0x80])
    #expect(
      hex(try Permissions(scope).encoded()) == "12140a120a1008031a050a03666f6f2a050a03ff0080")
  }
}
