import TLSSession

/// What a cipher suite says about records (RFC 8446, appendix B.4; RFC 5289; RFC 7905).
struct CipherSuite {
  let cipher: AEAD
  let hash: Crypto.DerivationHash

  /// The suite of a number; nil for those that do not protect records with these ciphers.
  init?(_ number: Int) {
    switch number {
    case 0x1301, 0xC02B, 0xC02F, 0x009C, 0x009E: (cipher, hash) = (.aes128GCM, .sha256)
    case 0x1302, 0xC02C, 0xC030, 0x009D, 0x009F: (cipher, hash) = (.aes256GCM, .sha384)
    case 0x1303, 0xCCA8, 0xCCA9, 0xCCAA: (cipher, hash) = (.chaCha20Poly1305, .sha256)
    default: return nil
    }
  }
}
