import COpenSSL

/// The few cryptographic primitives that other modules need.
package enum Crypto {
  /// SHA-256 (FIPS 180-4): 32 bytes.
  package static func sha256(_ bytes: [UInt8]) -> [UInt8] {
    SHA256Hash.digest(of: [bytes])
  }

  /// HMAC (RFC 2104) with SHA-256: 32 bytes. The key may have any length.
  package static func hmacSHA256(key: [UInt8], message: [UInt8]) -> [UInt8] {
    hmac(SHA256Hash.self, key: key, message: message)
  }

  /// HMAC (RFC 2104) with SHA-512: 64 bytes. The key may have any length.
  package static func hmacSHA512(key: [UInt8], message: [UInt8]) -> [UInt8] {
    hmac(SHA512Hash.self, key: key, message: message)
  }

  /// HMAC (RFC 2104) with SHA-384: 48 bytes. The key may have any length.
  package static func hmacSHA384(key: [UInt8], message: [UInt8]) -> [UInt8] {
    hmac(SHA384Hash.self, key: key, message: message)
  }

  /// `count` bytes that cannot be guessed. Fails when the system has no entropy to give.
  package static func randomBytes(_ count: Int) throws(TLSError) -> [UInt8] {
    guard count > 0 else { return [] }
    OpenSSLError.clearQueue()
    var bytes = [UInt8](repeating: 0, count: count)
    guard let length = Int32(exactly: count), unsafe RAND_bytes(&bytes, length) == 1 else {
      throw .configuration("the system gives no random bytes")
    }
    return bytes
  }

  /// Whether both are equal, in a time that depends on the lengths only.
  package static func constantTimeEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    unsafe left.withUnsafeBytes { left in
      unsafe right.withUnsafeBytes { unsafe constantTimeEqual(left, $0) }
    }
  }

  /// The same, of bytes where they lie.
  package static func constantTimeEqual(
    _ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer
  ) -> Bool {
    guard left.count == right.count else { return false }
    guard let first = left.baseAddress, let second = right.baseAddress else { return true }
    // Both have so many bytes.
    return unsafe CRYPTO_memcmp(first, second, left.count) == 0
  }

  private static func hmac<Hash: HashFunction>(
    _: Hash.Type, key: [UInt8], message: [UInt8]
  ) -> [UInt8] {
    var block = key.count > Hash.blockSize ? Hash.digest(of: [key]) : key
    block += [UInt8](repeating: 0, count: Hash.blockSize - block.count)
    let inner = Hash.digest(of: [block.map { $0 ^ 0x36 }, message])
    return Hash.digest(of: [block.map { $0 ^ 0x5C }, inner])
  }
}

/// A hash function on a context of its own, which needs no memory and no provider: unlike the EVP
/// functions it cannot fail.
private protocol HashFunction {
  static var blockSize: Int { get }
  static func digest(of parts: [[UInt8]]) -> [UInt8]
}

private enum SHA256Hash: HashFunction {
  static let blockSize = Int(SHA256_CBLOCK)

  static func digest(of parts: [[UInt8]]) -> [UInt8] {
    var state = SHA256_CTX()
    unsafe SHA256_Init(&state)
    for part in parts { unsafe SHA256_Update(&state, part, part.count) }
    var digest = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
    unsafe SHA256_Final(&digest, &state)
    return digest
  }
}

private enum SHA512Hash: HashFunction {
  // SHA512_CBLOCK is a macro with a cast in it, so Swift does not see it.
  static let blockSize = 128

  static func digest(of parts: [[UInt8]]) -> [UInt8] {
    var state = SHA512_CTX()
    unsafe SHA512_Init(&state)
    for part in parts { unsafe SHA512_Update(&state, part, part.count) }
    var digest = [UInt8](repeating: 0, count: Int(SHA512_DIGEST_LENGTH))
    unsafe SHA512_Final(&digest, &state)
    return digest
  }
}

/// SHA-512 from another start, cut (FIPS 180-4, section 5.3.4).
private enum SHA384Hash: HashFunction {
  static let blockSize = SHA512Hash.blockSize

  static func digest(of parts: [[UInt8]]) -> [UInt8] {
    var state = SHA512_CTX()
    unsafe SHA384_Init(&state)
    for part in parts { unsafe SHA384_Update(&state, part, part.count) }
    var digest = [UInt8](repeating: 0, count: Int(SHA384_DIGEST_LENGTH))
    unsafe SHA384_Final(&digest, &state)
    return digest
  }
}
