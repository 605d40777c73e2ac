/// The places of a text at which a secret may begin, or the sign before one stands: few, which are found
/// sixteen bytes at a time, because large binary fields are looked through too.
enum SecretBeginnings {
  private typealias Block = SIMD16<UInt8>

  /// Calls `body` with the places from one on, in order, until it returns false.
  static func forEach(in text: Span<UInt8>, from start: Int = 0, _ body: (Int) -> Bool) {
    var place = start
    // A byte more than a block: a pair of bytes may begin with its last one.
    while place + Block.scalarCount < text.count {
      // Every pattern of bits is a block, and the span checks where it ends.
      let (first, second) = unsafe (
        text.bytes.unsafeLoadUnaligned(fromByteOffset: place, as: Block.self),
        text.bytes.unsafeLoadUnaligned(fromByteOffset: place + 1, as: Block.self)
      )
      let found = bits(first, second)
      guard places(found.x, from: place, body), places(found.y, from: place + 8, body) else {
        return
      }
      place += Block.scalarCount
    }
    while place < text.count {
      let next = place + 1 < text.count ? text[place + 1] : 0
      if isBeginning(text[place], next), !body(place) { return }
      place += 1
    }
  }

  /// `eyJ` and `eyA` of a token, `Bearer ` and `bearer `, the signs behind a name, and `%` of an encoding.
  private static func isBeginning(_ first: UInt8, _ second: UInt8) -> Bool {
    switch first {
    case UInt8(ascii: "e"): second == UInt8(ascii: "y")
    case UInt8(ascii: "B"), UInt8(ascii: "b"): second == UInt8(ascii: "e")
    case UInt8(ascii: ":"), UInt8(ascii: "="), UInt8(ascii: "%"): true
    default: false
    }
  }

  /// The same for sixteen bytes and those behind each: a bit for each byte, in its lowest.
  private static func bits(_ first: Block, _ second: Block) -> SIMD2<UInt64> {
    let token = (first .== all("e")) .& (second .== all("y"))
    let bearer = ((first | Block(repeating: 0x20)) .== all("b")) .& (second .== all("e"))
    let sign = (first .== all(":")) .| (first .== all("=")) .| (first .== all("%"))
    // A mask is sixteen bytes of zeros or ones.
    let mask = unsafe unsafeBitCast(token .| bearer .| sign, to: SIMD2<UInt64>.self)
    return mask & SIMD2(repeating: 0x0101_0101_0101_0101)
  }

  /// Sixteen times the same: operations on a block and a single byte are carried out one by one.
  @inline(__always)
  private static func all(_ character: Unicode.Scalar) -> Block {
    Block(repeating: UInt8(ascii: character))
  }

  private static func places(_ bits: UInt64, from start: Int, _ body: (Int) -> Bool) -> Bool {
    var bits = UInt64(littleEndian: bits)
    while bits != 0 {
      guard body(start + bits.trailingZeroBitCount / 8) else { return false }
      bits &= bits &- 1
    }
    return true
  }
}
