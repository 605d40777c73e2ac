internal import GRPCCall
public import HTTPClient
public import SecretStores

extension CellSecretStore where Cell == KubernetesCell {
  /// The Secret that a URL names: `kubernetes:NAMESPACE/NAME`.
  ///
  /// The parameters are `key` (the entry, `momento_token.info.json` unless given), `server`,
  /// `token-file` and `ca-file`. What is not given is what a pod has: `KUBERNETES_SERVICE_HOST` and
  /// `KUBERNETES_SERVICE_PORT`, and the files of its service account.
  ///
  /// - Throws: `misconfigured` that says what is missing.
  public init(
    kubernetes url: StoreURL, environment: [String: String], http: any HTTPExchange
  ) throws(SecretStoreError) {
    try url.refuseUnknown(["key", "server", "token-file", "ca-file"])
    let key = url.parameters["key"] ?? "momento_token.info.json"
    guard isObjectName(key) else { throw misconfigured(url, "the key is no name of an entry") }
    let (namespace, name) = try objectName(url)
    let client = try KubernetesClient(url, environment, http)
    self.init(KubernetesCell(client: client, namespace: namespace, name: name, key: key))
  }
}

extension KubernetesLeadership {
  /// A candidate for the Lease that a URL names, `kubernetes:NAMESPACE/NAME`; nothing is asked yet.
  ///
  /// The parameters are `server`, `token-file` and `ca-file`, and what is not given is what a pod has.
  /// The Lease is made where there is none.
  ///
  /// - Throws: `misconfigured` that says what is missing.
  public convenience init(
    _ url: StoreURL, environment: [String: String], http: any HTTPExchange
  ) throws(SecretStoreError) {
    try url.refuseUnknown(["server", "token-file", "ca-file"])
    let (namespace, name) = try objectName(url)
    // The pod's name is for people; it may come back after a restart, and must not be taken for itself.
    let pod = environment["HOSTNAME", default: "momento-auth"].prefix(100)
    self.init(
      client: try KubernetesClient(url, environment, http, kind: "Lease"), namespace: namespace,
      name: name, holder: "\(pod)_\(OwnerID.random())")
  }
}

extension KubernetesClient {
  fileprivate init(
    _ url: StoreURL, _ environment: [String: String], _ http: any HTTPExchange,
    kind: String = "Secret"
  ) throws(SecretStoreError) {
    let directory = "/var/run/secrets/kubernetes.io/serviceaccount"
    self.init(
      server: try serverAddress(url, environment),
      tokenFile: url.parameters["token-file"] ?? directory + "/token",
      trust: .file(url.parameters["ca-file"] ?? directory + "/ca.crt"), http: http,
      location: url.location, kind: kind)
  }
}

private func objectName(_ url: StoreURL) throws(SecretStoreError) -> (String, String) {
  let parts = url.name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
  guard parts.count == 2, parts.allSatisfy(isObjectName) else {
    throw misconfigured(url, "the name is not like NAMESPACE/NAME")
  }
  return (parts[0], parts[1])
}

private func serverAddress(
  _ url: StoreURL, _ environment: [String: String]
) throws(SecretStoreError) -> String {
  if var server = url.parameters["server"], !server.isEmpty {
    while server.hasSuffix("/") { server.removeLast() }
    return server
  }
  guard let host = environment["KUBERNETES_SERVICE_HOST"], !host.isEmpty else {
    throw misconfigured(
      url, "this is no pod, and no server is given",
      advice: "Give 'server', 'token-file' and 'ca-file'; a kubeconfig is not read.")
  }
  let port = environment["KUBERNETES_SERVICE_PORT"] ?? "443"
  return "https://" + (host.contains(":") ? "[\(host)]" : host) + ":" + port
}

/// Whether it is a name of Kubernetes, and so stands for itself in a URL's path.
private func isObjectName(_ text: String) -> Bool {
  !text.isEmpty && text != "." && text != ".."
    && text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
      default: "-._".utf8.contains(byte)
      }
    }
}

private func misconfigured(
  _ url: StoreURL, _ message: String, advice: String = ""
) -> SecretStoreError {
  SecretStoreError(
    .misconfigured, at: url.location, operation: "open", message, advice: advice,
    delivery: .notSent)
}
