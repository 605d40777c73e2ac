import AWSSecretStore
import EtcdSecretStore
import GRPCCall
import GoogleSecretStore
package import HTTPClient
import KubernetesSecretStore
package import SecretStores
import VaultSecretStore

/// Opens the stores that a command is to use.
package struct StoreOpener: Sendable {
  private let environment: [String: String]
  private let http: any HTTPExchange

  package init(environment: [String: String], http: any HTTPExchange) {
    self.environment = environment
    self.http = http
  }

  /// Opens the store that a URL names; nothing is read yet.
  ///
  /// - Throws: `misconfigured` for a store that does not exist, or a parameter that it does not have.
  package func open(_ url: StoreURL) throws(SecretStoreError) -> any SecretStore {
    switch url.scheme {
    case "file":
      try url.refuseUnknown(["allow-readable"])
      return CellSecretStore(
        FileCell(path: url.name, allowsReadable: try url.flag("allow-readable")))
    case "etcd": return CellSecretStore(try EtcdCell(url, environment: environment))
    case "aws-secretsmanager":
      return try SecretsManagerStore.open(url, environment: environment, http: http)
    case "gcp-secretmanager":
      return try SecretManagerStore(url, environment: environment, http: http)
    case "vault", "openbao":
      return try CellSecretStore(vault: url, environment: environment, http: http)
    case "kubernetes":
      return try CellSecretStore(kubernetes: url, environment: environment, http: http)
    default:
      throw SecretStoreError(
        .misconfigured, at: url.location, operation: "open",
        "there is no store of the kind '\(StoreURL.shortened(url.scheme))'",
        advice: "See 'momento-auth rotate once --help' for those that there are.",
        delivery: .notSent)
    }
  }

  /// A candidate in the election that a URL names; nothing is asked yet.
  ///
  /// - Throws: `misconfigured` for what is no election.
  func leadership(_ url: StoreURL) throws(SecretStoreError) -> any Leadership {
    switch url.scheme {
    case "etcd":
      return EtcdLeadership(of: try EtcdCell(url, environment: environment), owner: .random())
    case "kubernetes":
      return try KubernetesLeadership(url, environment: environment, http: http)
    default:
      throw SecretStoreError(
        .misconfigured, at: url.location, operation: "open",
        "'\(StoreURL.shortened(url.scheme))' elects no leader",
        advice: "There are kubernetes:NAMESPACE/LEASE and etcd:KEY?endpoints=HOST:PORT.",
        delivery: .notSent)
    }
  }
}
