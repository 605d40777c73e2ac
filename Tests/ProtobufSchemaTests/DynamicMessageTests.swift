import ProtobufSchema
import ProtobufWire
import TestSupport
import Testing

/// The bytes here are what PyPI's protobuf takes and gives; `Tests/Interop` has the two read far more.
@Suite struct DynamicMessageTests {
  let schema: Schema

  // Once for all tests, since each has a suite of its own.
  private static let loaded = Result {
    try SchemaFiles(
      ["kinds3.proto", "everything2.proto", "edition2023.proto"], in: "protos", "/usr/include"
    ).schema()
  }

  init() throws {
    schema = try Self.loaded.get()
  }

  func decode(_ bytes: [UInt8], _ type: String) throws -> DynamicMessage {
    let descriptor = try #require(schema.message(named: "fixtures." + type))
    return try DynamicMessage(decoding: bytes, descriptor, of: schema)
  }

  @Test(
    arguments: [
      ("kinds3.Kinds", "0800", ""),
      ("kinds3.Kinds", "0801 0802", "0802"),
      ("kinds3.Kinds", "d80200", "da020100"),
      // Unpacked elements of a packed field, and the other way round.
      ("kinds3.Kinds", "f80101 f80102", "fa01020102"),
      ("kinds3.Kinds", "82030401020304", "800301 800302 800303 800304"),
      // Members of a oneof: the last wins, a message is merged.
      ("kinds3.Kinds", "880501 920501 61", "92050161"),
      ("kinds3.Kinds", "9a05020801 9a05041202 0805", "9a05060801 12020805"),
      ("kinds3.Kinds", "ea0306 08011002 0803", "ea030408031002"),
      // A closed enum keeps what it does not know, with all its bits.
      ("proto2.Everything", "0801 880105", "0801880105"),
      // Groups, and an extension.
      ("proto2.Everything", "0801 ab01 0807 ac01 c03e05", "0801 ab010807ac01 c03e05"),
      // A message set, whose two fields come in any order.
      ("proto2.OldSet", "0b 1a03 0a0161 10feffffff07 0c", "0b 10feffffff07 1a03 0a0161 0c"),
      ("edition2023.Behaviours", "1801 4b 0805 4c", "1801 4b08054c"),
      ("edition2023.Behaviours", "1801 1000", "1801"),
    ])
  func readsAndWritesAsTheSpecificationSays(type: String, from: String, to: String) throws {
    let message = try decode(hex(from), type)
    #expect(try message.encoded() == hex(to))
  }

  @Test func keepsUnknownFieldsOfEveryWireType() throws {
    let unknown = hex(
      "c03e01 c13e0102030405060708 c23e0161 c33e0801c43e c53e01020304")
    #expect(try decode(unknown, "kinds3.Kinds").encoded() == unknown)
  }

  @Test func refusesTextThatIsNotUTF8WhereTheSchemaAsksForIt() throws {
    #expect(throws: WireError.self) { try decode([0x72, 1, 0xFF], "kinds3.Kinds") }
    #expect(throws: WireError.self) { try decode([0x3A, 1, 0xFF], "edition2023.Behaviours") }
    let unchecked = hex("1801 3201ff")
    #expect(try decode(unchecked, "edition2023.Behaviours").encoded() == unchecked)
    let blob = hex("7a01ff")
    #expect(try decode(blob, "kinds3.Kinds").encoded() == blob)
  }

  @Test func saysWhichFieldIsMalformed() throws {
    #expect {
      try decode([0x8A, 0x01, 0x05, 0x12, 0x03, 0x72, 0x01, 0xFF], "kinds3.Kinds")
    } throws: {
      "\($0)" == "Kinds.child.parent.a_string: string is not valid UTF-8 at offset 7"
    }
  }

  @Test func refusesMessagesThatAreNestedTooDeep() throws {
    func nested(_ depth: Int) -> [UInt8] {
      (0..<depth).reduce([]) { content, _ in [0x12] + withLength(content) }
    }
    let type = try #require(schema.message(named: "fixtures.edition2023.Behaviours.Inner"))
    #expect(throws: Never.self) { try DynamicMessage(decoding: nested(100), type, of: schema) }
    #expect(throws: WireError.self) { try DynamicMessage(decoding: nested(101), type, of: schema) }
  }

  @Test func countsEachMessageSetInAMessageSetAsALevel() throws {
    let text =
      "message S { option message_set_wire_format = true; extensions 4 to max; "
      + "extend S { optional S inner = 100; } }"
    var loader = ProtoLoader { $0 == "s.proto" ? Array(text.utf8) : nil }
    try loader.load("s.proto")
    let type = try #require(loader.schema.message(named: "S"))
    func nested(_ depth: Int) -> [UInt8] {
      (0..<depth).reduce([]) { content, _ in
        [0x0B, 0x10, 100, 0x1A] + withLength(content) + [0x0C]
      }
    }
    #expect(throws: Never.self) {
      try DynamicMessage(decoding: nested(99), type, of: loader.schema)
    }
    #expect(throws: WireError.self) {
      try DynamicMessage(decoding: nested(102), type, of: loader.schema)
    }
  }

  @Test func namesTheRequiredFieldsThatAreMissing() throws {
    #expect(
      try decode([], "proto2.Everything").missingRequiredFields == [
        "fixtures.proto2.Everything.must"
      ])
    #expect(try decode([8, 0], "proto2.Everything").missingRequiredFields.isEmpty)
  }

}

/// Bytes behind their number as a varint.
private func withLength(_ bytes: [UInt8]) -> [UInt8] {
  var length = bytes.count
  var prefix: [UInt8] = []
  while length >= 0x80 {
    prefix.append(UInt8(length & 0x7F) | 0x80)
    length >>= 7
  }
  return prefix + [UInt8(length)] + bytes
}
