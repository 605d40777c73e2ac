import ProtobufSchema

/// A field of a protobuf message.
struct FieldMeaning: Sendable {
  enum Value: Sendable {
    /// A number, a name, or the tag of a secret.
    case text(String)
    /// Valid UTF-8.
    case string([UInt8])
    case bytes(ArraySlice<UInt8>)
    case packed([String])
    case message(MessageDescriptor?, size: Int)
    /// What is no value.
    case remark(String)
  }

  /// How many bytes are shown of what is no text, and how many values of a packed field.
  private static let (shownBytes, shownValues) = (32, 16)

  var number: UInt32
  var wireType: UInt8
  /// The field numbers that lead to the message, with a dot behind each.
  var path: String
  var descriptor: FieldDescriptor?
  var value: Value

  func append(to text: inout TextBuffer) {
    text.append(decimal: UInt64(number))
    if let descriptor {
      text.append(literal: " (")
      text.append(descriptor.displayName)
      text.append(literal: ")")
    }
    text.append(literal: ": ")
    appendValue(to: &text)
  }

  private func appendValue(to text: inout TextBuffer) {
    switch value {
    case .text(let value), .remark(let value): text.append(value)
    case .string(let bytes): Self.append(quoted: bytes, to: &text)
    case .bytes(let bytes): Self.append(bytes, to: &text)
    case .packed(let values):
      let shown = values.prefix(Self.shownValues).joined(separator: ", ")
      text.append("[\(shown)\(values.count > Self.shownValues ? ", …" : "")]")
    case .message(let type, let size):
      if let type {
        text.append(type.fullName)
        text.append(literal: " ")
      }
      text.append(literal: "{")
      text.append(decimal: size)
      text.append(literal: " bytes}")
    }
  }

  private static func append(_ bytes: ArraySlice<UInt8>, to text: inout TextBuffer) {
    let shown = bytes.prefix(shownBytes)
    text.append(literal: "`")
    text.append(hexOf: shown.span)
    text.append(literal: "`")
    if bytes.count > shownBytes { text.append("… (\(bytes.count) bytes)") }
  }

  /// As `String.quoted()` has it; plain ASCII, which is most, without the detour.
  private static func append(quoted bytes: [UInt8], to text: inout TextBuffer) {
    let limit = 160
    // One more, because it decides whether the last one shown is a character by itself.
    let isPlain = bytes.prefix(limit + 1).allSatisfy {
      0x20..<0x7f ~= $0 && $0 != UInt8(ascii: "\\") && $0 != UInt8(ascii: "\"")
    }
    guard isPlain else {
      return text.append(String(decoding: bytes, as: UTF8.self).quoted(limit: limit))
    }
    text.append(literal: "\"")
    text.append(bytes.span.extracting(0..<min(limit, bytes.count)))
    if bytes.count > limit { text.append(literal: "\"…") } else { text.append(literal: "\"") }
  }

  func forEachMember(_ body: (StaticString, MemberValue) -> Void) {
    body("field", .value(.number(UInt64(number))))
    body("path", .value(.text(path + String(number))))
    if let descriptor { body("name", .value(.text(descriptor.displayName))) }
    body("wire", .value(.text(Tag.names[Int(wireType)])))
    forEachMemberOfValue(body)
  }

  func forEachMemberOfValue(_ body: (StaticString, MemberValue) -> Void) {
    switch value {
    case .text(let text): body("value", .value(.text(text)))
    case .string(let bytes): body("value", .utf8(bytes))
    case .bytes(let bytes): body("hex", .hex(bytes))
    case .packed(let values): body("values", .value(.texts(values)))
    case .message(let type, _):
      if let type { body("message", .value(.text(type.fullName))) }
    case .remark: break
    }
  }
}
