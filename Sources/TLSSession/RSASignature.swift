import COpenSSL

extension Crypto {
  /// The signature RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017 §8.2), which JWS calls RS256
  /// (RFC 7518 §3.3).
  ///
  /// - Parameters:
  ///   - pem: an RSA key of at least 2048 bits, not encrypted.
  ///   - owner: whose key it is, for messages.
  package static func signRS256(
    _ message: [UInt8], pem: String, whose owner: String
  ) throws(TLSError) -> [UInt8] {
    let key = try PrivateKey.parse(pem: pem, whose: owner)
    guard unsafe EVP_PKEY_get_base_id(key.pointer) == EVP_PKEY_RSA,
      unsafe EVP_PKEY_get_bits(key.pointer) >= 2_048
    else {
      throw .configuration("the \(owner)'s private key is not an RSA key of 2048 bits or more")
    }
    OpenSSLError.clearQueue()
    guard let context = unsafe EVP_MD_CTX_new() else { throw .configuration("out of memory") }
    defer { unsafe EVP_MD_CTX_free(context) }
    var count = Int(unsafe EVP_PKEY_get_size(key.pointer))
    var signature = [UInt8](repeating: 0, count: max(0, count))
    guard
      unsafe EVP_DigestSignInit(context, nil, EVP_sha256(), nil, key.pointer) == 1,
      unsafe EVP_DigestSign(context, &signature, &count, message, message.count) == 1,
      count <= signature.count
    else { throw .configuration("cannot sign with the \(owner)'s private key") }
    return Array(signature.prefix(count))
  }
}
