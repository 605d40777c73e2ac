import GRPCCall
import MomentoAuth
import SecretStores

/// All that a rotator is made of.
struct RotationParts: Sendable {
  let store: any SecretStore
  let strategy: any RotationStrategy
  let spool: Spool?
  let policy: RotationPolicy
  let clock: any RotationClock
  let observers: [any RotationObserver]
  let courier: Courier?
  let leadership: (any Leadership)?

  /// Whether this rotator leads; also where nobody is elected.
  var isLeader: Bool { leadership?.isLeader ?? true }

  func reached(_ point: RotationPoint) {
    for observer in observers { observer.reached(point) }
  }

  func schedule(_ snapshot: SecretSnapshot) -> RotationSchedule? {
    snapshot.current.map {
      RotationSchedule(
        $0.document, identity: snapshot.identity, traits: store.traits, policy: policy)
    }
  }
}

/// What a rotator remembers from one run to the next.
struct RotatorMemory: Sendable {
  var machine: RotationMachine
  /// A new key that is in memory alone.
  var inHand: IssuedPair?
  /// Held during a run, and for as long as a key is in memory alone.
  var lock: SpoolLock?
  var failuresInARow = 0
  /// After a new key lives much shorter than the old one: when to renew it at the earliest.
  var restUntil: UInt64?
}

/// One run: step after step until there is nothing to do, or no way on.
struct RotationRun {
  let parts: RotationParts
  var memory: RotatorMemory
  var isForced: Bool
  var snapshot: SecretSnapshot?
  var alarms: Set<RotationAlarm> = []
  var rotated: RotatedKey?
  /// The store before a change of the current key whose outcome is not known yet.
  var promotedFrom: SecretSnapshot?
  /// What was on this machine's disk when the present step was decided.
  var spooled: [IssuedPair] = []
  var tries = 0
  var conflicts = 0
  var random = SystemRandomNumberGenerator()

  private static let mostTurns = 500
  private static let mostConflicts = 50

  init(_ parts: RotationParts, _ memory: RotatorMemory, isForced: Bool) {
    self.parts = parts
    self.memory = memory
    self.isForced = isForced
  }

  /// How a turn ended.
  enum Turn {
    case goOn
    case end(RotationReport.Outcome)
  }

  mutating func run() async -> RotationReport {
    memory.machine.begin(isForced: isForced)
    let outcome = await outcome()
    await retireReplaced()
    if case .retryLater = outcome {
      memory.failuresInARow = min(memory.failuresInARow + 1, 1_000)
    } else {
      memory.failuresInARow = 0
    }
    if memory.inHand == nil { memory.lock = nil }
    return report(outcome)
  }

  private mutating func outcome() async -> RotationReport.Outcome {
    if case .end(let outcome) = await enter() { return outcome }
    for _ in 0..<Self.mostTurns {
      if case .end(let outcome) = await turn() { return outcome }
    }
    return retryLater("the rotation does not come to an end")
  }

  /// Reads the secret and keeps other processes away from it.
  private mutating func enter() async -> Turn {
    while snapshot == nil {
      if case .end(let outcome) = await read() { return .end(outcome) }
    }
    guard let spool = parts.spool, memory.lock == nil, let identity = snapshot?.identity else {
      return .goOn
    }
    do {
      guard let lock = try spool.lock(identity) else { return .end(.underWayElsewhere) }
      memory.lock = lock
    } catch {
      return .end(unusable(error))
    }
    parts.reached(.locked)
    snapshot = nil
    return .goOn
  }

  private mutating func read() async -> Turn {
    let parts = parts
    let turn = await attempt(.read) { () async throws(SecretStoreError) in
      try await parts.store.read()
    }
    guard case .goOn = turn, let snapshot else { return turn }
    if let old = promotedFrom, let wanted = old.pending,
      snapshot.current?.document.fingerprint == wanted.document.fingerprint
    {
      note(snapshot, insteadOf: old)
    }
    if let time = snapshot.serverTime {
      let now = parts.clock.now()
      let skew = max(time, now) - min(time, now)
      if Double(skew) > parts.policy.clockSkew.inSeconds { alarms.insert(.clockSkew) }
    }
    parts.reached(.read)
    return turn
  }

  private mutating func turn() async -> Turn {
    guard let snapshot else { return await read() }
    spooled = []
    if let spool = parts.spool {
      do {
        let found = try spool.pairs(for: snapshot.identity)
        spooled = found.pairs
        if found.damaged > 0 { alarms.insert(.damagedSpool) }
      } catch {
        alarms.insert(.spoolUnusable)
        // Without knowing what it holds, nothing can be done that might not lose a key; only what is
        // in memory alone must get out of there.
        guard memory.inHand != nil else { return .end(unusable(error)) }
      }
    }
    let step = memory.machine.next(
      RotationFacts(
        snapshot: snapshot, spooled: spooled, inHand: memory.inHand,
        hasSpool: parts.spool != nil, now: parts.clock.now(), uptime: parts.clock.uptime(),
        isForced: isForced, isLeader: parts.isLeader))
    return await perform(step, snapshot)
  }

  // MARK: Ends

  func unusable(_ error: RotationSetupError) -> RotationReport.Outcome {
    rotated.map { .rotated($0) }
      ?? .refused(Refusal(.misconfigured, error.message, advice: error.advice))
  }

  func retryLater(_ cause: String) -> RotationReport.Outcome {
    var random = SystemRandomNumberGenerator()
    let now = parts.clock.now()
    let wait = RetryBackoff(policy: parts.policy).wait(
      afterFailures: memory.failuresInARow + 1, isEmergency: isUrgent, random: &random)
    return .retryLater(at: UInt64(clampingSeconds: Double(now) + wait.inSeconds), cause: cause)
  }

  private var isUrgent: Bool {
    switch standing {
    case .emergency, .expired: true
    default: false
    }
  }

  private var standing: RotationSchedule.Standing? {
    snapshot.flatMap(parts.schedule)?.standing(at: parts.clock.now())
  }

  private func report(_ outcome: RotationReport.Outcome) -> RotationReport {
    var alarms = alarms
    switch standing {
    case .emergency: alarms.insert(.emergency)
    case .expired: alarms.insert(.expired)
    default: break
    }
    if case .refused = outcome { alarms.insert(.refused) }
    var key: KeyStatus?
    if let snapshot, let current = snapshot.current, let schedule = parts.schedule(snapshot) {
      key = KeyStatus(current.document, identity: snapshot.identity, schedule)
    }
    return RotationReport(outcome: outcome, alarms: alarms, key: key)
  }

  // MARK: The store

  /// Does something with the store, and takes its answer or the consequences of its failure.
  mutating func attempt(
    _ stage: RotationStage,
    _ body: () async throws(SecretStoreError) -> SecretSnapshot
  ) async -> Turn {
    let start = parts.clock.uptime()
    do {
      snapshot = try await body()
      ended(stage, .ok, since: start)
      // A store that can be read and not be written is one that fails.
      if stage != .read { tries = 0 }
      return .goOn
    } catch {
      ended(stage, error.kind == .conflict ? .conflict : .failed(code: error.word), since: start)
      return await consequence(of: error)
    }
  }

  private mutating func consequence(of error: SecretStoreError) async -> Turn {
    // Whatever it was: what is in the store is to be read again.
    snapshot = nil
    if error.kind == .conflict {
      conflicts += 1
      guard conflicts <= Self.mostConflicts else { return .end(retryLater(error.description)) }
      if conflicts > 3 { await pause() }
      return .goOn
    }
    guard error.isRetryable || error.delivery == .unknown else {
      return .end(.refused(Refusal(error)))
    }
    return await tryAgain(error.description)
  }

  /// Waits a moment for another try of what may pass, unless there were enough.
  mutating func tryAgain(_ cause: String) async -> Turn {
    tries += 1
    guard tries <= parts.policy.quickRetries else { return .end(retryLater(cause)) }
    await pause()
    return .goOn
  }

  private mutating func pause() async {
    let wait = RetryBackoff(policy: parts.policy)
      .quickWait(try: max(tries, conflicts - 3), random: &random)
    await parts.clock.sleep(for: wait)
  }

  func ended(_ stage: RotationStage, _ result: RotationStageResult, since start: Duration) {
    let took = parts.clock.uptime() - start
    for observer in parts.observers { observer.ended(stage, result, took: took) }
  }
}

extension Refusal {
  /// A store that will not do it, however often it is asked.
  init(_ error: SecretStoreError) {
    self.init(
      error.kind == .unreadable ? .unreadable : .misconfigured, code: error.code,
      "\(error.location): \(error.operation): \(error.message)", advice: error.advice)
  }
}

extension SecretStoreError {
  /// The failure in one word: the store's own, or else the kind's.
  var word: String { code ?? "\(kind)".split(separator: "(").first.map(String.init) ?? "unknown" }
}
