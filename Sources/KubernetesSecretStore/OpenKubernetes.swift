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
    let parts = url.name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    let key = url.parameters["key"] ?? "momento_token.info.json"
    guard parts.count == 2, (parts + [key]).allSatisfy(isObjectName) else {
      throw misconfigured(url, "the name is not like NAMESPACE/NAME, or the key is no such name")
    }
    let directory = "/var/run/secrets/kubernetes.io/serviceaccount"
    let client = KubernetesClient(
      server: try server(url, environment),
      tokenFile: url.parameters["token-file"] ?? directory + "/token",
      trust: .file(url.parameters["ca-file"] ?? directory + "/ca.crt"), http: http,
      location: url.location)
    self.init(KubernetesCell(client: client, namespace: parts[0], name: parts[1], key: key))
  }
}

private func server(
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
