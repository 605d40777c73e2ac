/// The value of a field: one, or all of a repeated field or a map.
package enum DynamicValue: Sendable, Equatable {
  case bool(Bool)
  /// `int32`, `sint32` and `sfixed32`.
  case int32(Int32)
  /// `int64`, `sint64` and `sfixed64`.
  case int64(Int64)
  /// `uint32` and `fixed32`.
  case uint32(UInt32)
  /// `uint64` and `fixed64`.
  case uint64(UInt64)
  case float(Float)
  case double(Double)
  case string(String)
  /// Also a `string` that is not UTF-8, in a field that does not ask for it.
  case bytes([UInt8])
  case enumeration(Int32)
  case message(DynamicMessage)
  case repeated([DynamicValue])
  case map([MapKey: DynamicValue])
}

/// A key of a map.
package enum MapKey: Sendable, Hashable, Comparable {
  case bool(Bool)
  case signed(Int64)
  case unsigned(UInt64)
  case string(String)

  package static func < (first: MapKey, second: MapKey) -> Bool {
    switch (first, second) {
    case (.bool(let first), .bool(let second)): !first && second
    case (.signed(let first), .signed(let second)): first < second
    case (.unsigned(let first), .unsigned(let second)): first < second
    case (.string(let first), .string(let second)):
      first.utf8.lexicographicallyPrecedes(second.utf8)
    // Keys of one map are of one kind.
    default: false
    }
  }
}

extension MapKey {
  /// The key that a value of a scalar field is; nil if it can be none.
  init?(_ value: DynamicValue) {
    switch value {
    case .bool(let flag): self = .bool(flag)
    case .int32(let number): self = .signed(Int64(number))
    case .int64(let number): self = .signed(number)
    case .uint32(let number): self = .unsigned(UInt64(number))
    case .uint64(let number): self = .unsigned(number)
    case .string(let text): self = .string(text)
    // Text of a field that does not ask for UTF-8: what is not UTF-8 is replaced.
    case .bytes(let bytes): self = .string(String(decoding: bytes, as: UTF8.self))
    default: return nil
    }
  }

  /// The value of a field of that type that this key is.
  func value(of type: FieldType) -> DynamicValue {
    switch self {
    case .bool(let flag): .bool(flag)
    case .string(let text): .string(text)
    case .signed(let number):
      type == .int32 || type == .sint32 || type == .sfixed32
        ? .int32(Int32(truncatingIfNeeded: number)) : .int64(number)
    case .unsigned(let number):
      type == .uint32 || type == .fixed32
        ? .uint32(UInt32(truncatingIfNeeded: number)) : .uint64(number)
    }
  }
}

extension FieldType {
  /// The value of a field without presence that is not there.
  var zero: DynamicValue? {
    switch self {
    case .bool: .bool(false)
    case .int32, .sint32, .sfixed32: .int32(0)
    case .int64, .sint64, .sfixed64: .int64(0)
    case .uint32, .fixed32: .uint32(0)
    case .uint64, .fixed64: .uint64(0)
    case .float: .float(0)
    case .double: .double(0)
    case .string: .string("")
    case .bytes: .bytes([])
    case .enumeration: .enumeration(0)
    case .message, .group: nil
    }
  }
}

extension DynamicValue {
  /// Whether the value is left out where a field has no presence; -0 is not the default.
  var isZero: Bool {
    switch self {
    case .bool(let flag): !flag
    case .int32(let number), .enumeration(let number): number == 0
    case .int64(let number): number == 0
    case .uint32(let number): number == 0
    case .uint64(let number): number == 0
    case .float(let number): number.bitPattern == 0
    case .double(let number): number.bitPattern == 0
    case .string(let text): text.isEmpty
    case .bytes(let bytes): bytes.isEmpty
    case .repeated(let values): values.isEmpty
    case .map(let entries): entries.isEmpty
    case .message: false
    }
  }
}
