import ProtobufWire

/// How a message is written in the text format.
package struct TextEncodingOptions: Sendable, Equatable {
  /// Whether unknown fields are written, by their numbers.
  package var writesUnknownFields: Bool

  package init(writesUnknownFields: Bool = false) {
    self.writesUnknownFields = writesUnknownFields
  }
}

extension DynamicMessage {
  /// The message in the text format, a field a line; see "Text Format Language Specification".
  package func text(_ options: TextEncodingOptions = .init()) -> String {
    var writer = TextWriter(options: options)
    writer.write(self)
    return writer.text
  }
}

struct TextWriter {
  let options: TextEncodingOptions
  var text = ""
  private var depth = 0

  init(options: TextEncodingOptions) { self.options = options }

  mutating func write(_ message: DynamicMessage) {
    if writeAny(message) { return }
    for entry in message.entries { write(entry.value, of: entry.field, message.schema) }
    if options.writesUnknownFields { writeUnknown(message.unknownFields) }
  }

  private mutating func writeLine(_ line: String) {
    text += String(repeating: "  ", count: depth) + line + "\n"
  }

  private mutating func writeBlock(_ name: String, _ body: (inout TextWriter) -> Void) {
    writeLine(name + " {")
    depth += 1
    body(&self)
    depth -= 1
    writeLine("}")
  }

  private mutating func write(
    _ value: DynamicValue, of field: FieldDescriptor, _ schema: Schema
  ) {
    let name = field.textName(in: schema)
    switch value {
    case .repeated(let values): for element in values { write(element, of: field, schema) }
    case .message(let message): writeBlock(name) { $0.write(message) }
    case .map(let entries):
      guard let types = field.mapTypes else { return }
      for (key, element) in entries.sorted(by: { $0.key < $1.key }) {
        writeBlock(name) { writer in
          writer.write(key.value(of: types.key.type), of: types.key, schema)
          writer.write(element, of: types.value, schema)
        }
      }
    default: writeLine(name + ": " + Self.scalar(value, of: field, schema))
    }
  }

  private static func scalar(
    _ value: DynamicValue, of field: FieldDescriptor, _ schema: Schema
  ) -> String {
    switch value {
    case .bool(let flag): flag ? "true" : "false"
    case .int32(let number): "\(number)"
    case .int64(let number): "\(number)"
    case .uint32(let number): "\(number)"
    case .uint64(let number): "\(number)"
    case .float(let number): FloatText.text(of: number)
    case .double(let number): FloatText.text(of: number)
    case .string(let string): quoted(Array(string.utf8))
    case .bytes(let bytes): quoted(bytes)
    case .enumeration(let number):
      schema.enumeration(of: field)?.name(of: number) ?? "\(number)"
    // Each is written by itself.
    case .message, .repeated, .map: ""
    }
  }

  private static func quoted(_ bytes: [UInt8]) -> String { "\"" + escaped(bytes) + "\"" }
}

// Messages of which the schema knows less, or more.
extension TextWriter {
  /// The message in an `Any`, if its type is known: `[type.googleapis.com/name] { fields }`.
  private mutating func writeAny(_ message: DynamicMessage) -> Bool {
    // An `Any` in an `Any` in an `Any` is bytes, whose depth no decoder has bounded.
    guard message.descriptor.wellKnown == .any, depth < 200,
      case .string(let url)? = message.value(named: "type_url"),
      let slash = url.lastIndex(of: "/"),
      let type = message.schema.message(named: String(url[url.index(after: slash)...]))
    else { return false }
    var bytes: [UInt8] = []
    if case .bytes(let value)? = message.value(named: "value") { bytes = value }
    guard let content = try? DynamicMessage(decoding: bytes, type, of: message.schema) else {
      return false
    }
    writeBlock("[\(url)]") { $0.write(content) }
    return true
  }

  private mutating func writeUnknown(_ bytes: [UInt8]) {
    var reader = WireReader(count: bytes.count)
    // They were read before, so that none is malformed.
    while reader.position < reader.end, (try? reader.readTag(bytes.span)) != nil {
      guard (try? writeUnknownValue(bytes, &reader)) != nil else { return }
    }
  }

  private mutating func writeUnknownValue(
    _ bytes: [UInt8], _ reader: inout WireReader
  ) throws(WireError) {
    let number = reader.tag.number
    switch reader.tag.type {
    case .varint: writeLine("\(number): \(try reader.readVarint(bytes.span))")
    case .i32:
      writeLine("\(number): \(Self.hexadecimal(UInt64(try reader.readFixed32(bytes.span)), 8))")
    case .i64: writeLine("\(number): \(Self.hexadecimal(try reader.readFixed64(bytes.span), 16))")
    case .len:
      let content = try reader.readBytes(bytes.span)
      if depth < 10, !content.isEmpty, Self.isMessage(content) {
        writeBlock("\(number)") { $0.writeUnknown(content) }
      } else {
        writeLine("\(number): \(Self.quoted(content))")
      }
    case .startGroup:
      let start = reader.position
      try reader.skipValue(bytes.span)
      // Without the tag that ends it, which is as long as the one that began it.
      let end = reader.position - varint(UInt64(number) << 3).count
      writeBlock("\(number)") { $0.writeUnknown(Array(bytes[start..<max(start, end)])) }
    case .endGroup: try reader.skipValue(bytes.span)
    }
  }

  /// Whether bytes can be read as fields.
  private static func isMessage(_ bytes: [UInt8]) -> Bool {
    var reader = WireReader(count: bytes.count)
    while reader.position < reader.end {
      guard (try? reader.readTag(bytes.span)) != nil,
        (try? reader.skipValue(bytes.span)) != nil
      else { return false }
    }
    return true
  }

  private static func hexadecimal(_ number: UInt64, _ width: Int) -> String {
    let digits = String(number, radix: 16)
    return "0x" + String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}

extension FieldDescriptor {
  /// A group has the name of its message; an extension its own between brackets.
  func textName(in schema: Schema) -> String {
    guard let message = schema.message(of: self) else { return displayName }
    if isExtension {
      return isNamedByType(message, in: schema) ? "[\(message.fullName)]" : displayName
    }
    // A group's message stands beside its field, wherever else one of such a name is.
    let scope = schema.tables.messages[containing].fullName + "."
    let name = message.fullName.dropFirst(scope.count)
    guard type == .group, message.fullName.hasPrefix(scope), name.lowercased() == self.name else {
      return displayName
    }
    return String(name)
  }

  /// Whether an extension of a message set is declared in the very message that it holds, whose name it
  /// then has in the text format.
  func isNamedByType(_ message: MessageDescriptor, in schema: Schema) -> Bool {
    schema.tables.messages[containing].isMessageSet && !isRepeated
      && fullName == message.fullName + "." + name
  }
}
