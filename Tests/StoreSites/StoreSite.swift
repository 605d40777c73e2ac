import EtcdProcess
import Foundation
import GRPCTransport
import HTTPClient
import MomentoAuthCommands
import RotationFakes
import SecretManagerFake
package import SecretStores

/// The stores there are.
package enum StoreKind: String, CaseIterable, Sendable {
  case memory, file, aws, google, vault, kubernetes, etcd

  /// Those that this machine has.
  package static let available = allCases.filter { $0 != .etcd || EtcdServer.isInstalled }
  /// Those that other processes reach.
  package static let shared = available.filter { $0 != .memory }
}

/// An empty secret in a store.
package struct StoreSite: Sendable {
  package let url: String
  package private(set) var environment: [String: String] = [:]
  /// Lets the store do the next change, and lose the answer; nil where nothing can be lost.
  package private(set) var loseAnswer: (@Sendable () -> Void)?
  package let shutdown: @Sendable () async -> Void
  private var memory: MemoryCell?

  /// - Parameter directory: where files may be put.
  package init(_ kind: StoreKind, in directory: String) async throws {
    switch kind {
    case .memory:
      url = "memory:key"
      memory = MemoryCell(name: "key")
      shutdown = {}
    case .file:
      url = "file:\(directory)/key.json"
      shutdown = {}
    case .aws:
      let server = SecretsManagerServer()
      url = "aws-secretsmanager:momento/key?region=eu-west-1&endpoint=\(try server.start())/"
      loseAnswer = { server.fake.fail("PutSecretValue", with: .lostAnswer) }
      environment = ["AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "secret"]
      shutdown = { await server.shutdown() }
    case .google:
      let fake = FakeSecretManager()
      let server = try Server(configuration: ServerConfiguration(port: 0), services: [fake])
      loseAnswer = { fake.fail("UpdateSecret", .answerLost) }
      let port = try await server.start().port
      url =
        "gcp-secretmanager:\(FakeSecretManager.resource)?auth=none"
        + "&endpoint=http://127.0.0.1:\(port)&timeout=300"
      shutdown = { await server.shutdown() }
    case .vault:
      let server = VaultFake()
      url = "vault:secret/momento?address=\(try server.start())"
      loseAnswer = { server.inject(.loseAnswer, at: "write") }
      environment = ["VAULT_TOKEN": "root"]
      shutdown = { await server.shutdown() }
    case .kubernetes:
      let server = KubernetesFake()
      let token = directory + "/token"
      try Data("token".utf8).write(to: URL(filePath: token))
      loseAnswer = { server.inject(.loseAnswer, at: "write") }
      url = "kubernetes:default/momento?server=\(try server.start())&token-file=\(token)"
      shutdown = { await server.shutdown() }
    case .etcd:
      let port = try await EtcdServer.shared.value.port
      url = "etcd:kill/\(UUID().uuidString)?endpoints=127.0.0.1:\(port)&timeout=300"
      shutdown = {}
    }
  }

  /// What the rotator of this process uses.
  package func open() throws -> any SecretStore {
    if let memory { return CellSecretStore(memory) }
    return try StoreOpener(environment: environment, http: SharedClient.patient)
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
