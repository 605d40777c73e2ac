import GRPCCall

/// An API key as it was made or refreshed. Printing it shows no secret.
public struct GeneratedAPIKey: Sendable, Hashable {
  /// The key with its endpoint, in the text form that `CredentialProvider.fromString` and every
  /// Momento SDK reads. It is put together each time that it is asked for.
  public var apiKey: Secret { KeyBundle(endpoint: endpoint, apiKey: innerKey).text }
  private let innerKey: Secret
  /// What refreshes the key before it expires; `nil` for a key that never does.
  public let refreshToken: Secret?
  /// The base of the key's endpoints.
  public let endpoint: String
  /// When the key stops working.
  public let expiresAt: ExpiresAt

  /// Takes the key as the service answers it, without its endpoint.
  package init(
    key: String, refreshToken: String, endpoint: String, validUntil: UInt64
  ) throws(MomentoError) {
    try requireIssued(key: key, endpoint: endpoint)
    innerKey = Secret(key)
    self.refreshToken = refreshToken.isEmpty ? nil : Secret(refreshToken)
    self.endpoint = endpoint
    expiresAt = ExpiresAt(epochSeconds: validUntil)
  }

  /// The credential to use the key with.
  ///
  /// - Parameter overrides: endpoints that replace the key's own.
  public func credentialProvider(
    overrides: EndpointOverrides? = nil
  ) throws(MomentoError) -> CredentialProvider {
    try .fromString(apiKey.reveal(), overrides: overrides)
  }

  /// The key and all that is needed to renew it, to be put into a secret store.
  public var credentialsFile: CredentialsFile {
    CredentialsFile(
      apiKey: apiKey, refreshToken: refreshToken, endpoint: endpoint, validUntil: expiresAt)
  }
}

/// A disposable token. Printing it shows no secret.
public struct DisposableToken: Sendable, Hashable {
  /// The token with its endpoint, in the text form that `CredentialProvider.fromString` and every
  /// Momento SDK reads. It is put together each time that it is asked for.
  public var authToken: Secret { KeyBundle(endpoint: endpoint, apiKey: innerKey).text }
  private let innerKey: Secret
  /// The base of the token's endpoints.
  public let endpoint: String
  /// When the token stops working.
  public let expiresAt: ExpiresAt

  /// Takes the token as the service answers it, without its endpoint.
  package init(key: String, endpoint: String, validUntil: UInt64) throws(MomentoError) {
    try requireIssued(key: key, endpoint: endpoint)
    innerKey = Secret(key)
    self.endpoint = endpoint
    expiresAt = ExpiresAt(epochSeconds: validUntil)
  }

  /// The credential to use the token with.
  ///
  /// - Parameter overrides: endpoints that replace the token's own.
  public func credentialProvider(
    overrides: EndpointOverrides? = nil
  ) throws(MomentoError) -> CredentialProvider {
    try .fromDisposableToken(authToken.reveal(), overrides: overrides)
  }
}

/// A key without its endpoint could not be used by anybody.
private func requireIssued(key: String, endpoint: String) throws(MomentoError) {
  guard !key.isEmpty, !endpoint.isEmpty else {
    throw MomentoError(
      .unknownService, "The service answered without \(key.isEmpty ? "a key" : "an endpoint").",
      advice: "Check that the endpoint is Momento's auth service.", fault: .peer, phase: .call)
  }
}
