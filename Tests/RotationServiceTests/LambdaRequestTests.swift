import AWSSecretStore
import LambdaRuntime
import SecretStores
import Testing

@testable import RotationService

@Suite struct LambdaRequestTests {
  @Test(arguments: [
    (#"{"SecretId":"a"}"#, LambdaRequest.secret("a", isForced: false)),
    (#"{"momento_auth_token_secret_name":"a"}"#, .secret("a", isForced: false)),
    (#"{"SecretId":"a","force":true}"#, .secret("a", isForced: true)),
    (#"{"force":true}"#, .schedule(isForced: true)),
    (#"{"force":"true"}"#, .schedule(isForced: false)),
    (
      #"{"version":"0","detail-type":"Scheduled Event","source":"aws.events","detail":{}}"#,
      .schedule(isForced: false)
    ),
    ("{}", .schedule(isForced: false)), ("null", .schedule(isForced: false)),
    (#""now""#, .schedule(isForced: false)), ("", .schedule(isForced: false)),
  ])
  func anEventSaysWhatIsToBeDone(event: String, request: LambdaRequest) throws {
    #expect(try LambdaRequest(parsing: Array(event.utf8)) == request)
  }

  @Test func aStepOfTheContractIsOne() throws {
    let request = try LambdaRequest(parsing: Array(FunctionFixture.step("create_secret").utf8))
    guard case .step(let event) = request else {
      Issue.record("\(request)")
      return
    }
    #expect(event.step == .createSecret)
    #expect(event.token.text == FunctionFixture.token)
  }

  @Test(arguments: [
    #"{"Step":"createSecret"}"#, #"{"Step":"createSecret","SecretId":"a"}"#,
    #"{"Step":"dropSecret","SecretId":"a","ClientRequestToken":"44444444-4444-4444-8444-444444444444"}"#,
    #"{"SecretId":""}"#, #"{"SecretId":7}"#, #"{"momento_auth_token_secret_name":null}"#,
  ])
  func anEventThatIsNotWholeIsNotTakenForAnotherKind(event: String) {
    let failure = #expect(throws: LambdaFailure.self) {
      _ = try LambdaRequest(parsing: Array(event.utf8))
    }
    #expect(failure?.type == "Rotation.Event")
  }

  @Test(arguments: [
    (["MOMENTO_ROTATION_STORES": "file:a etcd:b?endpoints=h:1"], ["file:a", "etcd:b"]),
    (
      ["MOMENTO_ROTATION_STORES": "file:a", "MOMENTO_AUTH_TOKEN_SECRET_NAME": "b"], ["file:a"]
    ),
    (
      ["MOMENTO_AUTH_TOKEN_SECRET_NAME": "a/b, c%d,,"],
      ["aws-secretsmanager:a/b", "aws-secretsmanager:c%d"]
    ),
    ([:], ["aws-secretsmanager:momento/authentication-token"]),
    (["MOMENTO_ROTATION_STORES": ""], ["aws-secretsmanager:momento/authentication-token"]),
  ])
  func theEnvironmentSaysWhichSecrets(environment: [String: String], secrets: [String]) throws {
    #expect(try RotationFunction.secrets(in: environment).map { "\($0)" } == secrets)
  }
}
