/// The columns of an annotated dump before its words: offset, bytes and layer. They are made again and
/// again in the same place.
struct HexColumns {
  /// How many bytes a line has.
  static let width = 16

  /// Where the digits of the bytes begin: behind those of the offset, which end there but for two spaces.
  private static let start = 18
  private static let shortestOffset = 6

  private static let widthOfLayer = 7

  private var line = InlineArray<80, UInt8>(repeating: 0x20)
  /// Where the name of the layer ends.
  private let end: Int

  /// - Parameter layer: up to 7 letters.
  init(_ layer: String) {
    var place = Self.start + 3 * Self.width
    for letter in layer.utf8.prefix(Self.widthOfLayer) {
      line[place] = letter
      place += 1
    }
    end = place
  }

  /// Appends the columns of up to 16 bytes.
  ///
  /// - Parameters:
  ///   - secret: those that are shown as dashes.
  ///   - isLast: whether no words follow.
  mutating func append(
    _ bytes: Span<UInt8>, hiding secret: Range<Int>, at offset: UInt64, isLast: Bool,
    to text: inout [UInt8]
  ) {
    let first = write(offset)
    if bytes.count < Self.width {
      writeSome(bytes)
      hide(secret)
    } else if secret.count < Self.width {
      writeAll(bytes)
      hide(secret)
    } else {
      hideAll()
    }
    let last = isLast ? end : Self.start + 3 * Self.width + Self.widthOfLayer
    text.append(line.span.extracting(first..<last))
  }

  /// Writes the digits of 16 bytes: of a number that is known, no index needs to be checked.
  private mutating func writeAll(_ bytes: Span<UInt8>) {
    for index in 0..<Self.width { write(bytes[index], at: index) }
  }

  private mutating func writeSome(_ bytes: Span<UInt8>) {
    let count = min(bytes.count, Self.width)
    for index in 0..<count { write(bytes[index], at: index) }
    for place in Self.start + 3 * count..<Self.start + 3 * Self.width { line[place] = 0x20 }
  }

  private mutating func hide(_ secret: Range<Int>) {
    for index in secret { hide(index) }
  }

  private mutating func hideAll() {
    for index in 0..<Self.width { hide(index) }
  }

  private mutating func hide(_ index: Int) {
    line[Self.start + 3 * index] = UInt8(ascii: "-")
    line[Self.start + 3 * index + 1] = UInt8(ascii: "-")
  }

  private mutating func write(_ byte: UInt8, at index: Int) {
    line[Self.start + 3 * index] = Hex.digit(byte >> 4)
    line[Self.start + 3 * index + 1] = Hex.digit(byte & 0xf)
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
