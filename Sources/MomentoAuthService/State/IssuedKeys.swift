import MomentoAuthMessages

/// A key or a disposable token that was given out, as a list of keys shows it. It holds no secret.
struct IssuedKey: Codable, Equatable, Sendable {
  /// The claim `jti`.
  var id: String
  var kind: TokenClaims.Kind
  /// What it may do: `super-user`, or permissions in the grammar that the commands read, cut where
  /// they are long.
  var scope: String
  /// In seconds since 1970.
  var issued: UInt64
  /// In seconds since 1970; nil for never.
  var expires: UInt64?
  /// The id of the key in whose place it was made.
  var refreshedFrom: String?
  /// What whoever asked for it called it.
  var description: String?
  /// The token id of a disposable token.
  var tokenID: String?
}

/// The keys and tokens that were given out last, the newest at the end.
///
/// Keys say all of themselves, so forgetting one takes nothing away from it. Of each kind the oldest is
/// forgotten when there are too many, one that has expired before one that has not.
struct IssuedKeys: Sendable {
  /// The most that are kept of each kind.
  static let most = 1_000
  /// Texts of more bytes are cut, so that the list stays small.
  static let longestText = 200

  private(set) var keys: [IssuedKey]

  init(_ keys: [IssuedKey] = []) { self.keys = keys }

  mutating func add(_ key: IssuedKey, at now: UInt64) {
    if keys.count(where: { $0.kind == key.kind }) >= Self.most { forgetOne(key.kind, at: now) }
    keys.append(key)
  }

  private mutating func forgetOne(_ kind: TokenClaims.Kind, at now: UInt64) {
    let expired = keys.firstIndex { $0.kind == kind && ($0.expires.map { $0 <= now } ?? false) }
    if let index = expired ?? keys.firstIndex(where: { $0.kind == kind }) { keys.remove(at: index) }
  }

  /// Takes a key out that nobody was given in the end.
  mutating func remove(_ id: String) { keys.removeAll { $0.id == id } }

  /// The keys in whose place another was made.
  var refreshed: Set<String> { Set(keys.compactMap(\.refreshedFrom)) }
}

extension IssuedKey {
  init(_ claims: TokenClaims, refreshedFrom: String? = nil, description: String = "") {
    id = claims.jti
    kind = claims.kind
    scope = Self.words(claims)
    issued = claims.iat
    expires = claims.exp
    self.refreshedFrom = refreshedFrom
    self.description = description.isEmpty ? nil : Self.cut(description)
    tokenID = claims.tid
  }

  private static func words(_ claims: TokenClaims) -> String {
    guard claims.scope == .explicit else { return "super-user" }
    return cut(Authorizer(claims)?.words ?? "nothing")
  }

  private static func cut(_ text: String) -> String {
    // By bytes: one character can be as long as a whole message.
    guard text.utf8.count > IssuedKeys.longestText else { return text }
    return String(decoding: text.utf8.prefix(IssuedKeys.longestText), as: UTF8.self) + "…"
  }
}
