/// Where an ``AuthClient`` finds its credential when that changes while the client lives: because the
/// key is rotated, most of all.
///
/// A source is asked by every call, from any thread, so ``current`` must be quick.
public protocol CredentialSource: Sendable {
  /// The best credential that there is now. It does not wait for anything.
  var current: LiveCredential { get }

  /// What to try instead of a credential that the service does not accept (UNAUTHENTICATED).
  ///
  /// Many calls may ask at once; one look at wherever the credential comes from is to serve them all.
  ///
  /// - Parameter refused: the credential that the failed call has shown.
  /// - Returns: nil where there is nothing else to try.
  func replacement(for refused: LiveCredential) async -> LiveCredential?
}

/// A credential and its place among those that a ``CredentialSource`` has had.
public struct LiveCredential: Sendable, Hashable {
  /// The credential and its endpoints.
  public let provider: CredentialProvider
  /// Tells one credential of a source from another: never the same for two, and greater for one that
  /// came later.
  public let generation: UInt64

  /// Numbers a credential.
  public init(provider: CredentialProvider, generation: UInt64) {
    self.provider = provider
    self.generation = generation
  }
}
