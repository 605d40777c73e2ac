/// Cuts a text of the protoscope language into its tokens.
struct ProtoscopeLexer {
  let text: [UInt8]
  private(set) var offset = 0
  /// Where the last token begins.
  private(set) var start = 0

  init(_ text: [UInt8]) { self.text = text }

  func error(_ message: String, at offset: Int? = nil) -> ProtoscopeError {
    ProtoscopeError(message, at: offset ?? start, in: text)
  }

  /// The next token; nil at the end of the text.
  mutating func next() throws(ProtoscopeError) -> ProtoscopeToken? {
    skipSpace()
    start = offset
    guard let byte = peek else { return nil }
    switch byte {
    case UInt8(ascii: "{"): return take(.open, 1)
    case UInt8(ascii: "}"): return take(.close, 1)
    case UInt8(ascii: "!"):
      guard offset + 1 < text.count, text[offset + 1] == UInt8(ascii: "{") else {
        throw error("expected { right behind !")
      }
      return take(.openGroup, 2)
    case UInt8(ascii: "\""): return .bytes(try quoted())
    case UInt8(ascii: "`"): return .bytes(try digits())
    default: return try word()
    }
  }

  private var peek: UInt8? { offset < text.count ? text[offset] : nil }

  private mutating func take(_ token: ProtoscopeToken, _ count: Int) -> ProtoscopeToken {
    offset += count
    return token
  }

  /// Space, and comments, which go to the end of their line.
  private mutating func skipSpace() {
    while let byte = peek {
      if byte == UInt8(ascii: "#") {
        while let byte = peek, byte != UInt8(ascii: "\n") { offset += 1 }
      } else if [0x20, 0x09, 0x0a, 0x0d].contains(byte) {
        offset += 1
      } else {
        return
      }
    }
  }

  private mutating func quoted() throws(ProtoscopeError) -> [UInt8] {
    var bytes: [UInt8] = []
    offset += 1
    while let byte = peek {
      switch byte {
      case UInt8(ascii: "\""):
        offset += 1
        return bytes
      case UInt8(ascii: "\\"): bytes.append(try escape())
      default:
        bytes.append(byte)
        offset += 1
      }
    }
    throw error("expected \" at the end of the string that begins here, found the end of the text")
  }

  private mutating func escape() throws(ProtoscopeError) -> UInt8 {
    let place = offset
    offset += 2
    switch place + 1 < text.count ? text[place + 1] : 0 {
    case UInt8(ascii: "n"): return UInt8(ascii: "\n")
    case UInt8(ascii: "\\"): return UInt8(ascii: "\\")
    case UInt8(ascii: "\""): return UInt8(ascii: "\"")
    case UInt8(ascii: "x"):
      guard offset + 2 <= text.count, let high = Hex.value(text[offset]),
        let low = Hex.value(text[offset + 1])
      else { throw error("expected two hexadecimal digits behind \\x", at: place) }
      offset += 2
      return high << 4 | low
    case 0x30...0x37:
      offset -= 1
      return try octal(place)
    default:
      throw error("expected \\\\, \\\", \\n, \\xHH or \\OOO, found another escape", at: place)
    }
  }

  private mutating func octal(_ place: Int) throws(ProtoscopeError) -> UInt8 {
    var value = 0
    var count = 0
    while count < 3, let byte = peek, 0x30...0x37 ~= byte {
      value = value * 8 + Int(byte - 0x30)
      count += 1
      offset += 1
    }
    guard let byte = UInt8(exactly: value) else {
      throw error("expected an octal number up to \\377", at: place)
    }
    return byte
  }

  /// A hex literal.
  private mutating func digits() throws(ProtoscopeError) -> [UInt8] {
    var bytes: [UInt8] = []
    offset += 1
    while let byte = peek, byte != UInt8(ascii: "`") {
      guard offset + 1 < text.count, let high = Hex.value(byte),
        let low = Hex.value(text[offset + 1])
      else { throw error("expected pairs of hexadecimal digits up to `", at: offset) }
      bytes.append(high << 4 | low)
      offset += 2
    }
    guard peek != nil else {
      throw error(
        "expected ` at the end of the hex literal that begins here, found the end of the text")
    }
    offset += 1
    return bytes
  }

  private static let delimiters: Set<UInt8> = Set(" \t\r\n{}[]`\"#!".utf8)

  private mutating func word() throws(ProtoscopeError) -> ProtoscopeToken {
    offset += 1
    while let byte = peek, !Self.delimiters.contains(byte) { offset += 1 }
    let word = String(decoding: text[start..<offset], as: UTF8.self)
    do {
      return try ProtoscopeWord.token(word)
    } catch {
      throw self.error("\(error.what), found \(word.quoted(limit: 40))")
    }
  }
}
