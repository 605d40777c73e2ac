import EtcdSecretStore
import GRPCCall
import SecretStores

/// Opens the store that a URL names; nothing is read yet.
///
/// - Throws: `misconfigured` for a store that does not exist, or a parameter that it does not have.
func openSecretStore(
  _ url: StoreURL, environment: [String: String]
) throws(SecretStoreError) -> any SecretStore {
  switch url.scheme {
  case "file":
    try url.refuseUnknown(["allow-readable"])
    return CellSecretStore(
      FileCell(path: url.name, allowsReadable: try url.flag("allow-readable")))
  case "etcd": return CellSecretStore(try EtcdCell(url, environment: environment))
  default:
    throw SecretStoreError(
      .misconfigured, at: url.location, operation: "open",
      "there is no store of the kind '\(url.scheme.prefix(40))'",
      advice: "See 'momento-auth rotate --help' for those that there are.", delivery: .notSent)
  }
}
