import MomentoAuth
import Testing

@testable import SecretStores

@Suite struct CellSecretStoreTests {
  private let store = CellSecretStore(MemoryCell(name: "key"))
  private let owner = OwnerID.random()

  private func document(_ key: String) -> SecretDocument {
    SecretDocument(credentials: CredentialsFile(apiKey: Secret(key)))
  }

  private func intent(_ snapshot: SecretSnapshot, owner: OwnerID? = nil) throws -> RotationIntent {
    let current = try #require(snapshot.current)
    return RotationIntent(
      operation: OperationID(identity: snapshot.identity, from: current.version, attempt: 0),
      attempt: 0, owner: owner ?? self.owner, from: current.version,
      fromFingerprint: current.document.fingerprint, startedAt: 1_000)
  }

  private func expectConflict(_ body: () async throws -> Void) async {
    let error = await #expect(throws: SecretStoreError.self) { try await body() }
    #expect(error?.kind == .conflict)
  }

  @Test func aKeyIsReplacedInFiveSteps() async throws {
    let first = try await store.replace(with: document("old"), after: nil)
    let intent = try intent(first)
    let claimed = try await store.begin(intent, after: first)
    #expect(claimed.intent == intent)
    #expect(claimed.current == first.current)
    let staged = try await store.stage(document("new"), for: intent, after: claimed)
    #expect(staged.pending?.document == document("new"))
    #expect(staged.current == first.current)
    let promoted = try await store.promote(intent, after: staged)
    #expect(promoted.current?.document == document("new"))
    let finished = try await store.finish(after: promoted)
    #expect(finished.intent == nil)
    #expect(finished.pending == nil)
    #expect(finished.current == promoted.current)
    #expect(try await store.read() == finished)
  }

  @Test func eachStepMayBeRepeated() async throws {
    let first = try await store.replace(with: document("old"), after: nil)
    let intent = try intent(first)
    let claimed = try await store.begin(intent, after: first)
    let staged = try await store.stage(document("new"), for: intent, after: claimed)
    #expect(try await store.stage(document("new"), for: intent, after: staged) == staged)
    let promoted = try await store.promote(intent, after: staged)
    #expect(try await store.promote(intent, after: promoted) == promoted)
    let finished = try await store.finish(after: promoted)
    #expect(try await store.finish(after: finished) == finished)
  }

  @Test func ofTwoThatClaimFromOneSnapshotOneIsTurnedAway() async throws {
    let first = try await store.replace(with: document("old"), after: nil)
    _ = try await store.begin(try intent(first), after: first)
    let other = try intent(first, owner: .random())
    await expectConflict { _ = try await store.begin(other, after: first) }
  }

  @Test func onlyTheHolderOfTheClaimStagesAndPromotes() async throws {
    let first = try await store.replace(with: document("old"), after: nil)
    let claimed = try await store.begin(try intent(first), after: first)
    let other = try intent(first, owner: .random())
    await expectConflict {
      _ = try await store.stage(document("theirs"), for: other, after: claimed)
    }
    await expectConflict { _ = try await store.promote(other, after: claimed) }
    await expectConflict { _ = try await store.annotate(other, after: claimed) }
  }

  @Test func aClaimThatIsTakenOverKeepsWhatWasStaged() async throws {
    let first = try await store.replace(with: document("old"), after: nil)
    let mine = try intent(first)
    let claimed = try await store.begin(mine, after: first)
    let staged = try await store.stage(document("new"), for: mine, after: claimed)
    let theirs = try await store.begin(try intent(first, owner: .random()), after: staged)
    #expect(theirs.pending?.document == document("new"))
    await expectConflict { _ = try await store.promote(mine, after: theirs) }
  }

  @Test func nothingIsPromotedOverAKeyThatWasPutThereMeanwhile() async throws {
    let first = try await store.replace(with: document("old"), after: nil)
    let intent = try intent(first)
    let claimed = try await store.begin(intent, after: first)
    let staged = try await store.stage(document("new"), for: intent, after: claimed)
    let imported = try await store.replace(with: document("imported"), after: staged)
    #expect(imported.pending == nil)
    await expectConflict { _ = try await store.promote(intent, after: staged) }
    await expectConflict { _ = try await store.begin(intent, after: imported) }
    #expect(try await store.read().current?.document == document("imported"))
  }

  @Test func aRefusalIsRemembered() async throws {
    let first = try await store.replace(with: document("old"), after: nil)
    var intent = try intent(first)
    let claimed = try await store.begin(intent, after: first)
    intent.phase = .refused
    intent.note = "UNAUTHENTICATED"
    _ = try await store.annotate(intent, after: claimed)
    #expect(try await store.read().intent == intent)
  }

  @Test func aDamagedJournalIsNoClaim() async throws {
    let cell = MemoryCell(name: "damaged")
    let store = CellSecretStore(cell)
    let first = try await store.replace(with: document("old"), after: nil)
    let claimed = try await store.begin(try intent(first), after: first)
    var contents = try await cell.read().contents
    let journal = try #require(contents.journal)
    let text = String(decoding: journal, as: UTF8.self)
    contents.journal = Array(text.replacing(#""attempt":0"#, with: #""attempt":1"#).utf8)
    _ = try await cell.swap(contents, expecting: claimed.state)
    let error = await #expect(throws: SecretStoreError.self) { try await store.read() }
    #expect(error?.kind == .unreadable)
  }

  @Test func aSecretThatTheStoreDoesNotTakeIsRefusedBeforeItIsSent() async throws {
    let small = CellSecretStore(
      MemoryCell(name: "small", traits: SecretStoreTraits(mostBytes: 20, isRemote: false)))
    let error = await #expect(throws: SecretStoreError.self) {
      try await small.replace(with: document("a key that is too long"), after: nil)
    }
    #expect(error?.kind == .tooLarge)
    #expect(error?.description.contains("too long") == false)
  }
}
