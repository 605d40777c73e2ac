import MomentoAuth
import SecretStores

/// Gives the bearer tokens of calls.
protocol AccessTokens: Sendable {
  /// A token that is good for some time yet.
  func token() async throws(SecretStoreError) -> Secret
  /// Drops the token that was given last, because it was refused.
  ///
  /// - Returns: whether there was one: a new one may do better.
  func forget() -> Bool
}

/// A token with its end.
struct AccessToken: Sendable {
  var text: Secret
  var end: ContinuousClock.Instant
}
