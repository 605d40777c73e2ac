/// Whether two buffers hold the same bytes: eight at a time, because names of fields are compared by
/// the dozen in every call.
@inline(__always)
func haveSameBytes(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
  let count = right.count
  guard left.count == count else { return false }
  // Every load ends at or before `count`, which both buffers have.
  guard count >= 8 else {
    for offset in 0..<count where unsafe left[offset] != right[offset] { return false }
    return true
  }
  var offset = 0
  while offset < count {
    let start = min(offset, count &- 8)
    let (one, other) = unsafe (
      left.loadUnaligned(fromByteOffset: start, as: UInt64.self),
      right.loadUnaligned(fromByteOffset: start, as: UInt64.self)
    )
    guard one == other else { return false }
    offset &+= 8
  }
  return true
}

extension Span where Element == UInt8 {
  /// Whether these are the bytes of a text.
  @inline(__always)
  func equals(_ text: StaticString) -> Bool {
    guard text.hasPointerRepresentation, count == text.utf8CodeUnitCount else { return false }
    // Both have `count` bytes; a static string's are never freed.
    return unsafe withUnsafeBytes {
      unsafe haveSameBytes($0, .init(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }
  }

  /// Whether these bytes begin with a text.
  func starts(with text: StaticString) -> Bool {
    let length = text.utf8CodeUnitCount
    return count >= length && extracting(0..<length).equals(text)
  }

  /// Whether these bytes begin with a text in small letters, or with the same in capitals.
  func startsInAnyCase(with text: StaticString) -> Bool {
    guard text.hasPointerRepresentation, count >= text.utf8CodeUnitCount else { return false }
    for index in 0..<text.utf8CodeUnitCount {
      // Below the text's length; a static string's bytes are never freed.
      let letter = unsafe text.utf8Start[index]
      let isLetter = UInt8(ascii: "a")...UInt8(ascii: "z") ~= letter
      guard self[index] == letter || isLetter && self[index] == letter ^ 0x20 else { return false }
    }
    return true
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
  /// A copy of these bytes.
  init(span: Span<UInt8>) {
    // The pointer is used within the closure only.
    self = unsafe span.withUnsafeBufferPointer { unsafe Array($0) }
  }

  mutating func append(span: Span<UInt8>) {
    // The pointer is used within the closure only.
    unsafe span.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
  }
}
