/// Reads the value of an option statement as what the option's type says.
struct OptionValue {
  let interpreter: OptionInterpreter
  let statement: OptionStatement
  let schema: Schema

  func value(of field: FieldDescriptor) throws(SchemaError) -> DynamicValue {
    switch (field.type, statement.value) {
    case (.message, .aggregate(let tokens)), (.group, .aggregate(let tokens)):
      guard let empty = DynamicMessage(inside: field, of: schema) else { throw unfit(field) }
      var message = empty
      var parser = TextParser(
        tokens: tokens, file: interpreter.file, pool: interpreter.pool,
        resolver: interpreter.resolver)
      try parser.parse(into: &message)
      return .message(message)
    case (.enumeration, .identifier(let name)):
      guard let number = schema.enumeration(of: field)?.number(of: name) else {
        throw interpreter.error(
          "the enum of \"\(statement.text)\" has no value \"\(name)\"", statement)
      }
      return .enumeration(number)
    default:
      guard let value = field.type.scalar(statement.value) else { throw unfit(field) }
      return value
    }
  }

  private func unfit(_ field: FieldDescriptor) -> SchemaError {
    interpreter.error(
      "the value of \"\(statement.text)\" is none that a field of type \(field.type) can hold",
      statement)
  }
}

extension FieldType {
  /// A literal as a value of a scalar type; nil if it does not fit.
  func scalar(_ literal: OptionStatement.Value) -> DynamicValue? {
    switch (self, literal) {
    case (.bool, .identifier("true")): return .bool(true)
    case (.bool, .identifier("false")): return .bool(false)
    case (.string, .string(let bytes)):
      return String(validating: bytes, as: UTF8.self).map { .string($0) } ?? .bytes(bytes)
    case (.bytes, .string(let bytes)): return .bytes(bytes)
    case (.double, _): return Self.number(literal).map { .double($0) }
    case (.float, _): return Self.number(literal).map { .float(Float($0)) }
    case (_, .integer(let magnitude?, let isNegative)):
      return value(of: magnitude, isNegative: isNegative)
    default: return nil
    }
  }

  private static func number(_ literal: OptionStatement.Value) -> Double? {
    switch literal {
    case .integer(let magnitude?, let isNegative):
      isNegative ? -Double(magnitude) : Double(magnitude)
    case .float(let number): number
    case .identifier("inf"): .infinity
    case .identifier("nan"): .nan
    default: nil
    }
  }

  /// A number as a value; nil if this is no integer type, or one that cannot hold it.
  func value(of magnitude: UInt64, isNegative: Bool) -> DynamicValue? {
    switch self {
    case .uint32, .fixed32:
      isNegative ? nil : UInt32(exactly: magnitude).map { .uint32($0) }
    case .uint64, .fixed64: isNegative ? nil : .uint64(magnitude)
    case .int32, .sint32, .sfixed32:
      signed(magnitude, isNegative).flatMap { Int32(exactly: $0) }.map { .int32($0) }
    case .int64, .sint64, .sfixed64: signed(magnitude, isNegative).map { .int64($0) }
    default: nil
    }
  }

  /// A number in decimal digits; nil if this is no integer type, or one that cannot hold it.
  func value(ofDecimal text: String) -> DynamicValue? {
    switch self {
    case .int32, .sint32, .sfixed32: Int32(text).map { .int32($0) }
    case .int64, .sint64, .sfixed64: Int64(text).map { .int64($0) }
    case .uint32, .fixed32: UInt32(text).map { .uint32($0) }
    case .uint64, .fixed64: UInt64(text).map { .uint64($0) }
    default: nil
    }
  }

  /// A default as a descriptor has it; nil if it is none of this type. Enums are left to the caller.
  func value(ofDefault text: String) -> DynamicValue? {
    switch self {
    case .bool: text == "true" ? .bool(true) : (text == "false" ? .bool(false) : nil)
    case .string: .string(text)
    case .bytes: unescaped(text).map { .bytes($0) }
    case .float: Float(text).map { .float($0) }
    case .double: Double(text).map { .double($0) }
    default: value(ofDecimal: text)
    }
  }
}
