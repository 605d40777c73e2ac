/// The messages that have a form of their own in JSON.
enum WellKnownType: String, Sendable {
  case any = "google.protobuf.Any"
  case duration = "google.protobuf.Duration"
  case fieldMask = "google.protobuf.FieldMask"
  case listValue = "google.protobuf.ListValue"
  case structure = "google.protobuf.Struct"
  case timestamp = "google.protobuf.Timestamp"
  case value = "google.protobuf.Value"
  case boolValue = "google.protobuf.BoolValue"
  case bytesValue = "google.protobuf.BytesValue"
  case doubleValue = "google.protobuf.DoubleValue"
  case floatValue = "google.protobuf.FloatValue"
  case int32Value = "google.protobuf.Int32Value"
  case int64Value = "google.protobuf.Int64Value"
  case stringValue = "google.protobuf.StringValue"
  case uint32Value = "google.protobuf.UInt32Value"
  case uint64Value = "google.protobuf.UInt64Value"

  /// How the fields must be, since a file that comes by another way may declare anything by that name.
  private var shape: [Int32: FieldType] {
    switch self {
    case .any: [1: .string, 2: .bytes]
    case .duration, .timestamp: [1: .int64, 2: .int32]
    case .fieldMask: [1: .string]
    case .listValue, .structure: [1: .message]
    case .value:
      [1: .enumeration, 2: .double, 3: .string, 4: .bool, 5: .message, 6: .message]
    case .boolValue: [1: .bool]
    case .bytesValue: [1: .bytes]
    case .doubleValue: [1: .double]
    case .floatValue: [1: .float]
    case .int32Value: [1: .int32]
    case .int64Value: [1: .int64]
    case .stringValue: [1: .string]
    case .uint32Value: [1: .uint32]
    case .uint64Value: [1: .uint64]
    }
  }

  init?(_ fullName: String, _ fields: [FieldDescriptor]) {
    self.init(rawValue: fullName)
    let types = Dictionary(fields.map { ($0.number, $0.type) }) { first, _ in first }
    guard types == shape else { return nil }
  }
}
