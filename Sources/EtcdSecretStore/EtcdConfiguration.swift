import GRPCCall
import GRPCTransport
import LocalFiles
import MomentoAuth
import SecretStores
import TLSSession

/// How a cluster is reached.
struct EtcdConfiguration: Sendable {
  /// Who calls.
  struct User: Sendable {
    var name: String
    var password: Secret
  }

  /// The members, of which one is enough.
  var endpoints: [Target]
  var transportSecurity = ClientTransportSecurity.plaintext
  var user: User?
  /// How long one member may take to answer.
  var patience = Duration.seconds(5)
  /// How long connecting to one member may take.
  var connectTimeout = Duration.seconds(3)

  init(endpoints: [Target]) { self.endpoints = endpoints }

  /// Reads the parameters of `etcd:KEY?endpoints=…`, and the files that they name.
  init(
    url: StoreURL, environment: [String: String]
  ) throws(SecretStoreError) {
    try url.refuseUnknown([
      "endpoints", "tls", "ca-file", "cert-file", "key-file", "user", "timeout",
    ])
    if let timeout = try url.timeout() { (patience, connectTimeout) = (timeout, timeout) }
    let list = url.parameters["endpoints"] ?? ""
    endpoints = []
    for text in (list.isEmpty ? "127.0.0.1:2379" : list).split(separator: ",") {
      endpoints.append(try Self.target(String(text), url.location))
    }
    try readSecurity(url)
    try readUser(url, environment)
  }

  private mutating func readSecurity(_ url: StoreURL) throws(SecretStoreError) {
    let files = ["ca-file", "cert-file", "key-file"].filter { url.parameters[$0] != nil }
    if try url.flag("tls") {
      transportSecurity = .tls(try Self.tls(url))
      return
    }
    if let file = files.first {
      throw Self.misconfigured(
        "'\(file)' is of no use without TLS", advice: "Add tls=true.", url.location)
    }
    guard url.parameters["tls"] != nil || endpoints.allSatisfy(\.isLoopback) else {
      throw Self.misconfigured(
        "the secret would travel unencrypted to another machine",
        advice: "Add tls=true, or tls=false if the network is to be trusted.", url.location)
    }
  }

  private mutating func readUser(
    _ url: StoreURL, _ environment: [String: String]
  ) throws(SecretStoreError) {
    guard let name = url.parameters["user"] else { return }
    guard let password = environment["ETCD_PASSWORD"], !password.isEmpty else {
      throw Self.misconfigured(
        "there is no password for the user",
        advice: "Set the environment variable ETCD_PASSWORD.", url.location)
    }
    user = User(name: name, password: Secret(password))
  }

  private static func tls(_ url: StoreURL) throws(SecretStoreError) -> TLSClientConfiguration {
    var tls = TLSClientConfiguration()
    if let path = url.parameters["ca-file"] { tls.trustRoots = .file(path) }
    let certificate = url.parameters["cert-file"]
    let key = url.parameters["key-file"]
    guard let certificate, let key else {
      guard certificate == nil, key == nil else {
        throw misconfigured(
          "a certificate and its key go together", advice: "Give both cert-file and key-file.",
          url.location)
      }
      return tls
    }
    do {
      tls.certificateChain = text(try FileText.read(path: certificate, limit: mostPEMBytes))
      tls.privateKey = text(try FileText.readPrivate(path: key, limit: mostPEMBytes))
    } catch {
      throw misconfigured(error.description, advice: error.advice, url.location)
    }
    return tls
  }

  private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  /// `host:port`, an IPv6 address in brackets, the port 2379 where there is none.
  private static func target(
    _ text: String, _ location: StoreLocation
  ) throws(SecretStoreError) -> Target {
    var host = Substring(text)
    var port: Int? = 2379
    let colon = text.lastIndex(of: ":")
    if let colon, !text.hasSuffix("]") {
      host = text[..<colon]
      port = Int(text[text.index(after: colon)...])
    }
    if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
    guard let port, 1...65_535 ~= port, !host.isEmpty, !host.contains("/") else {
      throw misconfigured(
        "'\(text.prefix(80))' is no endpoint",
        advice: "Write endpoints like 10.0.0.1:2379,10.0.0.2:2379.", location)
    }
    return .host(String(host), port: port)
  }

  private static func misconfigured(
    _ message: String, advice: String, _ location: StoreLocation
  ) -> SecretStoreError {
    SecretStoreError(
      .misconfigured, at: location, operation: "open", message, advice: advice,
      delivery: .notSent)
  }

  private static let mostPEMBytes = 256 * 1_024
}

extension Target {
  /// Whether it is this machine itself.
  fileprivate var isLoopback: Bool {
    host == "localhost" || host == "::1" || host.hasPrefix("127.")
  }
}
