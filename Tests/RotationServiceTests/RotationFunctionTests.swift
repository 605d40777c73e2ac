import AWSSecretStore
import HTTPClient
import LambdaRuntime
import Locking
import MomentoAuth
import MomentoKeyRotation
import RotationFakes
import Testing

@testable import RotationService

@Suite struct RotationFunctionTests {
  private static let steps = ["createSecret", "setSecret", "testSecret", "finishSecret"]

  private func failure(
    _ fixture: FunctionFixture, _ event: String, left: Duration = .seconds(90)
  ) async -> LambdaFailure? {
    await #expect(throws: LambdaFailure.self) { _ = try await fixture.handle(event, left: left) }
  }

  /// A function behind the runtime interface. The fixture's clock stands still in the past: the deadline
  /// is far away.
  private func withRuntime(
    _ fixture: FunctionFixture, _ body: (LambdaRuntimeFake) async throws -> Void
  ) async throws {
    let fake = LambdaRuntimeFake()
    let api = try fake.start()
    let http = try PatientClient()
    let function = try fixture.function()
    let running = Task {
      try? await LambdaRuntime(api: api, http: http) { _ in }.run {
        invocation throws(LambdaFailure)
        in try await function.handle(invocation)
      }
    }
    try await body(fake)
    await fake.shutdown()
    await running.value
    await http.shutdown()
  }

  // MARK: The contract

  @Test(.timeLimit(.minutes(5)), arguments: [[0, 1, 2, 3], [0, 0, 1, 2, 2, 3, 3]])
  func theStepsReplaceTheKeyThroughTheRuntimeInterface(order: [Int]) async throws {
    let fixture = try FunctionFixture()
    fixture.beginRotation()
    try await withRuntime(fixture) { fake in
      for index in order {
        #expect(index < 3 ? fixture.currentKey == "old" : true)
        let ending = await fake.run(FunctionFixture.step(Self.steps[index]))
        #expect(ending.kind == "response", "\(ending)")
        #expect(ending.body.contains(#""step":"\#(Self.steps[index])""#))
      }
    }
    #expect(fixture.currentKey == "new 1")
    #expect(fixture.strategy.issued == 1)
    #expect(fixture.spooled == [])
  }

  @Test(.timeLimit(.minutes(5)))
  func aStepThatFailsIsReportedAsAFailureAndNeverAnswered() async throws {
    let fixture = try FunctionFixture()
    fixture.beginRotation()
    fixture.strategy.state.withLock {
      $0.failures = [IssueError(.refused, code: "DENIED", "no", mayHaveHappened: false)]
      $0.verdicts["old"] = .refused
    }
    try await withRuntime(fixture) { fake in
      for (step, type) in [
        ("createSecret", "Rotation.Refused"), ("testSecret", "Rotation.KeyRefused"),
        ("finishSecret", "Rotation.NoPendingKey"), ("dropSecret", "Rotation.Event"),
      ] {
        let ending = await fake.run(FunctionFixture.step(step))
        #expect(ending.kind == "error")
        #expect(ending.errorType == type)
      }
      #expect(fake.endings.allSatisfy { !$0.body.contains("statusCode") })
      #expect(fixture.currentKey == "old")
    }
  }

  @Test func aNewKeyThatTheSecretDoesNotTakeIsThereForTheNextTry() async throws {
    let fixture = try FunctionFixture()
    fixture.beginRotation()
    // The first put proves the right to write; the second is of the new key.
    fixture.aws.fail(
      "PutSecretValue", with: .none,
      .answer(status: 400, body: #"{"__type":"EncryptionFailure","Message":"no"}"#))
    let failed = await failure(fixture, FunctionFixture.step("createSecret"))
    #expect(failed?.type == "Store.EncryptionFailure")
    #expect(fixture.spooled.count == 1)
    // Another process; the service would refuse to be asked twice.
    _ = try await fixture.handle(FunctionFixture.step("createSecret"))
    #expect(fixture.strategy.issued == 1)
    #expect(fixture.spooled.count == 1)
    _ = try await fixture.handle(FunctionFixture.step("finishSecret"))
    #expect(fixture.currentKey == "new 1")
    #expect(fixture.spooled == [])
  }

  @Test func aNewKeyIsThereForARotationThatIsBegunAnewToo() async throws {
    let fixture = try FunctionFixture()
    fixture.beginRotation()
    fixture.aws.fail(
      "PutSecretValue", with: .none,
      .answer(status: 400, body: #"{"__type":"EncryptionFailure","Message":"no"}"#))
    _ = await failure(fixture, FunctionFixture.step("createSecret"))
    let other = "55555555-5555-4555-8555-555555555555"
    fixture.beginRotation(other)
    _ = try await fixture.handle(FunctionFixture.step("createSecret", token: other))
    _ = try await fixture.handle(FunctionFixture.step("finishSecret", token: other))
    #expect(fixture.currentKey == "new 1")
    #expect(fixture.strategy.issued == 1)
    #expect(fixture.spooled == [])
  }

  /// The usual remedy for a rotation that is stuck is to take AWSPENDING away and to begin again.
  @Test func aRotationThatIsBegunAnewAfterItsFirstStepHasTheSameKey() async throws {
    let fixture = try FunctionFixture()
    fixture.beginRotation()
    _ = try await fixture.handle(FunctionFixture.step("createSecret"))
    let other = "55555555-5555-4555-8555-555555555555"
    fixture.beginRotation(other)
    for step in Self.steps {
      _ = try await fixture.handle(FunctionFixture.step(step, token: other))
    }
    #expect(fixture.currentKey == "new 1")
    #expect(fixture.strategy.issued == 1)
    #expect(fixture.spooled == [])
  }

  @Test(arguments: [19, 0])
  func withTooLittleTimeNothingIsBegun(seconds: Int) async throws {
    let fixture = try FunctionFixture()
    fixture.beginRotation()
    for event in [FunctionFixture.step("createSecret"), #"{"SecretId":"momento/key"}"#, "{}"] {
      let failed = await failure(fixture, event, left: .seconds(seconds))
      #expect(failed?.type == "Rotation.TimeLeft")
    }
    #expect(fixture.aws.calls.isEmpty)
    #expect(fixture.strategy.issued == 0)
  }

  @Test func timeThatRunsOutBeforeTheServiceIsAskedEndsTheStep() async throws {
    let fixture = try FunctionFixture()
    fixture.beginRotation()
    fixture.aws.before("UpdateSecretVersionStage") { fixture.clock.advance(by: .seconds(15)) }
    let failed = await failure(
      fixture, FunctionFixture.step("createSecret"), left: .seconds(30))
    #expect(failed?.type == "Rotation.TimeLeft")
    #expect(fixture.strategy.issued == 0)
  }

  @Test(arguments: [(90, 60), (40, 30)])
  func theCallLeavesTimeToKeepItsAnswer(left: Int, deadline: Int) async throws {
    let fixture = try FunctionFixture()
    fixture.beginRotation()
    _ = try await fixture.handle(
      FunctionFixture.step("createSecret"), left: .seconds(left))
    #expect(fixture.strategy.state.withLock { $0.deadlines } == [.seconds(deadline)])
  }

  /// That the old key works says nothing of the new one.
  @Test func onlyANewKeyThatIsKnownPassesTheTest() async throws {
    let fixture = try FunctionFixture()
    fixture.beginRotation()
    _ = try await fixture.handle(FunctionFixture.step("createSecret"))
    fixture.strategy.state.withLock { $0.verdicts["new 1"] = .refused }
    let failed = await failure(fixture, FunctionFixture.step("testSecret"))
    #expect(failed?.type == "Rotation.KeyRefused")
    #expect(fixture.count("failed_to_test_api_token") == 1)
    #expect(fixture.clock.uptime() > .zero, "it was tried more than once")
    fixture.strategy.state.withLock { $0.verdicts["new 1"] = .inconclusive("TIMEOUT") }
    let unknown = await failure(fixture, FunctionFixture.step("testSecret"))
    #expect(unknown?.type == "Rotation.KeyInconclusive")
    #expect(fixture.currentKey == "old")
  }

  @Test func nothingIsDoneToASecretThatIsNotRotated() async throws {
    let fixture = try FunctionFixture()
    fixture.beginRotation()
    fixture.aws.secret?.isRotationEnabled = false
    let failed = await failure(fixture, FunctionFixture.step("createSecret"))
    #expect(failed?.type == "Rotation.RotationNotEnabled")
    #expect(fixture.aws.writes == [])
  }

  @Test func neitherEventsNorKeysAreLogged() async throws {
    let fixture = try FunctionFixture()
    fixture.beginRotation()
    let rotationToken = "hidden-rotation-token-0123456789"
    for step in Self.steps {
      _ = try await fixture.handle(FunctionFixture.step(step, rotationToken: rotationToken))
    }
    _ = await failure(fixture, FunctionFixture.step("dropSecret", rotationToken: rotationToken))
    let put = fixture.aws.calls.last { $0.action == "PutSecretValue" }
    #expect(put?.members["RotationToken"] == .string(rotationToken))
    let said = fixture.log.withLock { $0 } + fixture.lines.withLock { $0 }.joined()
    #expect(said.contains(#""step":"createSecret""#))
    #expect(said.contains(FunctionFixture.token))
    for secret in [rotationToken, "RotationToken", "new 1", "r1", "r2"] {
      #expect(!said.contains(secret))
    }
  }

  // MARK: Metrics

  @Test func figuresAreInTheEmbeddedFormat() async throws {
    let fixture = try FunctionFixture()
    fixture.beginRotation()
    fixture.strategy.state.withLock {
      $0.failures = [IssueError(.retryable, code: "TIMEOUT", "late", mayHaveHappened: true)]
    }
    _ = await failure(fixture, FunctionFixture.step("createSecret"))
    let line = #"""
      {"SecretId":"ARN","Stage":"createSecret","_aws":{"CloudWatchMetrics":[{
      "Dimensions":[["SecretId","Stage"],["SecretId"]],
      "Metrics":[{"Name":"failed_to_refresh_api_token","Unit":"Count"},
      {"Name":"seconds_to_expiry","Unit":"Seconds"}],
      "Namespace":"Momento/AuthTokenRefreshLambda"}],"Timestamp":1764000000000},
      "failed_to_refresh_api_token":1,"seconds_to_expiry":3600}
      """#
    let wanted = line.replacing("\n", with: "").replacing("ARN", with: SecretsManagerFake.arn)
    #expect(fixture.lines.withLock { $0 } == [wanted])
  }

  @Test func aSecretWithoutAnyKeyIsCounted() async throws {
    let fixture = try FunctionFixture("{}")
    fixture.beginRotation()
    _ = await failure(fixture, FunctionFixture.step("createSecret"))
    #expect(fixture.count("no_valid_tokens") == 1)
  }

  // MARK: Whatever is due

  @Test(arguments: ["{}", #"{"SecretId":"momento/key"}"#, #"{"source":"aws.events"}"#])
  func aKeyThatIsDueIsRenewedOnce(event: String) async throws {
    // Nothing tells when it was issued: then it is due.
    let fixture = try FunctionFixture()
    let function = try fixture.function()
    let answer = try await fixture.handle(event, function: function)
    #expect(answer.contains(#""outcome":"rotated""#), "\(answer)")
    #expect(fixture.currentKey == "new 1")
    let again = try await fixture.handle(event, function: function)
    #expect(again.contains(#""outcome":"not-due""#), "\(again)")
    #expect(fixture.strategy.issued == 1)
    #expect(fixture.count("rotated") == 1)
    #expect(fixture.count("seconds_to_expiry") == 2)
    #expect(!answer.contains("new 1"))
  }

  @Test func aKeyThatIsNotDueIsRenewedOnlyWhenThatIsAskedFor() async throws {
    let content = #"""
      {"apiKey":"old","refreshToken":"r1","validUntil":1766000000,"issuedAt":1763900000}
      """#
    let fixture = try FunctionFixture(content)
    let function = try fixture.function()
    _ = try await fixture.handle(#"{"SecretId":"momento/key"}"#, function: function)
    #expect(fixture.currentKey == "old")
    _ = try await fixture.handle(#"{"SecretId":"momento/key","force":true}"#, function: function)
    #expect(fixture.currentKey == "new 1")
  }

  @Test func everySecretHasItsTurnThoughOneFails() async throws {
    let fixture = try FunctionFixture()
    let function = try fixture.function(["nowhere", "momento/key"])
    let failed = await #expect(throws: LambdaFailure.self) {
      _ = try await fixture.handle("{}", function: function)
    }
    #expect(failed?.type == "Configuration.Store")
    #expect(failed?.message.contains("nowhere") == true)
    #expect(fixture.currentKey == "new 1")
  }

  @Test func aServiceThatRefusesIsAFailure() async throws {
    let fixture = try FunctionFixture()
    fixture.strategy.state.withLock {
      $0.failures = [IssueError(.refused, code: "DENIED", "no", mayHaveHappened: false)]
    }
    let failed = await failure(fixture, "{}")
    #expect(failed?.type == "Rotation.Refused")
    #expect(fixture.count("failed_to_refresh_api_token") == 1)
  }
}
