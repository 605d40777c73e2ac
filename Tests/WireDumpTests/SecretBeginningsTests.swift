import TestSupport
import Testing

@testable import WireDump

@Suite struct SecretBeginningsTests {
  /// What is to be found, one byte after the other.
  private func expected(_ text: [UInt8], from start: Int) -> [Int] {
    text.indices.filter { index in
      let pair = String(decoding: text[index..<min(index + 2, text.count)], as: Unicode.ASCII.self)
      return index >= start
        && (["ey", "Be", "be"].contains(pair) || [":", "=", "%"].contains { pair.hasPrefix($0) })
    }
  }

  private func found(_ text: [UInt8], from start: Int = 0) -> [Int] {
    var places: [Int] = []
    SecretBeginnings.forEach(in: text.span, from: start) { place in
      places.append(place)
      return true
    }
    return places
  }

  /// Random texts of few letters, in which all of them occur at all places of a block.
  @Test func areFoundWhereverTheyStand() {
    var random = SeededGenerator(seed: 5)
    let letters = Array("eyBbJAx:=%\u{1a}\u{5}\u{22}".utf8) + [0xe5, 0xba]
    for count in 0..<120 {
      for _ in 0..<20 {
        let text = (0..<count).map { _ in letters.randomElement(using: &random) ?? 0 }
        let start = Int.random(in: 0...count, using: &random)
        #expect(found(text, from: start) == expected(text, from: start))
      }
    }
  }

  @Test func areFoundAmongAllBytes() {
    var random = SeededGenerator(seed: 6)
    let text = (0..<100_000).map { _ in UInt8.random(in: 0...255, using: &random) }
    #expect(found(text) == expected(text, from: 0))
  }

  @Test func areNotLookedForOnceOneIsEnough() {
    let text = Array(repeating: UInt8(ascii: ":"), count: 100)
    for limit in [1, 8, 9, 16, 17, 99] {
      var count = 0
      SecretBeginnings.forEach(in: text.span) { _ in
        count += 1
        return count < limit
      }
      #expect(count == limit)
    }
  }
}
