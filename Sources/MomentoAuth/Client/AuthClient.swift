package import FoundationEssentials
import GRPCCall
public import GRPCTransport
import MomentoAuthMessages
import ProtobufWire

/// A client of Momento's auth service: makes and refreshes API keys, makes disposable tokens, logs in.
///
/// ```swift
/// let client = try AuthClient(credentialProvider: .fromEnvironment())
/// let key = try await client.generateAPIKey(scope: .cacheReadOnly("catalogue"), expiresIn: .days(30))
/// ```
///
/// One client serves any number of calls at once, from any task. It connects when a call needs it.
/// Every call has a deadline, checks its arguments before it sends anything, and throws a
/// ``MomentoError`` that holds no secret.
public final class AuthClient: Sendable {
  private let credential: CredentialProvider
  private let configuration: AuthClientConfiguration
  private let channels: AuthChannels
  private let metadata: RequestMetadata
  private let keyExpiry: ExpiresAt?
  /// What every request shows, and how calls are made: worked out once.
  private let wireCredential: WireSecret
  private let onceOptions: CallOptions
  private let repeatableOptions: CallOptions
  private let now: @Sendable () -> Date

  /// Makes a client; nothing is connected yet.
  ///
  /// - Throws: INVALID_ARGUMENT when the credential or the configuration cannot work, such as a
  ///   certificate file that cannot be read.
  public convenience init(
    credentialProvider: CredentialProvider,
    configuration: AuthClientConfiguration = AuthClientConfiguration()
  ) throws(MomentoError) {
    try self.init(
      credentialProvider: credentialProvider, configuration: configuration, now: { Date() })
  }

  /// Makes a client with a clock of its own.
  package init(
    credentialProvider: CredentialProvider, configuration: AuthClientConfiguration,
    now: @escaping @Sendable () -> Date
  ) throws(MomentoError) {
    credential = credentialProvider
    self.configuration = configuration
    self.now = now
    channels = try AuthChannels(credential.endpoints, configuration)
    metadata = try RequestMetadata(credential, configuration)
    wireCredential = WireSecret(credential.apiKey)
    keyExpiry = (try? JWT(parsing: wireCredential.text))?.expiresAt
    onceOptions = CallOptions(deadline: configuration.deadline)
    repeatableOptions = CallOptions(
      deadline: configuration.deadline, retryPolicy: configuration.retryPolicy)
  }

  /// What the client's connections have done so far and are doing now. Costs the calls nothing.
  public var metrics: ChannelMetrics { channels.metrics }

  /// Makes an API key.
  ///
  /// Only a session token may make a super-user key, and only a session token or a super-user key
  /// any key at all. A key that never expires has no refresh token. The call is not repeated once the
  /// service may have seen it: after a TIMEOUT_ERROR a key may or may not have been made.
  ///
  /// - Parameters:
  ///   - scope: what the key may do.
  ///   - expiresIn: how long it is to work.
  /// - Throws: ``MomentoError``.
  public func generateAPIKey(
    scope: PermissionScope, expiresIn: ExpiresIn
  ) async throws(MomentoError) -> GeneratedAPIKey {
    try requireCredential()
    if case .permissions(let permissions) = scope { try RequestValidation.check(permissions) }
    let expiry = try expiresIn.validForSeconds(at: now())
    let request = GenerateApiTokenRequest(
      expiry: expiry.map { .expires(.init(validForSeconds: $0)) } ?? .never(.init()),
      authToken: wireCredential.text, permissions: Permissions(scope))
    let response = try await call(
      channels.control, AuthMethods.generateApiToken, request, onceOptions)
    return try GeneratedAPIKey(
      key: response.apiKey, refreshToken: response.refreshToken,
      endpoint: endpoint(response.endpoint), validUntil: response.validUntil)
  }

  /// Exchanges this client's API key and its refresh token for a new pair that works as long again
  /// and may do the same. The old key works until its own expiry.
  ///
  /// - Parameter refreshToken: came with the key.
  /// - Throws: ``MomentoError``; INVALID_ARGUMENT also for a key that has expired.
  public func refreshAPIKey(
    _ refreshToken: Secret
  ) async throws(MomentoError) -> GeneratedAPIKey {
    try requireCredential()
    try checkRefresh(refreshToken)
    let request = RefreshApiTokenRequest(
      apiKey: wireCredential.text, refreshToken: refreshToken.reveal())
    // Once the key has expired, the service refuses it for good.
    let canRepeat = keyExpiry?.isExpired(at: now()) != true
    let response = try await call(
      channels.control, AuthMethods.refreshApiToken, request,
      canRepeat ? repeatableOptions : onceOptions, hiding: refreshToken)
    return try GeneratedAPIKey(
      key: response.apiKey, refreshToken: response.refreshToken,
      endpoint: endpoint(response.endpoint), validUntil: response.validUntil)
  }

  /// Makes a disposable token, which works on the data plane only, always expires, and can be neither
  /// refreshed nor revoked.
  ///
  /// - Parameters:
  ///   - scope: what the token may do.
  ///   - expiresIn: how long it is to work; the service allows 25 hours at most.
  ///   - tokenID: shown to subscribers beside what the token's bearer publishes; 1 to 64 bytes.
  /// - Throws: ``MomentoError``.
  public func generateDisposableToken(
    scope: DisposableTokenScope, expiresIn: ExpiresIn, tokenID: String? = nil
  ) async throws(MomentoError) -> DisposableToken {
    try requireCredential()
    try RequestValidation.check(scope.permissions)
    try RequestValidation.check(disposableExpiry: expiresIn)
    if let tokenID { try RequestValidation.check(tokenID: tokenID) }
    let request = GenerateDisposableTokenRequest(
      expires: .init(validForSeconds: try expiresIn.validForSeconds(at: now()) ?? 0),
      authToken: wireCredential.text, permissions: Permissions(scope.permissions),
      tokenID: tokenID ?? "")
    let response = try await call(
      channels.token, TokenMethods.generateDisposableToken, request, repeatableOptions)
    return try DisposableToken(
      key: response.apiKey, endpoint: endpoint(response.endpoint),
      validUntil: response.validUntil)
  }

  /// Logs a person in by a web page. No credential is sent, so `CredentialProvider.anonymous` will do.
  ///
  /// ```swift
  /// for try await event in try client.login() { … }
  /// ```
  ///
  /// - Throws: ``MomentoError``; what goes wrong later is thrown by the sequence.
  public func login() throws(MomentoError) -> LoginSequence {
    do {
      return LoginSequence(
        try channels.control.serverStreaming(
          AuthMethods.login, LoginRequest(), metadata: metadata.anonymous,
          options: CallOptions(deadline: configuration.loginDeadline)))
    } catch {
      throw MomentoError(error)
    }
  }

  /// Lets running calls finish, takes no more, and closes the connections.
  public func close() async { await channels.shutdown() }

  // MARK: Inner

  private func call<Request: WireMessage, Response: WireMessage>(
    _ channel: Channel, _ method: MethodDescriptor<Request, Response>, _ request: Request,
    _ options: CallOptions, hiding secret: Secret? = nil
  ) async throws(MomentoError) -> Response {
    do {
      return try await channel.unary(
        method, request, metadata: metadata.authorized, options: options
      ).message
    } catch {
      throw MomentoError(error, hiding: [secret, credential.apiKey].compactMap(\.self))
    }
  }

  private func requireCredential() throws(MomentoError) {
    guard credential.kind == .anonymous else { return }
    throw .invalidArgument(
      "This client has no credential.", advice: "Make one with an API key or a session token.")
  }

  private func checkRefresh(_ refreshToken: Secret) throws(MomentoError) {
    guard !refreshToken.isEmpty else {
      throw .invalidArgument(
        "The refresh token is empty.",
        advice: "Give the one that came with the key; a key that never expires has none.")
    }
    guard credential.kind != .v2 else {
      throw .invalidArgument(
        "A v2 API key cannot be refreshed.",
        advice: "Make a new one in the console, switch to it, then revoke the old one.")
    }
  }

  /// The base endpoint of a new key. A service that leaves it out means its own: a key must not be
  /// lost for it, least of all one that was paid for with a refresh token.
  private func endpoint(_ answered: String) -> String {
    guard answered.isEmpty else { return answered }
    var own = credential.endpoints.control
    if own.host.hasPrefix("control.") { own.host.removeFirst("control.".count) }
    return own.port == 443 ? own.host : own.description
  }
}

extension AuthClient {
  /// The name that the documentation of the service uses for ``generateAPIKey(scope:expiresIn:)``.
  public func generateAuthToken(
    scope: PermissionScope, expiresIn: ExpiresIn
  ) async throws(MomentoError) -> GeneratedAPIKey {
    try await generateAPIKey(scope: scope, expiresIn: expiresIn)
  }

  /// The name that the documentation of the service uses for ``refreshAPIKey(_:)``.
  public func refreshAuthToken(
    _ refreshToken: Secret
  ) async throws(MomentoError) -> GeneratedAPIKey {
    try await refreshAPIKey(refreshToken)
  }
}
