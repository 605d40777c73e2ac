import FoundationEssentials
import MomentoAuth
import SecretStores
import TLSSession

/// A new key on this machine's disk, from the moment that it was answered until it is the current
/// one: `{"content":{…},"format":1,"sha256":"…"}`.
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
    guard let envelope = try? JSONDecoder().decode([String: JSONValue].self, from: Data(bytes)),
      envelope["format"] == .integer(1), let content = envelope["content"],
      case .object(let members) = content,
      envelope["sha256"] == .string(Self.checksum(content)),
      let identity = members["identity"]?.string,
      let intent = members["intent"].flatMap(RotationIntent.init(json:)),
      let json = members["document"],
      let document = try? SecretDocument(parsing: Array(json.description.utf8))
    else { return nil }
    self.init(identity: identity, pair: IssuedPair(document: document, intent: intent))
  }

  func encodedRevealingSecrets() -> [UInt8] {
    let content = JSONValue.object([
      "identity": .string(identity), "intent": pair.intent.json, "document": pair.document.json,
    ])
    let envelope = JSONValue.object([
      "format": .integer(1), "content": content, "sha256": .string(Self.checksum(content)),
    ])
    return Array(envelope.description.utf8)
  }

  private static func checksum(_ content: JSONValue) -> String {
    Hex.text(Crypto.sha256(Array(content.description.utf8)))
  }
}
