import Foundation
import HTTPClient
import LambdaRuntime
import Locking
import MomentoAuth
import MomentoKeyRotation
import RotationFakes
import SecretStores
import TestSupport

@testable import AWSSecretStore
@testable import RotationService

/// Clocks that stand still until they are moved; waiting moves them.
final class ManualClock: RotationClock {
  static let start: UInt64 = 1_764_000_000
  private let passed = Locked(Duration.zero)

  func now() -> UInt64 { Self.start + UInt64(uptime().components.seconds) }
  func uptime() -> Duration { passed.withLock { $0 } }
  func sleep(for duration: Duration) async {
    advance(by: duration)
    await Task.yield()
  }
  func advance(by duration: Duration) { passed.withLock { $0 += duration } }
}

/// A service that issues `new 1`, `new 2` and so on, and does what it is told.
final class ScriptedStrategy: RotationStrategy {
  struct State: Sendable {
    var issued = 0
    var deadlines: [Duration] = []
    var failures: [IssueError] = []
    var verdicts: [String: ProbeVerdict] = [:]
    var used: Set<String> = []
  }

  let state = Locked(State())
  private let onIssue: @Sendable () async -> Void

  init(onIssue: @escaping @Sendable () async -> Void = {}) { self.onIssue = onIssue }

  var name: String { "scripted" }
  var issued: Int { state.withLock { $0.issued } }

  /// Takes each refresh token once, as the strictest of services would.
  func issue(
    _ document: SecretDocument, operation: OperationID, deadline: Duration
  ) async throws(IssueError) -> IssuedKey {
    await onIssue()
    return try state.withLock { state throws(IssueError) in
      state.deadlines.append(deadline)
      if !state.failures.isEmpty { throw state.failures.removeFirst() }
      guard state.used.insert(document.fingerprint).inserted else {
        throw IssueError(.refused, code: "USED", "used before", mayHaveHappened: false)
      }
      state.issued += 1
      return IssuedKey(
        credentials: CredentialsFile(
          apiKey: Secret("new \(state.issued)"), refreshToken: Secret("r\(state.issued + 1)"),
          validUntil: ExpiresAt(epochSeconds: ManualClock.start + 2_592_000)))
    }
  }

  func probe(_ document: SecretDocument, deadline: Duration) async -> ProbeVerdict {
    state.withLock { $0.verdicts[document.credentials.apiKey.reveal()] ?? .authenticates }
  }
}

/// A function, its secret and its service, behind the runtime interface.
final class FunctionFixture: Sendable {
  static let first = "11111111-1111-4111-8111-111111111111"
  static let token = "44444444-4444-4444-8444-444444444444"

  let directory: TestDirectory
  let aws: SecretsManagerFake
  let clock = ManualClock()
  let strategy: ScriptedStrategy
  let lines = Locked<[String]>([])
  let log = Locked("")

  init(
    _ content: String = #"{"apiKey":"old","refreshToken":"r1","validUntil":1764003600}"#,
    strategy: ScriptedStrategy = ScriptedStrategy()
  ) throws {
    directory = try TestDirectory()
    self.strategy = strategy
    aws = SecretsManagerFake(
      .init(versions: [Self.first: content], labels: ["AWSCURRENT": Self.first]))
  }

  /// As it is when Secrets Manager calls: the new version is there without content.
  func beginRotation(_ token: String = FunctionFixture.token) {
    aws.secret?.isRotationEnabled = true
    aws.secret?.versions[token] = .some(nil)
    aws.secret?.labels["AWSPENDING"] = token
  }

  /// A function as a new process has it; what is on disk is the same.
  func function(_ secrets: [String] = ["momento/key"]) throws -> RotationFunction {
    let (aws, clock, lines, log) = (aws, clock, lines, log)
    var parts = RotationFunction.Parts(
      secrets: try secrets.map { try StoreURL(parsing: "aws-secretsmanager:\($0)") },
      strategy: strategy, spoolDirectory: directory.path + "/spool",
      log: JSONLog(now: { timespec(tv_sec: 1, tv_nsec: 0) }) { line in
        log.withLock { $0 += String(decoding: line, as: UTF8.self) }
      },
      print: { line in lines.withLock { $0.append(line) } },
      open: { url throws(SecretStoreError) in
        try SecretsManagerStore.open(
          url,
          AWSEnvironment(
            variables: [
              "AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "secret",
              "AWS_REGION": "eu-west-1",
            ], http: aws, location: url.location, now: { clock.now() }, patience: .zero))
      })
    parts.clock = clock
    return try RotationFunction(parts)
  }

  /// Handles an event that has a minute and a half unless another time is given.
  func handle(
    _ event: String, left: Duration = .seconds(90), function: RotationFunction? = nil
  ) async throws -> String {
    let milliseconds = UInt64(left.components.seconds) * 1_000
    let answer = try await (function ?? self.function()).handle(
      LambdaInvocation(
        requestID: "r", deadline: clock.now() * 1_000 + milliseconds, event: Array(event.utf8)))
    return String(decoding: answer, as: UTF8.self)
  }

  static func step(
    _ step: String, token: String = FunctionFixture.token, rotationToken: String? = nil
  ) -> String {
    let extra = rotationToken.map { #","RotationToken":"\#($0)""# } ?? ""
    return #"""
      {"Step":"\#(step)","SecretId":"\#(SecretsManagerFake.arn)","ClientRequestToken":"\#(token)"\#(extra)}
      """#
  }

  /// The key that readers get.
  var currentKey: String? {
    guard let secret = aws.secret, let version = secret.labels["AWSCURRENT"],
      let content = secret.versions[version] ?? nil
    else { return nil }
    return try? SecretDocument(parsing: Array(content.utf8)).credentials.apiKey.reveal()
  }

  /// How often a figure was printed.
  func count(_ figure: String) -> Int {
    lines.withLock { $0 }.count { $0.contains(#""\#(figure)":"#) }
  }

  /// New keys that are on disk.
  var spooled: [String] {
    let files = FileManager.default.enumerator(atPath: directory.path)?.allObjects ?? []
    return files.compactMap { $0 as? String }.filter { $0.hasSuffix(".json") }
  }
}
