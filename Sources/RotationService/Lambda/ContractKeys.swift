import AWSSecretStore
import Locking
import MomentoAuth
import MomentoKeyRotation
import SecretStores

/// The keys of the rotation contract. A new one is on disk from the moment that it was answered until
/// ``forgetAll()``: a step that is called again finds it there, and so does a rotation that is begun
/// anew.
final class ContractKeys: RotationKeys {
  private let strategy: any RotationStrategy
  private let spool: Spool
  private let identity: String
  private let time: InvocationTime
  private let clock: any RotationClock
  private let policy = RotationPolicy()
  private let seen = Locked<ExpiresAt?>(nil)

  /// - Parameters:
  ///   - strategy: is to keep to the time that is left by itself.
  ///   - identity: the secret's ARN.
  init(
    strategy: any RotationStrategy, spool: Spool, identity: String, time: InvocationTime,
    clock: any RotationClock
  ) {
    self.strategy = strategy
    self.spool = spool
    self.identity = identity
    self.time = time
    self.clock = clock
  }

  /// The expiry of the key that was seen last: the one to be replaced, or the one that was tried.
  var validUntil: ExpiresAt? { seen.withLock { $0 } }

  /// Whatever is on disk for the same key goes before a new one, of another operation too: where the
  /// service takes a refresh token once, there is no other.
  func issue(
    replacing document: SecretDocument, operation: OperationID
  ) async throws -> SecretDocument {
    seen.withLock { $0 = document.credentials.validUntil }
    if var kept = try kept(replacing: document, operation) {
      kept.operation = operation
      return kept
    }
    try time.requireEnough()
    let key = try await strategy.issue(
      document, operation: operation, deadline: policy.callDeadline)
    let pair = IssuedPair(
      key, replacing: document, intent(document, operation), at: clock.now())
    // Should the disk not take it, the secret is about to: that is no reason to give it up.
    try? spool.write(pair, identity: identity)
    return pair.document
  }

  private func kept(
    replacing document: SecretDocument, _ operation: OperationID
  ) throws -> SecretDocument? {
    let pairs = try spool.pairs(for: identity, repairs: false).pairs.filter {
      $0.intent.fromFingerprint == document.fingerprint
    }
    let pair = pairs.first { $0.intent.operation == operation } ?? pairs.first
    return pair?.document
  }

  private func intent(_ document: SecretDocument, _ operation: OperationID) -> RotationIntent {
    RotationIntent(
      operation: operation, attempt: 0, owner: spool.owner, from: VersionToken(""),
      fromFingerprint: document.fingerprint, startedAt: clock.now())
  }

  /// Tries a key, a new one that is not known yet more than once: it may not have come around
  /// everywhere.
  func probe(_ document: SecretDocument) async throws -> KeyVerdict {
    seen.withLock { $0 = document.credentials.validUntil }
    let start = clock.uptime()
    while true {
      let verdict = await strategy.probe(document, deadline: policy.probeDeadline)
      if verdict == .authenticates { return .authenticates }
      let next = clock.uptime() - start + policy.probeInterval
      guard next < policy.probePatience, time.left > InvocationTime.reserve else {
        return verdict == .refused ? .refused : .inconclusive
      }
      await clock.sleep(for: policy.probeInterval)
    }
  }

  /// Removes every key of the secret from disk, once the new one is the current one: those that were
  /// issued for the old one are of no use any more.
  func forgetAll() {
    let kept = (try? spool.pairs(for: identity, repairs: false).pairs) ?? []
    // A leftover is found to be none by whoever looks: its key is not the one to be replaced any more.
    for pair in kept { try? spool.remove(pair.intent.operation) }
  }
}
