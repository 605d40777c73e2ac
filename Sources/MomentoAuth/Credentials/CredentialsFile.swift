import FoundationEssentials

/// A key with all that is needed to use and to renew it, as the console's "Download JSON" gives it
/// and as a secret store keeps it:
///
/// ```json
/// {"apiKey":"…","refreshToken":"…","endpoint":"cell-….momentohq.com","validUntil":1700000000}
/// ```
///
/// Other tools write other names for the same members; reading knows them all, writing uses these.
public struct CredentialsFile: Sendable, Hashable {
  /// The key: a v1 bundle, a v2 key, or a bare key whose endpoint stands in `endpoint`.
  public var apiKey: Secret
  /// What refreshes the key; `nil` for one that cannot be refreshed.
  public var refreshToken: Secret?
  /// The base endpoint, where it is given apart from the key.
  public var endpoint: String?
  /// When the key expires; `nil` when the file does not say.
  public var validUntil: ExpiresAt?

  /// Puts a file together from its parts.
  public init(
    apiKey: Secret, refreshToken: Secret? = nil, endpoint: String? = nil,
    validUntil: ExpiresAt? = nil
  ) {
    self.apiKey = apiKey
    self.refreshToken = refreshToken
    self.endpoint = endpoint
    self.validUntil = validUntil
  }

  /// Reads a file.
  ///
  /// The key may stand in `apiKey`, `authToken`, `api_key`, `auth_token` or `token`, the refresh token
  /// in `refreshToken` or `refresh_token`, the expiry in `validUntil`, `valid_until` or `expiresAt`,
  /// as a number of epoch seconds or a text of digits; 0 and an empty text mean never.
  ///
  /// - Throws: INVALID_ARGUMENT that says what is wrong, without repeating any of the file.
  public init(parsing json: [UInt8]) throws(MomentoError) {
    try self.init(members: try Self.members(parsing: json))
  }

  /// The members of a file's JSON object.
  package static func members(
    parsing json: [UInt8]
  ) throws(MomentoError) -> [String: JSONValue] {
    guard json.count <= maximumSize else {
      throw malformed("it is \(json.count) bytes long, more than any such file has")
    }
    guard let members = try? JSONDecoder().decode([String: JSONValue].self, from: Data(json)) else {
      throw malformed("it is not a JSON object")
    }
    return members
  }

  /// Reads the members of a file.
  package init(members: [String: JSONValue]) throws(MomentoError) {
    func text(_ names: String...) throws(MomentoError) -> String? {
      for name in names {
        guard let value = members[name], value != .null else { continue }
        guard let text = value.string?.trimmed else {
          throw Self.malformed("\"\(name)\" is no text")
        }
        if !text.isEmpty { return text }
      }
      return nil
    }
    guard let key = try text("apiKey", "authToken", "api_key", "auth_token", "token") else {
      throw Self.malformed("it has no \"apiKey\"")
    }
    self.init(
      apiKey: Secret(key),
      refreshToken: try text("refreshToken", "refresh_token").map { Secret($0) },
      endpoint: try text("endpoint"), validUntil: try Self.expiry(members))
  }

  /// Reads a file; see ``init(parsing:)-([UInt8])``.
  public init(parsing json: String) throws(MomentoError) {
    try self.init(parsing: Array(json.utf8))
  }

  /// The credential that the file holds.
  ///
  /// - Parameter overrides: endpoints that replace its own.
  public func credentialProvider(
    overrides: EndpointOverrides? = nil
  ) throws(MomentoError) -> CredentialProvider {
    let key = apiKey.reveal().trimmed
    guard let endpoint, key.contains(".") else {
      return try .fromString(key, overrides: overrides)
    }
    let endpoints = try CredentialProvider.resolve(overrides) { () throws(MomentoError) in
      Endpoints(base: try Endpoint(parsing: endpoint))
    }
    return CredentialProvider(
      kind: try JWT(parsing: key).isV2 ? .v2 : .v1, apiKey: Secret(key), endpoints: endpoints)
  }

  /// The file's JSON, with the secrets in the open: whoever writes it sees to mode 0600.
  ///
  /// Members that have no value are left out; `validUntil` is a number, 0 for never.
  public func encodedRevealingSecrets() -> [UInt8] {
    var members = ["\"apiKey\":\(JSONText.quoted(apiKey.reveal()))"]
    if let refreshToken {
      members.append("\"refreshToken\":\(JSONText.quoted(refreshToken.reveal()))")
    }
    if let endpoint { members.append("\"endpoint\":\(JSONText.quoted(endpoint))") }
    if let validUntil { members.append("\"validUntil\":\(validUntil.epochSeconds)") }
    return Array("{\(members.joined(separator: ","))}".utf8)
  }

  private static let maximumSize = 256 * 1024

  private static func expiry(_ members: [String: JSONValue]) throws(MomentoError) -> ExpiresAt? {
    for name in ["validUntil", "valid_until", "expiresAt"] {
      guard let value = members[name], value != .null else { continue }
      if value.string == "" { return .never }
      guard let seconds = value.epochSeconds else {
        throw malformed("\"\(name)\" is no number of epoch seconds")
      }
      return ExpiresAt(epochSeconds: seconds)
    }
    return nil
  }

  private static func malformed(_ detail: String) -> MomentoError {
    .invalidArgument(
      "Failed to read the credentials file: \(detail).",
      advice:
        "It should be like {\"apiKey\":\"…\",\"refreshToken\":\"…\",\"validUntil\":1700000000}.")
  }
}
