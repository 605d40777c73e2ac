import TestSupport
import Testing

@testable import WireDump

@Suite struct TextBufferTests {
  /// Pieces of all lengths around the room of what is gathered in place.
  @Test func holdsWhatWasAppendedHoweverLongThePiecesAre() {
    var random = SeededGenerator(seed: 21)
    for _ in 0..<200 {
      var text = TextBuffer()
      var expected = ""
      for _ in 0..<Int.random(in: 0...12, using: &random) {
        let count = Int.random(in: 0...300, using: &random)
        let piece = String(
          decoding: (0..<count).map { _ in UInt8.random(in: 0x20..<0x7f, using: &random) },
          as: UTF8.self)
        text.append(piece)
        text.append(UInt8(ascii: "|"))
        expected += piece + "|"
      }
      #expect(text.count == expected.utf8.count)
      #expect(text.string == expected)
      #expect(text.take() == Array(expected.utf8))
      #expect(text.count == 0 && text.string == "")
    }
  }

  @Test func writesNumbersAsWideAsTheyAreAskedFor() {
    var text = TextBuffer()
    text.append(decimal: 0)
    text.append(literal: " ")
    text.append(decimal: UInt64.max, width: 3)
    text.append(literal: " ")
    text.append(decimal: 7, width: 3, padding: 0x20)
    text.append(literal: " ")
    text.append(decimal: Int.min)
    text.append(literal: " ")
    text.append(hex: 0xbeef, width: 6)
    text.append(literal: " ")
    text.append(hex: .max)
    #expect(
      text.string
        == "0 18446744073709551615   7 -9223372036854775808 00beef ffffffffffffffff")
  }

  @Test func writesTheDigitsOfEveryByte() {
    let bytes = (0...UInt8.max).map(\.self)
    var text = TextBuffer()
    text.append(hexOf: bytes.span)
    #expect(text.string == hex(bytes))
  }

  @Test func lendsWhatItHoldsAndBeginsAnew() {
    var text = TextBuffer()
    text.append(String(repeating: "x", count: 300))
    var lent = 0
    text.take { lent = $0.count }
    text.append(literal: "y")
    #expect(lent == 300 && text.string == "y")
  }
}
