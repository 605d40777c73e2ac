import ProtobufWire
import TestSupport
import Testing

/// Repeated fields and maps, as they may come.
@Suite struct RepeatedTests {
  @Test(
    "numbers may come packed, one by one, or both",
    arguments: [
      ("a00101 a2010200 02 a00100", [true, false, true, false]), ("a20100", []), ("", []),
      ("a2010480000100", [false, true, false]),
    ])
  func packing(_ bytes: String, _ flags: [Bool]) throws {
    #expect(try ScalarMessage(decoding: hex(bytes)).flags == flags)
  }

  @Test("fixed numbers may come one by one")
  func unpackedFixed() throws {
    let message = try ScalarMessage(decoding: hex("950101000000 920104 02000000 950103000000"))
    #expect(message.fixedNumbers == [1, 2, 3])
    #expect(hex(try message.encoded()) == "92010c010000000200000003000000")
  }

  @Test(
    "what is cut inside a packed field is refused with its place in the list",
    arguments: [
      (
        "9201030102 03",
        "ScalarMessage.fixed_numbers[0]: 4-byte value but only 3 bytes left at offset 3"
      ),
      (
        "920105 01000000 02",
        "ScalarMessage.fixed_numbers[1]: 4-byte value but only 1 bytes left at offset 7"
      ),
      ("a20102 01ff 5801", "ScalarMessage.flags[1]: the bytes end inside a varint at offset 4"),
      ("a2010a", "ScalarMessage.flags: length 10 but only 0 bytes left at offset 2"),
      (
        "92018080808007",
        "ScalarMessage.fixed_numbers: length 1879048192 but only 0 bytes left at offset 2"
      ),
      (
        "aa010161 aa0101ff",
        "ScalarMessage.texts[1]: string is not valid UTF-8 at offset 7"
      ),
    ])
  func cut(_ bytes: String, _ text: String) {
    let error = #expect(throws: WireError.self) { try ScalarMessage(decoding: hex(bytes)) }
    #expect(error?.description == text)
  }

  @Test("a long row of messages comes whole and in order, apart or not")
  func rows() throws {
    var message = SampleMessage()
    message.children = (0..<2500).map {
      var child = SampleMessage()
      child.int32 = Int32($0)
      return child
    }
    #expect(try SampleMessage(decoding: message.encoded()) == message)
    let apart = try SampleMessage(decoding: hex("4a020801 0805 4a020802 4a00"))
    #expect(apart.children.map(\.int32) == [1, 2, 0])
    #expect(apart.int32 == 5)
  }

  @Test("texts are never packed, and one that comes as a number is unknown")
  func texts() throws {
    let message = try ScalarMessage(decoding: hex("a80105 aa010161"))
    #expect(message.texts == ["a"])
    #expect(hex(message.unknownFields.bytes) == "a80105")
  }

  @Test(
    "what an entry of a map does not say is the default; the last of a key wins",
    arguments: [
      ("d20100", [false: 0]), ("d201020801", [true: 0]), ("d201021003", [false: -2]),
      // Key after value, key twice, and a second entry of a key.
      ("d2010410030801", [true: -2]), ("d2010608000801 1001", [true: -1]),
      ("d2010408011001 d2010408011003", [true: -2]),
      // A number of another wire type is passed over.
      ("d201070d00000000 1003", [false: -2]), ("d201040801 1803", [true: 0]),
    ] as [(String, [Bool: Int64])])
  func mapEntries(_ bytes: String, _ map: [Bool: Int64]) throws {
    #expect(try ScalarMessage(decoding: hex(bytes)).numbersByFlag == map)
  }

  @Test("map entries are written in the order of their keys, byte for byte")
  func mapOrder() throws {
    var message = ScalarMessage()
    message.numbersByFlag = [true: 1, false: 2]
    #expect(hex(try message.encoded()) == "d2010408001004d2010408011002")
    message.numbersByFlag = [:]
    for name in ["b", "a", "", "aa", "é"] { message.childrenByName[MapKey(name)] = .init() }
    let entries = ["0a001200", "0a01611200", "0a0261611200", "0a01621200", "0a02c3a91200"]
    let bytes = entries.map { "ca01" + ($0.count == 8 ? "04" : $0.count == 10 ? "05" : "06") + $0 }
    #expect(hex(try message.encoded()) == bytes.joined())
  }

  @Test("two spellings of one letter are two keys")
  func canonicallyEquivalentKeys() throws {
    var message = ScalarMessage()
    message.childrenByName = ["\u{e9}": .init(), "e\u{301}": .init()]
    #expect(message.childrenByName.count == 2)
    #expect(try ScalarMessage(decoding: message.encoded()).childrenByName.count == 2)
  }

  @Test("a value in pieces is merged within its entry; errors name key or value")
  func mapValues() throws {
    let message = try ScalarMessage(decoding: hex("ca010b 0a0161 12020801 12021002"))
    #expect(message.childrenByName["a"]?.int32 == 1)
    #expect(message.childrenByName["a"]?.uint64 == 2)
    for (bytes, text) in [
      ("ca01030a01ff", "ScalarMessage.children_by_name.key: string is not valid UTF-8 at offset 5"),
      (
        "ca0103120108",
        "ScalarMessage.children_by_name.value.int32: the bytes end inside a varint at offset 6"
      ),
    ] {
      let error = #expect(throws: WireError.self) { try ScalarMessage(decoding: hex(bytes)) }
      #expect(error?.description == text)
    }
  }
}
