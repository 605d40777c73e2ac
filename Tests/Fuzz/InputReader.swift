/// Takes an input apart into choices: what is missing at its end is zero.
struct InputReader {
  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var isAtEnd: Bool { position >= bytes.count }

  mutating func byte() -> UInt8 {
    guard !isAtEnd else { return 0 }
    defer { position += 1 }
    return bytes[position]
  }

  /// So many bytes, or as many as there are.
  mutating func take(_ count: Int) -> [UInt8] {
    let end = min(bytes.count, position + count)
    defer { position = end }
    return Array(bytes[position..<end])
  }

  /// Bytes behind one that is their count.
  mutating func piece() -> [UInt8] { take(Int(byte())) }

  mutating func rest() -> [UInt8] { take(bytes.count) }
}

extension Array {
  /// The element that a byte stands for; the array has one at least.
  func chosen(by byte: UInt8) -> Element { self[Int(byte) % count] }
}
