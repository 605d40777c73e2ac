extension Crypto {
  /// CRC-32C (Castagnoli, RFC 3720 §12.1), which guards against accidents only, not against people.
  package static func crc32c(_ bytes: [UInt8]) -> UInt32 {
    let table = crc32cTable
    var crc = UInt32.max
    for byte in bytes {
      let index = Int(UInt8(truncatingIfNeeded: crc) ^ byte)
      crc = crc >> 8 ^ table[index]
    }
    return ~crc
  }

  /// The remainder of each byte by the reflected polynomial; 256 entries.
  private static let crc32cTable: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { crc, _ in
      crc & 1 == 1 ? crc >> 1 ^ 0x82F6_3B78 : crc >> 1
    }
  }
}
