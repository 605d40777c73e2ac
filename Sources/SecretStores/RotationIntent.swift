package import MomentoAuth

/// A claim on the replacement of one key, kept in the store before the key is replaced: so that only
/// one replica asks for a new key, and so that one that was killed is known to have asked.
public struct RotationIntent: Sendable, Hashable {
  /// How far it has come.
  public enum Phase: String, Sendable, Hashable {
    /// A new key is being asked for, or has been.
    case refreshing
    /// The service has refused to give one: only a person, or another key, can help.
    case refused
  }

  /// The rotation.
  public var operation: OperationID
  /// How often this generation has been begun anew.
  public var attempt: Int
  /// Who claims it.
  public var owner: OwnerID
  /// The store's version of the key that is being replaced.
  public var from: VersionToken
  /// ``SecretDocument/fingerprint`` of that key.
  public var fromFingerprint: String
  /// When it was claimed, in epoch seconds of the owner's clock.
  public var startedAt: UInt64
  /// How far it has come.
  public var phase: Phase
  /// Why it was refused: a code, never a server's text.
  public var note: String?

  /// Claims the replacement of a key.
  public init(
    operation: OperationID, attempt: Int, owner: OwnerID, from: VersionToken,
    fromFingerprint: String, startedAt: UInt64, phase: Phase = .refreshing, note: String? = nil
  ) {
    self.operation = operation
    self.attempt = attempt
    self.owner = owner
    self.from = from
    self.fromFingerprint = fromFingerprint
    self.startedAt = startedAt
    self.phase = phase
    self.note = note
  }

  /// The claim as a member of a store's JSON.
  package var json: JSONValue {
    var members: [String: JSONValue] = [
      "format": .integer(1), "operation": .string(operation.text),
      "attempt": .integer(Int64(attempt)), "owner": .string(owner.text),
      "from": .string(from.text), "fromFingerprint": .string(fromFingerprint),
      "startedAt": .integer(Int64(clamping: startedAt)), "phase": .string(phase.rawValue),
    ]
    if let note { members["note"] = .string(note) }
    return .object(members)
  }

  /// Reads a claim.
  ///
  /// - Returns: nil for what is none, or one of another format.
  package init?(json: JSONValue) {
    guard case .object(let members) = json, members["format"] == .integer(1),
      let operation = members["operation"]?.string.flatMap(OperationID.init(text:)),
      case .integer(let attempt)? = members["attempt"], let attempt = Int(exactly: attempt),
      attempt >= 0, let owner = members["owner"]?.string.flatMap(OwnerID.init(text:)),
      let from = members["from"]?.string,
      let fingerprint = members["fromFingerprint"]?.string,
      let startedAt = members["startedAt"]?.epochSeconds,
      let phase = members["phase"]?.string.flatMap(Phase.init(rawValue:))
    else { return nil }
    self.init(
      operation: operation, attempt: attempt, owner: owner, from: VersionToken(from),
      fromFingerprint: fingerprint, startedAt: startedAt, phase: phase,
      note: members["note"]?.string)
  }
}
