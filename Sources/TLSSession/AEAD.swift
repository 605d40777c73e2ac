import COpenSSL

/// The ciphers that protect TLS records (RFC 5116, RFC 8439), all with tags of 16 bytes and nonces
/// of 12.
package enum AEAD: Sendable {
  case aes128GCM
  case aes256GCM
  case chaCha20Poly1305

  /// How many bytes a key has.
  package var keySize: Int { self == .aes128GCM ? 16 : 32 }

  private static let (tagSize, nonceSize) = (16, 12)

  /// What was sealed; nil if the key, the nonce, the associated bytes or the sealed bytes are not
  /// the ones that belong together.
  ///
  /// - Parameter sealed: the ciphertext and its tag.
  package func open(
    _ sealed: [UInt8], key: [UInt8], nonce: [UInt8], associated: [UInt8]
  ) -> [UInt8]? {
    let count = sealed.count - Self.tagSize
    guard count >= 0, key.count == keySize, nonce.count == Self.nonceSize,
      let size = Int32(exactly: count), let associatedSize = Int32(exactly: associated.count),
      let context = unsafe EVP_CIPHER_CTX_new()
    else { return nil }
    defer { unsafe EVP_CIPHER_CTX_free(context) }
    var tag = Array(sealed.suffix(Self.tagSize))
    // One byte more than needed, so that there is always storage to point at.
    var opened = [UInt8](repeating: 0, count: count + 1)
    var done: Int32 = 0
    // The lengths of key, nonce, tag and output are checked or made above.
    guard unsafe EVP_DecryptInit_ex(context, cipher, nil, key, nonce) == 1,
      unsafe EVP_DecryptUpdate(context, nil, &done, associated, associatedSize) == 1,
      unsafe EVP_DecryptUpdate(context, &opened, &done, sealed, size) == 1,
      unsafe EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, 16, &tag) == 1,
      unsafe EVP_DecryptFinal_ex(context, nil, &done) == 1
    else {
      OpenSSLError.clearQueue()
      return nil
    }
    opened.removeLast()
    return opened
  }

  private var cipher: OpaquePointer? {
    switch self {
    case .aes128GCM: unsafe EVP_aes_128_gcm()
    case .aes256GCM: unsafe EVP_aes_256_gcm()
    case .chaCha20Poly1305: unsafe EVP_chacha20_poly1305()
    }
  }
}
