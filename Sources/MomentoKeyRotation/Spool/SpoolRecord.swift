import MomentoAuth
import SecretStores

/// A new key on this machine's disk, from the moment that it was answered until it is the current
/// one, as ``SecretStores/ChecksummedJSON``.
struct SpoolRecord: Sendable, Hashable {
  /// Which secret it belongs to.
  var identity: String
  var pair: IssuedPair

  init(identity: String, pair: IssuedPair) {
    self.identity = identity
    self.pair = pair
  }

  /// Reads a record.
  ///
  /// - Returns: nil for what is none, or is damaged.
  init?(parsing bytes: [UInt8]) {
    guard let members = ChecksummedJSON.decode(bytes),
      let identity = members["identity"]?.string,
      let intent = members["intent"].flatMap(RotationIntent.init(json:)),
      let document = members["document"].flatMap(SecretDocument.init(embedded:))
    else { return nil }
    self.init(identity: identity, pair: IssuedPair(document: document, intent: intent))
  }

  func encodedRevealingSecrets() -> [UInt8] {
    ChecksummedJSON.encode([
      "identity": .string(identity), "intent": pair.intent.json, "document": pair.document.json,
    ])
  }
}
