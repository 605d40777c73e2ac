/// Numbers, tags and names of the protoscope language: tokens that end where a space does.
enum ProtoscopeWord {
  struct Failure: Error {
    /// What was expected.
    var what: String
    init(_ what: String) { self.what = what }
  }

  /// How many redundant bytes may be asked for: a short text is not to become many bytes.
  static let longFormLimit = 1024

  static func token(_ word: String) throws(Failure) -> ProtoscopeToken {
    switch word {
    case "true": return .bytes([1])
    case "false": return .bytes([0])
    case "inf32": return fixed(Float.infinity.bitPattern)
    case "-inf32": return fixed((-Float.infinity).bitPattern)
    case "inf64": return fixed(Double.infinity.bitPattern)
    case "-inf64": return fixed((-Double.infinity).bitPattern)
    default: break
    }
    if word.hasPrefix("long-form:") { return try longForm(word.dropFirst(10)) }
    guard let colon = word.firstIndex(of: ":") else {
      return try word.contains(".") ? real(word) : integer(word)
    }
    return .tag(try tag(word[..<colon], word[word.index(after: colon)...]))
  }

  private static func fixed(_ number: some FixedWidthInteger) -> ProtoscopeToken {
    var bytes: [UInt8] = []
    var rest = number
    for _ in 0..<(number.bitWidth / 8) {
      bytes.append(UInt8(truncatingIfNeeded: rest))
      rest >>= 8
    }
    return .fixed(bytes)
  }

  private static func longForm(_ count: Substring) throws(Failure) -> ProtoscopeToken {
    guard isDigits(count, radix: 10), let number = Int(count), number <= longFormLimit else {
      throw Failure("expected a number up to \(longFormLimit) behind long-form:")
    }
    return .longForm(number)
  }

  private static func tag(
    _ number: Substring, _ type: Substring
  ) throws(Failure) -> ProtoscopeTag {
    let parts = try Integer(number)
    guard parts.suffix == "" || parts.suffix == "z" else {
      throw Failure("expected a field number without i32 or i64")
    }
    guard let value = parts.signed, -(1 << 61)..<(1 << 61) ~= value else {
      throw Failure("expected a field number that leaves three bits for the wire type")
    }
    var tag = ProtoscopeTag(number: value, isZigzag: parts.suffix == "z")
    if !type.isEmpty { tag.wireType = try wireType(type) }
    return tag
  }

  private static func wireType(_ text: Substring) throws(Failure) -> UInt8 {
    if let index = Tag.names.firstIndex(of: String(text)) { return UInt8(index) }
    guard let parts = try? Integer(text), parts.suffix == "", let value = parts.signed,
      0...7 ~= value
    else {
      throw Failure(
        "expected a space, a wire type from 0 to 7 or one of \(Tag.names.joined(separator: ", "))")
    }
    return UInt8(value)
  }

  private static func integer(_ word: String) throws(Failure) -> ProtoscopeToken {
    let parts = try Integer(word[...])
    switch parts.suffix {
    case "i32":
      guard let value = parts.signed, Int64(Int32.min)...Int64(UInt32.max) ~= value else {
        throw Failure("expected a number of 32 bits")
      }
      return fixed(UInt32(truncatingIfNeeded: value))
    case "i64": return fixed(parts.bits)
    case "z":
      guard let value = parts.signed else { throw Failure("expected a signed number of 64 bits") }
      return .varint(UInt64(bitPattern: value << 1 ^ value >> 63))
    default: return .varint(parts.bits)
    }
  }

  /// Whether a text is digits, at least one.
  private static func isDigits(_ text: Substring, radix: Int) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy { Hex.value($0).map { $0 < radix } ?? false }
  }

  /// A number with a point in it, decimal or hexadecimal.
  private static func real(_ word: String) throws(Failure) -> ProtoscopeToken {
    let wanted = Failure("expected a number such as 1.5, -2.0e-3, 0x1.8p3 or 1.5i32")
    var text = word[...]
    let isSingle = text.hasSuffix("i32")
    if isSingle || text.hasSuffix("i64") { text = text.dropLast(3) }
    let unsigned = text.hasPrefix("-") ? text.dropFirst() : text
    let isHex = unsigned.hasPrefix("0x")
    guard isReal(isHex ? unsigned.dropFirst(2) : unsigned, radix: isHex ? 16 : 10) else {
      throw wanted
    }
    let number = isHex && !text.lowercased().contains("p") ? text + "p0" : text
    if isSingle {
      guard let value = Float(number), value.isFinite else {
        throw Failure("expected a number that a float of 32 bits can hold")
      }
      return fixed(value.bitPattern)
    }
    guard let value = Double(number), value.isFinite else {
      throw Failure("expected a number that a float of 64 bits can hold")
    }
    return fixed(value.bitPattern)
  }

  /// Digits, a point, digits and perhaps an exponent, which is decimal.
  private static func isReal(_ text: Substring, radix: Int) -> Bool {
    let mark: Set<Character> = radix == 16 ? ["p", "P"] : ["e", "E"]
    let exponent = text.firstIndex(where: mark.contains)
    let parts = text[..<(exponent ?? text.endIndex)].split(
      separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ isDigits($0, radix: radix) }) else { return false }
    guard let exponent else { return true }
    let power = text[text.index(after: exponent)...]
    return isDigits(power.hasPrefix("-") ? power.dropFirst() : power, radix: 10)
  }

  /// An integer in its parts.
  private struct Integer {
    var isNegative: Bool
    var magnitude: UInt64
    var suffix: Substring

    init(_ word: Substring) throws(Failure) {
      isNegative = word.hasPrefix("-")
      var rest = isNegative ? word.dropFirst() : word
      let radix = rest.hasPrefix("0x") ? 16 : 10
      if radix == 16 { rest = rest.dropFirst(2) }
      let digits = rest.prefix { ProtoscopeWord.isDigits(Substring(String($0)), radix: radix) }
      suffix = rest[digits.endIndex...]
      guard !digits.isEmpty, ["", "z", "i32", "i64"].contains(suffix) else {
        throw Failure("expected a string, a number, a tag, a brace, long-form:N, true or false")
      }
      guard let number = UInt64(digits, radix: radix), !isNegative || number <= 1 << 63 else {
        throw Failure("expected a number of 64 bits")
      }
      magnitude = number
    }

    /// Nil beyond the numbers of 64 bits with a sign.
    var signed: Int64? {
      if isNegative { return Int64(truncatingIfNeeded: 0 &- magnitude) }
      return Int64(exactly: magnitude)
    }

    /// In two's complement.
    var bits: UInt64 { isNegative ? 0 &- magnitude : magnitude }
  }
}
