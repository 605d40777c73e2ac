import MomentoAuth

/// What a cell keeps beside the current key while a rotation is under way: the claim, and the new key
/// once there is one.
///
/// It is written as ``ChecksummedJSON``: a journal that was torn or edited is not taken for a claim.
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
    guard let members = ChecksummedJSON.decode(bytes) else { return nil }
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
    return ChecksummedJSON.encode(members)
  }
}
