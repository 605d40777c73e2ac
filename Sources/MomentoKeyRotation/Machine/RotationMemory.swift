import SecretStores

/// What a rotator knows that no store tells: it may be lost at any moment, and then is found out
/// again or does without.
struct RotationMemory: Sendable {
  /// What tests of keys have said, by fingerprint.
  var verdicts: [String: ProbeVerdict] = [:]
  /// Since when a key has been refused.
  var refusedSince: [String: Duration] = [:]
  /// The state of the store for which a write was proved.
  var provenState: VersionToken?
  /// Another's claim, and since when it has been seen unchanged.
  var watched: (intent: RotationIntent, since: Duration)?
  /// Claims that were made here, so that no call for them can have been made before.
  var fresh: Set<OperationID> = []
  /// Claims for which a call was refused, and with what code.
  var refusals: [OperationID: String] = [:]
  /// Claims for which a call may have been answered without our seeing it.
  var unknown: Set<OperationID> = []
  /// Rotators from which a claim has been taken.
  var tookFrom: Set<OwnerID> = []
  /// Keys that the disk would not take.
  var unspoolable: Set<OperationID> = []

  /// Whether a key has been refused for longer than one that is merely new would be.
  func isDead(_ fingerprint: String, at uptime: Duration, patience: Duration) -> Bool {
    guard verdicts[fingerprint] == .refused, let since = refusedSince[fingerprint] else {
      return false
    }
    return uptime - since >= patience
  }

  mutating func note(_ verdict: ProbeVerdict, of fingerprint: String, at uptime: Duration) {
    verdicts[fingerprint] = verdict
    if verdict == .refused {
      refusedSince[fingerprint] = refusedSince[fingerprint] ?? uptime
    } else {
      refusedSince[fingerprint] = nil
    }
  }
}
