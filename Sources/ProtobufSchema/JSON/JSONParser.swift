/// Reads JSON strictly as RFC 8259 has it: no comments, no trailing commas, one value, and names in an
/// object once.
struct JSONParser {
  /// How deep arrays and objects may be nested: twice what messages may be, which can be in arrays.
  private static let depthLimit = 250

  private let bytes: [UInt8]
  private var offset = 0
  private var depthLeft = JSONParser.depthLimit

  static func parse(_ text: [UInt8]) throws(JSONError) -> JSONValue {
    guard String(validating: text, as: UTF8.self) != nil else {
      throw JSONError("the text is not UTF-8")
    }
    var parser = JSONParser(bytes: text)
    let value = try parser.parseValue()
    parser.skipSpace()
    guard parser.peek == nil else { throw parser.expected("the end of the text") }
    return value
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private var peek: UInt8? { offset < bytes.count ? bytes[offset] : nil }

  private func expected(_ what: String) -> JSONError { JSONError("expected \(what)", at: offset) }

  private mutating func skipSpace() {
    while let byte = peek, [0x20, 0x09, 0x0A, 0x0D].contains(byte) { offset += 1 }
  }

  private mutating func take(_ character: Character) -> Bool {
    skipSpace()
    guard peek == character.asciiValue else { return false }
    offset += 1
    return true
  }

  private mutating func parseValue() throws(JSONError) -> JSONValue {
    skipSpace()
    switch peek {
    case UInt8(ascii: "{"):
      return try nested { (parser) throws(JSONError) in try parser.parseObject() }
    case UInt8(ascii: "["):
      return try nested { (parser) throws(JSONError) in try parser.parseArray() }
    case UInt8(ascii: "\""): return .string(try parseString())
    case UInt8(ascii: "-"): return .number(try parseNumber())
    case let byte? where byte.isDigit: return .number(try parseNumber())
    case UInt8(ascii: "t"): return try parseWord("true", .bool(true))
    case UInt8(ascii: "f"): return try parseWord("false", .bool(false))
    case UInt8(ascii: "n"): return try parseWord("null", .null)
    default: throw expected("a value")
    }
  }

  private mutating func nested(
    _ body: (inout JSONParser) throws(JSONError) -> JSONValue
  ) throws(JSONError) -> JSONValue {
    guard depthLeft > 0 else {
      throw JSONError("nested deeper than \(Self.depthLimit) levels", at: offset)
    }
    depthLeft -= 1
    offset += 1
    let value = try body(&self)
    depthLeft += 1
    return value
  }

  private mutating func parseWord(
    _ word: String, _ value: JSONValue
  ) throws(JSONError) -> JSONValue {
    guard bytes[offset...].starts(with: word.utf8) else { throw expected("a value") }
    offset += word.utf8.count
    if let next = peek, next.isLetter || next.isDigit { throw expected("the end of a word") }
    return value
  }

  private mutating func parseArray() throws(JSONError) -> JSONValue {
    var values: [JSONValue] = []
    if take("]") { return .array(values) }
    repeat { values.append(try parseValue()) } while take(",")
    guard take("]") else { throw expected("\",\" or \"]\"") }
    return .array(values)
  }

  private mutating func parseObject() throws(JSONError) -> JSONValue {
    var members: [JSONValue.Member] = []
    var names: Set<String> = []
    if take("}") { return .object(members) }
    repeat {
      skipSpace()
      let start = offset
      guard peek == UInt8(ascii: "\"") else { throw expected("a name in quotes") }
      let name = try parseString()
      guard names.insert(name).inserted else {
        throw JSONError("a name that is in the object already", at: start)
      }
      guard take(":") else { throw expected("\":\"") }
      members.append(.init(name: name, value: try parseValue()))
    } while take(",")
    guard take("}") else { throw expected("\",\" or \"}\"") }
    return .object(members)
  }

  private mutating func parseNumber() throws(JSONError) -> String {
    let start = offset
    guard let end = JSONNumber.end(of: bytes[start...]) else { throw expected("a number") }
    offset = end
    if let next = peek, next.isLetter || next.isDigit || next == UInt8(ascii: ".") {
      throw expected("the end of a number")
    }
    return String(decoding: bytes[start..<end], as: UTF8.self)
  }
}

// Strings.
extension JSONParser {
  private mutating func parseString() throws(JSONError) -> String {
    let start = offset
    offset += 1
    var content: [UInt8] = []
    while let byte = peek {
      switch byte {
      case UInt8(ascii: "\""):
        offset += 1
        return String(decoding: content, as: UTF8.self)
      case UInt8(ascii: "\\"): try parseEscape(into: &content)
      case 0..<0x20: throw JSONError("a control character in a string", at: offset)
      default:
        content.append(byte)
        offset += 1
      }
    }
    throw JSONError("the string does not end", at: start)
  }

  private mutating func parseEscape(into content: inout [UInt8]) throws(JSONError) {
    let start = offset
    offset += 1
    let mark = peek
    offset += 1
    switch mark {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): content.append(mark ?? 0)
    case UInt8(ascii: "b"): content.append(8)
    case UInt8(ascii: "f"): content.append(12)
    case UInt8(ascii: "n"): content.append(10)
    case UInt8(ascii: "r"): content.append(13)
    case UInt8(ascii: "t"): content.append(9)
    case UInt8(ascii: "u"): try parseUnicode(into: &content, from: start)
    default: throw JSONError("an escape sequence that does not exist", at: start)
    }
  }

  private mutating func parseUnicode(
    into content: inout [UInt8], from start: Int
  ) throws(JSONError) {
    var value = try parseHex(from: start)
    if value >= 0xD800, value < 0xDC00 {
      guard bytes[offset...].starts(with: [0x5C, UInt8(ascii: "u")]) else {
        throw JSONError("half of a surrogate pair", at: start)
      }
      offset += 2
      let low = try parseHex(from: start)
      guard low >= 0xDC00, low < 0xE000 else {
        throw JSONError("half of a surrogate pair", at: start)
      }
      value = 0x10000 + (value - 0xD800) << 10 + (low - 0xDC00)
    }
    guard let scalar = Unicode.Scalar(value) else {
      throw JSONError("half of a surrogate pair", at: start)
    }
    content.append(contentsOf: Array(String(Character(scalar)).utf8))
  }

  private mutating func parseHex(from start: Int) throws(JSONError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let digit = peek?.hexValue else {
        throw JSONError("expected four hexadecimal digits", at: start)
      }
      value = value << 4 | UInt32(digit)
      offset += 1
    }
    return value
  }
}
