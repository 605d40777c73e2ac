import MomentoAuth
import SecretStores

@testable import MomentoKeyRotation

/// Documents and claims for tests, told apart by a number.
enum Keys {
  static let now: UInt64 = 1_800_000_000
  static let life: UInt64 = 1_000_000

  /// A key that was issued at a moment; by default so long ago that it is due.
  static func document(
    _ number: Int, issuedAt: UInt64 = now - life * 4 / 5, operation: OperationID? = nil
  ) -> SecretDocument {
    SecretDocument(
      credentials: CredentialsFile(
        apiKey: Secret("key-\(number)"), refreshToken: Secret("refresh-\(number)"),
        validUntil: ExpiresAt(epochSeconds: issuedAt + life)),
      issuedAt: issuedAt, operation: operation)
  }

  static func snapshot(_ document: SecretDocument, state: Int = 1) -> SecretSnapshot {
    SecretSnapshot(
      identity: "test", current: StoredSecret(document: document, version: VersionToken("v1")),
      state: VersionToken("\(state)"))
  }

  static func intent(
    _ snapshot: SecretSnapshot, owner: OwnerID, attempt: Int = 0, startedAt: UInt64 = now
  ) -> RotationIntent {
    RotationIntent(
      operation: OperationID(identity: "test", from: VersionToken("v1"), attempt: attempt),
      attempt: attempt, owner: owner, from: VersionToken("v1"),
      fromFingerprint: snapshot.current?.document.fingerprint ?? "", startedAt: startedAt)
  }
}
