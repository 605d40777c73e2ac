import ProtobufWire

/// Every scalar type: alone, with presence, repeated, in a oneof, in a map.
struct ScalarMessage: WireMessage {
  enum Field: UInt32, WireField {
    case int32 = 1
    case int64 = 2
    case uint32 = 3
    case uint64 = 4
    case sint32 = 5
    case sint64 = 6
    case fixed32 = 7
    case fixed64 = 8
    case sfixed32 = 9
    case sfixed64 = 10
    case bool = 11
    case float = 12
    case double = 13
    case string = 14
    case bytes = 15
    case color = 16
    case optionalInt32 = 17
    case fixedNumbers = 18
    case doubles = 19
    case flags = 20
    case texts = 21
    case colors = 22
    case pickedText = 23
    case pickedNumber = 24
    case childrenByName = 25
    case numbersByFlag = 26
    case zigzags = 27
  }

  enum Picked: Sendable, Equatable {
    case text(String)
    case number(UInt64)
  }

  /// An open enum.
  struct Color: WireEnum {
    var rawValue: Int32
  }

  static let messageName = "test.pack_age.ScalarMessage"
  var int32: Int32 = 0
  var int64: Int64 = 0
  var uint32: UInt32 = 0
  var uint64: UInt64 = 0
  var sint32: Int32 = 0
  var sint64: Int64 = 0
  var fixed32: UInt32 = 0
  var fixed64: UInt64 = 0
  var sfixed32: Int32 = 0
  var sfixed64: Int64 = 0
  var bool = false
  var float: Float = 0
  var double = 0.0
  var string = ""
  var bytes: [UInt8] = []
  var color = Color(rawValue: 0)
  var optionalInt32: Int32?
  var fixedNumbers: [UInt32] = []
  var doubles: [Double] = []
  var flags: [Bool] = []
  var texts: [String] = []
  var colors: [Color] = []
  var picked: Picked?
  var childrenByName: [MapKey: SampleMessage] = [:]
  var numbersByFlag: [Bool: Int64] = [:]
  var zigzags: [Int64] = []
  var unknownFields = UnknownFields()

  mutating func decode(
    _ field: Field, _ input: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .int32: try reader.read(.int32, &int32, input)
    case .int64: try reader.read(.int64, &int64, input)
    case .uint32: try reader.read(.uint32, &uint32, input)
    case .uint64: try reader.read(.uint64, &uint64, input)
    case .sint32: try reader.read(.sint32, &sint32, input)
    case .sint64: try reader.read(.sint64, &sint64, input)
    case .fixed32: try reader.read(.fixed32, &fixed32, input)
    case .fixed64: try reader.read(.fixed64, &fixed64, input)
    case .sfixed32: try reader.read(.sfixed32, &sfixed32, input)
    case .sfixed64: try reader.read(.sfixed64, &sfixed64, input)
    case .bool: try reader.read(.bool, &bool, input)
    case .float: try reader.read(.float, &float, input)
    case .double: try reader.read(.double, &double, input)
    case .string: try reader.read(.string, &string, input)
    case .bytes: try reader.read(.bytes, &bytes, input)
    case .color: try reader.read(.enumeration(Color.self), &color, input)
    case .optionalInt32: try reader.read(.int32, &optionalInt32, input)
    case .fixedNumbers: try reader.readRepeated(.fixed32, &fixedNumbers, input)
    case .doubles: try reader.readRepeated(.double, &doubles, input)
    case .flags: try reader.readRepeated(.bool, &flags, input)
    case .texts: try reader.readRepeated(.string, &texts, input)
    case .colors: try reader.readRepeated(.enumeration(Color.self), &colors, input)
    case .pickedText: try reader.read(.string, &picked, input, Picked.text)
    case .pickedNumber: try reader.read(.uint64, &picked, input, Picked.number)
    case .childrenByName:
      try reader.readMap(.stringKey, .message(SampleMessage.self), &childrenByName, input)
    case .numbersByFlag: try reader.readMap(.bool, .sint64, &numbersByFlag, input)
    case .zigzags: try reader.readRepeated(.sint64, &zigzags, input)
    }
  }

  func encodeFields(into writer: inout WireWriter) {
    writer.writeRepeated(.sint64, zigzags, Field.zigzags)
    writer.writeMap(.bool, .sint64, numbersByFlag, Field.numbersByFlag)
    writer.writeMap(.stringKey, .message(SampleMessage.self), childrenByName, Field.childrenByName)
    switch picked {
    case .number(let number): writer.writePresent(.uint64, number, Field.pickedNumber)
    case .text(let text): writer.writePresent(.string, text, Field.pickedText)
    case nil: break
    }
    writer.writeRepeated(.enumeration(Color.self), colors, Field.colors)
    writer.writeRepeated(.string, texts, Field.texts)
    writer.writeRepeated(.bool, flags, Field.flags)
    writer.writeRepeated(.double, doubles, Field.doubles)
    writer.writeRepeated(.fixed32, fixedNumbers, Field.fixedNumbers)
    writer.write(.int32, optionalInt32, Field.optionalInt32)
    writer.write(.enumeration(Color.self), color, Field.color)
    writer.write(.bytes, bytes, Field.bytes)
    writer.write(.string, string, Field.string)
    writer.write(.double, double, Field.double)
    writer.write(.float, float, Field.float)
    writer.write(.bool, bool, Field.bool)
    writer.write(.sfixed64, sfixed64, Field.sfixed64)
    writer.write(.sfixed32, sfixed32, Field.sfixed32)
    writer.write(.fixed64, fixed64, Field.fixed64)
    writer.write(.fixed32, fixed32, Field.fixed32)
    writer.write(.sint64, sint64, Field.sint64)
    writer.write(.sint32, sint32, Field.sint32)
    writer.write(.uint64, uint64, Field.uint64)
    writer.write(.uint32, uint32, Field.uint32)
    writer.write(.int64, int64, Field.int64)
    writer.write(.int32, int32, Field.int32)
  }
}
