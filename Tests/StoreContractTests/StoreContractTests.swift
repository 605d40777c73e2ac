import Foundation
import MomentoAuth
import SecretStores
import StoreSites
import Testing

/// What a rotator relies on, whatever the store: each rule on every store there is.
@Suite struct StoreContractTests {
  private static let mine = OwnerID.random()

  /// Two replicas' views of one secret.
  private struct Place {
    let store: any SecretStore
    let other: any SecretStore
    let site: StoreSite
  }

  private func withPlace(
    _ kind: StoreKind, _ body: (Place) async throws -> Void
  ) async throws {
    try await Turns.shared.take { try await withOwnPlace(kind, body) }
  }

  private func withOwnPlace(
    _ kind: StoreKind, _ body: (Place) async throws -> Void
  ) async throws {
    let directory = FileManager.default.temporaryDirectory.path + "/contract-\(UUID())"
    try FileManager.default.createDirectory(
      atPath: directory, withIntermediateDirectories: true,
      attributes: [.posixPermissions: 0o700])
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let site = try await StoreSite(kind, in: directory)
    let place = Place(store: try site.open(), other: try site.open(), site: site)
    try await body(place)
    await place.store.close()
    await place.other.close()
    await site.shutdown()
  }

  private func document(_ key: String, operation: OperationID? = nil) -> SecretDocument {
    SecretDocument(
      credentials: CredentialsFile(apiKey: Secret(key), refreshToken: Secret("refresh-" + key)),
      operation: operation)
  }

  private func intent(
    _ snapshot: SecretSnapshot, owner: OwnerID = mine
  ) throws -> RotationIntent {
    let current = try #require(snapshot.current)
    return RotationIntent(
      operation: OperationID(identity: snapshot.identity, from: current.version, attempt: 0),
      attempt: 0, owner: owner, from: current.version,
      fromFingerprint: current.document.fingerprint, startedAt: 1_000)
  }

  private func key(_ secret: StoredSecret?) -> String? {
    secret?.document.credentials.apiKey.reveal()
  }

  private func expect(
    _ kind: SecretStoreError.Kind, location: SourceLocation = #_sourceLocation,
    _ body: () async throws -> Void
  ) async {
    let error = await #expect(throws: SecretStoreError.self, sourceLocation: location) {
      try await body()
    }
    #expect(error?.kind == kind, sourceLocation: location)
  }

  /// A rotation up to the staged key.
  private func staged(
    _ place: Place
  ) async throws -> (intent: RotationIntent, snapshot: SecretSnapshot) {
    let first = try await place.store.replace(with: document("old"), after: nil)
    let intent = try intent(first)
    let claimed = try await place.store.begin(intent, after: first)
    let new = document("new", operation: intent.operation)
    return (intent, try await place.store.stage(new, for: intent, after: claimed))
  }

  @Test(arguments: StoreKind.available)
  func aRotationChangesTheKeyOnce(kind: StoreKind) async throws {
    try await withPlace(kind) { place in
      let first = try await place.store.replace(with: document("old"), after: nil)
      #expect(try await place.other.read() == first)
      try await place.store.proveWritable(after: first)
      #expect(try await place.other.read() == first)
      let intent = try intent(first)
      let claimed = try await place.store.begin(intent, after: first)
      #expect(claimed.intent == intent)
      #expect(claimed.current == first.current)
      #expect(try await place.other.read() == claimed)
      let new = document("new", operation: intent.operation)
      let staged = try await place.store.stage(new, for: intent, after: claimed)
      #expect(key(staged.pending) == "new")
      #expect(staged.current == first.current)
      #expect(try await place.other.read() == staged)
      let promoted = try await place.store.promote(intent, after: staged)
      #expect(key(promoted.current) == "new")
      let finished = try await place.store.finish(after: promoted)
      #expect(finished.intent == nil)
      #expect(finished.pending == nil)
      #expect(finished.current == promoted.current)
      #expect(try await place.other.read() == finished)
    }
  }

  @Test(arguments: StoreKind.available)
  func whatIsNotThereIsNotFound(kind: StoreKind) async throws {
    try await withPlace(kind) { place in
      // There the secret is made first, and has no key yet.
      if kind == .google {
        let found = try await place.store.read()
        #expect(found.current == nil)
      } else {
        await expect(.notFound) { _ = try await place.store.read() }
      }
    }
  }

  @Test(arguments: StoreKind.available)
  func aClaimExcludesOthers(kind: StoreKind) async throws {
    try await withPlace(kind) { place in
      let first = try await place.store.replace(with: document("old"), after: nil)
      let claimed = try await place.store.begin(try intent(first), after: first)
      let theirs = try intent(first, owner: .random())
      await expect(.conflict) { _ = try await place.other.begin(theirs, after: first) }
      await expect(.conflict) {
        _ = try await place.other.stage(document("theirs"), for: theirs, after: claimed)
      }
      await expect(.conflict) { _ = try await place.other.promote(theirs, after: claimed) }
      await expect(.conflict) { _ = try await place.other.annotate(theirs, after: claimed) }
      #expect(try await place.store.read() == claimed)
    }
  }

  @Test(arguments: StoreKind.available)
  func aSnapshotThatIsOldIsAConflict(kind: StoreKind) async throws {
    try await withPlace(kind) { place in
      let first = try await place.store.replace(with: document("old"), after: nil)
      let newer = try await place.other.replace(with: document("newer"), after: first)
      await expect(.conflict) { _ = try await place.store.begin(try intent(first), after: first) }
      await expect(.conflict) {
        _ = try await place.store.replace(with: document("x"), after: first)
      }
      await expect(.conflict) {
        _ = try await place.store.replace(with: document("x"), after: nil)
      }
      #expect(try await place.store.read() == newer)
    }
  }

  @Test(arguments: StoreKind.available)
  func eachStepMayBeRepeated(kind: StoreKind) async throws {
    try await withPlace(kind) { place in
      let (intent, staged) = try await staged(place)
      let new = document("new", operation: intent.operation)
      #expect(try await place.store.stage(new, for: intent, after: staged) == staged)
      let promoted = try await place.store.promote(intent, after: staged)
      #expect(try await place.store.promote(intent, after: promoted) == promoted)
      let finished = try await place.store.finish(after: promoted)
      #expect(try await place.store.finish(after: finished) == finished)
      #expect(key(finished.current) == "new")
    }
  }

  @Test(arguments: StoreKind.available)
  func nothingIsPromotedOverAnotherKey(kind: StoreKind) async throws {
    try await withPlace(kind) { place in
      let (intent, staged) = try await staged(place)
      let imported = try await place.other.replace(with: document("imported"), after: staged)
      #expect(imported.intent == nil)
      #expect(imported.pending == nil)
      await expect(.conflict) { _ = try await place.store.promote(intent, after: staged) }
      await expect(.conflict) { _ = try await place.store.begin(intent, after: imported) }
      #expect(try await key(place.store.read().current) == "imported")
    }
  }

  @Test(arguments: StoreKind.available)
  func finishingBeforePromotionLeavesTheCurrentKey(kind: StoreKind) async throws {
    try await withPlace(kind) { place in
      let (_, staged) = try await staged(place)
      let finished = try await place.store.finish(after: staged)
      #expect(key(finished.current) == "old")
      #expect(finished.pending == nil)
      #expect(finished.intent == nil)
    }
  }

  @Test(arguments: StoreKind.available)
  func aClaimThatIsTakenOverKeepsWhatWasStaged(kind: StoreKind) async throws {
    try await withPlace(kind) { place in
      let (intent, staged) = try await staged(place)
      var theirs = intent
      theirs.owner = .random()
      let taken = try await place.other.begin(theirs, after: staged)
      #expect(key(taken.pending) == "new")
      await expect(.conflict) { _ = try await place.store.promote(intent, after: taken) }
      #expect(try await key(place.other.promote(theirs, after: taken).current) == "new")
    }
  }

  @Test(arguments: StoreKind.available)
  func aRefusalIsRemembered(kind: StoreKind) async throws {
    try await withPlace(kind) { place in
      let first = try await place.store.replace(with: document("old"), after: nil)
      var intent = try intent(first)
      let claimed = try await place.store.begin(intent, after: first)
      intent.phase = .refused
      intent.note = "UNAUTHENTICATED"
      _ = try await place.store.annotate(intent, after: claimed)
      #expect(try await place.other.read().intent == intent)
    }
  }

  @Test(arguments: StoreKind.available)
  func anAnswerThatIsLostAfterTheChangeIsFoundOut(kind: StoreKind) async throws {
    try await withPlace(kind) { place in
      guard let loseAnswer = place.site.loseAnswer else { return }
      let first = try await place.store.replace(with: document("old"), after: nil)
      let intent = try intent(first)
      let claimed = try await place.store.begin(intent, after: first)
      let new = document("new", operation: intent.operation)
      loseAnswer()
      var staged: SecretSnapshot
      do {
        staged = try await place.store.stage(new, for: intent, after: claimed)
      } catch let error as SecretStoreError {
        #expect(error.kind != .conflict)
        staged = try await place.store.read()
      }
      staged = try await place.store.stage(new, for: intent, after: staged)
      #expect(key(staged.pending) == "new")
      #expect(key(staged.current) == "old")
      #expect(try await key(place.store.promote(intent, after: staged).current) == "new")
    }
  }

  /// Each adds one to a number, as often as it takes: often where that costs nothing.
  @Test(arguments: StoreKind.available)
  func ofManyChangesAtOnceNoneIsLost(kind: StoreKind) async throws {
    try await withPlace(kind) { place in
      // A change that fails makes a version, too, and Secrets Manager keeps a hundred.
      let each = kind == .memory ? 100 : kind == .aws ? 1 : 5
      _ = try await place.store.replace(with: document("0"), after: nil)
      let stores = [place.store, place.other]
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<8 {
          group.addTask {
            for _ in 0..<each { try await increment(stores[number % 2]) }
          }
        }
        try await group.waitForAll()
      }
      #expect(try await key(place.store.read().current) == "\(8 * each)")
    }
  }

  private func increment(_ store: any SecretStore) async throws {
    while true {
      let snapshot = try await store.read()
      let count = try #require(key(snapshot.current).flatMap { Int($0) })
      // The same change by two is one change that is repeated, so each writes something of its own.
      var new = document("\(count + 1)")
      new.credentials.refreshToken = Secret(UUID().uuidString)
      if try await isReplaced(new, after: snapshot, in: store) { return }
    }
  }

  private func isReplaced(
    _ document: SecretDocument, after snapshot: SecretSnapshot, in store: any SecretStore
  ) async throws -> Bool {
    do {
      _ = try await store.replace(with: document, after: snapshot)
      return true
    } catch {
      guard error.kind == .conflict else { throw error }
      return false
    }
  }
}
