import SecretStores

/// The rules of ``RotationMachine`` on the facts of one moment.
struct RotationView {
  let facts: RotationFacts
  let machine: RotationMachine
  let current: StoredSecret
  let currentPrint: String
  let pendingPrint: String?
  let schedule: RotationSchedule
  /// New keys that are held here and not known to be bad, the best first.
  let held: [Held]

  /// A key that is held on disk or in memory.
  struct Held {
    var pair: IssuedPair
    var fingerprint: String
    var isDurable: Bool
  }

  /// Nil where there is no current key.
  init?(_ facts: RotationFacts, _ machine: RotationMachine) {
    guard let current = facts.snapshot.current else { return nil }
    self.facts = facts
    self.machine = machine
    self.current = current
    currentPrint = current.document.fingerprint
    pendingPrint = facts.snapshot.pending?.document.fingerprint
    schedule = RotationSchedule(
      current.document, identity: facts.snapshot.identity, traits: machine.traits,
      policy: machine.policy)
    var held = facts.spooled.map {
      Held(pair: $0, fingerprint: $0.document.fingerprint, isDurable: true)
    }
    if let pair = facts.inHand {
      held.insert(
        Held(pair: pair, fingerprint: pair.document.fingerprint, isDurable: false), at: 0)
    }
    self.held = held
  }

  private var policy: RotationPolicy { machine.policy }
  private var memory: RotationMemory { machine.memory }
  private var claim: RotationIntent? { facts.snapshot.intent }
  private var standing: RotationSchedule.Standing {
    schedule.standing(at: facts.now, isForced: facts.isForced)
  }

  func next() -> RotationStep {
    // R1
    if let pair = facts.inHand, facts.hasSpool,
      !memory.unspoolable.contains(pair.intent.operation)
    {
      return .spool(pair)
    }
    // R2, R3: what has been promoted is cleared away, by anybody.
    if pendingPrint == currentPrint { return .finish }
    if let promoted = held.first(where: { $0.fingerprint == currentPrint }) {
      let isOver = claim.map { !isOnCurrent($0) } ?? (facts.snapshot.pending != nil)
      if isOver { return .finish }
      return .drop(promoted.pair.intent.operation)
    }
    if currentVerdict == .authenticates, let old = held.first(where: isSuperseded) {
      return .drop(old.pair.intent.operation)
    }
    if let live = liveClaim { return .wait(live) }
    if let best = held.first(where: isUsable) { return use(best) }
    if let pending = facts.snapshot.pending, let pendingPrint, !isDead(pendingPrint) {
      return unlessLeft(use(pending.document, pendingPrint))
    }
    return unlessLeft(ask())
  }

  /// R7: what is for the rotator that leads is left to it.
  private func unlessLeft(_ step: RotationStep) -> RotationStep {
    let isMine = claim.map { $0.owner == machine.owner && isOnCurrent($0) } ?? false
    guard !facts.isLeader, !facts.isForced, !isUrgent, !isMine else { return step }
    switch step {
    case .proveWritable, .claim, .issue, .spool, .stage, .probe, .promote, .finish, .markRefused:
      return .leave
    case .drop, .wait, .leave, .rest, .stop: return step
    }
  }

  /// Another's claim on this very key, of which it is not known that it is abandoned.
  private var liveClaim: RotationIntent? {
    guard let claim, isElsewhere, !isAbandoned(claim) else { return nil }
    // What is in memory alone cannot wait: taking the claim costs the other nothing but a repetition.
    let isInDanger = held.contains { !$0.isDurable && !isDead($0.fingerprint) }
    // Of two such, which take the claim from each other, one gives way.
    let mayTake = !memory.tookFrom.contains(claim.owner) || machine.owner.text > claim.owner.text
    return isInDanger && mayTake ? nil : claim
  }

  /// Whether another rotator's claim on this very key is in the store.
  private var isElsewhere: Bool {
    guard let claim else { return false }
    return claim.owner != machine.owner && claim.phase == .refreshing && isOnCurrent(claim)
  }

  private func isAbandoned(_ claim: RotationIntent) -> Bool {
    if let watched = memory.watched, facts.uptime - watched.since >= policy.claimLife {
      return true
    }
    // A run that does not stay to watch goes by the clock, and allows for twice the time.
    let longest = 2 * policy.claimLife.inSeconds + policy.clockSkew.inSeconds
    return Double(facts.now) - Double(claim.startedAt) >= longest
  }

  private func isOnCurrent(_ claim: RotationIntent) -> Bool {
    claim.fromFingerprint == currentPrint
  }

  private func isDead(_ fingerprint: String) -> Bool {
    memory.isDead(fingerprint, at: facts.uptime, patience: policy.probePatience)
  }

  private var currentVerdict: ProbeVerdict? { memory.verdicts[currentPrint] }

  // MARK: A key that is held

  /// Whether somebody has put another key in the place of the one that this one was to replace.
  private func isSuperseded(_ held: Held) -> Bool {
    held.pair.intent.fromFingerprint != currentPrint
  }

  private func isUsable(_ held: Held) -> Bool {
    guard !isDead(held.fingerprint) else { return false }
    // While nobody can tell whether the current key works, one that it replaced is merely kept.
    if isSuperseded(held), case .inconclusive = currentVerdict { return false }
    return true
  }

  /// R2: towards making a key current that is held here.
  private func use(_ held: Held) -> RotationStep {
    // Only a current key that does not work makes way for one that it has superseded.
    if isSuperseded(held), !isDead(currentPrint) { return .probe(current.document, .current) }
    let operation = held.pair.intent.operation
    guard let claim, holds(claim, operation) else {
      return .claim(intent(operation, attempt: held.pair.intent.attempt))
    }
    if pendingPrint != held.fingerprint {
      // A key that readers will see, or that displaces another's, must be known to be good.
      let mustTest = machine.traits.publishesOnStage || facts.snapshot.pending != nil
      if mustTest, memory.verdicts[held.fingerprint] != .authenticates, held.isDurable {
        return .probe(held.pair.document, .new)
      }
      return .stage(held.pair, claim)
    }
    return test(held.pair.document, held.fingerprint, claim, mayGoUntested: !isSuperseded(held))
  }

  /// R3: towards making the staged key current, whoever staged it.
  private func use(_ pending: SecretDocument, _ fingerprint: String) -> RotationStep {
    if let claim, !isOnCurrent(claim) {
      // Somebody has put another key there since it was staged.
      switch currentVerdict {
      case .authenticates: return .finish
      // It was put there on purpose, and has to be renewed in time.
      case .inconclusive where isUrgent: return .finish
      default: break
      }
      if !isDead(currentPrint) { return .probe(current.document, .current) }
    }
    let operation =
      pending.operation ?? claim?.operation
      ?? OperationID(identity: facts.snapshot.identity, from: current.version, attempt: 0)
    guard let claim, holds(claim, operation) else {
      return .claim(intent(operation, attempt: claim?.attempt ?? 0))
    }
    return test(pending, fingerprint, claim, mayGoUntested: true)
  }

  private func test(
    _ document: SecretDocument, _ fingerprint: String, _ claim: RotationIntent,
    mayGoUntested: Bool
  ) -> RotationStep {
    switch memory.verdicts[fingerprint] {
    case .authenticates: return .promote(claim, isTested: true)
    case .inconclusive where mayGoUntested && isUrgent: return .promote(claim, isTested: false)
    default: return .probe(document, .new)
    }
  }

  /// Whether the current key is about to expire, so that an untested one is better.
  private var isUrgent: Bool {
    switch schedule.standing(at: facts.now) {
    case .emergency, .expired: true
    default: false
    }
  }

  private func holds(_ claim: RotationIntent, _ operation: OperationID) -> Bool {
    claim.operation == operation && claim.owner == machine.owner && isOnCurrent(claim)
      && claim.phase == .refreshing
  }

  // MARK: No key is held

  /// R4, R5, R6: towards a new key.
  private func ask() -> RotationStep {
    guard let claim else { return begin() }
    guard isOnCurrent(claim) else { return .finish }
    if claim.phase == .refused, !facts.isForced || memory.refusals[claim.operation] != nil {
      return .stop(refusal(claim))
    }
    if let code = memory.refusals[claim.operation], claim.owner == machine.owner {
      return .markRefused(marked(claim, code))
    }
    let hasDeadKey = deadOperations.contains(claim.operation)
    guard claim.owner == machine.owner, claim.phase == .refreshing, !hasDeadKey else {
      return .claim(newAttempt(after: claim))
    }
    // A claim that others are about to take for abandoned is renewed before it is used.
    if Double(facts.now) - Double(claim.startedAt) > policy.claimLife.inSeconds / 3 {
      return .claim(intent(claim.operation, attempt: claim.attempt))
    }
    return .issue(claim)
  }

  private func begin() -> RotationStep {
    switch standing {
    case .never: return .rest(until: nil)
    case .notDue(let until), .guarded(let until): return .rest(until: until)
    case .unrefreshable:
      return .stop(
        Refusal(
          .unrefreshable, "the key has no refresh token, so it cannot be renewed",
          advice: "Put a key with its refresh token there with 'rotate import'."))
    case .due, .emergency, .expired:
      guard memory.provenState == facts.snapshot.state else { return .proveWritable }
      return .claim(
        intent(
          OperationID(identity: facts.snapshot.identity, from: current.version, attempt: 0),
          attempt: 0))
    }
  }

  /// Rotations whose keys the service refuses to know.
  private var deadOperations: Set<OperationID> {
    var operations = Set(
      held.filter { isDead($0.fingerprint) }.map(\.pair.intent.operation))
    if let pendingPrint, isDead(pendingPrint),
      let operation = facts.snapshot.pending?.document.operation
    {
      operations.insert(operation)
    }
    return operations
  }

  private func newAttempt(after claim: RotationIntent) -> RotationIntent {
    let dead = deadOperations
    // As many attempts are passed over as have left a bad key.
    for step in 1...(dead.count + 1) {
      let attempt = claim.attempt &+ step
      let operation = OperationID(
        identity: facts.snapshot.identity, from: current.version, attempt: attempt)
      if !dead.contains(operation) { return intent(operation, attempt: attempt) }
    }
    return intent(claim.operation, attempt: claim.attempt)
  }

  private func intent(_ operation: OperationID, attempt: Int) -> RotationIntent {
    RotationIntent(
      operation: operation, attempt: attempt, owner: machine.owner, from: current.version,
      fromFingerprint: currentPrint, startedAt: facts.now)
  }

  // MARK: Refusals

  private static let afterUnknown = " after a lost answer"

  private func marked(_ claim: RotationIntent, _ code: String) -> RotationIntent {
    var claim = claim
    let isUncertain =
      memory.unknown.contains(claim.operation) || machine.isResumed(claim.operation)
    claim.phase = .refused
    claim.note = code + (isUncertain ? Self.afterUnknown : "")
    return claim
  }

  private func refusal(_ claim: RotationIntent) -> Refusal {
    let note = claim.note ?? "unknown"
    let isUncertain = note.hasSuffix(Self.afterUnknown)
    let code = isUncertain ? String(note.dropLast(Self.afterUnknown.count)) : note
    let advice =
      "Make a new key in the console and put it there with 'rotate import'; until it expires, the present key serves on."
    if case .expired = schedule.standing(at: facts.now) {
      return Refusal(
        .expired, code: code, "the key has expired, and the service does not renew it",
        advice: "Make a new key in the console and put it there with 'rotate import'.")
    }
    if isUncertain {
      return Refusal(
        .refusedAfterUnknown, code: code,
        "the service does not renew the key: a new one was probably made, and its answer lost",
        advice: advice)
    }
    return Refusal(
      .refused, code: code, "the service does not renew the key", advice: advice)
  }
}
