import GRPCCall
import GRPCTransport
import SecretStores
import TLSSession

/// Where Secret Manager answers.
struct GoogleEndpoint: Sendable {
  var target: Target
  var security = ClientTransportSecurity.tls(TLSClientConfiguration())

  /// Whether it is this machine itself.
  var isLoopback: Bool {
    target.host == "localhost" || target.host == "::1" || target.host.hasPrefix("127.")
  }

  init(target: Target, security: ClientTransportSecurity) {
    self.target = target
    self.security = security
  }

  /// The `endpoint` of a URL, `host:port` with TLS or `http://host:port` for one of this machine;
  /// else Google's own for the secret.
  init(url: StoreURL) throws(SecretStoreError) {
    var tls = TLSClientConfiguration()
    if let path = url.parameters["ca-file"] { tls.trustRoots = .file(path) }
    security = .tls(tls)
    guard let text = url.parameters["endpoint"] else {
      target = .host(Self.googleHost(of: url.name), port: 443)
      return
    }
    var rest = Substring(text)
    let isPlaintext = rest.hasPrefix("http://")
    if let separator = rest.firstRange(of: "://") {
      guard isPlaintext || rest.hasPrefix("https://") else { throw Self.malformed(text, url) }
      rest = rest[separator.upperBound...]
    }
    if rest.hasSuffix("/") { rest = rest.dropLast() }
    guard let target = Self.target(rest, port: isPlaintext ? 80 : 443) else {
      throw Self.malformed(text, url)
    }
    self.target = target
    guard isPlaintext else { return }
    security = .plaintext
    guard isLoopback else {
      throw SecretStoreError(
        .misconfigured, at: url.location, operation: "open",
        "the secret would travel unencrypted to another machine",
        advice: "Write the endpoint without http://.", delivery: .notSent)
    }
  }

  /// Secrets of one region are kept by a service of their own.
  private static func googleHost(of resource: String) -> String {
    let parts = resource.split(separator: "/")
    guard parts.count == 6, parts[2] == "locations" else { return "secretmanager.googleapis.com" }
    return "secretmanager.\(parts[3]).rep.googleapis.com"
  }

  private static func target(_ text: Substring, port defaultPort: Int) -> Target? {
    var host = text
    var port: Int? = defaultPort
    if let colon = text.lastIndex(of: ":"), !text.hasSuffix("]") {
      host = text[..<colon]
      port = Int(text[text.index(after: colon)...])
    }
    if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
    guard let port, 1...65_535 ~= port, !host.isEmpty, !host.contains("/") else { return nil }
    return .host(String(host), port: port)
  }

  private static func malformed(_ text: String, _ url: StoreURL) -> SecretStoreError {
    SecretStoreError(
      .misconfigured, at: url.location, operation: "open",
      "'\(text.prefix(80))' is no endpoint", advice: "Write it like host:port.",
      delivery: .notSent)
  }
}
