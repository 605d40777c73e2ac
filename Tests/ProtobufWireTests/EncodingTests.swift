import ProtobufWire
import TestSupport
import Testing

/// Bytes by the rules of the Protocol Buffers encoding specification, worked out by hand.
@Suite struct EncodingTests {
  private func expect(_ bytes: String, _ change: (inout SampleMessage) -> Void) throws {
    var message = SampleMessage()
    change(&message)
    let plain = bytes.filter { $0 != " " }
    #expect(hex(try message.encoded()) == plain)
    #expect(try SampleMessage(decoding: hex(plain)) == message)
  }

  @Test func varints() throws {
    try expect("089601") { $0.int32 = 150 }
    try expect("08ffffffffffffffffff01") { $0.int32 = -1 }
    try expect("10ffffffffffffffffff01") { $0.uint64 = .max }
    try expect("107f") { $0.uint64 = 127 }
    try expect("108001") { $0.uint64 = 128 }
    try expect("1801") { $0.sint32 = -1 }
    try expect("18ffffffff0f") { $0.sint32 = .min }
    try expect("58feffffffffffffffff01") { $0.sint64 = .max }
    try expect("3001") { $0.bool = true }
  }

  @Test func fixedSizes() throws {
    try expect("2501020304") { $0.fixed32 = 0x0403_0201 }
    try expect("29000000000000f03f") { $0.double = 1 }
    try expect("65000080bf") { $0.float = -1 }
    try expect("690102030405060708") { $0.fixed64 = 0x0807_0605_0403_0201 }
  }

  @Test func lengths() throws {
    try expect("3a 07 74657374696e67") { $0.text = "testing" }
    try expect("42 06 03 8e02 9ea705") { $0.numbers = [3, 270, 86_942] }
    try expect("4a 03 089601 4a 00") {
      $0.children = [.init(), .init()]; $0.children[0].int32 = 150
    }
  }

  @Test func mapEntriesComeInTheOrderOfTheirKeys() throws {
    try expect("52 05 0a0161 1001 52 05 0a0162 1002") { $0.counts = ["b": 2, "a": 1] }
  }

  @Test func aPrefixIsReservedAndZero() throws {
    var message = SampleMessage()
    message.int32 = 150
    #expect(try message.encoded(reservingPrefix: 5) == [0, 0, 0, 0, 0, 0x08, 0x96, 0x01])
    #expect(try SampleMessage().encoded(reservingPrefix: 5) == [0, 0, 0, 0, 0])
  }

  @Test("on both sides of the size that is written in one pass, with a prefix and without")
  func sizesAroundTheScratch() throws {
    for length in 1010...1030 {
      var message = SampleMessage()
      message.text = String(repeating: "x", count: length)
      let bytes = try message.encoded()
      #expect(bytes.count == 3 + length)
      #expect(bytes.count == message.encodedSize)
      #expect(try SampleMessage(decoding: bytes) == message)
      #expect(try message.encoded(reservingPrefix: 5) == [0, 0, 0, 0, 0] + bytes)
    }
    let zeros = [UInt8](repeating: 0, count: 5000)
    #expect(try SampleMessage().encoded(reservingPrefix: 5000) == zeros)
  }

  @Test(arguments: [
    // Repeated numbers one by one, packed, and both.
    ("4003 408e02", [3, 270]), ("42 03 03 8e02", [3, 270]), ("4003 42 02 8e02 4001", [3, 270, 1]),
  ])
  func packedAndUnpackedAreBothTaken(_ bytes: String, _ numbers: [Int32]) throws {
    #expect(try SampleMessage(decoding: hex(bytes)).numbers == numbers)
  }

  @Test(arguments: [
    // 22 + 1 << 7 in four bytes instead of two; bits beyond the 32nd; the last one of two.
    ("08 96 81 80 00", 150), ("08 81 80 80 80 f0 01", 1), ("0805 0806", 6),
  ])
  func unusualVarintsAreTakenAsProtobufTakesThem(_ bytes: String, _ value: Int32) throws {
    #expect(try SampleMessage(decoding: hex(bytes)).int32 == value)
  }

  @Test func groupsAreSkippedAndKept() throws {
    let bytes = hex("a306 08 01 ab06 ac06 a406 0805")
    let message = try SampleMessage(decoding: bytes)
    #expect(message.int32 == 5)
    #expect(hex(message.unknownFields.bytes) == "a3060801ab06ac06a406")
  }

  @Test func depthIsLimitedToAHundred() throws {
    func nested(_ depth: Int) -> [UInt8] {
      var bytes: [UInt8] = []
      for _ in 0..<depth {
        let length = bytes.count
        var prefix: [UInt8] = [0x4a]
        if length < 128 {
          prefix.append(UInt8(length))
        } else {
          prefix += [UInt8(length & 0x7f | 0x80), UInt8(length >> 7)]
        }
        bytes = prefix + bytes
      }
      return bytes
    }
    #expect(throws: Never.self) { try SampleMessage(decoding: nested(100)) }
    let error = #expect(throws: WireError.self) { try SampleMessage(decoding: nested(101)) }
    #expect(error?.kind == .tooDeep(limit: 100))
  }
}
