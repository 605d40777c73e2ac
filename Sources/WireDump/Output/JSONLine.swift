/// An object in JSON, on one line, as UTF-8.
struct JSONLine {
  private var bytes: [UInt8]
  private var isEmpty: Bool

  init() { (bytes, isEmpty) = ([UInt8(ascii: "{")], true) }

  /// Goes on behind a text, which is lent until ``give(back:)``, with the members that another line has.
  init(taking text: inout [UInt8], after head: JSONLine) {
    bytes = []
    swap(&bytes, &text)
    bytes += head.bytes
    isEmpty = head.isEmpty
  }

  /// Ends the object.
  mutating func give(back text: inout [UInt8]) {
    bytes.append(UInt8(ascii: "}"))
    swap(&bytes, &text)
  }

  /// The whole object.
  var finished: [UInt8] { bytes + [UInt8(ascii: "}")] }
  var text: String { String(decoding: finished, as: UTF8.self) }

  mutating func add(_ name: String, _ value: MemberValue) {
    switch value {
    case .value(let value): add(name, value)
    case .utf8(let text):
      addName(name)
      Self.append(quoted: text.span, to: &bytes)
    case .hex(let content):
      addName(name)
      bytes.append(UInt8(ascii: "\""))
      bytes.append(hexOf: content.span)
      bytes.append(UInt8(ascii: "\""))
    }
  }

  mutating func add(_ name: String, _ value: ItemValue) {
    addName(name)
    switch value {
    case .text(let text): Self.append(quoted: text, to: &bytes)
    // Numbers that a reader of JSON might round are texts.
    case .number(let number) where number < 1 << 53: bytes.append(decimal: number)
    case .number(let number):
      bytes.append(literal: "\"")
      bytes.append(decimal: number)
      bytes.append(literal: "\"")
    case .flag(let flag): bytes.append(flag ? "true" : "false")
    case .texts(let texts):
      bytes.append(UInt8(ascii: "["))
      for index in texts.indices {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        Self.append(quoted: texts[index], to: &bytes)
      }
      bytes.append(UInt8(ascii: "]"))
    }
  }

  mutating func add(_ name: String, seconds nanoseconds: UInt64) {
    addName(name)
    bytes.append(decimal: nanoseconds / 1_000_000_000)
    bytes.append(UInt8(ascii: "."))
    bytes.append(decimal: nanoseconds / 1000 % 1_000_000, width: 6)
  }

  /// Where something stands, if it is in more than one place.
  mutating func add(pieces map: OffsetMap, _ range: Range<Int>) {
    guard !map.isInOnePlace else { return }
    let pieces = map.pieces(range)
    guard pieces.count > 1 else { return }
    addName("pieces")
    bytes.append(literal: "[")
    for index in pieces.indices {
      bytes.append(index > 0 ? ",[" : "[")
      bytes.append(decimal: pieces[index].offset)
      bytes.append(literal: ",")
      bytes.append(decimal: pieces[index].count)
      bytes.append(literal: "]")
    }
    bytes.append(literal: "]")
  }

  private mutating func addName(_ name: String) {
    if !isEmpty { bytes.append(UInt8(ascii: ",")) }
    isEmpty = false
    bytes.append(UInt8(ascii: "\""))
    bytes.append(name)
    bytes.append(literal: "\":")
  }

  private static func append(quoted text: String, to bytes: inout [UInt8]) {
    var text = text
    // The span ends before the buffer does.
    text.withUTF8 { buffer in append(quoted: unsafe Span(_unsafeElements: buffer), to: &bytes) }
  }

  private static func append(quoted text: Span<UInt8>, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    var start = 0
    for index in text.indices {
      let byte = text[index]
      guard byte < 0x20 || byte == 0x7f || byte == 0x22 || byte == 0x5c else { continue }
      bytes.append(text.extracting(start..<index))
      append(escaped: byte, to: &bytes)
      start = index + 1
    }
    bytes.append(text.extracting(start..<text.count))
    bytes.append(UInt8(ascii: "\""))
  }

  private static func append(escaped byte: UInt8, to bytes: inout [UInt8]) {
    if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
      bytes.append(UInt8(ascii: "\\"))
      bytes.append(byte)
    } else {
      bytes.append(literal: "\\u00")
      Hex.append(byte, to: &bytes)
    }
  }

  static func quoted(_ text: String) -> String {
    var bytes: [UInt8] = []
    append(quoted: text, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }
}
