import FoundationEssentials
import GRPCCall
public import HTTPClient
import MomentoAuth
import ProtobufWire
public import SecretStores

extension SecretManagerStore {
  /// Names a secret; nothing is connected yet.
  ///
  /// - Parameters:
  ///   - url: `gcp-secretmanager:projects/P/secrets/S` or
  ///     `gcp-secretmanager:projects/P/locations/L/secrets/S`, with `credentials`, the file of a
  ///     service account's key; `auth`, one of `service-account`, `metadata` and, for an endpoint of
  ///     this machine, `none`; `endpoint` and `ca-file`; `timeout`,
  ///     in seconds, for each call.
  ///   - environment: `GOOGLE_APPLICATION_CREDENTIALS` and `GCE_METADATA_HOST` are honoured.
  ///   - http: reaches the metadata server.
  /// - Throws: `misconfigured` when a parameter, or a file that it names, cannot be used.
  public init(
    _ url: StoreURL, environment: [String: String], http: any HTTPExchange
  ) throws(SecretStoreError) {
    try url.refuseUnknown(["endpoint", "credentials", "auth", "ca-file", "timeout"])
    guard Self.isResource(url.name) else {
      throw Self.misconfigured(
        "'\(url.name.prefix(80))' names no secret",
        advice: "Write it like projects/PROJECT/secrets/SECRET.", url)
    }
    let endpoint = try GoogleEndpoint(url: url)
    try self.init(
      client: SecretManagerClient(
        resource: url.name, location: url.location, endpoint: endpoint,
        tokens: Self.tokens(url, environment, http, endpoint), timeout: url.timeout()))
  }

  private static func tokens(
    _ url: StoreURL, _ environment: [String: String], _ http: any HTTPExchange,
    _ endpoint: GoogleEndpoint
  ) throws(SecretStoreError) -> (any AccessTokens)? {
    let given = url.parameters["credentials"] ?? environment["GOOGLE_APPLICATION_CREDENTIALS"]
    let file = given.flatMap { $0.isEmpty ? nil : $0 }
    switch url.parameters["auth"] ?? (file == nil ? "metadata" : "service-account") {
    case "metadata":
      return MetadataServer(
        http: http, host: environment["GCE_METADATA_HOST"], location: url.location)
    case "service-account":
      guard let file else {
        throw misconfigured(
          "no service account is given",
          advice: "Give the file with its key as credentials=PATH.", url)
      }
      return try ServiceAccount(path: file, location: url.location)
    case "none":
      guard endpoint.isLoopback else {
        throw misconfigured(
          "auth=none is for endpoints of this machine alone",
          advice: "Leave it out, or give an endpoint.", url)
      }
      return nil
    case let other:
      throw misconfigured(
        "'\(StoreURL.shortened(other))' is no way to authenticate",
        advice: "There are metadata, service-account and none.", url)
    }
  }

  /// Whether it is `projects/P/secrets/S` or `projects/P/locations/L/secrets/S`.
  private static func isResource(_ name: String) -> Bool {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.allSatisfy({ !$0.isEmpty }) else { return false }
    switch parts.count {
    case 4: return parts[0] == "projects" && parts[2] == "secrets"
    case 6: return parts[0] == "projects" && parts[2] == "locations" && parts[4] == "secrets"
    default: return false
    }
  }

  private static func misconfigured(
    _ message: String, advice: String, _ url: StoreURL
  ) -> SecretStoreError {
    SecretStoreError(
      .misconfigured, at: url.location, operation: "open", message, advice: advice,
      delivery: .notSent)
  }
}

extension JSONValue {
  /// Reads a JSON text; nil for what is none.
  init?(parsing text: String) {
    guard let value = try? JSONDecoder().decode(JSONValue.self, from: Data(text.utf8)) else {
      return nil
    }
    self = value
  }
}
