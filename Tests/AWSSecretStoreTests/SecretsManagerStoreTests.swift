import HTTPClient
import MomentoAuth
import RotationFakes
import SecretStores
import Testing

@testable import AWSSecretStore

@Suite struct SecretsManagerStoreTests {
  private func expect(
    _ kind: SecretStoreError.Kind, _ body: () async throws -> Void,
    location: SourceLocation = #_sourceLocation
  ) async {
    let error = await #expect(throws: SecretStoreError.self, sourceLocation: location) {
      try await body()
    }
    #expect(error?.kind == kind, sourceLocation: location)
  }

  private func document(_ key: String) -> SecretDocument { StoreFixture.document(key) }

  @Test func aKeyIsReplacedInFiveSteps() async throws {
    for leavesLabel in [true, false] {
      let fixture = try StoreFixture()
      fixture.fake.secret?.leavesPendingLabel = leavesLabel
      let store = fixture.store
      let first = try await store.read()
      try await store.proveWritable(after: first)
      #expect(try await store.read() == first)
      let intent = StoreFixture.intent(first)
      let claimed = try await store.begin(intent, after: first)
      #expect(claimed.intent == intent)
      let staged = try await store.stage(document("new"), for: intent, after: claimed)
      #expect(staged.pending?.document.credentials.apiKey.reveal() == "new")
      #expect(staged.pending?.version.text == intent.operation.text)
      #expect(fixture.currentKey == "old")
      let promoted = try await store.promote(intent, after: staged)
      #expect(fixture.currentKey == "new")
      let finished = try await store.finish(after: promoted)
      #expect(finished.intent == nil && finished.pending == nil)
      #expect(
        fixture.fake.secret?.labels
          == ["AWSCURRENT": intent.operation.text, "AWSPREVIOUS": StoreFixture.first])
    }
  }

  @Test func eachStepMayBeRepeatedWithWhatItWasGiven() async throws {
    let store = try StoreFixture().store
    let first = try await store.read()
    let intent = StoreFixture.intent(first)
    let claimed = try await store.begin(intent, after: first)
    #expect(try await store.begin(intent, after: first) == claimed)
    let staged = try await store.stage(document("new"), for: intent, after: claimed)
    #expect(try await store.stage(document("new"), for: intent, after: claimed) == staged)
    let promoted = try await store.promote(intent, after: staged)
    #expect(try await store.promote(intent, after: staged) == promoted)
    let finished = try await store.finish(after: promoted)
    #expect(try await store.finish(after: promoted) == finished)
    #expect(try await store.finish(after: finished) == finished)
  }

  @Test(arguments: ["PutSecretValue", "UpdateSecretVersionStage"])
  func aRivalThatIsFasterWithinAClaimKeepsIt(action: String) async throws {
    let fixture = try StoreFixture()
    let first = try await fixture.store.read()
    let theirs = StoreFixture.intent(first)
    let rival = try StoreFixture.store(on: fixture.fake)
    fixture.fake.before(action) {
      if let seen = try? await rival.read() { _ = try? await rival.begin(theirs, after: seen) }
    }
    await expect(.conflict) {
      _ = try await fixture.store.begin(StoreFixture.intent(first), after: first)
    }
    #expect(try await fixture.store.read().intent == theirs)
  }

  @Test func ofManyRivalsExactlyOneHoldsTheClaim() async throws {
    let fixture = try StoreFixture()
    let first = try await fixture.store.read()
    let winners = await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<16 {
        group.addTask {
          (try? await fixture.store.begin(StoreFixture.intent(first), after: first)) != nil
        }
      }
      return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
    }
    #expect(winners == 1)
  }

  @Test func aClaimThatCameToNothingDoesNotStandInTheWayOfTheNext() async throws {
    let fixture = try StoreFixture()
    var snapshot = try await fixture.store.read()
    for round in 0..<3 {
      let intent = StoreFixture.intent(snapshot, startedAt: UInt64(round))
      snapshot = try await fixture.store.begin(intent, after: snapshot)
      #expect(snapshot.intent == intent)
      snapshot = try await fixture.store.finish(after: snapshot)
    }
    #expect(fixture.currentKey == "old")
  }

  @Test func aDraftWhoseOwnerHasDiedDoesNotStandInTheWay() async throws {
    let fixture = try StoreFixture()
    let first = try await fixture.store.read()
    fixture.fake.fail("UpdateSecretVersionStage", with: .lostRequest)
    await expect(.conflict) {
      _ = try await fixture.store.begin(StoreFixture.intent(first), after: first)
    }
    let second = try await fixture.store.read()
    #expect(second.intent == nil)
    let intent = StoreFixture.intent(second)
    #expect(try await fixture.store.begin(intent, after: second).intent == intent)
  }

  @Test func aStaleSnapshotIsRefusedByEveryStep() async throws {
    let fixture = try StoreFixture()
    let store = fixture.store
    let first = try await store.read()
    let intent = StoreFixture.intent(first)
    let claimed = try await store.begin(intent, after: first)
    let staged = try await store.stage(document("new"), for: intent, after: claimed)
    let imported = try await store.replace(with: document("imported"), after: staged)
    #expect(imported.intent == nil && imported.pending == nil)
    await expect(.conflict) { _ = try await store.begin(intent, after: first) }
    await expect(.conflict) {
      _ = try await store.stage(document("newer"), for: intent, after: claimed)
    }
    await expect(.conflict) { _ = try await store.promote(intent, after: staged) }
    await expect(.conflict) { _ = try await store.annotate(intent, after: claimed) }
    await expect(.conflict) { _ = try await store.replace(with: document("x"), after: first) }
    #expect(fixture.currentKey == "imported")
  }

  @Test func aKeyThatChangesWhileItIsPromotedIsKept() async throws {
    let fixture = try StoreFixture()
    let store = fixture.store
    let first = try await store.read()
    let intent = StoreFixture.intent(first)
    let staged = try await store.stage(
      document("new"), for: intent, after: try await store.begin(intent, after: first))
    let fake = fixture.fake
    fake.before("UpdateSecretVersionStage") {
      let other = "22222222-2222-4222-8222-222222222222"
      fake.secret?.versions[other] = #"{"apiKey":"by hand"}"#
      fake.secret?.labels["AWSCURRENT"] = other
    }
    await expect(.conflict) { _ = try await store.promote(intent, after: staged) }
    #expect(fixture.currentKey == "by hand")
  }

  @Test func aClaimIsTakenOverWithWhatWasStaged() async throws {
    let fixture = try StoreFixture()
    let store = fixture.store
    let first = try await store.read()
    let mine = StoreFixture.intent(first)
    let staged = try await store.stage(
      document("new"), for: mine, after: try await store.begin(mine, after: first))
    let theirs = StoreFixture.intent(first, attempt: 1)
    let taken = try await store.begin(theirs, after: staged)
    #expect(taken.intent == theirs)
    #expect(taken.pending == staged.pending)
    _ = try await store.finish(after: try await store.promote(theirs, after: taken))
    #expect(fixture.currentKey == "new")
  }

  @Test func aRefusalIsNotedInTheClaim() async throws {
    let store = try StoreFixture().store
    let first = try await store.read()
    var intent = StoreFixture.intent(first)
    let claimed = try await store.begin(intent, after: first)
    intent.phase = .refused
    intent.note = "UNAUTHENTICATED"
    let annotated = try await store.annotate(intent, after: claimed)
    #expect(annotated.intent?.phase == .refused)
    #expect(try await store.annotate(intent, after: annotated) == annotated)
  }

  /// A step, and the action whose answer is lost in it.
  @Test(
    arguments: ["PutSecretValue", "UpdateSecretVersionStage"],
    [
      SecretsManagerFake.Fault.lostAnswer, .lostRequest,
    ])
  func aLostAnswerIsFoundOutOrTheStepIsMadeAgain(
    action: String, fault: SecretsManagerFake.Fault
  ) async throws {
    let fixture = try StoreFixture()
    let store = fixture.store
    let owner = OwnerID.random()
    func again(
      _ step: () async throws -> SecretSnapshot
    ) async throws -> SecretSnapshot {
      fixture.fake.fail(action, with: fault)
      do { return try await step() } catch { return try await step() }
    }
    let first = try await store.read()
    let intent = StoreFixture.intent(first, owner: owner)
    let claimed = try await again {
      try await store.begin(intent, after: try await store.read())
    }
    #expect(claimed.intent == intent)
    let staged = try await again {
      try await store.stage(document("new"), for: intent, after: claimed)
    }
    let promoted = try await again { try await store.promote(intent, after: staged) }
    #expect(fixture.currentKey == "new")
    let finished = try await again { try await store.finish(after: try await store.read()) }
    #expect(finished.current == promoted.current)
    #expect(finished.intent == nil && finished.pending == nil)
  }

  @Test func finishNeverTouchesTheCurrentKey() async throws {
    let fixture = try StoreFixture()
    let store = fixture.store
    let first = try await store.read()
    let intent = StoreFixture.intent(first)
    let staged = try await store.stage(
      document("new"), for: intent, after: try await store.begin(intent, after: first))
    let finished = try await store.finish(after: staged)
    #expect(finished.current == first.current)
    #expect(finished.intent == nil && finished.pending == nil)
    #expect(
      !fixture.fake.calls.contains {
        $0.members["VersionStage"] == .string("AWSCURRENT")
      })
  }

  @Test func aSecretIsMadeWhereThereIsNone() async throws {
    let fixture = try StoreFixture(nil)
    await expect(.notFound) { _ = try await fixture.store.read() }
    fixture.fake.fail("CreateSecret", with: .lostAnswer)
    let made = try await fixture.store.replace(with: document("first"), after: nil)
    #expect(made.current?.document == document("first"))
    await expect(.conflict) {
      _ = try await fixture.store.replace(with: document("second"), after: nil)
    }
  }

  @Test func aPendingVersionWithoutContentIsNotYetThere() async throws {
    let fixture = try StoreFixture()
    let token = "33333333-3333-4333-8333-333333333333"
    fixture.fake.secret?.versions[token] = .some(nil)
    fixture.fake.secret?.labels["AWSPENDING"] = token
    let snapshot = try await fixture.store.read()
    #expect(snapshot.pending == nil)
    #expect(snapshot.serverTime == 1_764_000_000)
    #expect(snapshot.identity == SecretsManagerFake.arn)
  }

  @Test func aMissingRightIsFoundOutBeforeThereIsANewKey() async throws {
    for action in ["PutSecretValue", "UpdateSecretVersionStage"] {
      let fixture = try StoreFixture()
      fixture.fake.deny(action)
      let first = try await fixture.store.read()
      let error = await #expect(throws: SecretStoreError.self) {
        _ = try await fixture.store.begin(StoreFixture.intent(first), after: first)
      }
      #expect(error?.kind == .denied)
      #expect(error?.advice.contains("secretsmanager:\(action)") == true)
    }
  }

  @Test func aSecretThatIsBeingDeletedIsNotFound() async throws {
    let fixture = try StoreFixture()
    fixture.fake.secret?.isDeleted = true
    await expect(.notFound) { _ = try await fixture.store.read() }
  }

  @Test func contentThatIsNoKeyIsUnreadableAndNotRepeated() async throws {
    let fixture = try StoreFixture(#"{"password":"hunter2"}"#)
    let error = await #expect(throws: SecretStoreError.self) { _ = try await fixture.store.read() }
    #expect(error?.kind == .unreadable)
    #expect(error?.description.contains("hunter2") == false)
  }
}
