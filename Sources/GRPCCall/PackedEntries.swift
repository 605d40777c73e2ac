/// Names and values one behind the other in one buffer: two lengths of four bytes each, the name,
/// the value, and so on.
struct PackedEntries: Sendable, Equatable {
  struct Location {
    var key: Range<Int>
    var value: Range<Int>
    var end: Int { value.upperBound }
  }

  private var bytes: [UInt8] = []
  private static let prefixSize = 8
  /// Room for a handful of usual headers, so that adding them one by one does not move the buffer.
  private static let initialCapacity = 224

  var isEmpty: Bool { bytes.isEmpty }

  mutating func append(key: some Collection<UInt8>, value: some Collection<UInt8>) {
    appendPrefix(keyCount: key.count, valueCount: value.count)
    bytes.append(contentsOf: key)
    bytes.append(contentsOf: value)
  }

  mutating func append(key: Span<UInt8>, value: Span<UInt8>) {
    appendPrefix(keyCount: key.count, valueCount: value.count)
    bytes.append(span: key)
    bytes.append(span: value)
  }

  /// Where the entry at an offset lies; nil at the end.
  func entry(at offset: Int) -> Location? {
    guard offset < bytes.count else { return nil }
    let start = offset + Self.prefixSize
    let middle = start + length(at: offset)
    return Location(key: start..<middle, value: middle..<(middle + length(at: offset + 4)))
  }

  func firstValue(of key: String.UTF8View) -> Range<Int>? {
    var offset = 0
    while let location = entry(at: offset) {
      if bytes[location.key].elementsEqual(key) { return location.value }
      offset = location.end
    }
    return nil
  }

  func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
  func array(_ range: Range<Int>) -> [UInt8] { Array(bytes[range]) }

  private mutating func appendPrefix(keyCount: Int, valueCount: Int) {
    if bytes.isEmpty { bytes.reserveCapacity(Self.initialCapacity) }
    append(lengths: keyCount, valueCount)
  }

  /// A header list never comes near four gigabytes: the HTTP/2 layer bounds it far below.
  private mutating func append(lengths key: Int, _ value: Int) {
    let both =
      UInt64(UInt32(truncatingIfNeeded: key)) | UInt64(UInt32(truncatingIfNeeded: value)) << 32
    unsafe Swift.withUnsafeBytes(of: both.littleEndian) { unsafe bytes.append(contentsOf: $0) }
  }

  private func length(at offset: Int) -> Int {
    Int(bytes[offset]) | Int(bytes[offset + 1]) << 8 | Int(bytes[offset + 2]) << 16
      | Int(bytes[offset + 3]) << 24
  }
}
