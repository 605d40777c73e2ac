import Foundation
import GRPCCall
import HTTPClient
import MomentoAuth
import RotationFakes
import SecretStores
import Testing

@testable import VaultSecretStore

private struct World {
  let fake: VaultFake
  let client: PatientClient
  let address: String

  func store(
    _ name: String = "vault:secret/momento/key", _ environment: [String: String] = [:]
  ) throws -> CellSecretStore<VaultCell> {
    let standard = ["VAULT_ADDR": address, "VAULT_TOKEN": "root"]
    return try CellSecretStore(
      vault: StoreURL(parsing: name), environment: standard.merging(environment) { $1 },
      http: client)
  }

  /// Writes members as another tool would.
  func put(_ json: String) async throws {
    let answer = try await client.send(
      HTTPRequest(
        .post, address + "/v1/secret/data/momento/key",
        fields: [HTTPField("X-Vault-Token", "root")], body: Array("{\"data\":\(json)}".utf8)))
    try #require(answer.status == 200)
  }

  func members() async throws -> String {
    let answer = try await client.send(
      HTTPRequest(
        .get, address + "/v1/secret/data/momento/key",
        fields: [HTTPField("X-Vault-Token", "root")]))
    return String(decoding: answer.body, as: UTF8.self)
  }
}

private func withVault(_ body: (World) async throws -> Void) async throws {
  let fake = VaultFake()
  let world = World(fake: fake, client: try PatientClient(), address: try fake.start())
  try await body(world)
  await world.client.shutdown()
  await fake.shutdown()
}

private func document(_ key: String) -> SecretDocument {
  SecretDocument(credentials: CredentialsFile(apiKey: Secret(key)))
}

private func intent(_ snapshot: SecretSnapshot, owner: OwnerID = .random()) throws -> RotationIntent
{
  let current = try #require(snapshot.current)
  return RotationIntent(
    operation: OperationID(identity: snapshot.identity, from: current.version, attempt: 0),
    attempt: 0, owner: owner, from: current.version,
    fromFingerprint: current.document.fingerprint, startedAt: 1_000)
}

private func expect(
  _ kind: SecretStoreError.Kind, _ body: () async throws -> Void,
  sourceLocation: SourceLocation = #_sourceLocation
) async {
  let error = await #expect(throws: SecretStoreError.self, sourceLocation: sourceLocation) {
    try await body()
  }
  #expect(error?.kind == kind, sourceLocation: sourceLocation)
}

@Suite struct VaultCellTests {
  @Test func aKeyIsReplacedAndForeignMembersStay() async throws {
    try await withVault { world in
      try await world.put(#"{"apiKey":"old","team":{"name":"blue"}}"#)
      let store = try world.store()
      let first = try await store.read()
      let intent = try intent(first)
      let new = try #require(first.current).document.replacingKey(
        with: CredentialsFile(apiKey: Secret("new")), at: 1_001, operation: intent.operation)
      let claimed = try await store.begin(intent, after: first)
      #expect(claimed.current == first.current)
      let staged = try await store.stage(new, for: intent, after: claimed)
      #expect(staged.current == first.current)
      #expect(try await store.stage(new, for: intent, after: staged) == staged)
      let promoted = try await store.promote(intent, after: staged)
      #expect(promoted.current?.document.credentials.apiKey == Secret("new"))
      #expect(try await store.promote(intent, after: promoted) == promoted)
      let finished = try await store.finish(after: promoted)
      #expect(finished.current == promoted.current)
      #expect(try await store.finish(after: finished) == finished)
      #expect(try await store.read() == finished)
      let text = try await world.members()
      #expect(text.contains(#""team":{"name":"blue"}"#))
      #expect(!text.contains("momento_rotation"))
    }
  }

  @Test func aDocumentThatWasReadIsWrittenWithItsForeignMembers() async throws {
    try await withVault { world in
      try await world.put(#"{"apiKey":"old","team":{"name":"blue"}}"#)
      let store = try world.store()
      let first = try await store.read()
      _ = try await store.begin(try intent(first), after: first)
      let text = try await world.members()
      #expect(text.contains(#""team":{"name":"blue"}"#))
      #expect(text.contains(#""momento_rotation":"{"#))
    }
  }

  @Test func ofTwoThatClaimFromOneSnapshotOneIsTurnedAway() async throws {
    try await withVault { world in
      try await world.put(#"{"apiKey":"old"}"#)
      let (one, other) = (try world.store(), try world.store())
      let first = try await one.read()
      _ = try await one.begin(try intent(first), after: first)
      await expect(.conflict) { _ = try await other.begin(try intent(first), after: first) }
      await expect(.conflict) { _ = try await other.finish(after: try await stale(first, one)) }
    }
  }

  /// A snapshot with a claim whose state has passed.
  private func stale(
    _ first: SecretSnapshot, _ store: CellSecretStore<VaultCell>
  ) async throws -> SecretSnapshot {
    var snapshot = try await store.read()
    snapshot.state = first.state
    return snapshot
  }

  @Test func anAnswerThatIsLostAfterTheCommitIsFoundOut() async throws {
    try await withVault { world in
      try await world.put(#"{"apiKey":"old"}"#)
      let store = try world.store()
      let first = try await store.read()
      let intent = try intent(first)
      world.fake.inject(.loseAnswer, at: "write")
      let claimed = try await store.begin(intent, after: first)
      #expect(claimed.intent == intent)
      #expect(try await store.read() == claimed)
    }
  }

  @Test func aWriteThatWasNotDoneMayBeRepeated() async throws {
    try await withVault { world in
      try await world.put(#"{"apiKey":"old"}"#)
      let store = try world.store()
      let first = try await store.read()
      let intent = try intent(first)
      world.fake.inject(.refuse(status: 500), at: "write")
      await expect(.unavailable) { _ = try await store.begin(intent, after: first) }
      #expect(try await store.begin(intent, after: first).intent == intent)
    }
  }

  @Test func manyThatCountTogetherLoseNothing() async throws {
    try await withVault { world in
      try await world.put(#"{"n":0}"#)
      let cell = try world.store().cell
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<8 {
          group.addTask { for _ in 0..<25 { try await increment(cell) } }
        }
        try await group.waitForAll()
      }
      #expect(try await number(cell.read()) == 200)
    }
  }

  @Test func anAbsentSecretIsMadeAndOneThatWasDeletedIsMadeAgain() async throws {
    try await withVault { world in
      let store = try world.store()
      await expect(.notFound) { _ = try await store.read() }
      let first = try await store.replace(with: document("one"), after: nil)
      #expect(try await store.read() == first)
      await expect(.conflict) { _ = try await store.replace(with: document("two"), after: nil) }
      _ = try await world.client.send(
        HTTPRequest(
          .delete, world.address + "/v1/secret/data/momento/key",
          fields: [HTTPField("X-Vault-Token", "root")]))
      await expect(.notFound) { _ = try await store.read() }
      _ = try await store.replace(with: document("two"), after: nil)
      #expect(try await store.read().current?.document == document("two"))
    }
  }

  @Test(arguments: [
    (412, SecretStoreError.Kind.unavailable), (429, .throttled(retryAfter: nil)),
    (472, .unavailable), (473, .unavailable), (500, .unavailable), (503, .unavailable),
    (307, .unavailable), (405, .unsupported), (404, .notFound), (400, .misconfigured),
  ])
  func eachStatusHasItsMeaning(status: Int, kind: SecretStoreError.Kind) async throws {
    try await withVault { world in
      world.fake.inject(.refuse(status: status), at: "read")
      await expect(kind) { _ = try await world.store().read() }
    }
  }

  @Test func aStandbyThatSendsOnIsNotFollowedAndItIsSaidWhatToDo() async throws {
    try await withVault { world in
      world.fake.inject(.refuse(status: 307), at: "read")
      let store = try world.store()
      let error = await #expect(throws: SecretStoreError.self) { try await store.read() }
      #expect(error?.code == "307")
      #expect(error?.advice.contains("the active node") == true)
      #expect(world.fake.counts["read"] == 1)
    }
  }

  @Test func aSealedVaultIsWaitedFor() async throws {
    try await withVault { world in
      world.fake.seal(true)
      await expect(.unavailable) { _ = try await world.store().read() }
    }
  }

  @Test func anEngineOfVersionOneIsRefused() async throws {
    try await withVault { world in
      let store = try world.store("vault:kv1/momento")
      await expect(.unsupported) { _ = try await store.read() }
    }
  }

  @Test func aDeadTokenAndOneWithoutTheRightAreToldApart() async throws {
    try await withVault { world in
      world.fake.addPowerlessToken("weak")
      let weak = try world.store("vault:secret/momento/key", ["VAULT_TOKEN": "weak"])
      await expect(.denied) { _ = try await weak.read() }
      let dead = try world.store("vault:secret/momento/key", ["VAULT_TOKEN": "dead"])
      await expect(.unauthenticated) { _ = try await dead.read() }
    }
  }
}

@Suite struct VaultLoginTests {
  private func withAppRole(
    secret: String = "secret", _ body: (World, CellSecretStore<VaultCell>) async throws -> Void
  ) async throws {
    let directory = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    let (role, secretID) = (directory.appending(path: "r"), directory.appending(path: "s"))
    try Data("role\n".utf8).write(to: role)
    try Data("\(secret)\n".utf8).write(to: secretID)
    try await withVault { world in
      try await world.put(#"{"apiKey":"old"}"#)
      let url =
        "vault:secret/momento/key?auth=approle&role-id-file=\(role.path)"
        + "&secret-id-file=\(secretID.path)"
      try await body(world, try world.store(url))
    }
  }

  @Test func anAppRoleLogsInOnce() async throws {
    try await withAppRole { world, store in
      _ = try await store.read()
      _ = try await store.read()
      #expect(world.fake.counts["login"] == 1)
    }
  }

  @Test func aTokenThatHasDiedIsReplacedByAnotherLogin() async throws {
    try await withAppRole { world, store in
      _ = try await store.read()
      world.fake.revokeTokens()
      _ = try await store.read()
      #expect(world.fake.counts["login"] == 2)
    }
  }

  @Test func aTokenIsRenewedBeforeItEnds() async throws {
    try await withAppRole { world, store in
      // Two thirds of a lease this short have passed by the next read.
      world.fake.setLease(1)
      _ = try await store.read()
      let deadline = ContinuousClock.now + .seconds(30)
      while world.fake.counts["renew"] == nil, .now < deadline { _ = try await store.read() }
      #expect(world.fake.counts["renew"] == 1)
      #expect(world.fake.counts["login"] == 1)
    }
  }

  @Test func aLoginThatIsRefusedIsSaid() async throws {
    try await withAppRole(secret: "wrong") { _, store in
      await expect(.unauthenticated) { _ = try await store.read() }
    }
  }
}

@Suite struct OpenVaultTests {
  private func open(_ url: String, _ environment: [String: String]) throws -> StoreLocation {
    let client = try CurlClient()
    return try CellSecretStore<VaultCell>(
      vault: StoreURL(parsing: url), environment: environment, http: client
    ).location
  }

  @Test func openBaosVariablesAreTakenToo() throws {
    let environment = ["BAO_ADDR": "http://127.0.0.1:1", "BAO_TOKEN": "t"]
    #expect(try open("openbao:secret/a/b", environment).description == "vault:secret/a/b")
  }

  @Test(arguments: [
    ("vault:secret", ["VAULT_ADDR": "http://a", "VAULT_TOKEN": "t"]),
    ("vault:secret/../x", ["VAULT_ADDR": "http://a", "VAULT_TOKEN": "t"]),
    ("vault:secret/a%3Fb", ["VAULT_ADDR": "http://a", "VAULT_TOKEN": "t"]),
    ("vault:secret/a", ["VAULT_TOKEN": "t"]),
    ("vault:secret/a", ["VAULT_ADDR": "http://a"]),
    ("vault:secret/a?auth=ldap", ["VAULT_ADDR": "http://a", "VAULT_TOKEN": "t"]),
    ("vault:secret/a?auth=approle", ["VAULT_ADDR": "http://a"]),
    ("vault:secret/a?adress=http://a", ["VAULT_TOKEN": "t"]),
  ])
  func whatIsMissingOrMisspeltIsSaid(url: String, environment: [String: String]) {
    let error = #expect(throws: SecretStoreError.self) { try open(url, environment) }
    #expect(error?.kind == .misconfigured)
  }
}

private func number(_ state: CellState) throws -> Int {
  let text = String(decoding: state.contents.current ?? [], as: UTF8.self)
  return try #require(Int(text.filter(\.isNumber)))
}

private func increment(_ cell: VaultCell) async throws {
  while true {
    let now = try await cell.read()
    let next = CellContents(current: Array("{\"n\":\(try number(now) + 1)}".utf8))
    do {
      _ = try await cell.swap(next, expecting: now.state)
      return
    } catch {
      guard error.kind == .conflict else { throw error }
    }
  }
}
