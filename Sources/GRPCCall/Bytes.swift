extension Span where Element == UInt8 {
  /// Whether these are the bytes of a text.
  func equals(_ text: StaticString) -> Bool {
    guard text.hasPointerRepresentation, count == text.utf8CodeUnitCount else { return false }
    // Both have `count` bytes; a static string's are never freed.
    let expected = unsafe text.utf8Start
    for index in indices where unsafe self[index] != expected[index] { return false }
    return true
  }

  /// Whether these bytes begin with a text.
  func starts(with text: StaticString) -> Bool {
    let length = text.utf8CodeUnitCount
    return count >= length && extracting(0..<length).equals(text)
  }

  /// The bytes as text; what is not UTF-8 is replaced.
  var text: String {
    // The pointer is used within the closure only.
    unsafe withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
  }

  /// The bytes as a decimal number of at most nine digits; nil for anything else.
  var decimal: Int? {
    guard 1...9 ~= count else { return nil }
    var number = 0
    for index in indices {
      guard UInt8(ascii: "0")...UInt8(ascii: "9") ~= self[index] else { return nil }
      number = number * 10 + Int(self[index] - UInt8(ascii: "0"))
    }
    return number
  }
}

extension [UInt8] {
  mutating func append(span: Span<UInt8>) {
    // The pointer is used within the closure only.
    unsafe span.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
  }
}
