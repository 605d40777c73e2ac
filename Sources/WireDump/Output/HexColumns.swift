/// The columns of an annotated dump before its words: offset, bytes and layer. They are made again and
/// again in the same place.
struct HexColumns {
  /// How many bytes a line has.
  static let width = 16

  /// Where the digits of the bytes begin: behind those of the offset, which end there but for two spaces.
  private static let start = 18
  private static let shortestOffset = 6
  private static let widthOfLayer = 7
  /// Where the layer begins.
  private static let layer = start + 3 * width

  private let paint: Paint
  private var line = InlineArray<80, UInt8>(repeating: 0x20)
  /// Where the name of the layer ends.
  private let end: Int
  /// The offset that stands in the line, and where its digits begin.
  private var offset: (number: UInt64, place: Int)?

  /// - Parameter layer: up to 7 letters.
  init(_ layer: String, _ paint: Paint = Paint(isOn: false)) {
    self.paint = paint
    var place = Self.layer
    for letter in layer.utf8.prefix(Self.widthOfLayer) {
      line[place] = letter
      place += 1
    }
    end = place
  }

  /// Appends the columns of up to 16 bytes, behind which words are to stand.
  ///
  /// - Parameter secret: the bytes that are shown as dashes.
  mutating func append(
    _ bytes: Span<UInt8>, hiding secret: Range<Int>, at offset: UInt64, to text: inout TextBuffer
  ) {
    let first = write(bytes, hiding: secret, at: offset)
    append(first..<Self.layer + Self.widthOfLayer, to: &text)
  }

  /// Appends a line without words, and its end.
  mutating func append(
    lineOf bytes: Span<UInt8>, hiding secret: Range<Int>, at offset: UInt64,
    to text: inout TextBuffer
  ) {
    let first = write(bytes, hiding: secret, at: offset)
    line[end] = UInt8(ascii: "\n")
    append(first..<end + 1, to: &text)
    line[end] = 0x20
  }

  /// Appends a part of the line that begins with the offset and reaches beyond the layer.
  private func append(_ part: Range<Int>, to text: inout TextBuffer) {
    guard paint.isOn else { return text.append(line.span.extracting(part)) }
    let digits = Self.start - 2
    paint.begin(.dim, &text)
    text.append(line.span.extracting(part.lowerBound..<digits))
    paint.end(.dim, &text)
    text.append(line.span.extracting(digits..<Self.layer))
    paint.begin(.dim, &text)
    text.append(line.span.extracting(Self.layer..<end))
    paint.end(.dim, &text)
    text.append(line.span.extracting(end..<part.upperBound))
  }

  /// Writes all columns: where they begin.
  private mutating func write(
    _ bytes: Span<UInt8>, hiding secret: Range<Int>, at offset: UInt64
  ) -> Int {
    if secret.count == Self.width {
      hideAll()
    } else {
      if bytes.count < Self.width { writeSome(bytes) } else { writeAll(bytes) }
      for index in secret { write(Self.hidden, at: index) }
    }
    return write(offset)
  }

  /// Writes the digits of 16 bytes: of a number that is known, no index needs to be checked.
  private mutating func writeAll(_ bytes: Span<UInt8>) {
    for index in 0..<Self.width { write(Hex.pair(bytes[index]), at: index) }
  }

  private mutating func writeSome(_ bytes: Span<UInt8>) {
    let count = min(bytes.count, Self.width)
    for index in 0..<count { write(Hex.pair(bytes[index]), at: index) }
    for place in Self.start + 3 * count..<Self.layer { line[place] = 0x20 }
  }

  /// Writes dashes for 16 bytes: most lines of a secret are all of it.
  private mutating func hideAll() {
    for index in 0..<Self.width { write(Self.hidden, at: index) }
  }

  /// Two dashes.
  private static let hidden: UInt16 = 0x2d2d

  private mutating func write(_ pair: UInt16, at index: Int) {
    line[Self.start + 3 * index] = UInt8(truncatingIfNeeded: pair)
    line[Self.start + 3 * index + 1] = UInt8(truncatingIfNeeded: pair >> 8)
  }

  /// Writes the digits of an offset: where they begin.
  private mutating func write(_ number: UInt64) -> Int {
    if let known = offset, number == known.number &+ UInt64(Self.width), goOn(known.place) {
      offset = (number, known.place)
      return known.place
    }
    let place = writeNew(number)
    offset = (number, place)
    return place
  }

  /// Adds 16 to the digits that stand there: one of them, or few, are another then.
  ///
  /// - Returns: false if it has one digit more.
  private mutating func goOn(_ first: Int) -> Bool {
    var place = Self.start - 4
    while place >= first {
      switch line[place] {
      case UInt8(ascii: "f"):
        line[place] = UInt8(ascii: "0")
        place -= 1
        continue
      case UInt8(ascii: "9"): line[place] = UInt8(ascii: "a")
      default: line[place] += 1
      }
      return true
    }
    return false
  }

  private mutating func writeNew(_ offset: UInt64) -> Int {
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
