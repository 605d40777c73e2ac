/// The Huffman code of RFC 7541 appendix B. It is canonical, within a length the codes count up with
/// the symbols, so the lengths say everything.
enum HuffmanCode {
  enum Failure: Error, Equatable {
    /// The code for the end of the string stands inside it.
    case endOfString
    /// What is left at the end is not up to seven ones (§5.2).
    case padding
  }

  /// The lengths in bits of the codes of 0 to 255 and, last, the end of the string.
  static let lengths: [UInt8] = [
    13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28,
    28, 28, 28, 28, 28, 28, 28, 28, 6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5,
    6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10, 13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
    7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6, 15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5,
    6,
    7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28, 20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23,
    23,
    23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24, 22, 21, 20, 22,
    22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22,
    23, 22, 22, 23, 26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27,
    27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27, 20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25,
    24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26, 30,
  ]

  /// The codes of one length: those below `limit`, with the bits to the left, that no shorter one took.
  private struct Group {
    var length: Int
    var first: UInt32
    var limit: UInt64
    /// Where the symbols of its codes begin.
    var start: Int
  }

  private static let table: (groups: [Group], symbols: [UInt16]) = {
    var groups: [Group] = []
    var symbols: [UInt16] = []
    var code: UInt32 = 0
    for length in 5...30 {
      let ofLength = lengths.indices.filter { lengths[$0] == length }.map { UInt16($0) }
      if !ofLength.isEmpty {
        let end = code + UInt32(ofLength.count)
        groups.append(
          Group(
            length: length, first: code, limit: UInt64(end) << UInt64(32 - length),
            start: symbols.count))
        symbols += ofLength
        code = end
      }
      code <<= 1
    }
    return (groups, symbols)
  }()

  static func decode(_ bytes: Span<UInt8>) throws(Failure) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(bytes.count * 8 / 5)
    let (groups, symbols) = (table.groups.span, table.symbols.span)
    // The bits that were not used yet, to the left in the lower 40: the longest code has 30, and bytes
    // are added whole.
    var pending: UInt64 = 0
    var count = 0
    var index = 0
    while true {
      while count <= 32, index < bytes.count {
        pending |= UInt64(bytes[index]) << UInt64(32 - count)
        count += 8
        index += 1
      }
      // Ones behind the end read like the padding that they may be.
      let window = (pending | ((1 << UInt64(40 - count)) - 1)) >> 8
      var place = 0
      while place < groups.count, window >= groups[place].limit { place += 1 }
      guard place < groups.count, groups[place].length <= count else { break }
      let group = groups[place]
      let symbol = symbols[
        group.start + Int(UInt32(window >> UInt64(32 - group.length)) - group.first)]
      guard symbol < 256 else { throw .endOfString }
      text.append(UInt8(symbol))
      pending = pending << UInt64(group.length) & 0xff_ffff_ffff
      count -= group.length
    }
    guard count < 8, pending == ((1 << UInt64(count)) - 1) << UInt64(40 - count) else {
      throw index == bytes.count && count < 30 ? .padding : .endOfString
    }
    return text
  }

  /// How many bytes a string would have.
  static func encodedCount(_ text: [UInt8]) -> Int {
    (text.reduce(0) { $0 + Int(lengths[Int($1)]) } + 7) / 8
  }
}
