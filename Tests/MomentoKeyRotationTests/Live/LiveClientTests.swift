import Foundation
import Locking
import MomentoAuth
import MomentoAuthService
import SecretStores
import Testing

@testable import MomentoKeyRotation

/// A client that lives from a file, against the embedded service.
@Suite(.timeLimit(.minutes(5))) struct LiveClientTests {
  private let directory = LiveDirectory()

  @Test func twentyRotationsUnderCallsWithoutPauseFailNoCall() async throws {
    let shift = Locked<UInt64>(0)
    var configuration = AuthServiceConfiguration()
    configuration.now = { SystemClock().now() + shift.withLock { $0 } }
    let service = try EmbeddedAuthService(configuration: configuration)
    let address = try await service.start()
    let local = EndpointOverrides.all(try Endpoint(parsing: "http://\(address)"))
    let store = CellSecretStore(FileCell(path: directory.path + "/key.json"))
    var key = try await firstKey(local)
    var snapshot = try await store.replace(
      with: SecretDocument(credentials: key.credentialsFile), after: nil)

    let provider = try await RotatingCredentialProvider(store: store, overrides: local)
    let client = try AuthClient(credentialSource: provider, configuration: .patient)
    let load = Load(client)
    var changes = provider.changes.makeAsyncIterator()
    _ = await changes.next()
    for _ in 1...20 {
      // The service's clock goes on, so that a key lives for no more than two rotations.
      shift.withLock { $0 += 60 }
      let owner = try AuthClient(
        credentialProvider: try key.credentialProvider(overrides: local), configuration: .patient)
      key = try await owner.refreshAPIKey(try #require(key.refreshToken))
      await owner.close()
      let document = SecretDocument(credentials: key.credentialsFile)
      snapshot = try await store.replace(with: document, after: snapshot)
      // Nothing but the watch of the file can be so early: the next read is due in minutes.
      #expect(await changes.next()?.fingerprint == document.fingerprint)
      await load.proceed()
    }
    let (calls, failures) = await load.end()
    #expect(failures == [])
    #expect(calls >= 20)
    #expect(provider.current.generation == 21)
    await provider.shutdown()
    await client.close()
    await service.shutdown()
  }

  @Test func theExchangeOfAKubernetesVolumeIsSeen() async throws {
    try directory.makeVolume(.test("K1"), at: "..1")
    let store = CellSecretStore(
      FileCell(path: directory.path + "/key.json", allowsReadable: true))
    let provider = try await RotatingCredentialProvider(store: store)
    #expect(provider.credential.name == "K1")
    try directory.makeVolume(.test("K2"), at: "..2")
    for await change in provider.changes where change.credential.name == "K2" { break }
    #expect(provider.credential.name == "K2")
    await provider.shutdown()
  }

  private func firstKey(_ local: EndpointOverrides) async throws -> GeneratedAPIKey {
    let endpoints = try CredentialProvider.fromString(
      #"{"endpoint":"e.test","api_key":"K"}"#.base64ForTest, overrides: local
    ).endpoints
    let visitor = try AuthClient(
      credentialProvider: .anonymous(endpoints: endpoints), configuration: .patient)
    var session: SessionToken?
    for try await event in try visitor.login() {
      if case .loggedIn(let token) = event { session = token }
    }
    await visitor.close()
    let owner = try AuthClient(
      credentialProvider: .fromString(
        try #require(session).token.reveal(), overrides: local), configuration: .patient)
    let key = try await owner.generateAPIKey(scope: .superUser, expiresIn: .seconds(130))
    await owner.close()
    return key
  }
}

/// Calls by several tasks, each of which makes the next when it has the answer to the last.
private final class Load: Sendable {
  private struct Done: Sendable {
    var calls = 0
    var failures: [String] = []
    var isOver = false
  }
  private let done = Locked(Done())
  private let callers: Task<Void, Never>

  init(_ client: AuthClient) {
    let done = done
    callers = Task {
      await withTaskGroup(of: Void.self) { group in
        for _ in 0..<4 {
          group.addTask {
            while !done.withLock(\.isOver) {
              var failure: String?
              do {
                _ = try await client.generateDisposableToken(
                  scope: .cacheReadOnly("c"), expiresIn: .minutes(1))
              } catch {
                failure = "\(error)"
              }
              done.withLock { done in
                done.calls += 1
                if let failure { done.failures.append(failure) }
              }
            }
          }
        }
      }
    }
  }

  /// Waits until each caller has made some more calls.
  func proceed() async {
    let calls = done.withLock(\.calls)
    await until { done.withLock(\.calls) >= calls + 20 }
  }

  func end() async -> (Int, [String]) {
    done.withLock { $0.isOver = true }
    await callers.value
    return done.withLock { ($0.calls, $0.failures) }
  }
}

/// A directory that is there for one test.
private final class LiveDirectory: Sendable {
  let path: String

  init() {
    path = FileManager.default.temporaryDirectory.path + "/live-" + UUID().uuidString
    try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a volume as the kubelet does, and exchanges its link.
  func makeVolume(_ document: SecretDocument, at version: String) throws {
    try FileManager.default.createDirectory(
      atPath: path + "/" + version, withIntermediateDirectories: true)
    try Data(document.encodedRevealingSecrets())
      .write(to: URL(filePath: path + "/" + version + "/key.json"))
    try FileManager.default.createSymbolicLink(
      atPath: path + "/..data_tmp", withDestinationPath: version)
    #expect(unsafe rename(path + "/..data_tmp", path + "/..data") == 0)
    guard !FileManager.default.fileExists(atPath: path + "/key.json") else { return }
    try FileManager.default.createSymbolicLink(
      atPath: path + "/key.json", withDestinationPath: "..data/key.json")
  }
}

extension String {
  fileprivate var base64ForTest: String { Data(utf8).base64EncodedString() }
}
