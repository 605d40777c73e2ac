/// The keys whose refresh tokens have been used, where a refresh token may be used only once.
///
/// A key can be forgotten once it has expired, because an expired key cannot be refreshed anyway. No
/// key is forgotten earlier: when there is no room, using is refused instead.
struct UsedRefreshTokens: Sendable {
  private(set) var expiryOfKey: [String: UInt64] = [:]
  private let limit: Int

  /// - Parameter expiryOfKey: what has been used before, by the key's id.
  init(limit: Int, expiryOfKey: [String: UInt64] = [:]) {
    self.limit = limit
    self.expiryOfKey = expiryOfKey
  }

  var count: Int { expiryOfKey.count }

  func contains(_ key: TokenClaims) -> Bool { expiryOfKey[key.jti] != nil }

  mutating func remove(_ key: TokenClaims) { expiryOfKey[key.jti] = nil }

  /// Remembers a key. False when there is no room left.
  mutating func insert(_ key: TokenClaims, at now: UInt64) -> Bool {
    if expiryOfKey.count >= limit { expiryOfKey = expiryOfKey.filter { $0.value > now } }
    guard expiryOfKey.count < limit else { return false }
    expiryOfKey[key.jti] = key.exp ?? .max
    return true
  }
}

/// Counts operations in the current second.
struct OperationsQuota: Sendable {
  private var second: UInt64 = 0
  private var count = 0
  private let limit: Int?

  init(limit: Int?) { self.limit = limit }

  mutating func take(at now: UInt64) throws(AuthRefusal) {
    guard let limit else { return }
    if second != now { (second, count) = (now, 0) }
    guard count < limit else { throw .tooManyOperations(limit) }
    count += 1
  }
}
