internal import GRPCCall
public import HTTPClient
internal import LocalFiles
internal import MomentoAuth
public import SecretStores

extension CellSecretStore where Cell == VaultCell {
  /// The secret that a URL names: `vault:MOUNT/PATH`, or `openbao:MOUNT/PATH`.
  ///
  /// The parameters are `address`, `namespace`, `auth` (`token`, `approle` or `kubernetes`), `role`,
  /// `role-id-file`, `secret-id-file`, `auth-mount` and `ca-file`. What is not given comes from
  /// `VAULT_ADDR`, `VAULT_NAMESPACE`, `VAULT_CACERT` and `VAULT_TOKEN`, the same with `BAO_`, and
  /// `.vault-token` in `HOME`.
  ///
  /// - Throws: `misconfigured` that says what is missing.
  public init(
    vault url: StoreURL, environment: [String: String], http: any HTTPExchange
  ) throws(SecretStoreError) {
    self.init(try VaultOpening(url: url, environment: environment).cell(http: http))
  }
}

private struct VaultOpening {
  let url: StoreURL
  let environment: [String: String]

  func cell(http: any HTTPExchange) throws(SecretStoreError) -> VaultCell {
    try url.refuseUnknown([
      "address", "namespace", "auth", "role", "role-id-file", "secret-id-file", "auth-mount",
      "ca-file",
    ])
    let parts = url.name.split(separator: "/", maxSplits: 1).map(String.init)
    guard parts.count == 2, parts.allSatisfy(Self.isPlainPath) else {
      throw wrong("the name is not like MOUNT/PATH")
    }
    guard var address = url.parameters["address"] ?? variable("ADDR") else {
      throw wrong("no address is given", advice: "Set VAULT_ADDR, or the parameter 'address'.")
    }
    while address.hasSuffix("/") { address.removeLast() }
    let namespace = url.parameters["namespace"] ?? variable("NAMESPACE")
    let authority = url.parameters["ca-file"] ?? variable("CACERT")
    let client = VaultClient(
      address: address, namespace: namespace, trust: authority.map { .file($0) } ?? .system,
      login: try login(), http: http, location: url.location)
    return VaultCell(client: client, mount: parts[0], path: parts[1], namespace: namespace)
  }

  private func login() throws(SecretStoreError) -> VaultLogin {
    let mount = url.parameters["auth-mount"]
    switch url.parameters["auth"] ?? "token" {
    case "token": return .token(try token())
    case "approle":
      return .appRole(
        mount: mount ?? "approle", roleIDFile: try url.require("role-id-file"),
        secretIDFile: try url.require("secret-id-file"))
    case "kubernetes":
      return .kubernetes(
        mount: mount ?? "kubernetes", role: try url.require("role"),
        tokenFile: "/var/run/secrets/kubernetes.io/serviceaccount/token")
    default:
      throw wrong(
        "the parameter 'auth' is not known", advice: "It is token, approle or kubernetes.")
    }
  }

  private func token() throws(SecretStoreError) -> Secret {
    if let token = variable("TOKEN") { return Secret(token) }
    guard let home = environment["HOME"], !home.isEmpty else {
      throw wrong("there is no token", advice: "Set VAULT_TOKEN, or choose another 'auth'.")
    }
    return Secret(try VaultLogin.text(of: home + "/.vault-token", at: url.location))
  }

  /// A variable of Vault's, or else of OpenBao's; one that is empty is not set.
  private func variable(_ name: String) -> String? {
    ["VAULT_", "BAO_"].compactMap { environment[$0 + name] }.first { !$0.isEmpty }
  }

  /// Whether a text stands for itself in a URL's path, and leads nowhere else.
  private static func isPlainPath(_ text: String) -> Bool {
    let isPlain = text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
      default: "-._~/@:".utf8.contains(byte)
      }
    }
    return isPlain && !text.split(separator: "/").contains { $0 == "." || $0 == ".." }
  }

  private func wrong(_ message: String, advice: String = "") -> SecretStoreError {
    SecretStoreError(
      .misconfigured, at: url.location, operation: "open", message, advice: advice,
      delivery: .notSent)
  }
}
