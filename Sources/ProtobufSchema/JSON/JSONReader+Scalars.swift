extension JSONReader {
  func readEnum(_ type: EnumDescriptor, _ value: JSONValue) throws(JSONError) -> DynamicValue? {
    switch value {
    case .null where type.fullName == "google.protobuf.NullValue": return .enumeration(0)
    case .string(let name):
      if let number = type.number(of: name) { return .enumeration(number) }
      if options.ignoresUnknownFields { return nil }
      throw JSONError("\"\(type.fullName)\" has no value of that name")
    case .number:
      guard case .int32(let number)? = try? readScalar(.int32, value) else {
        throw JSONError("not a number that an enum value can have")
      }
      if type.isClosed, type.name(of: number) == nil {
        if options.ignoresUnknownFields { return nil }
        throw JSONError("the closed enum \"\(type.fullName)\" has no value \(number)")
      }
      return .enumeration(number)
    default: throw unfit(value, "the name or the number of an enum value")
    }
  }

  func readScalar(_ type: FieldType, _ value: JSONValue) throws(JSONError) -> DynamicValue {
    switch (type, value) {
    case (.bool, .bool(let flag)): return .bool(flag)
    case (.bool, _): throw unfit(value, "true or false")
    case (.string, .string(let text)): return .string(text)
    case (.string, _): throw unfit(value, "a string")
    case (.bytes, .string(let text)):
      guard let bytes = JSONBase64.decode(text) else { throw JSONError("not Base64") }
      return .bytes(bytes)
    case (.bytes, _): throw unfit(value, "a string in Base64")
    case (.double, _): return .double(try readDouble(value, type))
    case (.float, _): return .float(try readFloat(value))
    case (_, .number(let text)), (_, .string(let text)):
      guard let (isNegative, magnitude) = JSONNumber.integer(text),
        let number = type.value(of: magnitude, isNegative: isNegative && magnitude > 0)
      else { throw JSONError("not an integer that a field of type \(type) can hold") }
      return number
    default: throw unfit(value, "an integer")
    }
  }

  private func readDouble(_ value: JSONValue, _ type: FieldType) throws(JSONError) -> Double {
    switch value {
    case .string("NaN"): return .nan
    case .string("Infinity"): return .infinity
    case .string("-Infinity"): return -.infinity
    case .number(let text), .string(let text):
      guard let number = JSONNumber.double(text) else {
        throw JSONError("not a number that a field of type \(type) can hold")
      }
      return number
    default: throw unfit(value, "a number")
    }
  }

  private func readFloat(_ value: JSONValue) throws(JSONError) -> Float {
    let number = try readDouble(value, .float)
    let float = Float(number)
    // The digits of the largest float are more than it is, and mean it all the same.
    guard float.isFinite || !number.isFinite else {
      throw JSONError("not a number that a field of type float can hold")
    }
    return float
  }

  /// The key of a map, which is a name in JSON whatever its type.
  func readKey(_ name: String, _ type: FieldType) throws(JSONError) -> MapKey {
    let value: DynamicValue
    switch (type, name) {
    case (.bool, "true"): value = .bool(true)
    case (.bool, "false"): value = .bool(false)
    case (.bool, _): throw JSONError("expected \"true\" or \"false\" as the key")
    default: value = try readScalar(type, .string(name))
    }
    guard let key = MapKey(value) else { throw JSONError("a key of type \(type) does not exist") }
    return key
  }
}
