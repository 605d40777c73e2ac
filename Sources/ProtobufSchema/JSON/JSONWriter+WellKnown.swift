// The messages that have a form of their own.
extension JSONWriter {
  mutating func write(_ message: DynamicMessage, _ type: WellKnownType) throws(JSONError) {
    switch type {
    case .any: try writeAny(message)
    case .structure: try writeStruct(message)
    case .listValue: try writeList(message)
    case .value: try writeAnything(message)
    case .fieldMask: try writeMask(message)
    case .duration:
      guard let text = TimeText.text(ofDuration: message.time) else {
        throw JSONError("a duration beyond 315576000000 seconds, or with parts of different signs")
      }
      writeString(text)
    case .timestamp:
      guard let text = TimeText.text(ofTimestamp: message.time) else {
        throw JSONError("a timestamp outside of the years from 1 to 9999")
      }
      writeString(text)
    default:
      guard let field = message.descriptor.field(number: 1),
        let value = message.value(of: field) ?? field.type.zero
      else { return }
      try writeScalar(value, field.type)
    }
  }

  private mutating func writeMask(_ message: DynamicMessage) throws(JSONError) {
    var paths: [String] = []
    if case .repeated(let values)? = message.value(number: 1) {
      for case .string(let path) in values {
        guard let text = FieldMaskText.camelCase(path) else {
          throw JSONError("a path of a field mask that camel case cannot hold")
        }
        paths.append(text)
      }
    }
    writeString(paths.joined(separator: ","))
  }

  private mutating func writeStruct(_ message: DynamicMessage) throws(JSONError) {
    append("{")
    var isFirst = true
    if case .map(let entries)? = message.value(number: 1) {
      for (key, value) in entries.sorted(by: { $0.key < $1.key }) {
        guard case .string(let name) = key, case .message(let inner) = value else { continue }
        writeName(name, &isFirst)
        try write(inner)
      }
    }
    append("}")
  }

  private mutating func writeList(_ message: DynamicMessage) throws(JSONError) {
    append("[")
    if case .repeated(let values)? = message.value(number: 1) {
      for (index, value) in values.enumerated() {
        guard case .message(let inner) = value else { continue }
        if index > 0 { append(",") }
        try write(inner)
      }
    }
    append("]")
  }

  /// A value without any of its kinds is null, too.
  private mutating func writeAnything(_ message: DynamicMessage) throws(JSONError) {
    guard let entry = message.entries.first else { return append("null") }
    switch entry.value {
    case .message(let inner): try write(inner)
    case .enumeration: append("null")
    case .double(let number):
      guard number.isFinite else { throw JSONError("JSON has no number for NaN and infinity") }
      try writeScalar(entry.value, .double)
    default: try writeScalar(entry.value, entry.field.type)
    }
  }

  private mutating func writeAny(_ message: DynamicMessage) throws(JSONError) {
    guard case .string(let url)? = message.value(number: 1) else {
      guard message.entries.isEmpty else { throw JSONError("an Any without a type") }
      return append("{}")
    }
    guard let slash = url.lastIndex(of: "/"),
      let type = message.schema.message(named: String(url[url.index(after: slash)...]))
    else { throw JSONError("the type of an Any is not known here") }
    var bytes: [UInt8] = []
    if case .bytes(let value)? = message.value(number: 2) { bytes = value }
    let content: DynamicMessage
    do {
      content = try DynamicMessage(decoding: bytes, type, of: message.schema)
    } catch {
      throw JSONError("the content of an Any is not of its type: \(error)")
    }
    append("{")
    var isFirst = true
    writeName("@type", &isFirst)
    writeString(url)
    if let wellKnown = type.wellKnown {
      writeName("value", &isFirst)
      try write(content, wellKnown)
    } else {
      try writeFields(of: content, &isFirst)
    }
    append("}")
  }
}

extension DynamicMessage {
  fileprivate func value(number: Int32) -> DynamicValue? {
    descriptor.field(number: number).flatMap { value(of: $0) }
  }

  fileprivate var time: TimeText.Parts {
    var parts = TimeText.Parts(seconds: 0, nanoseconds: 0)
    if case .int64(let seconds)? = value(number: 1) { parts.seconds = seconds }
    if case .int32(let nanoseconds)? = value(number: 2) { parts.nanoseconds = nanoseconds }
    return parts
  }
}
