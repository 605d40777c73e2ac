import MomentoAuth
import Testing

@testable import SecretStores

/// What all stores have in common is in the tests of their contract.
@Suite struct CellSecretStoreTests {
  private func document(_ key: String) -> SecretDocument {
    SecretDocument(credentials: CredentialsFile(apiKey: Secret(key)))
  }

  private func intent(_ snapshot: SecretSnapshot) throws -> RotationIntent {
    let current = try #require(snapshot.current)
    return RotationIntent(
      operation: OperationID(identity: snapshot.identity, from: current.version, attempt: 0),
      attempt: 0, owner: .random(), from: current.version,
      fromFingerprint: current.document.fingerprint, startedAt: 1_000)
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
