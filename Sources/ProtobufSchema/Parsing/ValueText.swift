/// Numbers as protobuf for C++ writes them in descriptors and in the text format.
enum FloatText {
  static func text(of value: Double) -> String {
    special(value) ?? text(ofDescription: value.description, shortPrecision: 15)
  }

  static func text(of value: Float) -> String {
    special(Double(value)) ?? text(ofDescription: value.description, shortPrecision: 6)
  }

  private static func special(_ value: Double) -> String? {
    if value.isNaN { return "nan" }
    return value.isInfinite ? (value < 0 ? "-inf" : "inf") : nil
  }

  /// The layout of C's `%.15g`: the shortest digits that give the number back, with an exponent where
  /// the point would stand far away from them.
  private static func text(ofDescription description: String, shortPrecision: Int) -> String {
    var (digits, exponent, isNegative) = parts(of: description)
    while digits.count > 1, digits.last == "0" { digits.removeLast() }
    let precision = digits.count > shortPrecision ? shortPrecision + 2 : shortPrecision
    var text = isNegative ? "-" : ""
    if exponent < -4 || exponent >= precision {
      text += String(digits[0])
      if digits.count > 1 { text += "." + String(digits[1...]) }
      let size = abs(exponent)
      return text + "e" + (exponent < 0 ? "-" : "+") + (size < 10 ? "0" : "") + "\(size)"
    }
    if exponent < 0 {
      return text + "0." + String(repeating: "0", count: -exponent - 1) + String(digits)
    }
    let padding = String(repeating: "0", count: max(0, exponent + 1 - digits.count))
    text += String(digits.prefix(exponent + 1)) + padding
    return digits.count > exponent + 1 ? text + "." + String(digits[(exponent + 1)...]) : text
  }

  /// The digits of Swift's `1.25e-07`, without point and leading zeros, and the power of ten of the first.
  private static func parts(of description: String) -> ([Character], Int, Bool) {
    let isNegative = description.hasPrefix("-")
    let halves = description.drop { $0 == "-" }.split(separator: "e")
    let power = halves.count > 1 ? Int(halves[1]) ?? 0 : 0
    let numbers = (halves.first ?? "0").split(separator: ".")
    let whole = Array(numbers.first ?? "0")
    let all = whole + Array(numbers.count > 1 ? numbers[1] : "")
    let zeros = all.prefix { $0 == "0" }.count
    guard zeros < all.count else { return (["0"], 0, isNegative) }
    return (Array(all[zeros...]), power + whole.count - 1 - zeros, isNegative)
  }
}

/// Bytes as C writes them between quotes.
func escaped(_ bytes: [UInt8]) -> String {
  var text = ""
  for byte in bytes {
    switch byte {
    case 0x0A: text += "\\n"
    case 0x0D: text += "\\r"
    case 0x09: text += "\\t"
    case 0x22: text += "\\\""
    case 0x27: text += "\\'"
    case 0x5C: text += "\\\\"
    case 0x20..<0x7F: text.unicodeScalars.append(Unicode.Scalar(byte))
    default:
      let octal = String(byte, radix: 8)
      text += "\\" + String(repeating: "0", count: 3 - octal.count) + octal
    }
  }
  return text
}

/// The bytes that ``escaped(_:)`` was made from; nil if the text is none of that kind.
func unescaped(_ text: String) -> [UInt8]? {
  // The lexer knows all escape sequences.
  let quoted = Array("\"".utf8) + Array(text.utf8) + Array("\"".utf8)
  guard let tokens = try? Lexer.tokens(of: quoted, file: ""), tokens.count == 2,
    case .string(let bytes) = tokens[0].kind
  else { return nil }
  return bytes
}
