import GRPCCall
import HTTPClient
import MomentoAuth
import RotationFakes
import SecretStores
import Testing

@testable import AWSSecretStore

@Suite struct SecretsManagerTests {
  @Test(arguments: [
    ("ResourceNotFoundException", SecretStoreError.Kind.notFound),
    ("ResourceExistsException", .conflict), ("PreconditionNotMetException", .conflict),
    ("InvalidParameterException", .misconfigured), ("AccessDeniedException", .denied),
    ("DecryptionFailure", .denied), ("EncryptionFailure", .denied),
    ("ThrottlingException", .throttled(retryAfter: nil)),
    ("LimitExceededException", .throttled(retryAfter: nil)),
    ("UnrecognizedClientException", .unauthenticated),
    ("InvalidSignatureException", .unauthenticated), ("IncompleteSignature", .unauthenticated),
    ("MalformedPolicyDocumentException", .unsupported), ("InvalidNextTokenException", .unsupported),
  ])
  func eachErrorIsReadInEachSpelling(type: String, kind: SecretStoreError.Kind) {
    let spellings = [
      HTTPResponse(status: 400, body: Array(#"{"__type":"\#(type)","Message":"said"}"#.utf8)),
      HTTPResponse(status: 400, body: Array(#"{"__type":"a.b#\#(type)","message":"said"}"#.utf8)),
      HTTPResponse(
        status: 400, fields: [HTTPField("x-amzn-errortype", "\(type):http://internal/")],
        body: Array(#"{"message":"said"}"#.utf8)),
      HTTPResponse(
        status: 400,
        body: Array("<R><Error><Code>\(type)</Code><Message>said</Message></Error></R>".utf8)),
    ]
    for response in spellings {
      let error = AWSFailure(response).error(
        at: StoreLocation(scheme: "aws-secretsmanager", name: "key"), operation: "PutSecretValue")
      #expect(error.kind == kind)
      #expect(error.code == type)
      #expect(error.message == "said")
    }
  }

  @Test func aFailureWithoutAWordIsJudgedByItsStatus() {
    let location = StoreLocation(scheme: "aws-secretsmanager", name: "key")
    for (status, kind) in [
      (500, SecretStoreError.Kind.unavailable), (503, .unavailable),
      (429, .throttled(retryAfter: nil)), (403, .unauthenticated), (302, .unsupported),
    ] {
      let response = HTTPResponse(status: status, body: Array("<html>".utf8))
      let error = AWSFailure(response).error(at: location, operation: "x")
      #expect(error.kind == kind)
      #expect(error.code == "\(status)")
    }
  }

  @Test func aWrongClockIsSetByTheServicesOnce() async throws {
    let fixture = try StoreFixture(now: 1_764_000_000 - 3_600)
    let refusal = SecretsManagerFake.Fault.answer(
      status: 403, body: "<E><Code>SignatureDoesNotMatch</Code></E>")
    fixture.fake.fail("DescribeSecret", with: refusal)
    _ = try await fixture.store.read()
    let dates = fixture.fake.calls.map {
      HTTPResponse(status: 0, fields: $0.fields).field("X-Amz-Date")
    }
    #expect(dates == ["20251124T150000Z", "20251124T160000Z", "20251124T160000Z"])
    fixture.fake.fail("DescribeSecret", with: refusal, refusal)
    let error = await #expect(throws: SecretStoreError.self) { try await fixture.store.read() }
    #expect(error?.kind == .clockSkew(.seconds(3_600)))
    #expect(error?.isRetryable == true)
  }

  @Test func aWrongSignatureByARightClockIsNotTriedAgain() async throws {
    let fixture = try StoreFixture()
    fixture.fake.fail(
      "DescribeSecret",
      with: .answer(status: 400, body: #"{"__type":"InvalidSignatureException"}"#))
    let error = await #expect(throws: SecretStoreError.self) { try await fixture.store.read() }
    #expect(error?.kind == .unauthenticated)
    #expect(fixture.fake.calls.count == 1)
  }

  @Test func endedCredentialsAreLookedForAgainOnce() async throws {
    let fixture = try StoreFixture()
    let ended = SecretsManagerFake.Fault.answer(
      status: 400, body: #"{"__type":"ExpiredTokenException"}"#)
    fixture.fake.fail("DescribeSecret", with: ended)
    _ = try await fixture.store.read()
    fixture.fake.fail("DescribeSecret", with: ended, ended)
    let error = await #expect(throws: SecretStoreError.self) { try await fixture.store.read() }
    #expect(error?.kind == .unauthenticated)
  }

  @Test func whatWasNeverSentIsSentAgainAndWhatMayHaveBeenIsNot() async throws {
    let fixture = try StoreFixture()
    fixture.fake.fail("DescribeSecret", with: .unreachable, .unreachable)
    _ = try await fixture.store.read()
    let snapshot = try await fixture.store.read()
    fixture.fake.fail("PutSecretValue", with: .lostRequest)
    let error = await #expect(throws: SecretStoreError.self) {
      try await fixture.store.proveWritable(after: snapshot)
    }
    #expect(error?.kind == .unavailable)
    #expect(error?.delivery == .unknown)
    #expect(fixture.fake.writes == ["PutSecretValue"])
  }

  @Test func theCurrentLabelIsNeverTakenAway() async throws {
    let fixture = try StoreFixture()
    await #expect(throws: SecretStoreError.self) {
      try await fixture.store.manager.remove("AWSCURRENT", from: StoreFixture.first)
    }
    #expect(fixture.fake.calls.isEmpty)
  }

  @Test(arguments: [
    ("aws-secretsmanager:k?region=eu-west-1", "https://secretsmanager.eu-west-1.amazonaws.com/"),
    (
      "aws-secretsmanager:k?region=cn-north-1",
      "https://secretsmanager.cn-north-1.amazonaws.com.cn/"
    ),
    (
      "aws-secretsmanager:k?region=us-east-1&fips=true",
      "https://secretsmanager-fips.us-east-1.amazonaws.com/"
    ),
    (
      "aws-secretsmanager:k?region=us-east-1&dualstack=true",
      "https://secretsmanager.us-east-1.api.aws/"
    ),
    (
      "aws-secretsmanager:arn:aws:secretsmanager:ap-south-1:1:secret:k-x",
      "https://secretsmanager.ap-south-1.amazonaws.com/"
    ),
    ("aws-secretsmanager:k?region=x&endpoint=http://127.0.0.1:5000", "http://127.0.0.1:5000/"),
    ("aws-secretsmanager:k", "https://secretsmanager.us-west-2.amazonaws.com/"),
    ("aws-secretsmanager:k?profile=work", "https://secretsmanager.sa-east-1.amazonaws.com/"),
  ])
  func theURLAndTheEnvironmentSayWhereTheServiceIs(text: String, endpoint: String) throws {
    let url = try StoreURL(parsing: text)
    var surroundings = Surroundings(
      url.parameters["profile"] == nil ? ["AWS_REGION": "us-west-2"] : [:],
      files: ["/home/me/.aws/config": "[profile work]\nregion = sa-east-1"])
    surroundings.profile = url.parameters["profile"]
    #expect(
      try SecretsManagerStore.open(url, surroundings.environment).manager.endpoint == endpoint)
  }

  @Test(arguments: [
    "aws-secretsmanager:k", "aws-secretsmanager:k?region=x&endpoint=http://other/",
    "aws-secretsmanager:k?region=x.evil.com/", "aws-secretsmanager:k?region=x&regoin=y",
    "aws-secretsmanager:k?region=x&endpoint=nowhere",
  ])
  func aURLThatCannotBeUsedIsRefusedAtOnce(text: String) throws {
    let url = try StoreURL(parsing: text)
    let error = #expect(throws: SecretStoreError.self) {
      try SecretsManagerStore.open(url, environment: [:], http: ScriptedExchange { _, _ in nil })
    }
    #expect(error?.kind == .misconfigured)
  }
}
