import Foundation
import LambdaRuntime
import Locking
import MomentoAuth
import MomentoKeyRotation
import RotationFakes
import Testing

@testable import RotationService

/// Nine defects of a rotation function that people run today; each has a test here.
@Suite struct KnownDefectsTests {
  private static let steps = ["createSecret", "setSecret", "testSecret", "finishSecret"]

  private func rotate(_ fixture: FunctionFixture) async throws {
    for step in Self.steps { _ = try await fixture.handle(FunctionFixture.step(step)) }
  }

  private func failure(_ fixture: FunctionFixture, _ event: String) async -> LambdaFailure? {
    await #expect(throws: LambdaFailure.self) { _ = try await fixture.handle(event) }
  }

  /// The members of the current version.
  private func current(_ fixture: FunctionFixture) throws -> [String: Any] {
    let secret = try #require(fixture.aws.secret)
    let version = try #require(secret.labels["AWSCURRENT"])
    let content = try #require(secret.versions[version] ?? nil)
    return try #require(
      JSONSerialization.jsonObject(with: Data(content.utf8)) as? [String: Any])
  }

  @Test("1: a policy that forbids the last step is found out before a new key is asked for")
  func policy() async throws {
    let fixture = try FunctionFixture()
    fixture.beginRotation()
    fixture.aws.deny("UpdateSecretVersionStage")
    let failed = await failure(fixture, FunctionFixture.step("createSecret"))
    #expect(failed?.type == "Store.AccessDeniedException")
    #expect(fixture.strategy.issued == 0)
    #expect(fixture.currentKey == "old")
  }

  @Test("2: a step that fails is a failure, with words that say why", arguments: Self.steps)
  func errors(step: String) async throws {
    let fixture = try FunctionFixture()
    fixture.aws.secret?.isRotationEnabled = true
    // No version is pending.
    let failed = await failure(fixture, FunctionFixture.step(step))
    #expect(failed?.type == "Rotation.UnknownVersion")
    #expect(failed?.message.isEmpty == false)
  }

  @Test(
    "3: a secret as the documentation has it is rotated, and so is every other spelling",
    arguments: [
      #"{"apiKey":"old","refreshToken":"r1","validUntil":1764003600}"#,
      #"{"authToken":"old","refreshToken":"r1","validUntil":1764003600}"#,
      #"{"apiKey":"old","refreshToken":"r1","validUntil":"1764003600"}"#,
    ])
  func spellings(content: String) async throws {
    let fixture = try FunctionFixture(content)
    fixture.beginRotation()
    try await rotate(fixture)
    #expect(fixture.currentKey == "new 1")
  }

  @Test(
    "4: whoever rotates by hand, by either name, never takes the current key away",
    arguments: ["SecretId", "momento_auth_token_secret_name"])
  func byHand(name: String) async throws {
    let fixture = try FunctionFixture()
    _ = try await fixture.handle(#"{"\#(name)":"momento/key","force":true}"#)
    #expect(fixture.currentKey == "new 1")
    let moves = fixture.aws.calls.filter {
      $0.action == "UpdateSecretVersionStage" && $0.members["VersionStage"] == .string("AWSCURRENT")
    }
    #expect(!moves.isEmpty)
    for move in moves { #expect(move.members["MoveToVersionId"] != nil) }
  }

  @Test("5: a new key that is refused never passes the test because the old one works")
  func invalidNewKey() async throws {
    let fixture = try FunctionFixture()
    fixture.beginRotation()
    _ = try await fixture.handle(FunctionFixture.step("createSecret"))
    fixture.strategy.state.withLock { $0.verdicts["new 1"] = .refused }
    let failed = await failure(fixture, FunctionFixture.step("testSecret"))
    #expect(failed?.type == "Rotation.KeyRefused")
    // A key that may do little, and is refused most calls, passes: RefreshStrategyTests.
  }

  @Test("6: a write that fails loses no key, though the service takes a refresh token once")
  func failedWrite() async throws {
    let fixture = try FunctionFixture()
    fixture.beginRotation()
    fixture.aws.fail(
      "PutSecretValue", with: .none,
      .answer(status: 400, body: #"{"__type":"EncryptionFailure","Message":"no"}"#))
    _ = await failure(fixture, FunctionFixture.step("createSecret"))
    try await rotate(fixture)
    #expect(fixture.currentKey == "new 1")
    #expect(fixture.strategy.issued == 1)
  }

  @Test(
    "7: a key is renewed by its own lifetime, whatever the schedule",
    arguments: [(86_400, 7_776_000, false), (86_400, 100_000, true), (1_500, 1_800, true)])
  func lifetime(age: Int, life: Int, isDue: Bool) async throws {
    let now = Int(ManualClock.start)
    let fixture = try FunctionFixture(
      #"""
      {"apiKey":"old","refreshToken":"r1","validUntil":\#(now - age + life),"issuedAt":\#(now - age)}
      """#)
    _ = try await fixture.handle("{}")
    #expect(fixture.currentKey == (isDue ? "new 1" : "old"))
    let validUntil = try current(fixture)["validUntil"]
    #expect(validUntil is Int, "it stays a number")
  }

  @Test("8: what is not to be rotated is not, and the rotation's token is handed back, unlogged")
  func guards() async throws {
    let fixture = try FunctionFixture()
    fixture.beginRotation()
    fixture.aws.secret?.isRotationEnabled = false
    let event = FunctionFixture.step("createSecret", rotationToken: "hidden-token-0123456789")
    #expect(await failure(fixture, event)?.type == "Rotation.RotationNotEnabled")
    #expect(fixture.aws.writes == [])
    fixture.aws.secret?.isRotationEnabled = true
    _ = try await fixture.handle(event)
    let put = fixture.aws.calls.last { $0.action == "PutSecretValue" }
    #expect(put?.members["RotationToken"] == .string("hidden-token-0123456789"))
    // No call is without an end.
    #expect(fixture.strategy.state.withLock { $0.deadlines }.allSatisfy { $0 <= .seconds(60) })
    let said = fixture.log.withLock { $0 } + fixture.lines.withLock { $0 }.joined()
    #expect(!said.contains("hidden-token"))
    #expect(!said.contains("r1"))
  }

  @Test(
    "9: a service or a store that refuses leaves the old key where it is",
    arguments: [
      IssueError(.refused, code: "DENIED", "no", mayHaveHappened: false),
      IssueError(.retryable, code: "UNAVAILABLE", "away", mayHaveHappened: false),
      IssueError(.retryable, code: "TIMEOUT", "late", mayHaveHappened: true),
    ])
  func refusals(error: IssueError) async throws {
    let fixture = try FunctionFixture()
    fixture.beginRotation()
    fixture.strategy.state.withLock { $0.failures = [error] }
    _ = await failure(fixture, FunctionFixture.step("createSecret"))
    #expect(fixture.currentKey == "old")
    #expect(
      await failure(fixture, FunctionFixture.step("finishSecret"))?.type == "Rotation.NoPendingKey")
    #expect(fixture.currentKey == "old")
    fixture.aws.fail("DescribeSecret", with: .answer(status: 500, body: "{}"))
    _ = await failure(fixture, FunctionFixture.step("createSecret"))
    // Once all are well again, so is the rotation.
    try await rotate(fixture)
    #expect(fixture.currentKey == "new 1")
  }
}
