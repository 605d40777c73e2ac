// The messages that have a form of their own.
extension JSONReader {
  mutating func read(
    _ value: JSONValue, _ type: WellKnownType, into message: inout DynamicMessage
  ) throws(JSONError) {
    switch type {
    case .any: try readAny(value, into: &message)
    case .structure: try readStruct(value, into: &message)
    case .listValue: try readList(value, into: &message)
    case .value: try readAnything(value, into: &message)
    case .duration:
      guard case .string(let text) = value, let span = TimeText.duration(text) else {
        throw JSONError("expected a duration in seconds, such as \"1.5s\"")
      }
      message.setTime(span)
    case .timestamp:
      guard case .string(let text) = value, let time = TimeText.timestamp(text) else {
        throw JSONError("expected a time of RFC 3339, such as \"2024-02-29T12:00:00.5Z\"")
      }
      message.setTime(time)
    case .fieldMask: try readMask(value, into: &message)
    default:
      guard let field = message.descriptor.field(number: 1) else { return }
      let read = try readScalar(field.type, value)
      message.set(field, read.isZero ? nil : read)
    }
  }

  private func readMask(
    _ value: JSONValue, into message: inout DynamicMessage
  ) throws(JSONError) {
    guard case .string(let text) = value else { throw unfit(value, "a string of paths") }
    var paths: [DynamicValue] = []
    for path in text.split(separator: ",", omittingEmptySubsequences: text.isEmpty) {
      guard let name = FieldMaskText.snakeCase(String(path)) else {
        throw JSONError("a path of a field mask is in camel case")
      }
      paths.append(.string(name))
    }
    if let field = message.descriptor.field(number: 1) {
      message.set(field, paths.isEmpty ? nil : .repeated(paths))
    }
  }

  private mutating func readStruct(
    _ value: JSONValue, into message: inout DynamicMessage
  ) throws(JSONError) {
    guard case .object(let members) = value else { throw unfit(value, "an object") }
    guard let field = message.descriptor.field(number: 1), let types = field.mapTypes,
      let empty = DynamicMessage(inside: types.value, of: message.schema)
    else { return }
    var entries: [MapKey: DynamicValue] = [:]
    for member in members {
      var inner = empty
      try read(member.value, into: &inner)
      entries[.string(member.name)] = .message(inner)
    }
    message.set(field, entries.isEmpty ? nil : .map(entries))
  }

  private mutating func readList(
    _ value: JSONValue, into message: inout DynamicMessage
  ) throws(JSONError) {
    guard case .array(let elements) = value else { throw unfit(value, "an array") }
    guard let field = message.descriptor.field(number: 1),
      let empty = DynamicMessage(inside: field, of: message.schema)
    else { return }
    var values: [DynamicValue] = []
    for element in elements {
      var inner = empty
      try read(element, into: &inner)
      values.append(.message(inner))
    }
    message.set(field, values.isEmpty ? nil : .repeated(values))
  }

  /// Any value of JSON, as `google.protobuf.Value` holds it.
  private mutating func readAnything(
    _ value: JSONValue, into message: inout DynamicMessage
  ) throws(JSONError) {
    switch value {
    case .null: message.set(number: 1, .enumeration(0))
    case .number(let text):
      guard let number = JSONNumber.double(text) else {
        throw JSONError("not a number that a field of type double can hold")
      }
      message.set(number: 2, .double(number))
    case .string(let text): message.set(number: 3, .string(text))
    case .bool(let flag): message.set(number: 4, .bool(flag))
    case .object, .array:
      let number: Int32 = if case .object = value { 5 } else { 6 }
      guard let field = message.descriptor.field(number: number),
        var inner = DynamicMessage(inside: field, of: message.schema)
      else { return }
      try read(value, into: &inner)
      message.set(field, .message(inner))
    }
  }

  private mutating func readAny(
    _ value: JSONValue, into message: inout DynamicMessage
  ) throws(JSONError) {
    guard case .object(let members) = value else { throw unfit(value, "an object") }
    guard !members.isEmpty else { return }
    guard case .string(let url)? = members.first(where: { $0.name == "@type" })?.value else {
      throw JSONError("expected an object with \"@type\"")
    }
    guard let slash = url.lastIndex(of: "/"),
      let type = message.schema.message(named: String(url[url.index(after: slash)...]))
    else { throw JSONError("\"@type\" is not the URL of a message that is known here") }
    var content = DynamicMessage(type, of: message.schema)
    if type.wellKnown == nil {
      try readFields(value, into: &content, except: "@type")
    } else {
      try readWrapped(members, into: &content)
    }
    do {
      let bytes = try content.encoded()
      message.set(number: 1, .string(url))
      message.set(number: 2, bytes.isEmpty ? nil : .bytes(bytes))
    } catch {
      throw JSONError("\(error)")
    }
  }

  /// A message with a form of its own stands beside its type, under the name `value`.
  private mutating func readWrapped(
    _ members: [JSONValue.Member], into content: inout DynamicMessage
  ) throws(JSONError) {
    for member in members where member.name != "@type" && member.name != "value" {
      if !options.ignoresUnknownFields {
        throw JSONError("only \"value\" can stand beside \"@type\" here").inside(member.name)
      }
    }
    guard let value = members.first(where: { $0.name == "value" })?.value else {
      throw JSONError("expected \"value\" beside \"@type\"")
    }
    try read(value, into: &content)
  }
}

extension DynamicMessage {
  fileprivate mutating func set(number: Int32, _ value: DynamicValue?) {
    if let field = descriptor.field(number: number) { set(field, value) }
  }

  fileprivate mutating func setTime(_ time: TimeText.Parts) {
    set(number: 1, time.seconds == 0 ? nil : .int64(time.seconds))
    set(number: 2, time.nanoseconds == 0 ? nil : .int32(time.nanoseconds))
  }
}
