package import SecretStores

/// All that the next step depends on, besides what the machine remembers.
package struct RotationFacts: Sendable {
  /// The store at this moment.
  package var snapshot: SecretSnapshot
  /// New keys of this secret that are on this machine's disk, the newest first.
  package var spooled: [IssuedPair]
  /// A new key that is in memory alone.
  package var inHand: IssuedPair?
  /// Whether there is a disk to keep a new key on.
  package var hasSpool: Bool
  /// Epoch seconds.
  package var now: UInt64
  /// A clock that never goes back.
  package var uptime: Duration
  /// Whether somebody wants a new key before it is due, or in spite of a refusal.
  package var isForced: Bool
  /// Whether this rotator leads; also where nobody is elected.
  package var isLeader: Bool

  package init(
    snapshot: SecretSnapshot, spooled: [IssuedPair] = [], inHand: IssuedPair? = nil,
    hasSpool: Bool, now: UInt64, uptime: Duration, isForced: Bool = false, isLeader: Bool = true
  ) {
    self.snapshot = snapshot
    self.spooled = spooled
    self.inHand = inHand
    self.hasSpool = hasSpool
    self.now = now
    self.uptime = uptime
    self.isForced = isForced
    self.isLeader = isLeader
  }
}
