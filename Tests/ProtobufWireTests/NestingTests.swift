import ProtobufWire
import Synchronization
import TestSupport
import Testing

/// Depth, size, unknown fields, and encoders that are at fault.
@Suite struct NestingTests {
  /// The message `count` levels deep, its innermost holding `content`.
  private func nested(_ count: Int, around content: [UInt8] = []) -> [UInt8] {
    (0..<count).reduce(content) { inner, _ in [0x4a] + varint(inner.count) + inner }
  }

  private func varint(_ value: Int) -> [UInt8] {
    value < 128 ? [UInt8(value)] : [UInt8(value & 0x7f) | 0x80] + varint(value >> 7)
  }

  @Test("depth is counted over messages, groups and map entries alike", arguments: [0, 1, 3, 100])
  func limits(_ limit: Int) throws {
    let options = WireDecodingOptions(recursionLimit: limit)
    let group: [UInt8] = [0x7b, 0x7c]
    let entry: [UInt8] = [0x52, 0x00]
    func accepts(_ bytes: [UInt8]) -> Bool {
      (try? SampleMessage(decoding: bytes, options: options)) != nil
    }
    #expect(accepts(nested(limit)))
    #expect(!accepts(nested(limit + 1)))
    #expect(accepts(nested(max(limit - 1, 0), around: limit == 0 ? [] : group)))
    #expect(!accepts(nested(limit, around: group)))
    #expect(accepts(nested(max(limit - 1, 0), around: limit == 0 ? [] : entry)))
    #expect(!accepts(nested(limit, around: entry)))
  }

  @Test("siblings do not add up to depth")
  func siblings() throws {
    let bytes = [[UInt8]](repeating: nested(90), count: 50).flatMap { $0 }
    #expect(try SampleMessage(decoding: bytes).children.count == 50)
    let groups = [[UInt8]](repeating: [0x7b, 0x83, 0x01, 0x84, 0x01, 0x7c], count: 200)
    #expect(try SampleMessage(decoding: groups.flatMap { $0 }).unknownFields.bytes.count == 1200)
  }

  @Test("the path goes down to the level that is too deep")
  func path() {
    let options = WireDecodingOptions(recursionLimit: 2)
    let error = #expect(throws: WireError.self) {
      try SampleMessage(decoding: nested(3), options: options)
    }
    #expect(
      error?.description
        == "SampleMessage.child[0].child[0].child[0]: nested deeper than 2 levels at offset 5")
    #expect(error?.path.count == 6)
    #expect(error?.path.first == .field("child"))
  }

  @Test("field 0 inside an unknown group is refused, as protobuf for C++ does")
  func zeroInGroup() {
    let error = #expect(throws: WireError.self) { try SampleMessage(decoding: hex("7b 0000 7c")) }
    #expect(error?.description == "SampleMessage.15: field number 0 at offset 1")
  }

  @Test("a part of an array decodes with offsets of its own")
  func parts() throws {
    #expect(try SampleMessage(decoding: hex("ffff 0805 ff"), in: 2..<4).int32 == 5)
    #expect(try SampleMessage(decoding: hex("ffff"), in: 1..<1) == SampleMessage())
    let error = #expect(throws: WireError.self) {
      try SampleMessage(decoding: hex("ffff 0885 01"), in: 2..<4)
    }
    #expect(error?.offset == 1)
  }

  @Test("names of fields are those of the .proto file")
  func names() {
    #expect(ScalarMessage.Field.optionalInt32.fieldName == "optional_int32")
    #expect(ScalarMessage.Field.childrenByName.fieldName == "children_by_name")
    #expect(WireError(.zeroFieldNumber, at: nil).description == "field number 0")
    let root = WireError(.zeroFieldNumber, at: 0).inMessage("a.b_c._Outer.Inner").root
    #expect(root == "Outer.Inner")
  }

  @Test("a message that changes between its two passes is refused, in either direction")
  func unsteadyEncoders() {
    for first in [0, 3] {
      Unsteady.length.store(first, ordering: .relaxed)
      let error = #expect(throws: WireError.self) { try Unsteady().encoded(reservingPrefix: 5) }
      #expect(error?.kind == .inconsistentEncoder)
    }
  }
}

/// A message at fault: each time it is written it has another size.
private struct Unsteady: WireMessage {
  enum Field: UInt32, WireField {
    case text = 1
  }

  static let messageName = "test.Unsteady"
  static let length = Atomic(0)
  var unknownFields = UnknownFields()

  mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool { false }

  func encodeFields(into writer: inout WireWriter) {
    let length = Self.length.load(ordering: .relaxed)
    Self.length.store(100 - length, ordering: .relaxed)
    writer.write(.fixed64, UInt64(length), Field.text)
    // Too long for one pass to be enough.
    writer.write(.string, String(repeating: "x", count: 2000 + length), Field.text)
  }
}
