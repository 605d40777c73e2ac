import Foundation
import GRPCCall
import Locking
import MomentoAuth
import MomentoAuthService
import SecretStores

@testable import MomentoKeyRotation

/// Clocks that stand still until they are moved; waiting moves them.
final class ManualClock: RotationClock {
  private let passed = Locked(Duration.zero)

  func now() -> UInt64 { Keys.now + UInt64(uptime().inSeconds) }
  func uptime() -> Duration { passed.withLock { $0 } }
  func sleep(for duration: Duration) async {
    advance(by: duration)
    await Task.yield()
  }
  func advance(by duration: Duration) { passed.withLock { $0 += duration } }
}

/// This machine's clocks, some time ahead.
struct ClockAhead: RotationClock {
  var seconds: UInt64
  func now() -> UInt64 { SystemClock().now() + seconds }
  func uptime() -> Duration { SystemClock().uptime() }
  func sleep(for duration: Duration) async { await SystemClock().sleep(for: duration) }
}

/// A service of keys that are numbers, which counts and may be told to fail.
final class ScriptedStrategy: RotationStrategy {
  enum Answer: Sendable {
    case key
    case fail(IssueError)
    /// The key is made, and the answer lost.
    case lose
  }

  struct State: Sendable {
    var keys = 1
    var uses: [String: Int] = [:]
    var script: [Answer] = []
    var verdicts: [ProbeVerdict] = []
    var life = Keys.life
    var calls = 0
    var probes = 0
    var refusals = 0
  }

  let state = Locked(State())
  private let clock: ManualClock
  private let isSingleUse: Bool
  private let onIssue: @Sendable () async -> Void

  init(
    _ clock: ManualClock, isSingleUse: Bool = false,
    onIssue: @escaping @Sendable () async -> Void = {}
  ) {
    self.clock = clock
    self.isSingleUse = isSingleUse
    self.onIssue = onIssue
  }

  var name: String { "scripted" }

  func issue(
    _ document: SecretDocument, operation: OperationID, deadline: Duration
  ) async throws(IssueError) -> IssuedKey {
    await onIssue()
    let now = clock.now()
    return try state.withLock { state throws(IssueError) in
      state.calls += 1
      let answer = state.script.isEmpty ? .key : state.script.removeFirst()
      if case .fail(let error) = answer { throw error }
      let uses = state.uses[document.fingerprint, default: 0]
      state.uses[document.fingerprint] = uses + 1
      guard !isSingleUse || uses == 0 else {
        state.refusals += 1
        throw IssueError(.refused, code: "USED", "used before", mayHaveHappened: false)
      }
      let number = state.keys
      state.keys += 1
      if case .lose = answer {
        throw IssueError(.retryable, code: "LOST", "no answer", mayHaveHappened: true)
      }
      return IssuedKey(
        credentials: CredentialsFile(
          apiKey: Secret("key-\(number)"), refreshToken: Secret("refresh-\(number)"),
          validUntil: ExpiresAt(epochSeconds: now + state.life)))
    }
  }

  func probe(_ document: SecretDocument, deadline: Duration) async -> ProbeVerdict {
    state.withLock { state in
      state.probes += 1
      return state.verdicts.isEmpty ? .authenticates : state.verdicts.removeFirst()
    }
  }
}

/// A cell that fails when it is told to.
final class FlakyCell: SecretCell {
  enum Fault: Sendable {
    /// Nothing is done.
    case unavailable
    /// It is done, and the answer lost.
    case lost
    /// It is done, the answer lost, and the next look at it fails.
    case lostFromSight
  }

  private let readFailures = Locked(0)
  let inner = MemoryCell(name: "flaky")
  /// For each write to come, by its number: how it fails.
  let faults = Locked([Int: Fault]())
  private let writes = Locked(0)
  let isAway = Locked(false)

  var location: StoreLocation { inner.location }
  var traits: SecretStoreTraits { inner.traits }
  var identity: String { inner.identity }

  func read() async throws(SecretStoreError) -> CellState {
    if isAway.withLock({ $0 }) { throw error(.notSent) }
    let fails = readFailures.withLock { count in
      defer { count = max(0, count - 1) }
      return count > 0
    }
    if fails { throw error(.notSent) }
    return try await inner.read()
  }

  func swap(
    _ contents: CellContents, expecting state: VersionToken?
  ) async throws(SecretStoreError) -> CellState {
    if isAway.withLock({ $0 }) { throw error(.notSent) }
    let number = writes.withLock { count in
      defer { count += 1 }
      return count
    }
    switch faults.withLock({ $0[number] }) {
    case nil: return try await inner.swap(contents, expecting: state)
    case .unavailable: throw error(.notSent)
    case .lost, .lostFromSight:
      if case .lostFromSight? = faults.withLock({ $0[number] }) {
        readFailures.withLock { $0 += 1 }
      }
      _ = try await inner.swap(contents, expecting: state)
      throw error(.unknown)
    }
  }

  private func error(_ delivery: Delivery) -> SecretStoreError {
    SecretStoreError(
      .unavailable, at: location, operation: "swap", "away", code: "503", delivery: delivery)
  }
}

/// The embedded auth service, and keys that it made.
struct AuthBench {
  let service: EmbeddedAuthService
  let port: Int

  init(_ refreshTokens: AuthServiceConfiguration.RefreshTokens = .reusable) async throws {
    var configuration = AuthServiceConfiguration()
    configuration.refreshTokens = refreshTokens
    service = try EmbeddedAuthService(configuration: configuration)
    port = try await service.start().port
  }

  var overrides: EndpointOverrides {
    .all(Endpoint(host: "127.0.0.1", port: port, isSecure: false))
  }
  var strategy: RefreshStrategy { RefreshStrategy(overrides: overrides) }

  /// A key as the console gives it, and so old that it is due.
  func dueKey(_ scope: PermissionScope = .superUser) async throws -> SecretDocument {
    let visitor = try AuthClient(
      credentialProvider: .anonymous(
        endpoints: Endpoints(
          control: Endpoint(host: "127.0.0.1", port: port, isSecure: false),
          cache: Endpoint(host: "127.0.0.1", port: port, isSecure: false),
          token: Endpoint(host: "127.0.0.1", port: port, isSecure: false))), configuration: .patient
    )
    var session: SessionToken?
    for try await event in try visitor.login() {
      if case .loggedIn(let token) = event { session = token }
    }
    let client = try AuthClient(
      credentialProvider: .fromString(
        session?.token.reveal() ?? "", overrides: overrides), configuration: .patient)
    let key = try await client.generateAPIKey(scope: scope, expiresIn: .hours(1))
    await visitor.close()
    await client.close()
    return SecretDocument(
      credentials: key.credentialsFile, issuedAt: SystemClock().now() - 7_200)
  }
}

extension AuthClientConfiguration {
  /// A machine that is busy with other tests must not make a call of these late.
  static var patient: Self {
    var configuration = AuthClientConfiguration()
    configuration.deadline = .seconds(300)
    return configuration
  }
}

extension RotationReport {
  var isRotated: Bool { if case .rotated = outcome { true } else { false } }
  var refusal: Refusal? { if case .refused(let refusal) = outcome { refusal } else { nil } }
  var isRetryLater: Bool { if case .retryLater = outcome { true } else { false } }
}
