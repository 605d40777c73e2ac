extension HuffmanCode {
  /// The code of each symbol: canonical, so the lengths say it.
  private static let codes: [UInt32] = {
    var codes = [UInt32](repeating: 0, count: lengths.count)
    var code: UInt32 = 0
    for length in 5...30 {
      for symbol in lengths.indices where lengths[symbol] == length {
        codes[symbol] = code
        code += 1
      }
      code <<= 1
    }
    return codes
  }()

  /// A string literal's bytes (RFC 7541 §5.2), padded with ones.
  static func encoded(_ text: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = []
    var pending: UInt64 = 0
    var count: UInt64 = 0
    for byte in text {
      let length = UInt64(lengths[Int(byte)])
      pending = pending << length | UInt64(codes[Int(byte)])
      count += length
      while count >= 8 {
        count -= 8
        bytes.append(UInt8(truncatingIfNeeded: pending >> count))
      }
    }
    if count > 0 {
      let padding = 8 - count
      bytes.append(UInt8(truncatingIfNeeded: pending << padding | ((1 << padding) - 1)))
    }
    return bytes
  }
}
