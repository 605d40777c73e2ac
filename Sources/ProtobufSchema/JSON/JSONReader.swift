/// What a reader of JSON accepts.
package struct JSONDecodingOptions: Sendable, Equatable {
  /// Whether names of fields and enum values that are not known are passed over.
  package var ignoresUnknownFields: Bool

  package init(ignoresUnknownFields: Bool = false) {
    self.ignoresUnknownFields = ignoresUnknownFields
  }
}

extension DynamicMessage {
  /// Reads a message in its JSON form; see "ProtoJSON Format".
  ///
  /// - Throws: ``JSONError`` with the path or the byte of the first fault.
  package init(
    json text: [UInt8], _ descriptor: MessageDescriptor, of schema: Schema,
    options: JSONDecodingOptions = .init()
  ) throws(JSONError) {
    self.init(descriptor, of: schema)
    var reader = JSONReader(options: options)
    try reader.read(try JSONParser.parse(text), into: &self)
  }
}

/// Reads values of JSON into messages.
struct JSONReader {
  let options: JSONDecodingOptions
  /// As many levels as the binary form may have.
  private var depthLeft = 100

  init(options: JSONDecodingOptions) { self.options = options }

  func unfit(_ value: JSONValue, _ expected: String) -> JSONError {
    JSONError("expected \(expected), found \(value.kind)")
  }

  mutating func read(
    _ value: JSONValue, into message: inout DynamicMessage
  ) throws(JSONError) {
    guard depthLeft > 0 else { throw JSONError("messages are nested deeper than 100 levels") }
    depthLeft -= 1
    if let type = message.descriptor.wellKnown {
      try read(value, type, into: &message)
    } else {
      try readFields(value, into: &message, except: nil)
    }
    depthLeft += 1
  }

  /// - Parameter ignored: a name that is no field's: the type in an `Any`.
  mutating func readFields(
    _ value: JSONValue, into message: inout DynamicMessage, except ignored: String?
  ) throws(JSONError) {
    guard case .object(let members) = value else { throw unfit(value, "an object") }
    var seen: Set<Int32> = []
    for member in members where member.name != ignored {
      do throws(JSONError) {
        guard let field = field(named: member.name, of: message) else {
          if options.ignoresUnknownFields { continue }
          throw JSONError("\"\(message.descriptor.fullName)\" has no such field")
        }
        guard seen.insert(field.number).inserted else {
          throw JSONError("the field is there already, by its other name")
        }
        try readField(field, member.value, into: &message)
      } catch {
        throw error.inside(member.name)
      }
    }
  }

  private func field(named name: String, of message: DynamicMessage) -> FieldDescriptor? {
    if let field = message.descriptor.field(jsonName: name) { return field }
    guard name.hasPrefix("["), name.hasSuffix("]") else { return nil }
    guard let field = message.schema.fieldExtension(named: String(name.dropFirst().dropLast())),
      field.containing == message.descriptor.index
    else { return nil }
    return field
  }

  private mutating func readField(
    _ field: FieldDescriptor, _ value: JSONValue, into message: inout DynamicMessage
  ) throws(JSONError) {
    // Null is as good as not there, but where it is a value.
    if value == .null, field.isRepeated || !acceptsNull(field, message.schema) { return }
    if field.isMap { return try readMap(field, value, into: &message) }
    if field.isRepeated { return try readRepeated(field, value, into: &message) }
    if let oneof = field.oneof, let other = message.member(ofOneof: oneof), other !== field {
      throw JSONError("\"\(other.name)\" of the same oneof is there already")
    }
    if let read = try readOne(field, value, message.schema) {
      message.set(field, field.presence == .implicit && read.isZero ? nil : read)
    }
  }

  private func acceptsNull(_ field: FieldDescriptor, _ schema: Schema) -> Bool {
    if schema.message(of: field)?.wellKnown == .value { return true }
    return schema.enumeration(of: field)?.fullName == "google.protobuf.NullValue"
  }

  private mutating func readRepeated(
    _ field: FieldDescriptor, _ value: JSONValue, into message: inout DynamicMessage
  ) throws(JSONError) {
    guard case .array(let elements) = value else { throw unfit(value, "an array") }
    var values: [DynamicValue] = []
    for (index, element) in elements.enumerated() {
      do throws(JSONError) {
        guard element != .null || acceptsNull(field, message.schema) else {
          throw JSONError("null cannot stand in an array")
        }
        if let read = try readOne(field, element, message.schema) { values.append(read) }
      } catch {
        throw error.inside("[\(index)]")
      }
    }
    message.set(field, values.isEmpty ? nil : .repeated(values))
  }

  private mutating func readMap(
    _ field: FieldDescriptor, _ value: JSONValue, into message: inout DynamicMessage
  ) throws(JSONError) {
    guard case .object(let members) = value, let types = field.mapTypes else {
      throw unfit(value, "an object")
    }
    var entries: [MapKey: DynamicValue] = [:]
    for member in members {
      do throws(JSONError) {
        guard member.value != .null || acceptsNull(types.value, message.schema) else {
          throw JSONError("null cannot stand in a map")
        }
        let key = try readKey(member.name, types.key.type)
        guard let read = try readOne(types.value, member.value, message.schema) else { continue }
        guard entries.updateValue(read, forKey: key) == nil else {
          throw JSONError("the key is there already, written in another way")
        }
      } catch {
        throw error.inside("[\"\(member.name)\"]")
      }
    }
    message.set(field, entries.isEmpty ? nil : .map(entries))
  }

  /// One value; nil for an unknown name of an enum value that is to be passed over.
  private mutating func readOne(
    _ field: FieldDescriptor, _ value: JSONValue, _ schema: Schema
  ) throws(JSONError) -> DynamicValue? {
    if var message = DynamicMessage(inside: field, of: schema) {
      try read(value, into: &message)
      return .message(message)
    }
    if let type = schema.enumeration(of: field) { return try readEnum(type, value) }
    return try readScalar(field.type, value)
  }
}
