import FoundationEssentials
import TLSSession

/// Makes and recognises keys: JWTs (RFC 7519) signed with HS256 (RFC 7518 §3.2).
///
/// The signing keys are random: what one mint made, no other mint accepts, but for one that was given
/// the same keys.
struct TokenMint: Sendable {
  /// How long each of its keys is, in bytes.
  static let keySize = 32

  /// Secret.
  let signingKey: [UInt8]
  /// Secret.
  let refreshKey: [UInt8]

  init() throws(TLSError) {
    signingKey = try Crypto.randomBytes(Self.keySize)
    refreshKey = try Crypto.randomBytes(Self.keySize)
  }

  /// The mint that another one was.
  init(signingKey: [UInt8], refreshKey: [UInt8]) {
    self.signingKey = signingKey
    self.refreshKey = refreshKey
  }

  /// A name that was never used before: 128 random bits.
  static func freshID() throws(TLSError) -> String {
    Base64URL.encode(try Crypto.randomBytes(16))
  }

  /// The JWT of some claims.
  func token(for claims: TokenClaims) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let payload = [UInt8](try encoder.encode(claims))
    let signed = Self.header + "." + Base64URL.encode(payload)
    return signed + "." + Base64URL.encode(signature(of: signed))
  }

  /// The claims of a token that this mint made, expired or not; nil for any other text.
  ///
  /// The header must be the very one that is written here, so no token can choose another algorithm
  /// (RFC 8725 §3.1). Nothing is parsed before the signature is found right.
  func claims(of token: String) -> TokenClaims? {
    guard let dot = token.utf8.lastIndex(of: UInt8(ascii: ".")) else { return nil }
    let signed = token[..<dot]
    let signature = Base64URL.encode(signature(of: signed))
    guard signed.hasPrefix(Self.header + "."),
      Crypto.constantTimeEqual(
        Array(token[token.index(after: dot)...].utf8), Array(signature.utf8)),
      let payload = Base64URL.decode(signed.dropFirst(Self.header.count + 1))
    else { return nil }
    return try? JSONDecoder().decode(TokenClaims.self, from: Data(payload))
  }

  /// The one text that refreshes a key. It is a code over the key's `jti`, so the service need not
  /// remember it.
  func refreshToken(for claims: TokenClaims) -> String {
    Base64URL.encode(
      Crypto.hmacSHA256(key: refreshKey, message: Array("refresh:\(claims.jti)".utf8)))
  }

  /// Whether a text is the refresh token of a key.
  func isRefreshToken(_ text: String, for claims: TokenClaims) -> Bool {
    Crypto.constantTimeEqual(Array(text.utf8), Array(refreshToken(for: claims).utf8))
  }

  private func signature(of text: some StringProtocol) -> [UInt8] {
    Crypto.hmacSHA256(key: signingKey, message: Array(text.utf8))
  }

  private static let header = Base64URL.encode(Array(#"{"alg":"HS256","typ":"JWT"}"#.utf8))
}

extension TokenMint: CustomStringConvertible, CustomReflectable {
  /// The type's name: the keys are secret.
  var description: String { "TokenMint" }
  /// A mirror without children.
  var customMirror: Mirror { Mirror(self, children: []) }
}
