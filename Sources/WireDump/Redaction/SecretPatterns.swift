import GRPCCall

/// Secrets that are known already, and are looked for where nothing else tells that there is one: as
/// they are, and within Base64 of more than the secret.
struct SecretPatterns: Sendable {
  /// Shorter ones would be found by accident.
  private static let shortest = 8

  private(set) var patterns: [[UInt8]] = []

  init(_ secrets: some Sequence<[UInt8]>) {
    var seen: Set<[UInt8]> = []
    for secret in secrets {
      for pattern in [secret] + Self.base64(secret)
      where pattern.count >= Self.shortest && seen.insert(pattern).inserted {
        patterns.append(pattern)
      }
    }
    // What contains another is replaced before it.
    patterns.sort { $0.count > $1.count }
  }

  func occur(in text: [UInt8]) -> Bool {
    patterns.contains { Self.firstRange(of: $0, in: text, from: 0) != nil }
  }

  /// The part of a secret's Base64 that does not depend on its neighbours, for each of the three places
  /// in a group of four digits where it may begin, in both alphabets.
  private static func base64(_ secret: [UInt8]) -> [[UInt8]] {
    (0..<3).flatMap { before -> [[UInt8]] in
      let bits = before * 8
      let first = (bits + 5) / 6
      let last = (bits + secret.count * 8) / 6
      let text = Array(Base64.encode([UInt8](repeating: 0, count: before) + secret).utf8)
      guard last > first, last <= text.count else { return [] }
      let core = Array(text[first..<last])
      let urlSafe = core.map { digit -> UInt8 in
        digit == UInt8(ascii: "+")
          ? UInt8(ascii: "-") : digit == UInt8(ascii: "/") ? UInt8(ascii: "_") : digit
      }
      return [core, urlSafe]
    }
  }

  /// Where a pattern, which is not empty, occurs at or behind a place.
  static func firstRange(
    of pattern: [UInt8], in text: [UInt8], from start: Int
  ) -> Range<Int>? {
    guard text.count - start >= pattern.count else { return nil }
    let first = pattern[0]
    for place in start...(text.count - pattern.count) where text[place] == first {
      if text[place..<(place + pattern.count)].elementsEqual(pattern) {
        return place..<(place + pattern.count)
      }
    }
    return nil
  }
}
