import MomentoAuth
import SecretStores

/// What becomes of the key that was replaced, where the strategy has more to offer than to let it
/// expire.
extension RotationRun {
  /// Keeps in mind that the current key is to be retired, before another takes its place: so that a
  /// rotator that is killed right after does not forget it.
  mutating func planRetirement(_ intent: RotationIntent, _ snapshot: SecretSnapshot) {
    guard let grace = parts.strategy.retirementGrace, let spool = parts.spool,
      let old = snapshot.current?.document
    else { return }
    do {
      try spool.write(
        Retirement(
          identity: snapshot.identity, operation: intent.operation, document: old,
          due: moment(after: grace)))
    } catch {
      // It works until it expires, then.
      alarms.insert(.spoolUnusable)
    }
  }

  /// Retires the keys whose time has come.
  mutating func retireReplaced() async {
    // Who does not hold the lock leaves it to who does.
    guard parts.strategy.retirementGrace != nil, let spool = parts.spool, memory.lock != nil,
      let identity = snapshot?.identity
    else { return }
    let now = parts.clock.now()
    let due = spool.retirements(for: identity).filter { $0.due <= now }
    // Not from what was read before the rotation: a key that is in use again is never retired.
    guard !due.isEmpty, let snapshot = try? await parts.store.read(), let current = snapshot.current
    else { return }
    for retirement in due {
      let print = retirement.document.fingerprint
      guard print != current.document.fingerprint,
        print != snapshot.pending?.document.fingerprint
      else { continue }
      await retire(retirement, spool)
    }
  }

  private mutating func retire(_ retirement: Retirement, _ spool: Spool) async {
    let start = parts.clock.uptime()
    do {
      try await parts.strategy.retire(
        retirement.document, operation: retirement.operation,
        deadline: parts.policy.callDeadline)
      ended(.retire, .ok, since: start)
    } catch {
      ended(.retire, .failed(code: error.code), since: start)
      alarms.insert(.oldKeyNotRetired)
      var later = retirement
      later.due = moment(after: parts.policy.mostBackoff)
      try? spool.write(later)
      return
    }
    do {
      try spool.remove(retirement)
    } catch {
      // It is retired again at the next run, which a strategy has to bear.
      alarms.insert(.spoolUnusable)
    }
  }

  private func moment(after wait: Duration) -> UInt64 {
    UInt64(clampingSeconds: Double(parts.clock.now()) + wait.inSeconds)
  }
}
