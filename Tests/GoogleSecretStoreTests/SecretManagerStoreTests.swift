import GRPCCall
import GRPCTransport
import HTTPClient
import Locking
import MomentoAuth
import ProtobufWire
import SecretManagerFake
import SecretStores
import Testing

@testable import GoogleSecretStore

/// The store on a service of our own with Secret Manager's rules.
@Suite struct SecretManagerStoreTests {
  private let owner = OwnerID.random()

  private func withStore(
    _ body: (SecretManagerStore, FakeSecretManager) async throws -> Void
  ) async throws {
    let fake = FakeSecretManager()
    let server = try Server(configuration: ServerConfiguration(port: 0), services: [fake])
    let address = try await server.start()
    let url = try StoreURL(
      parsing: "gcp-secretmanager:\(FakeSecretManager.resource)?auth=none"
        + "&endpoint=http://127.0.0.1:\(address.port)&timeout=300")
    let store = try SecretManagerStore(url, environment: [:], http: NoHTTP())
    do {
      try await body(store, fake)
    } catch {
      await store.close()
      await server.shutdown()
      throw error
    }
    await store.close()
    await server.shutdown()
  }

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

  private func expect(
    _ kind: SecretStoreError.Kind, _ body: () async throws -> Void
  ) async {
    let error = await #expect(throws: SecretStoreError.self) { try await body() }
    #expect(error?.kind == kind)
  }

  @Test func aKeyIsReplacedInFiveSteps() async throws {
    try await withStore { store, fake in
      #expect(store.traits.publishesOnStage)
      let first = try await store.replace(with: document("old"), after: nil)
      try await store.proveWritable(after: first)
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
      let secret = fake.held.withLock { $0.secret }
      #expect(secret.versionAliases == ["current": 2, "previous": 1])
      // What others have written there is left alone.
      #expect(secret.annotations == ["team": "cache"])
    }
  }

  @Test func eachStepMayBeRepeated() async throws {
    try await withStore { store, fake in
      let first = try await store.replace(with: document("old"), after: nil)
      let intent = try intent(first)
      let claimed = try await store.begin(intent, after: first)
      let staged = try await store.stage(document("new"), for: intent, after: claimed)
      #expect(try await store.stage(document("new"), for: intent, after: staged) == staged)
      let promoted = try await store.promote(intent, after: staged)
      #expect(try await store.promote(intent, after: promoted) == promoted)
      let finished = try await store.finish(after: promoted)
      #expect(try await store.finish(after: finished) == finished)
      #expect(fake.calls["AddSecretVersion"] == 2)
    }
  }

  @Test func beforeTheFirstRotationTheNewestEnabledVersionIsTheKey() async throws {
    try await withStore { store, fake in
      for key in ["one", "two", "three"] {
        fake.add(document(key).encodedRevealingSecrets())
      }
      fake.add(Array("broken".utf8), .disabled)
      let first = try await store.read()
      #expect(first.current?.document == document("three"))
      #expect(first.current?.version.text == "3")
      fake.add(document("four").encodedRevealingSecrets())
      await expect(.conflict) { _ = try await store.begin(try intent(first), after: first) }
      let second = try await store.read()
      _ = try await store.begin(try intent(second), after: second)
      #expect(fake.held.withLock { $0.secret.versionAliases["current"] } == 5)
    }
  }

  @Test func aVersionWhoseAnswerWasLostIsNotAddedTwice() async throws {
    try await withStore { store, fake in
      let first = try await store.replace(with: document("old"), after: nil)
      let intent = try intent(first)
      let claimed = try await store.begin(intent, after: first)
      fake.fail("AddSecretVersion", .answerLost)
      let error = await #expect(throws: SecretStoreError.self) {
        try await store.stage(document("new"), for: intent, after: claimed)
      }
      #expect(error?.kind == .unavailable)
      #expect(error?.delivery == .unknown)
      let staged = try await store.stage(document("new"), for: intent, after: claimed)
      #expect(staged.pending?.document == document("new"))
      #expect(fake.held.withLock { $0.versions.count } == 2)
    }
  }

  @Test func aChangeWhoseAnswerWasLostIsFoundOut() async throws {
    try await withStore { store, fake in
      let first = try await store.replace(with: document("old"), after: nil)
      fake.fail("UpdateSecret", .answerLost)
      let claimed = try await store.begin(try intent(first), after: first)
      #expect(claimed.intent != nil)
      fake.fail("UpdateSecret", .refused(.unavailable))
      await expect(.unavailable) { _ = try await store.finish(after: claimed) }
      #expect(try await store.finish(after: claimed).intent == nil)
    }
  }

  @Test func damageOnTheWayIsMendedByReadingAgain() async throws {
    try await withStore { store, fake in
      let first = try await store.replace(with: document("old"), after: nil)
      fake.fail("AccessSecretVersion", .damaged, .damaged)
      #expect(try await store.read() == first)
      fake.fail("AccessSecretVersion", .damaged, .damaged, .damaged)
      await expect(.unreadable) { _ = try await store.read() }
    }
  }

  @Test func whatTheServiceSaysIsUnderstood() async throws {
    try await withStore { store, fake in
      _ = try await store.replace(with: document("old"), after: nil)
      for (code, kind) in [
        (.notFound, .notFound), (.permissionDenied, .denied), (.unauthenticated, .unauthenticated),
        (.resourceExhausted, .throttled(retryAfter: nil)), (.internalError, .unavailable),
        (.unimplemented, .unsupported), (.aborted, .conflict),
      ] as [(StatusCode, SecretStoreError.Kind)] {
        fake.fail("GetSecret", .refused(code))
        await expect(kind) { _ = try await store.read() }
      }
      fake.held.withLock { $0.versions[0].state = .disabled }
      await expect(.unreadable) { _ = try await store.read() }
    }
  }

  @Test func aMissingRightIsNamedBeforeAKeyIsAskedFor() async throws {
    try await withStore { store, fake in
      let first = try await store.replace(with: document("old"), after: nil)
      fake.held.withLock { $0.permissions = ["secretmanager.secrets.update"] }
      let error = await #expect(throws: SecretStoreError.self) {
        try await store.proveWritable(after: first)
      }
      #expect(error?.kind == .denied)
      #expect(error?.message.contains("secretmanager.versions.add") == true)
    }
  }

  @Test func aDamagedClaimIsNoClaim() async throws {
    try await withStore { store, fake in
      _ = try await store.replace(with: document("old"), after: nil)
      fake.held.withLock { $0.secret.annotations["momento-auth-rotation"] = "{}" }
      await expect(.unreadable) { _ = try await store.read() }
    }
  }
}

/// Stands where no HTTP is to be used.
struct NoHTTP: HTTPExchange {
  func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
    throw HTTPFailure(phase: .connect, isCertainlyUnsent: true, reason: "there is no HTTP here")
  }
}
