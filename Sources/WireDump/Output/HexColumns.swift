/// A line of an annotated dump that has no words: offset, bytes and layer. Most lines of large messages
/// are such, so one line is made again and again in the same place.
struct HexColumns {
  /// How many bytes a line has.
  static let width = 16

  /// Where the digits of the bytes begin: behind those of the offset, which end there but for two spaces.
  private static let start = 18
  private static let shortestOffset = 6

  private var line = InlineArray<80, UInt8>(repeating: 0x20)
  private let end: Int

  /// - Parameter layer: up to 14 letters.
  init(_ layer: String) {
    var place = Self.start + 3 * Self.width
    for letter in layer.utf8.prefix(80 - place) {
      line[place] = letter
      place += 1
    }
    end = place
  }

  /// Appends the line of up to 16 bytes.
  mutating func append(_ bytes: Span<UInt8>, at offset: UInt64, to text: inout [UInt8]) {
    let first = write(offset)
    let count = min(bytes.count, Self.width)
    for index in 0..<count {
      let byte = bytes[index]
      line[Self.start + 3 * index] = Hex.digit(byte >> 4)
      line[Self.start + 3 * index + 1] = Hex.digit(byte & 0xf)
    }
    for place in Self.start + 3 * count..<Self.start + 3 * Self.width { line[place] = 0x20 }
    text.append(line.span.extracting(first..<end))
  }

  /// Writes the digits of an offset: where they begin.
  private mutating func write(_ offset: UInt64) -> Int {
    var place = Self.start - 2
    var rest = offset
    let longest = place - Self.shortestOffset
    repeat {
      place -= 1
      line[place] = Hex.digit(UInt8(truncatingIfNeeded: rest & 0xf))
      rest >>= 4
    } while place > 0 && (rest > 0 || place > longest)
    return place
  }
}
