public import MomentoAuth
public import SecretStores

/// What a run of a rotator has come to. It holds no secret.
public struct RotationReport: Sendable, Hashable {
  /// How it ended.
  public enum Outcome: Sendable, Hashable {
    /// There is nothing to do before a moment in epoch seconds; `nil` for ever.
    case notDue(until: UInt64?)
    /// There is a new key.
    case rotated(RotatedKey)
    /// Another rotator is at it, or it is for the one that leads.
    case underWayElsewhere
    /// It failed in a way that may pass. `at` is when to try again, in epoch seconds.
    case retryLater(at: UInt64, cause: String)
    /// It failed, and only a person can help.
    case refused(Refusal)
  }

  /// How it ended.
  public var outcome: Outcome
  /// What somebody should look into.
  public var alarms: Set<RotationAlarm>
  /// The key that is current now; `nil` when it could not be read.
  public var key: KeyStatus?
}

/// A key that has taken another's place.
public struct RotatedKey: Sendable, Hashable {
  /// The beginning of the old key's fingerprint.
  public var from: String
  /// The beginning of the new key's fingerprint.
  public var to: String
  /// When the new key expires.
  public var validUntil: ExpiresAt?
}

/// What somebody should look into.
public enum RotationAlarm: String, Sendable, Hashable, CaseIterable {
  /// The key is not renewed though little of its life is left.
  case emergency
  /// The key has expired.
  case expired
  /// Only a person can help.
  case refused
  /// The new key lives much shorter than the old one.
  case lifetimeCollapsed
  /// The store's clock and this machine's differ.
  case clockSkew
  /// The new key was made current before it could be tried.
  case untestedPromotion
  /// The service does not know a new key.
  case newKeyRefused
  /// A file in the spool directory is damaged; it was put aside.
  case damagedSpool
  /// This machine's disk did not take the new key.
  case spoolUnusable
  /// A key that was replaced could not be retired yet.
  case oldKeyNotRetired
}

/// A key and the moments of its life, in epoch seconds.
public struct KeyStatus: Sendable, Hashable {
  /// What the store calls the secret.
  public var identity: String
  /// The beginning of the key's fingerprint.
  public var fingerprint: String
  /// When the key was issued; `nil` when nothing tells.
  public var issuedAt: UInt64?
  /// When the key expires; `nil` when nothing tells.
  public var validUntil: ExpiresAt?
  /// When the key is to be renewed; `nil` when its life is unknown or has no end.
  public var due: UInt64?
  /// When the renewal becomes urgent.
  public var emergency: UInt64?
  /// The earliest that the key may be renewed.
  public var earliest: UInt64?

  init(_ document: SecretDocument, identity: String, _ schedule: RotationSchedule) {
    self.identity = identity
    fingerprint = document.shortFingerprint
    issuedAt = schedule.issuedAt
    validUntil = schedule.validUntil
    due = schedule.due
    emergency = schedule.emergency
    earliest = schedule.earliest
  }
}

/// What a rotator would do now. It holds no secret.
public struct RotationPlan: Sendable, Hashable {
  /// The current key; `nil` while there is none.
  public var key: KeyStatus?
  /// The next step, in a few words.
  public var nextStep: String
  /// The rotation that is under way.
  public var intent: RotationIntent?
  /// Whether a new key stands in the store beside the current one.
  public var hasPending: Bool
  /// How many new keys of this secret are on this machine's disk.
  public var spooledKeys: Int
  /// What is wrong with the set-up, one line each.
  public var warnings: [String]
}
