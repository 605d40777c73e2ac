import HTTPClient
import LambdaRuntime
import MomentoAuth
import SecretStores
import TestSupport
import Testing

@testable import AWSSecretStore
@testable import EtcdSecretStore
@testable import GoogleSecretStore
@testable import HTTPServer
@testable import MomentoKeyRotation
@testable import VaultSecretStore

@Suite("Nothing that is printed, dumped or reflected shows a secret of")
struct StoreExposureTests {
  private let file = CredentialsFile(apiKey: Secret(secret), refreshToken: Secret(secret))
  private let location = StoreLocation(scheme: "file", name: "k")

  @Test("a store's content, a rotation's pair and its messages")
  func contents() throws {
    let document = SecretDocument(credentials: file)
    let intent = RotationIntent(
      operation: OperationID(identity: "i", from: VersionToken("1"), attempt: 1), attempt: 1,
      owner: .random(), from: VersionToken("1"), fromFingerprint: "f", startedAt: 1)
    let contents = CellContents(current: Array(secret.utf8), journal: Array(secret.utf8))
    let values: [Any] = [
      document, StoredSecret(document: document, version: VersionToken("1")), contents,
      CellState(contents: contents, state: VersionToken("1"), currentVersion: VersionToken("1")),
      IssuedKey(credentials: file), IssuedPair(document: document, intent: intent),
      SpoolRecord(identity: "i", pair: IssuedPair(document: document, intent: intent)),
      Retirement(identity: "i", operation: intent.operation, document: document, due: 1),
      CourierRequest(
        directory: "d", identity: "i", intent: intent, document: document, deadline: .zero,
        isResumed: false),
      CourierAnswer.unspoolable(document),
    ]
    for value in values { #expect(exposures(of: secret, by: value) == []) }
  }

  @Test("what stores are opened and asked with")
  func credentials() throws {
    let aws = AWSCredentials(
      accessKeyID: "AKID", secretAccessKey: Secret(secret), sessionToken: Secret(secret))
    let etcd = try EtcdConfiguration(
      url: StoreURL(parsing: "etcd:k?user=u"), environment: ["ETCD_PASSWORD": secret])
    let values: [Any] = [
      aws, SigV4(credentials: aws, region: "r", service: "s", time: 1),
      SecretContent.text(Secret(secret)),
      RotationEvent(
        step: .createSecret, secretID: "s", token: OperationID(name: "t"),
        rotationToken: Secret(secret)),
      VaultLogin.token(Secret(secret)), etcd, AuthenticateRequest(name: "u", password: secret),
      AccessToken(text: Secret(secret), end: .now), SecretPayload(data: Array(secret.utf8)),
      PutRequest(key: [1], value: Array(secret.utf8)),
    ]
    for value in values { #expect(exposures(of: secret, by: value) == []) }
  }

  @Test("a request of HTTP, its fields, its answer, and an invocation of Lambda")
  func requests() throws {
    let fields = [HTTPField("X-Vault-Token", secret), HTTPField("Authorization", secret)]
    let values: [Any] = [
      HTTPRequest(.get, "https://h/p?k=\(secret)", fields: fields, body: Array(secret.utf8)),
      HTTPResponse(status: 200, fields: fields, body: Array(secret.utf8)), fields,
      LambdaInvocation(requestID: "r", deadline: 1, event: Array(secret.utf8)),
    ]
    for value in values { #expect(exposures(of: secret, by: value) == []) }
  }
}
