package import SecretStores

/// The order of a rotation: from what is durable, in the store and on this machine's disk, to the
/// next step.
///
/// Nothing but these facts decides, so going on after a crash is the same as going on after the
/// step before. The rules, of which the first that applies is taken; C is the current key, P the
/// staged one, H one that is held on disk or in memory, I the claim:
///
/// - R1: H is in memory alone: put it on disk.
/// - R2: H = C: clear the claim, then forget H. H replaces another key than C: if C works, H is
///   superseded; if C is refused, H takes its place. Otherwise H is claimed for, staged, tested and
///   promoted.
/// - R3: P = C: clear the claim. Otherwise P is tested and promoted, by whoever comes.
/// - R4: I without P and H: its owner, or after its time anybody, asks for the new key. A claim that
///   was refused stops everybody until C has changed.
/// - R5: nothing is under way: if the key is due, prove that the store can be written, and claim.
/// - R6: a new key that the service refuses to know is left aside, and another asked for.
/// - R7: who does not lead begins nothing and takes nothing over, unless little time is left. What it
///   holds or has claimed it brings to its end.
///
/// A live claim of another rotator is always respected, unless our H is in memory alone.
package struct RotationMachine: Sendable {
  let policy: RotationPolicy
  let owner: OwnerID
  let traits: SecretStoreTraits
  var memory = RotationMemory()

  package init(policy: RotationPolicy, owner: OwnerID, traits: SecretStoreTraits) {
    self.policy = policy
    self.owner = owner
    self.traits = traits
  }

  /// The next step.
  package mutating func next(_ facts: RotationFacts) -> RotationStep {
    watch(facts.snapshot.intent, at: facts.uptime)
    guard let view = RotationView(facts, self) else {
      return .stop(
        Refusal(
          .unreadable, "the secret has no current key",
          advice: "Put a key there with 'rotate import'."))
    }
    return view.next()
  }

  private mutating func watch(_ intent: RotationIntent?, at uptime: Duration) {
    guard let intent, intent.owner != owner else {
      memory.watched = nil
      return
    }
    if memory.watched?.intent != intent { memory.watched = (intent, uptime) }
  }

  /// A run begins; one that is forced asks the service again where it has refused before.
  package mutating func begin(isForced: Bool) {
    if isForced { memory.refusals = [:] }
    // What was found out long ago need not be so any more.
    memory.verdicts = memory.verdicts.filter { $0.value == .refused }
  }

  // MARK: What became of a step

  /// The store has proved that it can be written.
  package mutating func proved(_ state: VersionToken) { memory.provenState = state }

  /// A claim was sent; nobody can have called under it before.
  package mutating func claimed(_ intent: RotationIntent, replacing old: RotationIntent?) {
    if old?.operation != intent.operation { memory.fresh.insert(intent.operation) }
    if let old, old.owner != owner { memory.tookFrom.insert(old.owner) }
  }

  /// A call for a new key may have succeeded though it failed here.
  package mutating func lostAnswer(_ operation: OperationID) { memory.unknown.insert(operation) }

  /// The service has refused a new key.
  package mutating func refused(_ operation: OperationID, code: String) {
    memory.refusals[operation] = code
  }

  /// The disk does not take the new key.
  package mutating func unspoolable(_ operation: OperationID) {
    memory.unspoolable.insert(operation)
  }

  /// A key was tried.
  package mutating func tested(
    _ document: SecretDocument, _ verdict: ProbeVerdict, at uptime: Duration
  ) {
    memory.note(verdict, of: document.fingerprint, at: uptime)
  }

  /// Whether a claim was found and not made here: then a call may have been made under it before.
  package func isResumed(_ operation: OperationID) -> Bool { !memory.fresh.contains(operation) }
}
