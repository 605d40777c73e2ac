import TestSupport
import Testing

@testable import WireDump

@Suite struct HexColumnsTests {
  /// A line as it is to be, put together from its columns.
  private func line(_ bytes: [UInt8], hiding secret: Range<Int>, at offset: UInt64) -> String {
    let digits = bytes.indices.map { secret.contains($0) ? "-- " : hex([bytes[$0]]) + " " }
    let columns = digits.joined()
    return Hex.padded(offset, 6) + "  " + columns
      + String(repeating: " ", count: 48 - columns.utf8.count) + "pb"
  }

  /// Offsets that go on, gain a digit, and begin elsewhere, in the same columns.
  @Test func showOffsetBytesAndLayer() {
    var random = SeededGenerator(seed: 3)
    var columns = HexColumns("pb")
    var text = TextBuffer()
    var expected = ""
    let starts: [UInt64] = [0, 0x80, 0xf0, 0xffe0, 0xffff_d0, 0xffff_ffff_ffff_ffc0, 7, 0xfff_fff7]
    for start in starts {
      for step in 0..<5 {
        let offset = start &+ UInt64(16 * step)
        let count = step == 4 ? Int.random(in: 0...15, using: &random) : 16
        let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
        let first = Int.random(in: 0...count, using: &random)
        let secret = first..<Int.random(in: first...count, using: &random)
        for secret in [secret, 0..<0, 0..<count] {
          columns.append(lineOf: bytes.span, hiding: secret, at: offset, to: &text)
          expected += line(bytes, hiding: secret, at: offset) + "\n"
          columns.append(bytes.span, hiding: secret, at: offset, to: &text)
          expected += line(bytes, hiding: secret, at: offset) + "     "
        }
      }
    }
    #expect(text.string == expected)
  }
}
