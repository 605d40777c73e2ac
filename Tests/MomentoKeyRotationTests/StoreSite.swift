import EtcdProcess
import Foundation
import GRPCTransport
import HTTPClient
import MomentoAuthCommands
import RotationFakes
import SecretManagerFake
import SecretStores

/// The stores there are.
enum StoreKind: String, CaseIterable, Sendable {
  case file, aws, google, vault, kubernetes, etcd

  /// Those that this machine has.
  static let available = allCases.filter { $0 != .etcd || EtcdServer.isInstalled }
}

/// An empty secret in a store that other processes reach.
struct StoreSite: Sendable {
  let url: String
  var environment: [String: String] = [:]
  let shutdown: @Sendable () async -> Void

  init(_ kind: StoreKind, _ directory: TestDirectory) async throws {
    switch kind {
    case .file:
      url = "file:\(directory.path)/key.json"
      shutdown = {}
    case .aws:
      let server = SecretsManagerServer()
      url = "aws-secretsmanager:momento/key?region=eu-west-1&endpoint=\(try server.start())/"
      environment = ["AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "secret"]
      shutdown = { await server.shutdown() }
    case .google:
      let server = try Server(
        configuration: ServerConfiguration(port: 0), services: [FakeSecretManager()])
      let port = try await server.start().port
      url =
        "gcp-secretmanager:\(FakeSecretManager.resource)?auth=none"
        + "&endpoint=http://127.0.0.1:\(port)"
      shutdown = { await server.shutdown() }
    case .vault:
      let server = VaultFake()
      url = "vault:secret/momento?address=\(try server.start())"
      environment = ["VAULT_TOKEN": "root"]
      shutdown = { await server.shutdown() }
    case .kubernetes:
      let server = KubernetesFake()
      let token = directory.path + "/token"
      try Data("token".utf8).write(to: URL(filePath: token))
      url = "kubernetes:default/momento?server=\(try server.start())&token-file=\(token)"
      shutdown = { await server.shutdown() }
    case .etcd:
      let port = try await EtcdServer.shared.value.port
      url = "etcd:kill/\(UUID().uuidString)?endpoints=127.0.0.1:\(port)"
      shutdown = {}
    }
  }

  /// What the rotator of this process uses.
  func open() throws -> any SecretStore {
    try StoreOpener(environment: environment, http: SharedClient.patient)
      .open(try StoreURL(parsing: url))
  }
}

/// One client for all tests, which ends with them.
private enum SharedClient {
  static let patient: any HTTPExchange = {
    do { return try PatientClient() } catch { return NoClient() }
  }()

  private struct NoClient: HTTPExchange {
    func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
      throw HTTPFailure(phase: .request, isCertainlyUnsent: true, reason: "no threads")
    }
  }
}
