import AWSSecretStore
import FoundationEssentials
import HTTPClient
import MomentoAuth
import SecretStores

/// Does to a secret what a check of a peer asks for, and prints what has come of it in one line:
/// `aws-store-check URL read|create KEY|rotate KEY|claim|race`.
@main struct AWSStoreCheck {
  static func main() async throws {
    let arguments = CommandLine.arguments.dropFirst()
    guard let text = arguments.first, let action = arguments.dropFirst().first else {
      print("usage: aws-store-check URL read|create KEY|rotate KEY|claim|race")
      return
    }
    let client = try CurlClient()
    do {
      let store = try SecretsManagerStore.open(
        StoreURL(parsing: text), environment: ProcessInfo.processInfo.environment, http: client)
      print(try await run(action, arguments.dropFirst(2).first ?? "", on: store))
    } catch let error as SecretStoreError {
      print("error \(error.kind) \(error.operation) \(error.code ?? "-")")
    }
    await client.shutdown()
  }

  private static func run(
    _ action: String, _ key: String, on store: SecretsManagerStore
  ) async throws -> String {
    let document = SecretDocument(
      credentials: CredentialsFile(apiKey: Secret(key), refreshToken: Secret("refresh " + key)))
    switch action {
    case "create": return told(try await store.replace(with: document, after: nil))
    case "rotate": return told(try await rotate(store, to: document))
    case "claim":
      let first = try await store.read()
      return told(try await store.begin(intent(first), after: first))
    case "race":
      let first = try await store.read()
      let winners = await withTaskGroup(of: Bool.self) { group in
        for _ in 0..<8 {
          group.addTask { (try? await store.begin(intent(first), after: first)) != nil }
        }
        return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
      }
      return "\(winners) of 8"
    default: return told(try await store.read())
    }
  }

  private static func rotate(
    _ store: SecretsManagerStore, to document: SecretDocument
  ) async throws -> SecretSnapshot {
    let first = try await store.read()
    try await store.proveWritable(after: first)
    let intent = intent(first)
    let claimed = try await store.begin(intent, after: first)
    let staged = try await store.stage(document, for: intent, after: claimed)
    // Every step once more, with what it was given.
    _ = try await store.stage(document, for: intent, after: claimed)
    let promoted = try await store.promote(intent, after: staged)
    _ = try await store.promote(intent, after: staged)
    let finished = try await store.finish(after: promoted)
    return try await store.finish(after: finished)
  }

  private static func intent(_ snapshot: SecretSnapshot) -> RotationIntent {
    let version = snapshot.current?.version ?? VersionToken("")
    return RotationIntent(
      operation: OperationID(identity: snapshot.identity, from: version, attempt: 0), attempt: 0,
      owner: .random(), from: version,
      fromFingerprint: snapshot.current?.document.fingerprint ?? "", startedAt: 1_764_000_000)
  }

  private static func told(_ snapshot: SecretSnapshot) -> String {
    let current = snapshot.current?.document.shortFingerprint ?? "none"
    let pending = snapshot.pending?.document.shortFingerprint ?? "none"
    return "current \(current) pending \(pending) claimed \(snapshot.intent != nil)"
  }
}
