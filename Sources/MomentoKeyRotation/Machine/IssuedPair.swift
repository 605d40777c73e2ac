package import SecretStores

/// A new key that the service has answered, and the claim under which it was asked for.
package struct IssuedPair: Sendable, Hashable {
  /// The document that is to become the current one.
  package var document: SecretDocument
  /// The claim; its `fromFingerprint` tells which key this one replaces.
  package var intent: RotationIntent

  package init(document: SecretDocument, intent: RotationIntent) {
    self.document = document
    self.intent = intent
  }

  /// What the service has answered for a key.
  package init(
    _ key: IssuedKey, replacing old: SecretDocument, _ intent: RotationIntent, at now: UInt64
  ) {
    self.init(
      document: old.replacingKey(
        with: key.credentials, keyID: key.keyID, at: now, operation: intent.operation),
      intent: intent)
  }
}
