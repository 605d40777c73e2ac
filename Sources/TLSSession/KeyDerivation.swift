extension Crypto {
  /// The hash functions that TLS derives keys with.
  package enum DerivationHash: Sendable {
    case sha256
    case sha384

    /// How many bytes a hash has.
    package var size: Int { self == .sha256 ? 32 : 48 }
  }

  /// HMAC (RFC 2104) with a hash function. The key may have any length.
  package static func hmac(_ hash: DerivationHash, key: [UInt8], message: [UInt8]) -> [UInt8] {
    switch hash {
    case .sha256: hmacSHA256(key: key, message: message)
    case .sha384: hmacSHA384(key: key, message: message)
    }
  }

  /// HKDF-Expand (RFC 5869 §2.3).
  ///
  /// - Parameter count: how many bytes; at most 255 hashes' worth, and no more are given.
  package static func hkdfExpand(
    _ hash: DerivationHash, secret: [UInt8], info: [UInt8], count: Int
  ) -> [UInt8] {
    var output: [UInt8] = []
    var block: [UInt8] = []
    for number in UInt8(1)...255 where output.count < count {
      block = hmac(hash, key: secret, message: block + info + [number])
      output += block
    }
    return Array(output.prefix(count))
  }

  /// HKDF-Expand-Label of TLS 1.3 (RFC 8446 §7.1) with an empty context.
  package static func expandLabel(
    _ hash: DerivationHash, secret: [UInt8], label: String, count: Int
  ) -> [UInt8] {
    let name = Array("tls13 \(label)".utf8)
    let info =
      [UInt8(truncatingIfNeeded: count >> 8), UInt8(truncatingIfNeeded: count)]
      + [UInt8(truncatingIfNeeded: name.count)] + name + [0]
    return hkdfExpand(hash, secret: secret, info: info, count: count)
  }

  /// The pseudorandom function of TLS 1.2 (RFC 5246 §5).
  package static func tls12PRF(
    _ hash: DerivationHash, secret: [UInt8], label: String, seed: [UInt8], count: Int
  ) -> [UInt8] {
    let seed = Array(label.utf8) + seed
    var output: [UInt8] = []
    var chain = seed
    while output.count < count {
      chain = hmac(hash, key: secret, message: chain)
      output += hmac(hash, key: secret, message: chain + seed)
    }
    return Array(output.prefix(count))
  }
}
