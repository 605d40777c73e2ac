import COpenSSL

/// The fingerprint of a public key that a client insists on: SHA-256 of the key with its algorithm
/// (SubjectPublicKeyInfo, RFC 7469 §2.4). It stays the same when a certificate is renewed with its key.
///
/// `openssl x509 -in server.pem -noout -pubkey | openssl pkey -pubin -outform der | openssl dgst
/// -sha256 -binary | base64` tells it.
public struct PublicKeyPin: Sendable, Hashable, CustomStringConvertible {
  private static let size = 32
  private static let prefix = "sha256/"

  private let digest: [UInt8]

  /// Takes the 32 bytes of the fingerprint; nil for any other number.
  public init?(sha256 digest: [UInt8]) {
    guard digest.count == Self.size else { return nil }
    self.digest = digest
  }

  /// Takes a fingerprint as text: base64, with or without `sha256/` before it; nil for what is none.
  public init?(_ text: String) {
    let base64 = Array(
      (text.hasPrefix(Self.prefix) ? text.dropFirst(Self.prefix.count) : text[...]).utf8)
    // 32 bytes are 44 digits, of which the last is padding.
    guard base64.count == 44, base64.last == UInt8(ascii: "="),
      let count = Int32(exactly: base64.count)
    else { return nil }
    var bytes = [UInt8](repeating: 0, count: 33)
    guard unsafe EVP_DecodeBlock(&bytes, base64, count) == 33 else { return nil }
    OpenSSLError.clearQueue()
    self.init(sha256: Array(bytes.prefix(Self.size)))
  }

  /// The fingerprint of a certificate's key.
  init?(of certificate: OpaquePointer) {
    let key = unsafe X509_get_X509_PUBKEY(certificate)
    let count = unsafe i2d_X509_PUBKEY(key, nil)
    guard count > 0 else { return nil }
    var encoded = [UInt8](repeating: 0, count: Int(count))
    let written = unsafe encoded.withUnsafeMutableBufferPointer { buffer in
      var end = buffer.baseAddress
      return unsafe i2d_X509_PUBKEY(key, &end)
    }
    guard written == count else { return nil }
    digest = Crypto.sha256(encoded)
  }

  /// `sha256/` and base64.
  public var description: String {
    var text = [UInt8](repeating: 0, count: 45)
    let count = unsafe EVP_EncodeBlock(&text, digest, Int32(clamping: digest.count))
    return Self.prefix + String(decoding: text.prefix(Int(max(0, count))), as: UTF8.self)
  }
}
