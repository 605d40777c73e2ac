/// A credential and where to use it: all that a client needs to know to call Momento.
///
/// ```swift
/// let credential = try CredentialProvider.fromEnvironment()
/// let client = try AuthClient(credentialProvider: credential)
/// ```
///
/// Whatever is wrong with a credential is found here, before anything is sent, and told as a
/// ``MomentoError`` with the code INVALID_ARGUMENT that never repeats the credential.
public struct CredentialProvider: Sendable, Hashable {
  /// What sort of credential it is, which decides what it may do.
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    /// A v1 API key or a disposable token: base64 with the endpoint inside. The two look alike.
    case v1
    /// A JWT of the first generation, with its endpoints in claims. It can make neither keys nor
    /// tokens.
    case legacy
    /// A token of a login session, or another JWT without endpoints, used with endpoint overrides.
    case session
    /// A v2 ("global") API key, with the endpoint given apart. It cannot be refreshed.
    case v2
    /// No credential: a Momento local or another emulator on this machine.
    case local
    /// No credential yet: good for a login.
    case anonymous
  }

  /// What sort of credential it is.
  public let kind: Kind
  /// The key or token as it goes on the wire; empty for ``Kind/local`` and ``Kind/anonymous``.
  public let apiKey: Secret
  /// Where the services are.
  public let endpoints: Endpoints

  /// Puts a credential together from its parts, unchecked.
  package init(kind: Kind, apiKey: Secret, endpoints: Endpoints) {
    self.kind = kind
    self.apiKey = apiKey
    self.endpoints = endpoints
  }
}

extension CredentialProvider {
  /// Reads a v1 API key, a disposable token, a legacy token or a session token.
  ///
  /// White space around it is ignored, and either base64 alphabet accepted. A session token carries
  /// no endpoints and needs `overrides`.
  ///
  /// - Parameters:
  ///   - text: the credential as it was shown.
  ///   - overrides: endpoints that replace its own.
  ///   - lenientBase64: accept a v1 key whose base64 lacks its padding or has white space within.
  ///     Off unless asked for, because a key that was cut off looks the same.
  /// - Throws: INVALID_ARGUMENT that says what is wrong and what to do.
  public static func fromString(
    _ text: String, overrides: EndpointOverrides? = nil, lenientBase64: Bool = false
  ) throws(MomentoError) -> CredentialProvider {
    let text = text.trimmed
    switch try CredentialText.read(text, lenientBase64: lenientBase64) {
    case .bundle(let bundle):
      let endpoints = try resolve(overrides) { () throws(MomentoError) in
        Endpoints(base: try Endpoint(inCredential: bundle.endpoint))
      }
      return CredentialProvider(kind: .v1, apiKey: bundle.apiKey, endpoints: endpoints)
    case .token(let token):
      return try fromToken(token, Secret(text), overrides)
    }
  }

  /// Reads a disposable token; the same as ``fromString(_:overrides:lenientBase64:)``, since the two
  /// look alike.
  public static func fromDisposableToken(
    _ text: String, overrides: EndpointOverrides? = nil
  ) throws(MomentoError) -> CredentialProvider {
    try fromString(text, overrides: overrides)
  }

  /// Takes a v2 API key and the endpoint of a region.
  ///
  /// - Parameters:
  ///   - key: the key, a JWT.
  ///   - endpoint: the base, such as `cell-1-us-east-2-1.prod.a.momentohq.com`.
  /// - Throws: INVALID_ARGUMENT when one is empty, or the key is not a v2 key.
  public static func fromAPIKeyV2(
    _ key: String, endpoint: String
  ) throws(MomentoError) -> CredentialProvider {
    let key = key.trimmed
    let endpoint = endpoint.trimmed
    try refuseEmpty(key: key, endpoint: endpoint)
    guard let token = try? JWT(parsing: key), token.isV2 else {
      throw .invalidArgument(
        "Received an invalid v2 API key.",
        advice: "Check that the key is complete; a v1 key or a token is read by `fromString`.")
    }
    let endpoints = Endpoints(base: try Endpoint(parsing: endpoint))
    return CredentialProvider(kind: .v2, apiKey: Secret(key), endpoints: endpoints)
  }

  /// An emulator on this machine: one endpoint for all services, without TLS and without a key.
  public static func momentoLocal(
    host: String = "127.0.0.1", port: Int = 8080
  ) -> CredentialProvider {
    let endpoint = Endpoint(host: host, port: port, isSecure: false)
    return CredentialProvider(
      kind: .local, apiKey: Secret(""),
      endpoints: Endpoints(control: endpoint, cache: endpoint, token: endpoint))
  }

  /// No credential, but the endpoint of a region: all that a login needs.
  ///
  /// - Parameter endpoint: the base, such as `cell-1-us-east-2-1.prod.a.momentohq.com`.
  public static func anonymous(endpoint: String) throws(MomentoError) -> CredentialProvider {
    CredentialProvider(
      kind: .anonymous, apiKey: Secret(""),
      endpoints: Endpoints(base: try Endpoint(parsing: endpoint)))
  }

  /// No credential, but endpoints in full.
  public static func anonymous(endpoints: Endpoints) -> CredentialProvider {
    CredentialProvider(kind: .anonymous, apiKey: Secret(""), endpoints: endpoints)
  }

  private static func fromToken(
    _ token: JWT, _ secret: Secret, _ overrides: EndpointOverrides?
  ) throws(MomentoError) -> CredentialProvider {
    guard !token.isV2 else {
      throw .invalidArgument(
        "Received a v2 API key, which carries no endpoint.",
        advice: "Did you mean `fromAPIKeyV2` or `fromEnvironmentV2`?")
    }
    let isLegacy = token.host("cp") != nil && token.host("c") != nil
    let endpoints = try resolve(overrides) { () throws(MomentoError) in
      try legacyEndpoints(token)
    }
    return CredentialProvider(
      kind: isLegacy ? .legacy : .session, apiKey: secret, endpoints: endpoints)
  }

  /// The endpoints that overrides give, or the credential's own, which must be sound only if they are
  /// needed.
  static func resolve(
    _ overrides: EndpointOverrides?, own: () throws(MomentoError) -> Endpoints
  ) throws(MomentoError) -> Endpoints {
    guard let overrides, let endpoints = try overrides.applied(to: try? own()) else {
      return try own()
    }
    return endpoints
  }

  /// Legacy tokens name the control and the cache host; tokens were made at the cache host then.
  private static func legacyEndpoints(_ token: JWT) throws(MomentoError) -> Endpoints {
    guard let control = token.host("cp"), let cache = token.host("c") else {
      throw .invalidArgument(
        "The token carries no endpoints: it is a session token, or not a Momento token.",
        advice: "Give endpoint overrides with a session token, or use an API key.")
    }
    let cacheEndpoint = try Endpoint(inCredential: cache)
    return Endpoints(
      control: try Endpoint(inCredential: control), cache: cacheEndpoint, token: cacheEndpoint)
  }

  private static func refuseEmpty(key: String, endpoint: String) throws(MomentoError) {
    let missing = [key.isEmpty ? "API key" : nil, endpoint.isEmpty ? "Endpoint" : nil]
      .compactMap { $0 }
    guard !missing.isEmpty else { return }
    throw .invalidArgument(
      "\(missing.joined(separator: " and ")) cannot be empty.",
      advice: "A v2 API key is used together with the endpoint of a region; give both.")
  }
}

extension CredentialProvider: CustomStringConvertible {
  /// The kind and the endpoints; the key is redacted.
  public var description: String {
    "CredentialProvider(\(kind.rawValue), \(endpoints), key \(apiKey))"
  }
}
