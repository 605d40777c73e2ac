/// Values as the protoscope language writes them, so that they assemble to exactly their bytes.
enum ProtoscopeLiteral {
  /// How many bytes a line of digits has, and how many characters a line of text.
  private static let digitsWidth = 40
  private static let textWidth = 80

  /// Hex literals, one a line.
  static func digits(_ bytes: [UInt8]) -> [String] {
    stride(from: 0, to: bytes.count, by: digitsWidth).map { start in
      "`\(Hex.text(Array(bytes[start..<min(start + digitsWidth, bytes.count)])))`"
    }
  }

  /// What stands for so many bytes that are not shown.
  static func filler(_ count: Int) -> [String] {
    stride(from: 0, to: count, by: textWidth).map { start in
      "\"" + String(repeating: "*", count: min(textWidth, count - start)) + "\""
    }
  }

  /// Quoted strings, one a line; bytes that are no text are escaped.
  static func text(_ bytes: [UInt8]) -> [String] {
    guard let string = String(validating: bytes, as: UTF8.self) else {
      return quoted(bytes.map { $0 < 0x80 ? character(Unicode.Scalar($0)) : escaped($0) })
    }
    return quoted(string.unicodeScalars.map(character))
  }

  private static func quoted(_ parts: [String]) -> [String] {
    var lines: [String] = []
    var line = ""
    for part in parts {
      if line.utf8.count + part.utf8.count > textWidth {
        lines.append("\"\(line)\"")
        line = ""
      }
      line += part
    }
    return lines + (line.isEmpty ? [] : ["\"\(line)\""])
  }

  private static func character(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\"": "\\\""
    case "\\": "\\\\"
    case "\n": "\\n"
    case let scalar where scalar.isInvisible: String(scalar).utf8.map(escaped).joined()
    default: String(scalar)
    }
  }

  private static func escaped(_ byte: UInt8) -> String { "\\x" + Hex.padded(UInt64(byte), 2) }

  /// How many bytes a varint has that it does not need, as a prefix.
  static func longForm(_ number: UInt64, count: Int) -> String {
    let extra = count - Varint.size(number)
    return extra > 0 ? "long-form:\(extra) " : ""
  }

  /// The eight bytes of a double, or an integer where that is more likely meant.
  ///
  /// - Parameter isDouble: whether it is known to be one.
  static func double(_ bits: UInt64, isDouble: Bool = false) -> String {
    let value = Double(bitPattern: bits)
    if value.isNaN { return "0x\(Hex.padded(bits, 16))i64" }
    if value.isInfinite { return value < 0 ? "-inf64" : "inf64" }
    let isUsual = value == 0 || (value.isNormal && abs(value.exponent) <= 512)
    let text = decimal("\(value)")
    guard isDouble || isUsual, Double(text)?.bitPattern == bits else {
      return "\(Int64(bitPattern: bits))i64"
    }
    return text
  }

  /// The four bytes of a float, or an integer where that is more likely meant.
  ///
  /// - Parameter isFloat: whether it is known to be one.
  static func float(_ bits: UInt32, isFloat: Bool = false) -> String {
    let value = Float(bitPattern: bits)
    if value.isNaN { return "0x\(Hex.padded(UInt64(bits), 8))i32" }
    if value.isInfinite { return value < 0 ? "-inf32" : "inf32" }
    let isUsual = value == 0 || (value.isNormal && abs(value.exponent) <= 64)
    let text = decimal("\(value)")
    guard isFloat || isUsual, Float(text)?.bitPattern == bits else {
      return "\(Int32(bitPattern: bits))i32"
    }
    return text + "i32"
  }

  /// The language wants a point in every float, and no plus before an exponent.
  private static func decimal(_ text: String) -> String {
    let parts = text.split(separator: "e", maxSplits: 1)
    guard let mantissa = parts.first else { return text }
    let number = mantissa.contains(".") ? String(mantissa) : mantissa + ".0"
    guard parts.count == 2 else { return number }
    return number + "e" + parts[1].filter { $0 != "+" }
  }
}
