/// Text that is put together from many short pieces, as UTF-8. They are gathered in place: an append to
/// an array costs more than most of them are long.
package struct TextBuffer: Sendable {
  private static let room = 256

  /// The end of the text, which was not added to the rest yet.
  private var recent = InlineArray<256, UInt8>(repeating: 0)
  private var recentCount = 0
  private var gathered: [UInt8] = []

  package init() {}

  /// How many bytes it has.
  var count: Int { gathered.count + recentCount }

  mutating func append(_ byte: UInt8) {
    if recentCount == Self.room { gather() }
    recent[recentCount] = byte
    recentCount += 1
  }

  mutating func append(_ bytes: Span<UInt8>) {
    // A buffer is read before the closure ends.
    unsafe bytes.withUnsafeBufferPointer { unsafe append($0) }
  }

  mutating func append(_ text: String) { append(text.utf8Span.span) }

  /// A literal, which is at hand as UTF-8.
  mutating func append(literal text: StaticString) {
    text.withUTF8Buffer { unsafe append($0) }
  }

  private mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
    guard bytes.count <= Self.room - recentCount else { return unsafe appendBehind(bytes) }
    guard let source = bytes.baseAddress else { return }
    let count = recentCount
    var space = recent.mutableSpan
    // There is room for all of it.
    unsafe space.withUnsafeMutableBufferPointer { space in
      guard let start = space.baseAddress else { return }
      unsafe (start + count).update(from: source, count: bytes.count)
    }
    recentCount = count + bytes.count
  }

  /// Appends what does not fit into the room that is left.
  private mutating func appendBehind(_ bytes: UnsafeBufferPointer<UInt8>) {
    gather()
    if bytes.count <= Self.room {
      unsafe append(bytes)
    } else {
      unsafe gathered.append(contentsOf: bytes)
    }
  }

  private mutating func gather() {
    gathered.append(recent.span.extracting(0..<recentCount))
    recentCount = 0
  }

  /// Makes room for so much at once, and not for more, where growth would double it. To be called for
  /// what is large, and not again and again: each call may copy all.
  mutating func reserve(_ more: Int) {
    guard gathered.capacity - gathered.count < recentCount + more else { return }
    gathered.reserveCapacity(gathered.count + recentCount + more)
  }

  /// All of it; the buffer is empty then.
  package mutating func take() -> [UInt8] {
    gather()
    defer { gathered = [] }
    return gathered
  }

  /// All of it, lent to `body`; the buffer is empty then, and keeps its room.
  package mutating func take(_ body: (Span<UInt8>) -> Void) {
    gather()
    body(gathered.span)
    gathered.removeAll(keepingCapacity: true)
  }

  /// What it says.
  var string: String {
    var text = gathered
    text.append(recent.span.extracting(0..<recentCount))
    return String(decoding: text, as: UTF8.self)
  }
}

extension TextBuffer {
  /// In decimal digits, with padding before them up to a width.
  mutating func append(decimal number: UInt64, width: Int = 1, padding: UInt8 = 0x30) {
    if number < 10, width == 1 { return append(0x30 &+ UInt8(truncatingIfNeeded: number)) }
    var digits = InlineArray<20, UInt8>(repeating: padding)
    var start = 20
    var rest = number
    // Two digits for each division.
    while rest >= 10 {
      let pair = UInt8(truncatingIfNeeded: rest % 100)
      rest /= 100
      start -= 2
      digits[start] = 0x30 &+ pair / 10
      digits[start + 1] = 0x30 &+ pair % 10
    }
    if rest > 0 || start == 20 {
      start -= 1
      digits[start] = 0x30 &+ UInt8(truncatingIfNeeded: rest)
    }
    append(digits.span.extracting(max(0, min(start, 20 - width))..<20))
  }

  mutating func append(decimal number: Int) {
    if number < 0 { append(UInt8(ascii: "-")) }
    append(decimal: UInt64(number.magnitude))
  }

  /// In hexadecimal digits, with zeros before them up to a width.
  mutating func append(hex number: UInt64, width: Int = 1) {
    var digits = InlineArray<16, UInt8>(repeating: 0x30)
    var start = 16
    var rest = number
    repeat {
      start -= 1
      digits[start] = Hex.digit(UInt8(truncatingIfNeeded: rest & 0xf))
      rest >>= 4
    } while rest > 0
    append(digits.span.extracting(max(0, min(start, 16 - width))..<16))
  }

  mutating func append(spaces count: Int) {
    for _ in 0..<max(0, count) { append(0x20) }
  }

  /// Two hexadecimal digits for each byte.
  mutating func append(hexOf bytes: Span<UInt8>) {
    // Of a large value: room that doubles would be twice as much.
    if bytes.count >= 1 << 16 { reserve(2 * bytes.count) }
    for index in bytes.indices { append(hexOf: bytes[index]) }
  }

  mutating func append(hexOf byte: UInt8) {
    let pair = Hex.pair(byte)
    append(UInt8(truncatingIfNeeded: pair))
    append(UInt8(truncatingIfNeeded: pair >> 8))
  }

  /// Seconds with milliseconds, as nghttp has it.
  mutating func append(clock nanoseconds: UInt64) {
    let milliseconds = nanoseconds / 1_000_000
    append(UInt8(ascii: "["))
    append(decimal: milliseconds / 1000, width: 3, padding: 0x20)
    append(UInt8(ascii: "."))
    append(decimal: milliseconds % 1000, width: 3)
    append(UInt8(ascii: "]"))
  }
}
