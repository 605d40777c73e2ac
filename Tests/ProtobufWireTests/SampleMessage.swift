import ProtobufWire

/// Every kind of field that the tests need, and itself, for depth.
struct SampleMessage: WireMessage {
  enum Field: UInt32, WireField {
    case int32 = 1
    case uint64 = 2
    case sint32 = 3
    case fixed32 = 4
    case double = 5
    case bool = 6
    case text = 7
    case numbers = 8
    case child = 9
    case counts = 10
    case sint64 = 11
    case float = 12
    case fixed64 = 13
  }

  static let messageName = "test.SampleMessage"
  var int32: Int32 = 0
  var uint64: UInt64 = 0
  var sint32: Int32 = 0
  var fixed32: UInt32 = 0
  var double = 0.0
  var bool = false
  var text = ""
  var numbers: [Int32] = []
  var children: [SampleMessage] = []
  var counts: [MapKey: Int32] = [:]
  var sint64: Int64 = 0
  var float: Float = 0
  var fixed64: UInt64 = 0
  var unknownFields = UnknownFields()

  mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .int32: try reader.read(.int32, &int32, bytes)
    case .uint64: try reader.read(.uint64, &uint64, bytes)
    case .sint32: try reader.read(.sint32, &sint32, bytes)
    case .fixed32: try reader.read(.fixed32, &fixed32, bytes)
    case .double: try reader.read(.double, &double, bytes)
    case .bool: try reader.read(.bool, &bool, bytes)
    case .text: try reader.read(.string, &text, bytes)
    case .numbers: try reader.readRepeated(.int32, &numbers, bytes)
    case .child: try reader.readRepeated(.message(SampleMessage.self), &children, bytes)
    case .counts: try reader.readMap(MapKeyCoding(), .int32, &counts, bytes)
    case .sint64: try reader.read(.sint64, &sint64, bytes)
    case .float: try reader.read(.float, &float, bytes)
    case .fixed64: try reader.read(.fixed64, &fixed64, bytes)
    }
  }

  func encodeFields(into writer: inout WireWriter) {
    writer.write(.fixed64, fixed64, Field.fixed64)
    writer.write(.float, float, Field.float)
    writer.write(.sint64, sint64, Field.sint64)
    writer.writeMap(MapKeyCoding(), .int32, counts, Field.counts)
    writer.writeRepeated(.message(SampleMessage.self), children, Field.child)
    writer.writeRepeated(.int32, numbers, Field.numbers)
    writer.write(.string, text, Field.text)
    writer.write(.bool, bool, Field.bool)
    writer.write(.double, double, Field.double)
    writer.write(.fixed32, fixed32, Field.fixed32)
    writer.write(.sint32, sint32, Field.sint32)
    writer.write(.uint64, uint64, Field.uint64)
    writer.write(.int32, int32, Field.int32)
  }
}
