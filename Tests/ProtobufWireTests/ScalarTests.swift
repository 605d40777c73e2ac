import ProtobufWire
import TestSupport
import Testing

/// Each field type at its ends. The bytes come from protobuf for Python.
@Suite struct ScalarTests {
  /// A change of the message, and the bytes that it gives.
  struct Case: Sendable, CustomTestStringConvertible {
    var bytes: String
    var change: @Sendable (inout ScalarMessage) -> Void

    init(_ bytes: String, _ change: @escaping @Sendable (inout ScalarMessage) -> Void) {
      self.bytes = bytes
      self.change = change
    }

    var testDescription: String { bytes }
  }

  static let varints = [
    Case("0880808080f8ffffffff01") { $0.int32 = .min },
    Case("08ffffffffffffffffff01") { $0.int32 = -1 },
    Case("08ffffffff07") { $0.int32 = .max },
    Case("1080808080808080808001") { $0.int64 = .min },
    Case("10ffffffffffffffff7f") { $0.int64 = .max },
    Case("18ffffffff0f") { $0.uint32 = .max },
    Case("20ffffffffffffffffff01") { $0.uint64 = .max },
    Case("28ffffffff0f") { $0.sint32 = .min },
    Case("2801") { $0.sint32 = -1 },
    Case("2802") { $0.sint32 = 1 },
    Case("28feffffff0f") { $0.sint32 = .max },
    Case("30ffffffffffffffffff01") { $0.sint64 = .min },
    Case("30feffffffffffffffff01") { $0.sint64 = .max },
    Case("5801") { $0.bool = true },
    Case("8001ffffffffffffffffff01") { $0.color = .init(rawValue: -1) },
  ]

  static let fixed = [
    Case("3dffffffff") { $0.fixed32 = .max },
    Case("41ffffffffffffffff") { $0.fixed64 = .max },
    Case("4d00000080") { $0.sfixed32 = .min },
    Case("4dffffff7f") { $0.sfixed32 = .max },
    Case("510000000000000080") { $0.sfixed64 = .min },
    Case("51ffffffffffffff7f") { $0.sfixed64 = .max },
    Case("650000c03f") { $0.float = 1.5 },
    Case("6500000080") { $0.float = -0.0 },
    Case("650000807f") { $0.float = .infinity },
    Case("690000000000000080") { $0.double = -0.0 },
    Case("690100000000000000") { $0.double = .leastNonzeroMagnitude },
  ]

  static let lengths = [
    Case("720a61c3a9e282acf09f9880") { $0.string = "aé€😀" },
    Case("7a0200ff") { $0.bytes = [0, 0xff] },
    Case("92010c0000000001000000ffffffff") { $0.fixedNumbers = [0, 1, .max] },
    Case("9a011800000000000000000000000000000080000000000000f83f") { $0.doubles = [0, -0.0, 1.5] },
    Case("a201020100") { $0.flags = [true, false] },
    Case("aa0100aa010161") { $0.texts = ["", "a"] },
    Case("b2010c00ffffffffffffffffff0101") {
      $0.colors = [0, -1, 1].map(ScalarMessage.Color.init(rawValue:))
    },
    Case("da010d000102ffffffffffffffffff01") { $0.zigzags = [0, -1, 1, .min] },
    Case("d2010408011001") { $0.numbersByFlag = [true: -1] },
  ]

  @Test(
    "a value is written as protobuf writes it and read again", arguments: varints + fixed + lengths)
  func bothWays(_ value: Case) throws {
    var message = ScalarMessage()
    value.change(&message)
    #expect(hex(try message.encoded()) == value.bytes)
    let decoded = try ScalarMessage(decoding: hex(value.bytes))
    #expect(decoded == message)
    // -0 equals 0, so that the bytes must tell.
    #expect(hex(try decoded.encoded()) == value.bytes)
  }

  @Test("NaN keeps its bits")
  func notANumber() throws {
    let bytes = hex("650100c07f 69010000000000f87f")
    #expect(try ScalarMessage(decoding: bytes).encoded() == bytes)
  }

  @Test("defaults are left out without presence and written with it")
  func presence() throws {
    #expect(try ScalarMessage().encoded() == [])
    var message = ScalarMessage()
    message.optionalInt32 = 0
    #expect(hex(try message.encoded()) == "880100")
    message.optionalInt32 = nil
    message.picked = .text("")
    #expect(hex(try message.encoded()) == "ba0100")
    message.picked = .number(0)
    #expect(hex(try message.encoded()) == "c00100")
    #expect(try ScalarMessage(decoding: hex("880100")).optionalInt32 == 0)
  }

  @Test(
    "any number but 0 is true, bits beyond the 64th do not count",
    arguments: [
      ("5802", true), ("5880808080808080808001", true), ("5880808080808080808002", false),
      ("58ffffffffffffffffff7f", true), ("58808000", false),
    ])
  func bools(_ bytes: String, _ value: Bool) throws {
    #expect(try ScalarMessage(decoding: hex(bytes)).bool == value)
  }

  @Test("a member of a oneof replaces the other")
  func oneof() throws {
    #expect(try ScalarMessage(decoding: hex("c00105 ba010161")).picked == .text("a"))
    #expect(try ScalarMessage(decoding: hex("ba010161 c00105")).picked == .number(5))
  }
}
