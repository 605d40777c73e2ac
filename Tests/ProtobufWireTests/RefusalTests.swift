import ProtobufWire
import TestSupport
import Testing

@Suite struct RefusalTests {
  @Test(arguments: [
    ("08", "SampleMessage.int32: the bytes end inside a varint at offset 1"),
    ("08ff", "SampleMessage.int32: the bytes end inside a varint at offset 1"),
    (
      "08ffffffffffffffffffff01",
      "SampleMessage.int32: varint longer than 10 bytes at offset 1"
    ),
    ("3a05616263", "SampleMessage.text: length 5 but only 3 bytes left at offset 1"),
    ("3a02c328", "SampleMessage.text: string is not valid UTF-8 at offset 2"),
    ("2501", "SampleMessage.fixed32: 4-byte value but only 1 bytes left at offset 1"),
    ("0000", "SampleMessage: field number 0 at offset 0"),
    ("0e01", "SampleMessage: wire type 6 does not exist at offset 0"),
    ("0f01", "SampleMessage: wire type 7 does not exist at offset 0"),
    ("a406", "SampleMessage: end of group 100 without its start at offset 0"),
    ("a306", "SampleMessage.100: group 100 does not end at offset 2"),
    (
      "4a03 4a01 08",
      "SampleMessage.child[0].child[0].int32: the bytes end inside a varint at offset 5"
    ),
    (
      "3affffffff0f",
      "SampleMessage.text: length larger than 2147483647 or longer than 5 bytes at offset 1"
    ),
  ])
  func badBytesAreRefusedWithTheirPlace(_ bytes: String, _ text: String) {
    let error = #expect(throws: WireError.self) { try SampleMessage(decoding: hex(bytes)) }
    #expect(error?.description == text)
  }

  @Test func aSizeLimitIsKept() {
    var options = WireDecodingOptions()
    options.sizeLimit = 1
    let error = #expect(throws: WireError.self) {
      try SampleMessage(decoding: hex("0801"), options: options)
    }
    #expect(error?.kind == .tooLarge(size: 2, limit: 1))
  }
}
