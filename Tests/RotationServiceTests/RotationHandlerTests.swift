import GRPCCall
import HTTPClient
import HTTPServer
import Locking
import MomentoAuth
import MomentoKeyRotation
import RotationFakes
import SecretStores
import Testing

@testable import RotationService

@Suite(.timeLimit(.minutes(5))) struct RotationHandlerTests {
  /// A server with keys in memory, by the names that it looks after.
  private struct Fixture: Sendable {
    let strategy: ScriptedStrategy
    let clock = ManualClock()
    let handler: RotationHandler
    let stores: [CellSecretStore<MemoryCell>]
    let server: HTTPServer
    let url: String

    init(
      _ secrets: [String] = ["gcp-secretmanager:projects/p/secrets/a"],
      strategy: ScriptedStrategy = ScriptedStrategy(), patience: Duration = .seconds(300)
    ) async throws {
      self.strategy = strategy
      let urls = try secrets.map { try StoreURL(parsing: $0) }
      stores = urls.map { CellSecretStore(MemoryCell(name: $0.name)) }
      var rotators: [StoreURL: KeyRotator] = [:]
      for (url, store) in zip(urls, stores) {
        let document = try SecretDocument(
          parsing: Array(
            #"{"apiKey":"old \#(url.name)","refreshToken":"r","validUntil":1764003600}"#.utf8))
        _ = try await store.replace(with: document, after: nil)
        rotators[url] = try KeyRotator(
          store: store, strategy: strategy, spoolDirectory: nil, clock: clock)
      }
      let handler = RotationHandler(urls, rotators, patience: patience, clock: clock)
      self.handler = handler
      server = HTTPServer(
        mostBodyBytes: RotationHandler.mostBodyBytes, readTime: .seconds(300)
      ) { await handler.answer(to: $0) }
      let address = try server.start()
      url = "http://\(address.host):\(address.port)"
    }

    func send(
      _ method: HTTPRequest.Method = .post, _ path: String = "/", _ body: String = ""
    ) async throws -> HTTPResponse {
      let client = try PatientClient()
      let response = try await client.send(
        HTTPRequest(method, url + path, body: Array(body.utf8), usesProxy: false))
      await client.shutdown()
      return response
    }

    func currentKey(_ index: Int = 0) async throws -> String? {
      try await stores[index].read().current?.document.credentials.apiKey.reveal()
    }

    func end() async {
      await handler.stop()
      await server.shutdown()
    }
  }

  private static func text(_ response: HTTPResponse) -> String {
    String(decoding: response.body, as: UTF8.self)
  }

  private static func notice(_ secret: String, _ type: String = "SECRET_ROTATE") -> String {
    #"""
    {"message":{"attributes":{"eventType":"\#(type)","secretId":"\#(secret)","dataFormat":"JSON_API_V1"},
    "data":"e30=","messageId":"1"},"subscription":"projects/p/subscriptions/s"}
    """#
  }

  @Test func aKeyThatIsInMemoryAloneIsSavedBeforeTheEnd() async throws {
    let cell = AwayCell(cell: MemoryCell(name: "a"))
    let strategy = ScriptedStrategy { cell.refusals.withLock { $0 = 20 } }
    let store = CellSecretStore(cell)
    let document = try SecretDocument(
      parsing: Array(#"{"apiKey":"old","refreshToken":"r","validUntil":1764003600}"#.utf8))
    _ = try await store.replace(with: document, after: nil)
    let url = try StoreURL(parsing: "etcd:a")
    let clock = ManualClock()
    let rotator = try KeyRotator(
      store: store, strategy: strategy, spoolDirectory: nil, clock: clock)
    let handler = RotationHandler([url], [url: rotator], clock: clock)
    let server = HTTPServer(readTime: .seconds(300)) { await handler.answer(to: $0) }
    let address = try server.start()
    let client = try PatientClient()
    let answer = try await client.send(
      HTTPRequest(.post, "http://\(address.host):\(address.port)/", usesProxy: false))
    #expect(answer.status == 503)
    await handler.stop()
    let key = try await store.read().current?.document.credentials.apiKey.reveal()
    #expect(key == "new 1")
    #expect(strategy.issued == 1)
    await client.shutdown()
    await server.shutdown()
  }

  @Test(arguments: ["", "{}", "null", "no JSON", #"{"message":{"data":"e30="}}"#])
  func aCallRenewsWhatIsDue(body: String) async throws {
    let fixture = try await Fixture()
    let first = try await fixture.send(.post, "/", body)
    #expect(first.status == 200)
    #expect(
      Self.text(first).hasPrefix(
        #"{"results":[{"next":1765"#), "\(Self.text(first))")
    #expect(Self.text(first).contains(#""outcome":"rotated""#))
    #expect(Self.text(first).contains(#""validUntil":1766592000}"#))
    #expect(try await fixture.currentKey() == "new 1")
    let second = try await fixture.send(.post, "/", body)
    #expect(second.status == 200)
    #expect(Self.text(second).contains(#""outcome":"not-due""#))
    #expect(fixture.strategy.issued == 1)
    await fixture.end()
  }

  @Test(arguments: [
    (
      IssueError(.retryable, code: "SERVER_UNAVAILABLE", "away", mayHaveHappened: false), 503,
      "retry"
    ), (IssueError(.refused, code: "AUTH", "no", mayHaveHappened: false), 500, "refused"),
  ])
  func theStatusTellsWhetherToCallAgain(
    error: IssueError, status: Int, outcome: String
  ) async throws {
    let fixture = try await Fixture()
    fixture.strategy.state.withLock { $0.failures = Array(repeating: error, count: 10) }
    let response = try await fixture.send()
    #expect(response.status == status)
    #expect(Self.text(response).contains(#""outcome":"\#(outcome)""#))
    #expect((response.field("Retry-After") != nil) == (status == 503))
    #expect(try await fixture.currentKey() == "old projects/p/secrets/a")
    await fixture.end()
  }

  @Test func theWorstOfSeveralIsTheStatus() async throws {
    let fixture = try await Fixture(["etcd:a", "etcd:b"])
    fixture.strategy.state.withLock {
      $0.failures = [IssueError(.refused, code: "AUTH", "no", mayHaveHappened: false)]
    }
    let response = try await fixture.send()
    #expect(response.status == 500)
    #expect(try await fixture.currentKey(0) == "old a")
    #expect(try await fixture.currentKey(1) == "new 1")
    await fixture.end()
  }

  @Test func onlyPostRotates() async throws {
    let fixture = try await Fixture()
    for method in [HTTPRequest.Method.get, .put, .delete] {
      let response = try await fixture.send(method, "/")
      #expect(response.status == 405)
      #expect(response.field("Allow") == "POST")
    }
    for path in ["/livez", "/readyz"] {
      #expect(try await fixture.send(.get, path).status == 200)
      #expect(try await fixture.send(.post, path).status == 405)
    }
    #expect(fixture.strategy.issued == 0)
    await fixture.end()
  }

  @Test func aBodyThatIsTooLongIsRefused() async throws {
    let fixture = try await Fixture()
    let response = try await fixture.send(.post, "/", String(repeating: " ", count: 65_537))
    #expect(response.status == 413)
    #expect(fixture.strategy.issued == 0)
    await fixture.end()
  }

  @Test(arguments: [
    ("projects/p/secrets/b", "SECRET_ROTATE", 200, ["old", "new"]),
    ("projects/123456/secrets/b", "SECRET_ROTATE", 200, ["old", "new"]),
    ("projects/q/secrets/b", "SECRET_ROTATE", 204, ["old", "old"]),
    ("projects/p/secrets/c", "SECRET_ROTATE", 204, ["old", "old"]),
    ("projects/p/secrets/b/versions/1", "SECRET_ROTATE", 204, ["old", "old"]),
    ("", "SECRET_ROTATE", 204, ["old", "old"]),
    ("projects/p/secrets/b", "SECRET_VERSION_ADD", 204, ["old", "old"]),
  ])
  func aNoticeIsAboutItsSecretAlone(
    secret: String, type: String, status: Int, keys: [String]
  ) async throws {
    let fixture = try await Fixture([
      "gcp-secretmanager:projects/p/secrets/a", "gcp-secretmanager:projects/p/secrets/b",
    ])
    let response = try await fixture.send(.post, "/", Self.notice(secret, type))
    #expect(response.status == status)
    for index in keys.indices {
      #expect(try await fixture.currentKey(index)?.hasPrefix(keys[index]) == true)
    }
    await fixture.end()
  }

  @Test func whileOneRunsAnotherWaitsAndThenIsToldToComeAgain() async throws {
    let (begun, announce) = AsyncStream.makeStream(of: Void.self)
    let (released, release) = AsyncStream.makeStream(of: Void.self)
    let strategy = ScriptedStrategy {
      announce.yield()
      for await _ in released { break }
    }
    let fixture = try await Fixture(strategy: strategy, patience: .milliseconds(1))
    let first = Task { try await fixture.send() }
    for await _ in begun { break }
    let second = try await fixture.send()
    #expect(second.status == 429)
    #expect(second.field("Retry-After") == "30")
    release.yield()
    #expect(try await first.value.status == 200)
    #expect(try await fixture.send().status == 200)
    #expect(strategy.issued == 1)
    await fixture.end()
  }

  @Test func whoWaitsHasItsTurn() async throws {
    let turnstile = Turnstile()
    #expect(await turnstile.enter(patience: .zero))
    #expect(await !turnstile.enter(patience: .zero))
    async let second = turnstile.enter(patience: .seconds(300))
    turnstile.leave()
    #expect(await second)
    #expect(await !turnstile.enter(patience: .milliseconds(1)))
    turnstile.leave()
    #expect(await turnstile.enter(patience: .zero))
  }

  @Test func theEndWaitsForARotationThatIsUnderWay() async throws {
    let (begun, announce) = AsyncStream.makeStream(of: Void.self)
    let (released, release) = AsyncStream.makeStream(of: Void.self)
    let strategy = ScriptedStrategy {
      announce.yield()
      for await _ in released { break }
    }
    let fixture = try await Fixture(strategy: strategy)
    let call = Task { try await fixture.send() }
    for await _ in begun { break }
    let isOver = Locked(false)
    let end = Task {
      await fixture.handler.stop()
      isOver.withLock { $0 = true }
    }
    while try await fixture.send(.get, "/readyz").status == 200 {}
    #expect(!isOver.withLock { $0 })
    release.yield()
    #expect(try await call.value.status == 200)
    await end.value
    #expect(try await fixture.currentKey() == "new 1")
    // Nothing is begun any more.
    #expect(try await fixture.send().status == 503)
    await fixture.server.shutdown()
  }
}

/// A cell that takes no changes for some time.
private struct AwayCell: SecretCell {
  let cell: MemoryCell
  /// How many changes it refuses from now on.
  let refusals = Locked(0)

  var location: StoreLocation { cell.location }
  var traits: SecretStoreTraits { cell.traits }
  var identity: String { cell.identity }

  func read() async throws(SecretStoreError) -> CellState { try await cell.read() }

  func swap(
    _ contents: CellContents, expecting state: VersionToken?
  ) async throws(SecretStoreError) -> CellState {
    let isAway = refusals.withLock { left in
      left -= 1
      return left >= 0
    }
    guard !isAway else {
      throw SecretStoreError(
        .unavailable, at: location, operation: "write", "away", delivery: .notSent)
    }
    return try await cell.swap(contents, expecting: state)
  }
}
