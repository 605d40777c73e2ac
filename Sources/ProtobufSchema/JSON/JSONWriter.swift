/// How a message is written in JSON.
package struct JSONEncodingOptions: Sendable, Equatable {
  /// Whether fields have the names of the `.proto` file instead of those in camel case.
  package var usesOriginalNames: Bool
  /// Whether fields without presence are written though they have their default values.
  package var writesDefaults: Bool

  package init(usesOriginalNames: Bool = false, writesDefaults: Bool = false) {
    self.usesOriginalNames = usesOriginalNames
    self.writesDefaults = writesDefaults
  }
}

extension DynamicMessage {
  /// The message in its JSON form; see "ProtoJSON Format". Unknown fields have none.
  ///
  /// - Throws: ``JSONError`` for a value that JSON cannot hold, such as a time beyond year 9999.
  package func json(_ options: JSONEncodingOptions = .init()) throws(JSONError) -> String {
    var writer = JSONWriter(options: options)
    try writer.write(self)
    return String(decoding: writer.text, as: UTF8.self)
  }
}

struct JSONWriter {
  let options: JSONEncodingOptions
  var text: [UInt8] = []

  init(options: JSONEncodingOptions) { self.options = options }

  mutating func append(_ string: String) { text.append(contentsOf: string.utf8) }

  mutating func write(_ message: DynamicMessage) throws(JSONError) {
    if let type = message.descriptor.wellKnown {
      try write(message, type)
    } else {
      append("{")
      var isFirst = true
      try writeFields(of: message, &isFirst)
      append("}")
    }
  }

  /// A name of an object and the point between it and its value; a comma before all but the first.
  mutating func writeName(_ name: String, _ isFirst: inout Bool) {
    if !isFirst { append(",") }
    isFirst = false
    writeString(name)
    append(":")
  }

  mutating func writeFields(
    of message: DynamicMessage, _ isFirst: inout Bool
  ) throws(JSONError) {
    if options.writesDefaults {
      for field in message.descriptor.fields {
        if let value = message.value(of: field) ?? field.writtenDefault {
          try writeField(field, value, message.schema, &isFirst)
        }
      }
    }
    for entry in message.entries where entry.field.isExtension || !options.writesDefaults {
      try writeField(entry.field, entry.value, message.schema, &isFirst)
    }
  }

  private mutating func writeField(
    _ field: FieldDescriptor, _ value: DynamicValue, _ schema: Schema, _ isFirst: inout Bool
  ) throws(JSONError) {
    if field.presence == .implicit, value.isZero, !options.writesDefaults { return }
    let isOriginal = field.isExtension || options.usesOriginalNames
    writeName(isOriginal ? field.displayName : field.jsonName, &isFirst)
    do {
      try write(value, of: field, schema)
    } catch {
      throw error.inside(field.displayName)
    }
  }

  private mutating func write(
    _ value: DynamicValue, of field: FieldDescriptor, _ schema: Schema
  ) throws(JSONError) {
    switch value {
    case .repeated(let values):
      append("[")
      for (index, element) in values.enumerated() {
        if index > 0 { append(",") }
        try write(element, of: field, schema)
      }
      append("]")
    case .map(let entries):
      guard let types = field.mapTypes else { return }
      append("{")
      var isFirst = true
      for (key, element) in entries.sorted(by: { $0.key < $1.key }) {
        writeName(key.text, &isFirst)
        try write(element, of: types.value, schema)
      }
      append("}")
    case .message(let message): try write(message)
    case .enumeration(let number): writeEnum(number, schema.enumeration(of: field))
    default: try writeScalar(value, field.type)
    }
  }

  private mutating func writeEnum(_ number: Int32, _ type: EnumDescriptor?) {
    if type?.fullName == "google.protobuf.NullValue" { return append("null") }
    if let name = type?.name(of: number) { writeString(name) } else { append("\(number)") }
  }

  mutating func writeScalar(_ value: DynamicValue, _ type: FieldType) throws(JSONError) {
    switch value {
    case .bool(let flag): append(flag ? "true" : "false")
    case .int32(let number): append("\(number)")
    case .uint32(let number): append("\(number)")
    // As strings, since most readers of JSON take numbers for doubles.
    case .int64(let number): append("\"\(number)\"")
    case .uint64(let number): append("\"\(number)\"")
    case .float(let number): writeFloating(number)
    case .double(let number): writeFloating(number)
    case .string(let string): writeString(string)
    case .bytes(let bytes):
      guard type == .bytes else { throw JSONError("a string that is not UTF-8") }
      append("\"\(JSONBase64.encode(bytes))\"")
    case .enumeration, .message, .repeated, .map: break
    }
  }

  private mutating func writeFloating<Number: BinaryFloatingPoint & CustomStringConvertible>(
    _ number: Number
  ) {
    if number.isNaN { return append("\"NaN\"") }
    if number.isInfinite { return append(number < 0 ? "\"-Infinity\"" : "\"Infinity\"") }
    let digits = number.description
    append(digits.hasSuffix(".0") ? String(digits.dropLast(2)) : digits)
  }

  mutating func writeString(_ string: String) {
    text.append(UInt8(ascii: "\""))
    for byte in string.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): text += [UInt8(ascii: "\\"), byte]
      case 0x0A: append("\\n")
      case 0x0D: append("\\r")
      case 0x09: append("\\t")
      case 0..<0x20: append(byte < 0x10 ? "\\u000" : "\\u00"); append(String(byte, radix: 16))
      default: text.append(byte)
      }
    }
    text.append(UInt8(ascii: "\""))
  }
}

extension MapKey {
  /// As a name of a JSON object.
  fileprivate var text: String {
    switch self {
    case .bool(let flag): flag ? "true" : "false"
    case .signed(let number): "\(number)"
    case .unsigned(let number): "\(number)"
    case .string(let text): text
    }
  }
}

extension FieldDescriptor {
  /// What stands for a field that is not there, where defaults are written.
  fileprivate var writtenDefault: DynamicValue? {
    if isMap { return .map([:]) }
    if isRepeated { return .repeated([]) }
    return presence == .implicit ? defaultValue : nil
  }
}
