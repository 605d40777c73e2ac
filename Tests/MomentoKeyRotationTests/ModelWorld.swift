import MomentoAuth
import SecretStores
import TestSupport

@testable import MomentoKeyRotation

/// A store, the service, and rotators whose every step may fail, lose its answer or be the last.
struct ModelWorld {
  var isSingleUse: Bool
  var random: SeededGenerator
  var now = Keys.now
  var uptime: Duration = .seconds(1_000)
  var snapshot = Keys.snapshot(Keys.document(0))
  var revision = 1
  var keys = 1
  var usedTokens: Set<Int> = []
  /// Whether the only copy of a key has been lost between the service and a disk.
  var lostAKey = false
  var issued = 0
  var rotators: [ModelRotator]

  init(seed: UInt64, isSingleUse: Bool, publishesOnStage: Bool, hasSpool: Bool) {
    self.isSingleUse = isSingleUse
    random = SeededGenerator(seed: seed)
    rotators = (0..<2).map { number in
      ModelRotator(
        owner: OwnerID(text: "rotator-\(number)") ?? .random(), hasSpool: hasSpool,
        traits: SecretStoreTraits(publishesOnStage: publishesOnStage))
    }
  }

  static func number(_ document: SecretDocument) -> Int {
    Int(document.credentials.apiKey.reveal().dropFirst("key-".count)) ?? -1
  }

  var currentNumber: Int { snapshot.current.map { Self.number($0.document) } ?? -1 }

  func authenticates(_ document: SecretDocument) -> Bool {
    (0..<keys).contains(Self.number(document))
  }

  /// Whether the current key can be renewed once more.
  var isRenewable: Bool { !isSingleUse || !usedTokens.contains(currentNumber) }

  func chance(_ percent: Int, _ random: inout SeededGenerator) -> Bool {
    Int.random(in: 0..<100, using: &random) < percent
  }

  // MARK: The store

  private mutating func change(
    after base: SecretSnapshot, _ body: (inout SecretSnapshot) -> Bool
  ) -> Bool {
    guard base.state == snapshot.state else { return false }
    var changed = snapshot
    guard body(&changed) else { return false }
    revision += 1
    changed.state = VersionToken("\(revision)")
    snapshot = changed
    return true
  }

  private func holds(_ intent: RotationIntent) -> Bool {
    snapshot.intent?.operation == intent.operation && snapshot.intent?.owner == intent.owner
  }

  private mutating func perform(_ step: RotationStep, after base: SecretSnapshot) -> Bool {
    let held = { (world: ModelWorld, intent: RotationIntent) in world.holds(intent) }
    let world = self
    switch step {
    case .claim(let intent):
      return change(after: base) {
        guard $0.current?.document.fingerprint == intent.fromFingerprint else { return false }
        $0.intent = intent
        return true
      }
    case .stage(let pair, let intent):
      guard held(world, intent) else { return false }
      return change(after: base) {
        $0.pending = StoredSecret(document: pair.document, version: VersionToken("p"))
        return true
      }
    case .promote(let intent, _):
      guard held(world, intent), let pending = snapshot.pending else { return false }
      let version = VersionToken("v\(revision + 1)")
      return change(after: base) {
        guard $0.current?.document.fingerprint == intent.fromFingerprint else { return false }
        $0.current = StoredSecret(document: pending.document, version: version)
        return true
      }
    case .markRefused(let intent):
      guard held(world, intent) else { return false }
      return change(after: base) {
        $0.intent = intent
        return true
      }
    case .finish:
      return change(after: base) {
        ($0.intent, $0.pending) = (nil, nil)
        return true
      }
    default: return true
    }
  }

  // MARK: The service

  private mutating func issue(
    _ document: SecretDocument, _ intent: RotationIntent
  ) -> IssuedPair? {
    let number = Self.number(document)
    guard !isSingleUse || usedTokens.insert(number).inserted else { return nil }
    let new = Keys.document(keys, issuedAt: now, operation: intent.operation)
    keys += 1
    issued += 1
    return IssuedPair(document: new, intent: intent)
  }

  // MARK: One step of one rotator

  /// - Returns: the step, for its kind.
  mutating func turn(_ index: Int, withFaults: Bool) -> RotationStep {
    var random = random
    defer { self.random = random }
    now += 1
    uptime += .seconds(1)
    if withFaults, chance(3, &random) {
      now += 500
      uptime += .seconds(200)
    }
    let fault = withFaults ? Int.random(in: 0..<100, using: &random) : 99
    if fault < 5 { crash(index) }
    // A stale view: it was suspended.
    let view =
      fault < 20 ? rotators[index].lastSeen ?? snapshot : snapshot
    rotators[index].lastSeen = snapshot
    let step = rotators[index].next(view, now: now, uptime: uptime)
    let losesAnswer = withFaults && chance(7, &random)
    let crashesAfter = withFaults && chance(7, &random)
    run(step, index, view, losesAnswer: losesAnswer)
    if crashesAfter { crash(index) }
    return step
  }

  private mutating func run(
    _ step: RotationStep, _ index: Int, _ view: SecretSnapshot, losesAnswer: Bool
  ) {
    switch step {
    case .issue(let intent):
      guard let current = view.current, let pair = issue(current.document, intent) else {
        rotators[index].machine.refused(intent.operation, code: "X")
        return
      }
      if losesAnswer {
        lostAKey = true
        rotators[index].machine.lostAnswer(intent.operation)
      } else {
        rotators[index].inHand = pair
      }
    case .spool(let pair):
      rotators[index].spooled.insert(pair, at: 0)
      rotators[index].inHand = nil
    case .drop(let operation):
      rotators[index].spooled.removeAll { $0.intent.operation == operation }
      if rotators[index].inHand?.intent.operation == operation { rotators[index].inHand = nil }
    case .proveWritable: rotators[index].machine.proved(view.state)
    case .probe(let document, _):
      let verdict: ProbeVerdict =
        losesAnswer
        ? .inconclusive("X") : authenticates(document) ? .authenticates : .refused
      rotators[index].machine.tested(document, verdict, at: uptime)
    default:
      let old = view.intent
      if perform(step, after: view), case .claim(let intent) = step, !losesAnswer {
        rotators[index].machine.claimed(intent, replacing: old)
      }
    }
  }

  private mutating func crash(_ index: Int) {
    if let hand = rotators[index].inHand,
      snapshot.pending?.document != hand.document, snapshot.current?.document != hand.document
    {
      lostAKey = true
    }
    rotators[index].restart()
  }
}

/// A rotator without wires.
struct ModelRotator {
  let owner: OwnerID
  let hasSpool: Bool
  let traits: SecretStoreTraits
  var machine: RotationMachine
  var spooled: [IssuedPair] = []
  var inHand: IssuedPair?
  var lastSeen: SecretSnapshot?

  init(owner: OwnerID, hasSpool: Bool, traits: SecretStoreTraits) {
    self.owner = owner
    self.hasSpool = hasSpool
    self.traits = traits
    machine = RotationMachine(policy: RotationPolicy(), owner: owner, traits: traits)
  }

  mutating func restart() {
    machine = RotationMachine(policy: RotationPolicy(), owner: owner, traits: traits)
    inHand = nil
    lastSeen = nil
  }

  mutating func next(_ snapshot: SecretSnapshot, now: UInt64, uptime: Duration) -> RotationStep {
    machine.next(
      RotationFacts(
        snapshot: snapshot, spooled: spooled, inHand: inHand, hasSpool: hasSpool, now: now,
        uptime: uptime))
  }
}
