import ProtobufSchema

/// What an item means. Its words are made only where they are asked for.
enum Meaning: Sendable {
  case ready(text: String, detail: String)
  case frame(FrameHeader)
  case header(HeaderText, HeaderWriting)
  case message(MessageMeaning)
  case field(FieldMeaning)

  /// One line for people.
  func append(to text: inout TextBuffer) {
    switch self {
    case .ready(let ready, _): text.append(ready)
    case .frame(let header): header.append(to: &text)
    case .header(let field, let writing):
      let line = field.line
      text.append(line.span)
      if writing.isInferred { text.append(literal: "  (inferred)") }
    case .message(let message): message.append(to: &text)
    case .field(let field): field.append(to: &text)
    }
  }

  /// How it is written.
  func appendDetail(to text: inout TextBuffer) {
    switch self {
    case .ready(_, let detail): text.append(detail)
    case .frame(let header): header.appendFlags(to: &text)
    case .header(_, let writing): writing.append(to: &text)
    case .message: break
    case .field(let field): text.append(Tag.names[Int(field.wireType)])
    }
  }

  var hasDetail: Bool {
    switch self {
    case .ready(_, let detail): !detail.isEmpty
    case .frame(let header): header.hasNamedFlags
    case .message: false
    case .header, .field: true
    }
  }

  var hasMembers: Bool { if case .ready = self { false } else { true } }

  /// What it means, for programs.
  func forEachMember(_ body: (StaticString, MemberValue) -> Void) {
    switch self {
    case .ready: break
    case .frame(let header):
      body("stream", .value(.number(UInt64(header.stream))))
      body("length", .value(.number(UInt64(clamping: header.length))))
      body("flags", .value(.texts(header.flagNames)))
      body("flagByte", .value(.number(UInt64(header.flags))))
    case .header(let field, let writing):
      body("name", .value(.text(field.name)))
      for (name, value) in field.members { body(name, .value(value)) }
      writing.forEachMember(body)
    case .message(let message): message.forEachMember(body)
    case .field(let field): field.forEachMember(body)
    }
  }
}

/// A member's value, as it is at hand.
enum MemberValue {
  case value(ItemValue)
  /// Text.
  case utf8([UInt8])
  /// Bytes that are told in hexadecimal digits.
  case hex(ArraySlice<UInt8>)

  var item: ItemValue {
    switch self {
    case .value(let value): value
    case .utf8(let bytes): .text(String(decoding: bytes, as: UTF8.self))
    case .hex(let bytes): .text(Hex.text(bytes.span))
    }
  }
}

/// A gRPC message behind its five bytes.
struct MessageMeaning: Sendable {
  var number: Int
  /// What its prefix says; nil if it is cut off in that.
  var prefix: (flag: UInt8, length: Int)?
  var type: MessageDescriptor?
  var isGuess = false
  /// How many bytes of it there are, if not all.
  var there: Int?

  func append(to text: inout TextBuffer) {
    text.append(literal: "gRPC message ")
    text.append(decimal: number)
    guard let prefix else { return text.append(literal: ", cut off in its prefix") }
    text.append(literal: ": ")
    text.append(decimal: prefix.length)
    text.append(literal: " bytes")
    if prefix.flag == 1 { text.append(literal: ", compressed") }
    if let type {
      text.append(literal: ", ")
      text.append(type.fullName)
    }
    if isGuess { text.append(literal: " (a guess)") }
    if let there {
      text.append(literal: ", ")
      text.append(decimal: there)
      text.append(literal: " of them are there")
    }
  }

  func forEachMember(_ body: (StaticString, MemberValue) -> Void) {
    body("message", .value(.number(UInt64(clamping: number))))
    guard let prefix else { return }
    body("size", .value(.number(UInt64(clamping: prefix.length))))
    body("compressed", .value(.flag(prefix.flag == 1)))
    if let type { body("messageType", .value(.text(type.fullName))) }
    if isGuess { body("typeIsGuess", .value(.flag(true))) }
  }
}
