import MomentoAuth
import SecretStores

extension RotationRun {
  /// Does what the machine says.
  mutating func perform(_ step: RotationStep, _ snapshot: SecretSnapshot) async -> Turn {
    switch step {
    case .proveWritable: await proveWritable(snapshot)
    case .claim(let intent): await claim(intent, snapshot)
    case .issue(let intent): await issue(intent, snapshot)
    case .spool(let pair): await keep(pair, snapshot.identity)
    case .stage(let pair, let intent): await stage(pair, intent, snapshot)
    case .probe(let document, let candidate): await probe(document, candidate)
    case .promote(let intent, let isTested): await promote(intent, isTested, snapshot)
    case .finish: await finish(snapshot)
    case .drop(let operation): await drop(operation)
    case .markRefused(let intent): await markRefused(intent, snapshot)
    case .wait, .leave: .end(rotated.map { .rotated($0) } ?? .underWayElsewhere)
    case .rest(let until): .end(rotated.map { .rotated($0) } ?? .notDue(until: until))
    case .stop(let refusal): .end(rotated.map { .rotated($0) } ?? .refused(refusal))
    }
  }

  private mutating func proveWritable(_ snapshot: SecretSnapshot) async -> Turn {
    if let rotated { return .end(.rotated(rotated)) }
    if let until = memory.restUntil, until > parts.clock.now(), !isForced {
      return .end(.notDue(until: until))
    }
    let parts = parts
    let turn = await attempt(.proveWritable) { () async throws(SecretStoreError) in
      try await parts.store.proveWritable(after: snapshot)
      return snapshot
    }
    guard case .goOn = turn, self.snapshot != nil else { return turn }
    memory.machine.proved(snapshot.state)
    parts.reached(.writeProved)
    return turn
  }

  private mutating func claim(_ intent: RotationIntent, _ snapshot: SecretSnapshot) async -> Turn {
    let parts = parts
    parts.reached(.claiming)
    let turn = await attempt(.claim) { () async throws(SecretStoreError) in
      try await parts.store.begin(intent, after: snapshot)
    }
    guard case .goOn = turn, self.snapshot != nil else { return turn }
    memory.machine.claimed(intent, replacing: snapshot.intent)
    parts.reached(.claimed)
    return turn
  }

  // MARK: The new key

  private mutating func issue(_ intent: RotationIntent, _ snapshot: SecretSnapshot) async -> Turn {
    guard let current = snapshot.current?.document else { return .goOn }
    var lock: SpoolLock?
    if let spool = parts.spool {
      switch await callLock(spool, snapshot.identity) {
      case .changed: return .goOn
      case .busy:
        // Whoever asks now may have the new key in hand, and this claim may be another's by then.
        self.snapshot = nil
        return .end(
          retryLater("another process of this machine asks the service, and does not end"))
      case .free(let taken): lock = taken
      }
    }
    let start = parts.clock.uptime()
    parts.reached(.calling)
    do {
      guard let pair = try await newPair(current, intent, snapshot.identity, lock) else {
        ended(.issue, .ok, since: start)
        parts.reached(.answered)
        parts.reached(.spooled)
        return .goOn
      }
      parts.reached(.answered)
      memory.inHand = pair
      // Before anything else: until this is done, the only copy is in memory.
      let turn = parts.spool == nil ? .goOn : await keep(pair, snapshot.identity)
      ended(.issue, .ok, since: start)
      return turn
    } catch {
      ended(.issue, .failed(code: error.code), since: start)
      if error.mayHaveHappened { memory.machine.lostAnswer(intent.operation) }
      guard error.kind == .refused else { return .end(retryLater(error.description)) }
      memory.machine.refused(intent.operation, code: error.code)
      return .goOn
    }
  }

  /// The new key; nil when it is in the spool already.
  private func newPair(
    _ current: SecretDocument, _ intent: RotationIntent, _ identity: String, _ lock: SpoolLock?
  ) async throws(IssueError) -> IssuedPair? {
    let isResumed = memory.machine.isResumed(intent.operation)
    if let courier = parts.courier, let spool = parts.spool, let lock {
      let request = CourierRequest(
        directory: spool.directory, identity: identity, intent: intent, document: current,
        deadline: parts.policy.callDeadline, isResumed: isResumed)
      if let process = CourierProcess(courier, request, lock: lock) {
        parts.reached(.handedOver)
        switch await process.ending(within: parts.policy.callDeadline + .seconds(30)) {
        case .answer(.spooled): return nil
        case .answer(.unspoolable(let document)):
          return IssuedPair(document: document, intent: intent)
        case .answer(.failed(let error)): throw error
        case .unknown:
          return try withoutAnswer(intent, spool, identity)
        case .nothingDone: break
        }
      }
    }
    let key = try await parts.strategy.key(
      replacing: current, intent, deadline: parts.policy.callDeadline, isResumed: isResumed)
    return IssuedPair(key, replacing: current, intent, at: parts.clock.now())
  }

  /// A courier may have come to an end after its work.
  private func withoutAnswer(
    _ intent: RotationIntent, _ spool: Spool, _ identity: String
  ) throws(IssueError) -> IssuedPair? {
    let kept = try? spool.pairs(for: identity)
    if let kept, kept.pairs.contains(where: { $0.intent.operation == intent.operation }) {
      return nil
    }
    throw IssueError(
      .retryable, code: "COURIER", "the process that asked the service did not answer",
      mayHaveHappened: true)
  }

  /// Whether the service may be asked.
  private enum CallPermission {
    /// It may. The lock is nil when it cannot be had and that must not stop the rotation.
    case free(SpoolLock?)
    /// Somebody was at it meanwhile: what is to be done is to be found out anew.
    case changed
    /// Somebody is at it, and does not come to an end.
    case busy
  }

  /// Waits for the courier of a rotator that is no more, as long as one may take.
  private mutating func callLock(_ spool: Spool, _ identity: String) async -> CallPermission {
    let begin = parts.clock.uptime()
    let longest = parts.policy.callDeadline + .seconds(10)
    var hasWaited = false
    while true {
      let found: SpoolLock?
      do {
        found = try spool.callLock(identity)
      } catch {
        // What cannot be locked cannot be used by a courier either.
        return .free(nil)
      }
      if let lock = found {
        // It may have brought the key after this step was decided.
        let isKnown = (try? spool.pairs(for: identity).pairs) ?? spooled
        if hasWaited || isKnown != spooled {
          snapshot = nil
          return .changed
        }
        return .free(lock)
      }
      guard parts.clock.uptime() - begin < longest else { return .busy }
      hasWaited = true
      await parts.clock.sleep(for: .milliseconds(100))
    }
  }

  private mutating func keep(_ pair: IssuedPair, _ identity: String) async -> Turn {
    guard let spool = parts.spool else { return .goOn }
    let start = parts.clock.uptime()
    do {
      try spool.write(pair, identity: identity)
      memory.inHand = nil
      ended(.spool, .ok, since: start)
      parts.reached(.spooled)
    } catch {
      // The store is durable too, and must do.
      memory.machine.unspoolable(pair.intent.operation)
      alarms.insert(.spoolUnusable)
      ended(.spool, .failed(code: "spool"), since: start)
    }
    return .goOn
  }

  private mutating func stage(
    _ pair: IssuedPair, _ intent: RotationIntent, _ snapshot: SecretSnapshot
  ) async -> Turn {
    let parts = parts
    parts.reached(.staging)
    let turn = await attempt(.stage) { () async throws(SecretStoreError) in
      try await parts.store.stage(pair.document, for: intent, after: snapshot)
    }
    guard case .goOn = turn, self.snapshot != nil else { return turn }
    parts.reached(.staged)
    return turn
  }

  private mutating func probe(
    _ document: SecretDocument, _ candidate: RotationStep.Candidate
  ) async -> Turn {
    let start = parts.clock.uptime()
    parts.reached(.probing)
    let verdict = await parts.strategy.probe(document, deadline: parts.policy.probeDeadline)
    memory.machine.tested(document, verdict, at: parts.clock.uptime())
    parts.reached(.probed)
    switch verdict {
    case .authenticates:
      ended(.probe, .ok, since: start)
      tries = 0
      return .goOn
    case .refused:
      ended(.probe, .failed(code: "refused"), since: start)
      if candidate == .new { alarms.insert(.newKeyRefused) }
      // A new key may not have come around everywhere yet.
      await parts.clock.sleep(for: parts.policy.probeInterval)
      return .goOn
    case .inconclusive(let code):
      ended(.probe, .failed(code: code), since: start)
      return await tryAgain("the key could not be tried: \(code)")
    }
  }

  // MARK: The change

  private mutating func promote(
    _ intent: RotationIntent, _ isTested: Bool, _ snapshot: SecretSnapshot
  ) async -> Turn {
    let parts = parts
    planRetirement(intent, snapshot)
    parts.reached(.promoting)
    promotedFrom = snapshot
    let turn = await attempt(.promote) { () async throws(SecretStoreError) in
      try await parts.store.promote(intent, after: snapshot)
    }
    guard case .goOn = turn, let promoted = self.snapshot else { return turn }
    if !isTested { alarms.insert(.untestedPromotion) }
    note(promoted, insteadOf: snapshot)
    parts.reached(.promoted)
    return turn
  }

  mutating func note(_ new: SecretSnapshot, insteadOf old: SecretSnapshot) {
    guard let document = new.current?.document, let replaced = old.current?.document else { return }
    // What was asked for by force has been done.
    isForced = false
    promotedFrom = nil
    memory.restUntil = nil
    rotated = RotatedKey(
      from: replaced.shortFingerprint, to: document.shortFingerprint,
      validUntil: document.credentials.validUntil)
    guard let schedule = parts.schedule(new), let life = schedule.lifetime,
      let before = parts.schedule(old)?.lifetime,
      Double(life) < Double(before) * parts.policy.collapsedLifetimeFraction
    else { return }
    alarms.insert(.lifetimeCollapsed)
    let rest = Double(parts.clock.now()) + parts.policy.collapsedGap.inSeconds
    // Not beyond the time that the key has.
    memory.restUntil = min(UInt64(clampingSeconds: rest), schedule.emergency ?? .max)
  }

  private mutating func finish(_ snapshot: SecretSnapshot) async -> Turn {
    let parts = parts
    parts.reached(.finishing)
    let turn = await attempt(.finish) { () async throws(SecretStoreError) in
      try await parts.store.finish(after: snapshot)
    }
    guard case .goOn = turn, self.snapshot != nil else { return turn }
    parts.reached(.finished)
    return turn
  }

  private mutating func drop(_ operation: OperationID) async -> Turn {
    let start = parts.clock.uptime()
    if memory.inHand?.intent.operation == operation { memory.inHand = nil }
    guard let spool = parts.spool else { return .goOn }
    do {
      try spool.remove(operation)
    } catch {
      ended(.drop, .failed(code: "spool"), since: start)
      return .end(unusable(error))
    }
    ended(.drop, .ok, since: start)
    parts.reached(.spoolRemoved)
    return .goOn
  }

  private mutating func markRefused(
    _ intent: RotationIntent, _ snapshot: SecretSnapshot
  ) async -> Turn {
    let parts = parts
    return await attempt(.markRefused) { () async throws(SecretStoreError) in
      try await parts.store.annotate(intent, after: snapshot)
    }
  }
}
