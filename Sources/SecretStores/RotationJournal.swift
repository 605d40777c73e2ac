import FoundationEssentials
import MomentoAuth
import TLSSession

/// What a cell keeps beside the current key while a rotation is under way: the claim, and the new key
/// once there is one.
///
/// `{"content":{"intent":…,"pending":…},"format":1,"sha256":"…"}`, the hash that of `content` as it is
/// written: a journal that was torn or edited is not taken for a claim.
struct RotationJournal: Sendable, Hashable {
  var intent: RotationIntent?
  var pending: SecretDocument?

  var isEmpty: Bool { intent == nil && pending == nil }

  init(intent: RotationIntent? = nil, pending: SecretDocument? = nil) {
    self.intent = intent
    self.pending = pending
  }

  /// Reads a journal.
  ///
  /// - Returns: nil for what is none, or is damaged.
  init?(parsing bytes: [UInt8]) {
    guard let envelope = try? JSONDecoder().decode([String: JSONValue].self, from: Data(bytes)),
      envelope["format"] == .integer(1), let content = envelope["content"],
      case .object(let members) = content,
      envelope["sha256"] == .string(Self.checksum(content))
    else { return nil }
    if let json = members["intent"] {
      guard let intent = RotationIntent(json: json) else { return nil }
      self.intent = intent
    }
    if let json = members["pending"] {
      guard let pending = try? SecretDocument(parsing: Array(json.description.utf8)) else {
        return nil
      }
      self.pending = pending
    }
  }

  func encodedRevealingSecrets() -> [UInt8] {
    var members: [String: JSONValue] = [:]
    members["intent"] = intent?.json
    members["pending"] = pending?.json
    let content = JSONValue.object(members)
    let envelope = JSONValue.object([
      "format": .integer(1), "content": content, "sha256": .string(Self.checksum(content)),
    ])
    return Array(envelope.description.utf8)
  }

  private static func checksum(_ content: JSONValue) -> String {
    Hex.text(Crypto.sha256(Array(content.description.utf8)))
  }
}
