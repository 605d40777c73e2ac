/// What a key or a token says of itself: the claims of its JWT (RFC 7519 §4). All that the service
/// must know of a key stands in it; a list of keys is for people only.
struct TokenClaims: Codable, Equatable, Sendable {
  /// What sort of credential it is.
  enum Kind: String, Codable, Sendable {
    /// Given by Login; may make any key.
    case session
    /// Given by GenerateApiToken and RefreshApiToken.
    case apiKey = "api_key"
    /// Given by GenerateDisposableToken; makes nothing, is never refreshed.
    case disposable
  }

  /// How much it may do.
  enum Scope: String, Codable, Sendable {
    case superUser = "super_user"
    /// What the claim `p` lists.
    case explicit
  }

  /// Whose it is.
  var sub: String
  /// The generation of keys that this is: 1, the one that can be refreshed.
  var ver = 1
  /// Random, so that two keys made in the same second differ.
  var jti: String
  /// When it was made, in seconds since 1970.
  var iat: UInt64
  /// From when on it is not accepted, in seconds since 1970; nil for never.
  var exp: UInt64?
  var kind: Kind
  var scope: Scope
  /// The permissions of an explicit scope, a `permission_messages.Permissions` in base64url; empty
  /// for a super-user's.
  var p: String
  /// The token id of a disposable token.
  var tid: String?
  /// The base endpoint that goes with it, where it is not the service's own.
  var ep: String?

  /// The first moment at which it is not accepted is `exp` itself (RFC 7519 §4.1.4).
  func isExpired(at now: UInt64) -> Bool { exp.map { now >= $0 } ?? false }

  /// For how long it was made; nil for ever.
  var lifetime: UInt64? { exp.map { $0 >= iat ? $0 - iat : 0 } }
}
