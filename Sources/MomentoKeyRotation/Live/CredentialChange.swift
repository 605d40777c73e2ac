public import MomentoAuth

/// A credential that takes the place of another. Printing it shows no secret.
public struct CredentialChange: Sendable, Hashable {
  /// Greater for each credential than for the one before.
  public let generation: UInt64
  /// The credential and where to use it.
  public let credential: CredentialProvider
  /// When the key stops working; `nil` when nobody says.
  public let validUntil: ExpiresAt?
  /// The SHA-256 of the key as 64 hexadecimal digits: tells keys apart and gives nothing away.
  public let fingerprint: String

  init(_ key: LiveKeys.Key) {
    generation = key.live.generation
    credential = key.live.provider
    validUntil = key.validUntil
    fingerprint = key.fingerprint
  }
}
