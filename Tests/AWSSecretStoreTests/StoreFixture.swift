import Foundation
import HTTPClient
import MomentoAuth
import RotationFakes
import SecretStores

@testable import AWSSecretStore

/// A store on the fake service, and the few things that every test of it needs.
struct StoreFixture: Sendable {
  static let first = "11111111-1111-4111-8111-111111111111"
  let fake: SecretsManagerFake
  let store: SecretsManagerStore

  init(
    _ content: String? = #"{"apiKey":"old","refreshToken":"r1"}"#,
    now: UInt64 = 1_764_000_000
  ) throws {
    fake = SecretsManagerFake(
      content.map { .init(versions: [Self.first: $0], labels: ["AWSCURRENT": Self.first]) })
    store = try Self.store(on: fake, now: now)
  }

  static func store(
    on http: any HTTPExchange, now: UInt64 = 1_764_000_000
  ) throws -> SecretsManagerStore {
    let url = try StoreURL(parsing: "aws-secretsmanager:momento/key?region=eu-west-1")
    return try .open(
      url,
      AWSEnvironment(
        variables: ["AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "secret"],
        http: http, location: url.location, now: { now }, patience: .zero))
  }

  static func document(_ key: String) -> SecretDocument {
    SecretDocument(
      credentials: CredentialsFile(apiKey: Secret(key), refreshToken: Secret("refresh-" + key)))
  }

  static func intent(
    _ snapshot: SecretSnapshot, owner: OwnerID = .random(), attempt: Int = 0,
    startedAt: UInt64 = 1_000
  ) -> RotationIntent {
    RotationIntent(
      operation: OperationID(
        identity: snapshot.identity, from: snapshot.current?.version ?? VersionToken(""),
        attempt: attempt),
      attempt: attempt, owner: owner, from: snapshot.current?.version ?? VersionToken(""),
      fromFingerprint: snapshot.current?.document.fingerprint ?? "", startedAt: startedAt)
  }

  /// The key that readers get.
  var currentKey: String? {
    guard let secret = fake.secret, let version = secret.labels["AWSCURRENT"],
      let content = secret.versions[version] ?? nil
    else { return nil }
    return try? SecretDocument(parsing: Array(content.utf8)).credentials.apiKey.reveal()
  }
}
