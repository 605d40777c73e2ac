/// An object in JSON, on one line, as UTF-8.
struct JSONLine {
  /// Each with a comma before it.
  private var members = TextBuffer()

  mutating func add(_ name: String, _ value: ItemValue) {
    members.append(memberNamed: name, value)
  }

  /// The whole object.
  var text: String {
    let members = members.string
    return "{" + members.dropFirst() + "}"
  }

  static func quoted(_ text: String) -> String {
    var quoted = TextBuffer()
    quoted.append(quoted: text)
    return quoted.string
  }
}

/// Members of an object in JSON, each with a comma before it.
extension TextBuffer {
  mutating func append(member name: StaticString, _ value: MemberValue) {
    append(nameOfMember: name)
    switch value {
    case .value(let value): append(value)
    case .utf8(let text): append(quoted: text.span)
    case .hex(let content):
      append(UInt8(ascii: "\""))
      append(hexOf: content.span)
      append(UInt8(ascii: "\""))
    }
  }

  mutating func append(member name: StaticString, _ value: ItemValue) {
    append(nameOfMember: name)
    append(value)
  }

  /// A member whose name is made while the program runs.
  mutating func append(memberNamed name: String, _ value: ItemValue) {
    append(literal: ",\"")
    append(name)
    append(literal: "\":")
    append(value)
  }

  private mutating func append(_ value: ItemValue) {
    switch value {
    case .text(let text): append(quoted: text)
    case .number(let number): append(number: number)
    case .flag(let flag):
      if flag { append(literal: "true") } else { append(literal: "false") }
    case .texts(let texts):
      append(UInt8(ascii: "["))
      for index in texts.indices {
        if index > 0 { append(UInt8(ascii: ",")) }
        append(quoted: texts[index])
      }
      append(UInt8(ascii: "]"))
    }
  }

  /// A number; a text if a reader of JSON might round it.
  mutating func append(number: UInt64) {
    guard number >= 1 << 53 else { return append(decimal: number) }
    append(UInt8(ascii: "\""))
    append(decimal: number)
    append(UInt8(ascii: "\""))
  }

  mutating func append(member name: StaticString, seconds nanoseconds: UInt64) {
    append(nameOfMember: name)
    append(decimal: nanoseconds / 1_000_000_000)
    append(UInt8(ascii: "."))
    append(decimal: nanoseconds / 1000 % 1_000_000, width: 6)
  }

  /// Where something stands, if it is in more than one place.
  mutating func append(piecesOf map: OffsetMap, _ range: Range<Int>) {
    guard !map.isInOnePlace else { return }
    let pieces = map.pieces(range)
    guard pieces.count > 1 else { return }
    append(literal: ",\"pieces\":[")
    for index in pieces.indices {
      if index > 0 { append(UInt8(ascii: ",")) }
      append(UInt8(ascii: "["))
      append(decimal: pieces[index].offset)
      append(UInt8(ascii: ","))
      append(decimal: pieces[index].count)
      append(UInt8(ascii: "]"))
    }
    append(UInt8(ascii: "]"))
  }

  private mutating func append(nameOfMember name: StaticString) {
    append(literal: ",\"")
    append(literal: name)
    append(literal: "\":")
  }

  mutating func append(quoted text: String) { append(quoted: text.utf8Span.span) }

  private mutating func append(quoted text: Span<UInt8>) {
    append(UInt8(ascii: "\""))
    var start = 0
    for index in text.indices {
      let byte = text[index]
      guard byte < 0x20 || byte == 0x7f || byte == 0x22 || byte == 0x5c else { continue }
      append(text.extracting(start..<index))
      append(escaped: byte)
      start = index + 1
    }
    append(text.extracting(start..<text.count))
    append(UInt8(ascii: "\""))
  }

  private mutating func append(escaped byte: UInt8) {
    if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
      append(UInt8(ascii: "\\"))
      append(byte)
    } else {
      append(literal: "\\u00")
      append(hexOf: byte)
    }
  }
}
