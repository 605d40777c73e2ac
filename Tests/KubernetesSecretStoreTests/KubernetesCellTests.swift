import Foundation
import HTTPClient
import MomentoAuth
import RotationFakes
import SecretStores
import Testing

@testable import KubernetesSecretStore

private struct World {
  let fake: KubernetesFake
  let client: PatientClient
  let server: String
  let tokenFile: URL

  func store() throws -> CellSecretStore<KubernetesCell> {
    let url = "kubernetes:apps/momento?key=key.json&server=\(server)&token-file=\(tokenFile.path)"
    return try CellSecretStore(
      kubernetes: StoreURL(parsing: url), environment: [:], http: client)
  }

  func send(_ method: HTTPRequest.Method, _ path: String, _ json: String = "") async throws
    -> String
  {
    let answer = try await client.send(
      HTTPRequest(
        method, server + "/api/v1/namespaces/apps/secrets" + path,
        fields: [HTTPField("Authorization", "Bearer token")], body: Array(json.utf8)))
    return String(decoding: answer.body, as: UTF8.self)
  }

  /// Makes a Secret with a label and an entry that are not ours.
  func create(immutable: Bool = false) async throws {
    let key = Data(#"{"apiKey":"old","mine":1}"#.utf8).base64EncodedString()
    _ = try await send(
      .post, "",
      #"{"kind":"Secret","immutable":\#(immutable),"metadata":{"name":"momento","labels":{"a":"b"}},"#
        + #""data":{"key.json":"\#(key)","other":"eHl6"}}"#)
  }
}

private func withCluster(_ body: (World) async throws -> Void) async throws {
  let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
  try Data("token\n".utf8).write(to: file)
  defer { try? FileManager.default.removeItem(at: file) }
  let fake = KubernetesFake()
  let world = World(
    fake: fake, client: try PatientClient(), server: try fake.start(), tokenFile: file)
  try await body(world)
  await world.client.shutdown()
  await fake.shutdown()
}

private func intent(_ snapshot: SecretSnapshot) throws -> RotationIntent {
  let current = try #require(snapshot.current)
  return RotationIntent(
    operation: OperationID(identity: snapshot.identity, from: current.version, attempt: 0),
    attempt: 0, owner: .random(), from: current.version,
    fromFingerprint: current.document.fingerprint, startedAt: 1_000)
}

private func expect(
  _ kind: SecretStoreError.Kind, sourceLocation: SourceLocation = #_sourceLocation,
  _ body: () async throws -> Void
) async {
  let error = await #expect(throws: SecretStoreError.self, sourceLocation: sourceLocation) {
    try await body()
  }
  #expect(error?.kind == kind, sourceLocation: sourceLocation)
}

@Suite struct KubernetesCellTests {
  @Test func aKeyIsReplacedAndWhatIsNotOursStays() async throws {
    try await withCluster { world in
      try await world.create()
      let store = try world.store()
      let first = try await store.read()
      let intent = try intent(first)
      let new = try #require(first.current).document.replacingKey(
        with: CredentialsFile(apiKey: Secret("new")), at: 1_001, operation: intent.operation)
      let claimed = try await store.begin(intent, after: first)
      let staged = try await store.stage(new, for: intent, after: claimed)
      #expect(staged.current == first.current)
      #expect(try await store.stage(new, for: intent, after: staged) == staged)
      let promoted = try await store.promote(intent, after: staged)
      #expect(promoted.current?.document == new)
      #expect(try await store.promote(intent, after: promoted) == promoted)
      let finished = try await store.finish(after: promoted)
      #expect(finished.current == promoted.current)
      #expect(try await store.finish(after: finished) == finished)
      #expect(try await store.read() == finished)
      let text = try await world.send(.get, "/momento")
      #expect(text.contains(#""other":"eHl6""#))
      #expect(text.contains(#""labels":{"a":"b"}"#))
      #expect(!text.contains("rotation"))
    }
  }

  @Test func anAnswerThatIsLostAfterTheCommitIsFoundOut() async throws {
    try await withCluster { world in
      try await world.create()
      let store = try world.store()
      let first = try await store.read()
      let intent = try intent(first)
      world.fake.inject(.loseAnswer, at: "write")
      #expect(try await store.begin(intent, after: first).intent == intent)
    }
  }

  @Test func anAbsentSecretIsMadeOnce() async throws {
    try await withCluster { world in
      let store = try world.store()
      await expect(.notFound) { _ = try await store.read() }
      let document = SecretDocument(credentials: CredentialsFile(apiKey: Secret("one")))
      let first = try await store.replace(with: document, after: nil)
      #expect(try await store.read() == first)
      await expect(.conflict) { _ = try await store.replace(with: document, after: nil) }
    }
  }

  @Test func theTokenIsReadAnewForEachRequest() async throws {
    try await withCluster { world in
      try await world.create()
      let store = try world.store()
      _ = try await store.read()
      world.fake.accept(token: "next")
      await expect(.unauthenticated) { _ = try await store.read() }
      try Data("next".utf8).write(to: world.tokenFile)
      _ = try await store.read()
    }
  }

  @Test func anImmutableSecretIsRefused() async throws {
    try await withCluster { world in
      try await world.create(immutable: true)
      let store = try world.store()
      let first = try await store.read()
      await expect(.unsupported) { _ = try await store.begin(try intent(first), after: first) }
    }
  }

  @Test(arguments: [
    (403, SecretStoreError.Kind.denied), (429, .throttled(retryAfter: nil)), (500, .unavailable),
    (503, .unavailable),
  ])
  func eachStatusHasItsMeaning(status: Int, kind: SecretStoreError.Kind) async throws {
    try await withCluster { world in
      world.fake.inject(.refuse(status: status), at: "read")
      await expect(kind) { _ = try await world.store().read() }
    }
  }

  @Test func manyThatCountTogetherLoseNothing() async throws {
    try await withCluster { world in
      let cell = try world.store().cell
      _ = try await cell.swap(CellContents(current: [0]), expecting: nil)
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<8 {
          group.addTask { for _ in 0..<25 { try await increment(cell) } }
        }
        try await group.waitForAll()
      }
      #expect(try await cell.read().contents.current == [200])
    }
  }

  @Test(arguments: ["kubernetes:a", "kubernetes:a/b/c", "kubernetes:a/..", "kubernetes:a/b?kee=c"])
  func aNameThatIsNoneIsRefused(url: String) async throws {
    let client = try CurlClient()
    await expect(.misconfigured) {
      _ = try CellSecretStore<KubernetesCell>(
        kubernetes: StoreURL(parsing: url), environment: ["KUBERNETES_SERVICE_HOST": "h"],
        http: client)
    }
  }
}

private func increment(_ cell: KubernetesCell) async throws {
  while true {
    let now = try await cell.read()
    let next = (now.contents.current?.first ?? 0) + 1
    do {
      _ = try await cell.swap(CellContents(current: [next]), expecting: now.state)
      return
    } catch {
      guard error.kind == .conflict else { throw error }
    }
  }
}
