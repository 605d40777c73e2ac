/// Makes values that stand for secrets: of the same length, and of the same length in Huffman code, so
/// that everything around them stays where it is. They are made from the order in which secrets come
/// and say nothing else about them; the same secret gets the same value.
struct SyntheticSecret {
  private static let schemes = ["Bearer ", "bearer ", "Basic "].map { Array($0.utf8) }

  private var made: [[UInt8]: [UInt8]] = [:]

  /// What stands for a text: letters and digits are others whose codes are as long, in another order;
  /// the rest stays, since it is form.
  mutating func text(_ secret: [UInt8]) -> [UInt8] {
    if let scheme = Self.schemes.first(where: { secret.starts(with: $0) }) {
      return scheme + text(Array(secret.dropFirst(scheme.count)))
    }
    if let value = made[secret] { return value }
    var generator = Sequence64(seed: UInt64(made.count))
    var value = secret
    // A value that is the secret itself by accident is tried again; one of a single digit may be.
    for _ in 0..<8 {
      value = Self.replaced(secret, &generator)
      if value != secret { break }
    }
    made[secret] = value
    return value
  }

  /// What stands for bytes of which nothing is known: none that a frame, a message or a header field
  /// could begin with (0x80 is index 0 of HPACK's table, RFC 7541 §6.1), so that they stay unknown.
  mutating func bytes(_ secret: [UInt8]) -> [UInt8] {
    if let value = made[secret] { return value }
    var generator = Sequence64(seed: UInt64(made.count))
    var value = secret.map { _ in UInt8(truncatingIfNeeded: generator.next()) | 0x80 }
    if !value.isEmpty { value[0] = 0x80 }
    made[secret] = value
    return value
  }

  private static func replaced(_ secret: [UInt8], _ generator: inout Sequence64) -> [UInt8] {
    let places = secret.indices.filter { isReplaced(secret[$0]) }
    var lengths = places.map { HuffmanCode.lengths[Int(secret[$0])] }
    lengths.shuffle(using: &generator)
    var value = secret
    for (place, length) in zip(places, lengths) {
      value[place] = symbols(length).randomElement(using: &generator) ?? value[place]
    }
    return value
  }

  private static func isReplaced(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
    default: byte >= 0x80
    }
  }

  /// Letters and digits of a code length; for those codes that no letter has, the bytes beyond ASCII.
  private static func symbols(_ length: UInt8) -> [UInt8] { byLength[Int(length)] }

  private static let byLength: [[UInt8]] = (0...30).map { length in
    let all = (UInt8.min...UInt8.max).filter { HuffmanCode.lengths[Int($0)] == length }
    let letters = all.filter { $0 < 0x80 && isReplaced($0) }
    return letters.isEmpty ? all.filter { $0 >= 0x80 } : letters
  }
}

/// Numbers that look random and are the same each time (SplitMix64).
private struct Sequence64: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed &* 0x9e37_79b9_7f4a_7c15 }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var value = state
    value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
    value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
    return value ^ (value >> 31)
  }
}
