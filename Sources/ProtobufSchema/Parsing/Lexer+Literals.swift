extension Lexer {
  mutating func readNumber() throws(SchemaError) -> Token.Kind {
    let start = offset
    let position = position
    if peek() == UInt8(ascii: "0"), let mark = peek(1), mark | 0x20 == UInt8(ascii: "x") {
      return try readInteger(radix: 16, digitsAfter: 2, from: position)
    }
    while let byte = peek(), byte.isDigit { advance() }
    let isFloat = try readFraction(from: position)
    if let next = peek(), next.isLetter {
      throw error("expected a space between a number and a name", at: self.position)
    }
    let text = String(decoding: bytes[start..<offset], as: UTF8.self)
    if isFloat {
      let digits = text.last == "f" || text.last == "F" ? String(text.dropLast()) : text
      return .float(Double(digits.hasSuffix(".") ? digits + "0" : digits) ?? 0)
    }
    guard text.count > 1, text.first == "0" else { return .integer(UInt64(text)) }
    guard !text.contains("8"), !text.contains("9") else {
      throw error("an octal number has digits from 0 to 7: \(text)", at: position)
    }
    return .integer(UInt64(text, radix: 8))
  }

  /// The point, the exponent and the `f` of a number: whether any is there.
  private mutating func readFraction(from start: SourcePosition) throws(SchemaError) -> Bool {
    var isFloat = false
    if peek() == UInt8(ascii: ".") {
      isFloat = true
      advance()
      while let byte = peek(), byte.isDigit { advance() }
    }
    if let byte = peek(), byte | 0x20 == UInt8(ascii: "e") {
      isFloat = true
      advance()
      if peek() == UInt8(ascii: "-") || peek() == UInt8(ascii: "+") { advance() }
      guard peek()?.isDigit == true else {
        throw error("expected digits of an exponent", at: start)
      }
      while let byte = peek(), byte.isDigit { advance() }
    }
    if isFloat, let byte = peek(), byte | 0x20 == UInt8(ascii: "f") { advance() }
    return isFloat
  }

  private mutating func readInteger(
    radix: Int, digitsAfter prefix: Int, from start: SourcePosition
  ) throws(SchemaError) -> Token.Kind {
    for _ in 0..<prefix { advance() }
    let first = offset
    while let byte = peek(), byte.hexValue != nil { advance() }
    guard offset > first else { throw error("expected hexadecimal digits", at: start) }
    if let next = peek(), next.isLetter {
      throw error("expected a space between a number and a name")
    }
    return .integer(UInt64(String(decoding: bytes[first..<offset], as: UTF8.self), radix: radix))
  }

  mutating func readString() throws(SchemaError) -> [UInt8] {
    let start = position
    let quote = peek()
    advance()
    var content: [UInt8] = []
    while let byte = peek() {
      switch byte {
      case quote:
        advance()
        return content
      case UInt8(ascii: "\n"):
        throw error("the string that begins here does not end on its line", at: start)
      case UInt8(ascii: "\\"): try readEscape(into: &content)
      default:
        content.append(byte)
        advance()
      }
    }
    throw error("the string that begins here does not end", at: start)
  }

  private mutating func readEscape(into content: inout [UInt8]) throws(SchemaError) {
    let start = position
    advance()
    guard let mark = peek() else { throw error("expected an escape sequence", at: start) }
    if mark >= 0x30, mark <= 0x37 {
      return content.append(UInt8(truncatingIfNeeded: readDigits(atMost: 3, radix: 8)))
    }
    advance()
    switch mark {
    case UInt8(ascii: "x"), UInt8(ascii: "X"):
      guard peek()?.hexValue != nil else { throw error("expected hexadecimal digits", at: start) }
      content.append(UInt8(truncatingIfNeeded: readDigits(atMost: 2, radix: 16)))
    case UInt8(ascii: "u"): try readUnicode(digits: 4, into: &content, from: start)
    case UInt8(ascii: "U"): try readUnicode(digits: 8, into: &content, from: start)
    default:
      guard let byte = Self.escapes[mark] else {
        throw error("an escape sequence that does not exist", at: start)
      }
      content.append(byte)
    }
  }

  private static let escapes: [UInt8: UInt8] = [
    UInt8(ascii: "a"): 7, UInt8(ascii: "b"): 8, UInt8(ascii: "f"): 12, UInt8(ascii: "n"): 10,
    UInt8(ascii: "r"): 13, UInt8(ascii: "t"): 9, UInt8(ascii: "v"): 11, UInt8(ascii: "?"): 0x3F,
    UInt8(ascii: "\\"): 0x5C, UInt8(ascii: "'"): 0x27, UInt8(ascii: "\""): 0x22,
  ]

  private mutating func readDigits(atMost limit: Int, radix: UInt8) -> UInt32 {
    var value: UInt32 = 0
    var count = 0
    while count < limit, let digit = peek()?.hexValue, digit < radix {
      value = value &* UInt32(radix) &+ UInt32(digit)
      count += 1
      advance()
    }
    return value
  }

  private mutating func readUnicode(
    digits: Int, into content: inout [UInt8], from start: SourcePosition
  ) throws(SchemaError) {
    let before = offset
    var value = readDigits(atMost: digits, radix: 16)
    guard offset == before + digits else {
      throw error("expected \(digits) hexadecimal digits", at: start)
    }
    // A pair of surrogates is one character.
    if value >= 0xD800, value < 0xDC00, peek() == 0x5C, peek(1) == UInt8(ascii: "u") {
      advance()
      advance()
      let low = readDigits(atMost: 4, radix: 16)
      guard low >= 0xDC00, low < 0xE000 else {
        throw error("half of a surrogate pair", at: start)
      }
      value = 0x10000 + (value - 0xD800) << 10 + (low - 0xDC00)
    }
    guard let scalar = Unicode.Scalar(value) else {
      throw error("a character that does not exist", at: start)
    }
    content.append(contentsOf: Array(String(Character(scalar)).utf8))
  }
}
