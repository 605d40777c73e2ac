/// The types of fields, with their numbers in `google.protobuf.FieldDescriptorProto.Type`.
package enum FieldType: Int32, Sendable {
  case double = 1
  case float, int64, uint64, int32, fixed64, fixed32, bool, string, group, message, bytes, uint32
  case enumeration, sfixed32, sfixed64, sint32, sint64

  /// As a `.proto` file writes it; nil for types that have a name of their own.
  static let keywords: [String: FieldType] = [
    "double": .double, "float": .float, "int64": .int64, "uint64": .uint64, "int32": .int32,
    "fixed64": .fixed64, "fixed32": .fixed32, "bool": .bool, "string": .string, "bytes": .bytes,
    "uint32": .uint32, "sfixed32": .sfixed32, "sfixed64": .sfixed64, "sint32": .sint32,
    "sint64": .sint64,
  ]

  /// Whether many values can share one length: all but strings, bytes, messages and groups.
  package var isPackable: Bool {
    switch self {
    case .string, .bytes, .message, .group: false
    default: true
    }
  }
}

/// How many values a field has, with the numbers in `google.protobuf.FieldDescriptorProto.Label`.
package enum FieldLabel: Int32, Sendable {
  case optional = 1
  case required, repeated
}

/// The rules that a file follows, with their numbers in `google.protobuf.Edition`.
package enum Edition: Int32, Sendable, Comparable {
  case proto2 = 998
  case proto3 = 999
  case edition2023 = 1000
  case edition2024 = 1001

  package static func < (first: Edition, second: Edition) -> Bool {
    first.rawValue < second.rawValue
  }
}

extension FieldDeclaration {
  var fieldType: FieldType? {
    get { type.flatMap(FieldType.init(rawValue:)) }
    set { type = newValue?.rawValue }
  }

  var fieldLabel: FieldLabel? {
    get { label.flatMap(FieldLabel.init(rawValue:)) }
    set { label = newValue?.rawValue }
  }
}

extension FileDeclaration {
  /// The file's rules; nil for ones that are not known here.
  package var rules: Edition? {
    switch syntax {
    case nil, "", "proto2": .proto2
    case "proto3": .proto3
    case "editions": edition.flatMap(Edition.init(rawValue:))
    default: nil
    }
  }
}
