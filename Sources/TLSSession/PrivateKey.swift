import COpenSSL

/// A private key. Owns one `EVP_PKEY`; it has no description, so that it cannot be printed.
@safe struct PrivateKey: ~Copyable {
  let pointer: OpaquePointer

  private init(_ pointer: OpaquePointer) {
    unsafe self.pointer = unsafe pointer
  }

  deinit {
    unsafe EVP_PKEY_free(pointer)
  }

  /// A fresh key on the curve P-256.
  static func generate() throws(TLSError) -> PrivateKey {
    OpenSSLError.clearQueue()
    guard let key = unsafe COpenSSL_EVP_EC_gen("P-256") else {
      throw .configuration("cannot generate a P-256 key")
    }
    return unsafe PrivateKey(key)
  }

  /// Reads the first private key of `pem`. An encrypted key is refused; nobody is asked for a
  /// password.
  static func parse(pem: String, whose owner: String) throws(TLSError) -> PrivateKey {
    OpenSSLError.clearQueue()
    let bio = try MemoryBIO.text(pem)
    if let key = unsafe PEM_read_bio_PrivateKey(bio.pointer, nil, refusePassword, nil) {
      return unsafe PrivateKey(key)
    }
    throw .configuration(
      pem.contains("ENCRYPTED")
        ? "the \(owner)'s private key is encrypted; give it decrypted (openssl pkey -in … -out …)"
        : "the \(owner)'s private key is not a private key in PEM (-----BEGIN PRIVATE KEY-----)")
  }

  /// The key in PKCS #8 PEM, not encrypted.
  func pem() throws(TLSError) -> String {
    let bio = try MemoryBIO.empty()
    OpenSSLError.clearQueue()
    guard unsafe PEM_write_bio_PrivateKey(bio.pointer, pointer, nil, nil, 0, nil, nil) == 1 else {
      throw .configuration("cannot write the private key")
    }
    return bio.contents
  }
}

/// Says no. Without it OpenSSL would prompt on the terminal.
func refusePassword(
  _: UnsafeMutablePointer<CChar>?, _: Int32, _: Int32, _: UnsafeMutableRawPointer?
) -> Int32 {
  -1
}
