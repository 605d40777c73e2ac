import MomentoAuth
import SecretStores
import Testing

@testable import MomentoKeyRotation

@Suite struct MachineTests {
  private let me = OwnerID.random()
  private let other = OwnerID.random()
  private let old = Keys.document(1)
  private var new: SecretDocument {
    Keys.document(2, issuedAt: Keys.now, operation: mine.operation)
  }
  private var snapshot: SecretSnapshot { Keys.snapshot(old) }
  private var mine: RotationIntent { Keys.intent(snapshot, owner: me) }
  private var theirs: RotationIntent { Keys.intent(snapshot, owner: other) }
  private var pair: IssuedPair { IssuedPair(document: new, intent: mine) }

  private func machine(_ change: (inout RotationMachine) -> Void = { _ in }) -> RotationMachine {
    var machine = RotationMachine(
      policy: RotationPolicy(), owner: me, traits: SecretStoreTraits())
    change(&machine)
    return machine
  }

  private func next(
    _ machine: RotationMachine, current: SecretDocument? = nil, pending: SecretDocument? = nil,
    intent: RotationIntent? = nil, spooled: [IssuedPair] = [], inHand: IssuedPair? = nil,
    hasSpool: Bool = true, after seconds: Int = 0, isForced: Bool = false,
    isLeader: Bool = true
  ) -> RotationStep {
    var machine = machine
    var snapshot = snapshot
    if let current {
      snapshot.current = StoredSecret(document: current, version: VersionToken("v2"))
    }
    snapshot.pending = pending.map {
      StoredSecret(document: $0, version: VersionToken("pending"))
    }
    snapshot.intent = intent
    return machine.next(
      RotationFacts(
        snapshot: snapshot, spooled: spooled, inHand: inHand, hasSpool: hasSpool,
        now: Keys.now + UInt64(seconds), uptime: .seconds(1_000 + seconds), isForced: isForced,
        isLeader: isLeader))
  }

  // MARK: Nothing is under way

  @Test func aDueKeyIsClaimedOnceTheStoreHasProvedThatItCanBeWritten() {
    #expect(next(machine()) == .proveWritable)
    #expect(next(machine { $0.proved(VersionToken("0")) }) == .proveWritable)
    #expect(next(machine { $0.proved(VersionToken("1")) }) == .claim(mine))
  }

  @Test func aKeyThatIsNotDueIsLeftAlone() {
    let young = Keys.document(1, issuedAt: Keys.now - 100)
    guard case .rest(until: .some) = next(machine(), current: young) else {
      Issue.record("it does not rest")
      return
    }
    #expect(next(machine(), current: young, isForced: true) == .proveWritable)
  }

  @Test func aKeyWithoutARefreshTokenStopsTheRotation() {
    var plain = old
    plain.credentials.refreshToken = nil
    guard case .stop(let refusal) = next(machine(), current: plain) else {
      Issue.record("it does not stop")
      return
    }
    #expect(refusal.why == .unrefreshable)
  }

  // MARK: Another leads

  @Test func whoDoesNotLeadBeginsNothing() {
    #expect(next(machine(), isLeader: false) == .leave)
    #expect(next(machine(), isForced: true, isLeader: false) == .proveWritable)
    let young = Keys.document(1, issuedAt: Keys.now - 100)
    guard case .rest(until: .some) = next(machine(), current: young, isLeader: false) else {
      Issue.record("it does not rest")
      return
    }
  }

  @Test func whoDoesNotLeadTakesNoClaimOver() {
    #expect(next(machine(), intent: theirs, after: 420, isLeader: false) == .leave)
    #expect(
      next(machine(), pending: new, intent: theirs, after: 420, isLeader: false) == .leave)
    #expect(next(machine(), intent: theirs, isLeader: false) == .wait(theirs))
  }

  @Test func whoDoesNotLeadBringsToItsEndWhatItHasBegun() {
    #expect(next(machine(), intent: mine, isLeader: false) == .issue(mine))
    #expect(
      next(machine(), intent: mine, spooled: [pair], isLeader: false) == .stage(pair, mine))
    #expect(next(machine(), inHand: pair, isLeader: false) == .spool(pair))
  }

  @Test func whenLittleTimeIsLeftNobodyWaitsForTheLeader() {
    let urgent = Keys.document(1, issuedAt: Keys.now - Keys.life + 60)
    #expect(next(machine(), current: urgent, isLeader: false) == .proveWritable)
  }

  // MARK: Claims

  @Test func myClaimGoesOnAtOnce() {
    #expect(next(machine(), intent: mine) == .issue(mine))
  }

  @Test func anOldClaimOfMineIsRenewedBeforeItIsUsed() {
    #expect(next(machine(), intent: mine, after: 60) == .issue(mine))
    var renewed = mine
    renewed.startedAt += 61
    #expect(next(machine(), intent: mine, after: 61) == .claim(renewed))
    #expect(next(machine(), intent: renewed, after: 61) == .issue(renewed))
  }

  @Test func anothersClaimIsRespectedUntilItIsAbandoned() {
    #expect(next(machine(), intent: theirs) == .wait(theirs))
    #expect(next(machine(), intent: theirs, after: 419) == .wait(theirs))
    guard case .claim(let taken) = next(machine(), intent: theirs, after: 420) else {
      Issue.record("it is not taken over")
      return
    }
    #expect(taken.attempt == 1)
    #expect(taken.owner == me)
    #expect(taken.operation != theirs.operation)
  }

  @Test func whoWatchesAClaimTakesItOverAfterItsLife() throws {
    var machine = machine()
    var facts = RotationFacts(
      snapshot: snapshot, hasSpool: true, now: Keys.now, uptime: .seconds(5))
    facts.snapshot.intent = theirs
    #expect(machine.next(facts) == .wait(theirs))
    facts.uptime += .seconds(179)
    #expect(machine.next(facts) == .wait(theirs))
    facts.uptime += .seconds(1)
    guard case .claim = machine.next(facts) else {
      Issue.record("it is not taken over")
      return
    }
    // A sign of life begins the time anew.
    facts.snapshot.intent?.startedAt += 1
    let renewed = try #require(facts.snapshot.intent)
    #expect(machine.next(facts) == .wait(renewed))
  }

  @Test func aClaimOnAKeyThatIsGoneIsCleared() {
    #expect(next(machine(), current: Keys.document(9), intent: theirs) == .finish)
  }

  @Test func aRefusalIsWrittenDownAndThenStopsEverybody() {
    let refused = machine {
      $0.claimed(mine, replacing: nil)
      $0.refused(mine.operation, code: "X")
    }
    var mark = mine
    mark.phase = .refused
    mark.note = "X"
    #expect(next(refused, intent: mine) == .markRefused(mark))
    for machine in [refused, machine()] {
      guard case .stop(let refusal) = next(machine, intent: mark) else {
        Issue.record("it does not stop")
        return
      }
      #expect(refusal.why == .refused)
      #expect(refusal.code == "X")
    }
    guard case .claim(let again) = next(machine(), intent: mark, isForced: true) else {
      Issue.record("force does not ask again")
      return
    }
    #expect(again.attempt == 1)
  }

  @Test func aRefusalAfterAClaimOfUnknownOutcomeSaysSo() {
    let resumed = machine { $0.refused(mine.operation, code: "X") }
    guard case .markRefused(let mark) = next(resumed, intent: mine),
      case .stop(let refusal) = next(machine(), intent: mark)
    else {
      Issue.record("it is not marked")
      return
    }
    #expect(refusal.why == .refusedAfterUnknown)
    #expect(refusal.code == "X")
  }

  // MARK: A new key is held

  @Test func aNewKeyIsPutOnDiskFirst() {
    #expect(next(machine(), intent: mine, inHand: pair) == .spool(pair))
    #expect(next(machine(), intent: theirs, inHand: pair) == .spool(pair))
  }

  @Test func withoutADiskItIsStagedAtOnce() {
    #expect(next(machine(), intent: mine, inHand: pair, hasSpool: false) == .stage(pair, mine))
    let full = machine { $0.unspoolable(mine.operation) }
    #expect(next(full, intent: mine, inHand: pair) == .stage(pair, mine))
    // It does not wait for others: it is in memory alone.
    #expect(next(full, intent: theirs, inHand: pair) == .claim(mine))
  }

  @Test func aKeyOnDiskIsStagedTestedAndPromoted() {
    let good = machine { $0.tested(new, .authenticates, at: .zero) }
    #expect(next(machine(), intent: mine, spooled: [pair]) == .stage(pair, mine))
    #expect(next(machine(), pending: new, intent: mine, spooled: [pair]) == .probe(new, .new))
    #expect(
      next(good, pending: new, intent: mine, spooled: [pair]) == .promote(mine, isTested: true))
  }

  @Test func aKeyOnDiskIsClaimedForAgainUnderItsOwnName() {
    #expect(next(machine(), spooled: [pair]) == .claim(mine))
    #expect(next(machine(), intent: theirs, spooled: [pair]) == .wait(theirs))
  }

  @Test func whereReadersSeeAStagedKeyItIsTestedBefore() {
    let machine = RotationMachine(
      policy: RotationPolicy(), owner: me, traits: SecretStoreTraits(publishesOnStage: true))
    #expect(next(machine, intent: mine, spooled: [pair]) == .probe(new, .new))
  }

  @Test func anothersStagedKeyIsDisplacedByATestedOneOnly() {
    let foreign = Keys.document(3, issuedAt: Keys.now)
    #expect(
      next(machine(), pending: foreign, intent: mine, spooled: [pair]) == .probe(new, .new))
    let good = machine { $0.tested(new, .authenticates, at: .zero) }
    #expect(next(good, pending: foreign, intent: mine, spooled: [pair]) == .stage(pair, mine))
  }

  @Test func aPromotedKeyIsClearedAwayAndForgotten() {
    #expect(next(machine(), current: new, pending: new, intent: mine) == .finish)
    #expect(next(machine(), current: new, intent: mine, spooled: [pair]) == .finish)
    #expect(next(machine(), current: new, spooled: [pair]) == .drop(mine.operation))
  }

  @Test func aSupersededKeyIsForgottenOnceTheOtherIsKnownToWork() {
    let imported = Keys.document(9)
    #expect(
      next(machine(), current: imported, spooled: [pair]) == .probe(imported, .current))
    let works = machine { $0.tested(imported, .authenticates, at: .zero) }
    #expect(next(works, current: imported, spooled: [pair]) == .drop(mine.operation))
    let broken = machine { $0.tested(imported, .refused, at: .zero) }
    guard case .claim(let claim) = next(broken, current: imported, spooled: [pair]) else {
      Issue.record("it is not kept")
      return
    }
    #expect(claim.operation == mine.operation)
    #expect(claim.fromFingerprint == imported.fingerprint)
    // It may be broken only in appearance: then ours must not take its place untested.
    let unsure = machine {
      $0.tested(imported, .refused, at: .zero)
      $0.tested(new, .inconclusive("X"), at: .zero)
    }
    #expect(
      next(unsure, current: imported, pending: new, intent: claim, spooled: [pair])
        == .probe(new, .new))
  }

  @Test func anybodyFinishesWhatAnAbandonedOwnerHasStaged() {
    #expect(next(machine(), pending: new, intent: theirs) == .wait(theirs))
    guard case .claim(let claim) = next(machine(), pending: new, intent: theirs, after: 420) else {
      Issue.record("it is not taken over")
      return
    }
    #expect(claim.operation == theirs.operation)
    #expect(claim.owner == me)
    #expect(next(machine(), pending: new, intent: claim, after: 420) == .probe(new, .new))
  }

  // MARK: Tests of keys

  @Test func anUntestedKeyIsPromotedInAnEmergencyOnly() {
    let unsure = machine { $0.tested(new, .inconclusive("X"), at: .zero) }
    #expect(next(unsure, pending: new, intent: mine) == .probe(new, .new))
    let late = Int(Keys.life / 5) - 100
    #expect(
      next(unsure, pending: new, intent: mine, after: late) == .promote(mine, isTested: false))
  }

  @Test func aKeyThatStaysRefusedIsLeftAsideAndAnotherAskedFor() {
    let bad = machine { $0.tested(new, .refused, at: .seconds(1_000)) }
    #expect(
      next(bad, pending: new, intent: mine, spooled: [pair], after: 29) == .probe(new, .new))
    guard case .claim(let again) = next(bad, pending: new, intent: mine, spooled: [pair], after: 30)
    else {
      Issue.record("no other is asked for")
      return
    }
    #expect(again.attempt == 1)
    #expect(next(bad, pending: new, intent: again, spooled: [pair], after: 30) == .issue(again))
  }
}
