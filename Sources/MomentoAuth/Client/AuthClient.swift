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
  private let credential: ClientCredential
  private let configuration: AuthClientConfiguration
  /// How calls are made: worked out once.
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

  /// Makes a client whose credential changes while it lives; nothing is connected yet.
  ///
  /// Each call shows the credential that the source has when the call begins. Calls that run when it
  /// changes finish with what they began with, on their connection, also where the new credential has
  /// other endpoints. A call that the service answers with UNAUTHENTICATED was not carried out: it is
  /// made once more if the source has another credential to try.
  ///
  /// - Throws: INVALID_ARGUMENT when the source's credential or the configuration cannot work.
  public convenience init(
    credentialSource: any CredentialSource,
    configuration: AuthClientConfiguration = AuthClientConfiguration()
  ) throws(MomentoError) {
    self.init(
      .changing(try ChangingCredential(credentialSource, configuration)), configuration,
      now: { Date() })
  }

  /// Makes a client with a clock of its own.
  package convenience init(
    credentialProvider: CredentialProvider, configuration: AuthClientConfiguration,
    now: @escaping @Sendable () -> Date
  ) throws(MomentoError) {
    let channels = try AuthChannels(credentialProvider.endpoints, configuration)
    let prepared = try PreparedCredential(
      LiveCredential(provider: credentialProvider, generation: 0), channels: channels,
      configuration)
    self.init(.fixed(prepared), configuration, now: now)
  }

  private init(
    _ credential: ClientCredential, _ configuration: AuthClientConfiguration,
    now: @escaping @Sendable () -> Date
  ) {
    self.credential = credential
    self.configuration = configuration
    self.now = now
    onceOptions = CallOptions(deadline: configuration.deadline)
    repeatableOptions = CallOptions(
      deadline: configuration.deadline, retryPolicy: configuration.retryPolicy)
  }

  /// What the client's connections have done so far and are doing now. Costs the calls nothing.
  public var metrics: ChannelMetrics { credential.metrics }

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
    let credential = try requireCredential()
    if case .permissions(let permissions) = scope { try RequestValidation.check(permissions) }
    let expiry = try expiresIn.validForSeconds(at: now())
    let (response, shown) = try await call(
      AuthMethods.generateApiToken, at: .control, onceOptions, showing: credential
    ) { shown in
      GenerateApiTokenRequest(
        expiry: expiry.map { .expires(.init(validForSeconds: $0)) } ?? .never(.init()),
        authToken: shown.wire.text, permissions: Permissions(scope))
    }
    return try GeneratedAPIKey(
      key: response.apiKey, refreshToken: response.refreshToken,
      endpoint: endpoint(response.endpoint, shown), validUntil: response.validUntil)
  }

  /// Exchanges this client's API key and its refresh token for a new pair that works as long again
  /// and may do the same. The old key works until its own expiry.
  ///
  /// - Parameter refreshToken: came with the key.
  /// - Throws: ``MomentoError``; INVALID_ARGUMENT also for a key that has expired.
  public func refreshAPIKey(
    _ refreshToken: Secret
  ) async throws(MomentoError) -> GeneratedAPIKey {
    let credential = try requireCredential()
    try checkRefresh(refreshToken, of: credential)
    let request = RefreshApiTokenRequest(
      apiKey: credential.wire.text, refreshToken: refreshToken.reveal())
    // Once the key has expired, the service refuses it for good.
    let canRepeat = credential.expiry?.isExpired(at: now()) != true
    let response: RefreshApiTokenResponse
    do {
      // Not tried with another key: the refresh token belongs to this one.
      response = try await send(
        AuthMethods.refreshApiToken, request, .control, credential,
        canRepeat ? repeatableOptions : onceOptions)
    } catch {
      throw MomentoError(error, hiding: [refreshToken, credential.provider.apiKey])
    }
    return try GeneratedAPIKey(
      key: response.apiKey, refreshToken: response.refreshToken,
      endpoint: endpoint(response.endpoint, credential), validUntil: response.validUntil)
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
    let credential = try requireCredential()
    try RequestValidation.check(scope.permissions)
    try RequestValidation.check(disposableExpiry: expiresIn)
    if let tokenID { try RequestValidation.check(tokenID: tokenID) }
    let seconds = try expiresIn.validForSeconds(at: now()) ?? 0
    let (response, shown) = try await call(
      TokenMethods.generateDisposableToken, at: .token, repeatableOptions, showing: credential
    ) { shown in
      GenerateDisposableTokenRequest(
        expires: .init(validForSeconds: seconds), authToken: shown.wire.text,
        permissions: Permissions(scope.permissions), tokenID: tokenID ?? "")
    }
    return try DisposableToken(
      key: response.apiKey, endpoint: endpoint(response.endpoint, shown),
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
    let credential = try credential.prepared()
    do {
      return LoginSequence(
        try credential.channels.control.serverStreaming(
          AuthMethods.login, LoginRequest(), metadata: credential.metadata.anonymous,
          options: CallOptions(deadline: configuration.loginDeadline)))
    } catch {
      throw MomentoError(error)
    }
  }

  /// Lets running calls finish, takes no more, and closes the connections.
  public func close() async { await credential.shutdown() }

  // MARK: Inner

  /// Makes a call, and makes it again with another credential where the service does not accept the
  /// first and the source has one. What is answered with UNAUTHENTICATED has not been carried out, so
  /// that even a key is not made twice.
  ///
  /// - Returns: the answer, and the credential that it was given to.
  private func call<Request: WireMessage, Response: WireMessage>(
    _ method: MethodDescriptor<Request, Response>, at service: AuthChannels.Service,
    _ options: CallOptions, showing credential: PreparedCredential,
    _ request: (PreparedCredential) -> Request
  ) async throws(MomentoError) -> (Response, PreparedCredential) {
    let clock = RemainingTime(of: self.credential, configuration.deadline)
    do {
      return (try await send(method, request(credential), service, credential, options), credential)
    } catch {
      let failure = MomentoError(error, hiding: [credential.provider.apiKey])
      guard error.code == .unauthenticated,
        let other = try await replacement(for: credential, patience: clock.left)
      else { throw failure }
      guard clock.left > .zero else { throw failure }
      var options = options
      options.deadline = clock.left
      do {
        return (try await send(method, request(other), service, other, options), other)
      } catch {
        throw MomentoError(error, hiding: [credential.provider.apiKey, other.provider.apiKey])
      }
    }
  }

  private func replacement(
    for refused: PreparedCredential, patience: Duration
  ) async throws(MomentoError) -> PreparedCredential? {
    guard case .changing(let changing) = credential else { return nil }
    return try await changing.replacement(for: refused, patience: patience)
  }

  private func send<Request: WireMessage, Response: WireMessage>(
    _ method: MethodDescriptor<Request, Response>, _ request: Request,
    _ service: AuthChannels.Service, _ credential: PreparedCredential, _ options: CallOptions
  ) async throws(RPCError) -> Response {
    try await credential.channels.channel(to: service).unary(
      method, request, metadata: credential.metadata.authorized, options: options
    ).message
  }

  /// What a call that begins now is to show.
  private func requireCredential() throws(MomentoError) -> PreparedCredential {
    let credential = try credential.prepared()
    guard credential.provider.kind == .anonymous else { return credential }
    throw .invalidArgument(
      "This client has no credential.", advice: "Make one with an API key or a session token.")
  }

  private func checkRefresh(
    _ refreshToken: Secret, of credential: PreparedCredential
  ) throws(MomentoError) {
    guard !refreshToken.isEmpty else {
      throw .invalidArgument(
        "The refresh token is empty.",
        advice: "Give the one that came with the key; a key that never expires has none.")
    }
    guard credential.provider.kind != .v2 else {
      throw .invalidArgument(
        "A v2 API key cannot be refreshed.",
        advice: "Make a new one in the console, switch to it, then revoke the old one.")
    }
  }

  /// The base endpoint of a new key. A service that leaves it out means its own: a key must not be
  /// lost for it, least of all one that was paid for with a refresh token.
  private func endpoint(_ answered: String, _ credential: PreparedCredential) -> String {
    guard answered.isEmpty else { return answered }
    var own = credential.provider.endpoints.control
    if own.host.hasPrefix("control.") { own.host.removeFirst("control.".count) }
    return own.port == 443 ? own.host : own.description
  }
}

/// How much of a call's time is left, where the call may be made twice.
private struct RemainingTime {
  private let end: ContinuousClock.Instant?

  init(of credential: ClientCredential, _ deadline: Duration) {
    guard case .changing = credential else { end = nil; return }
    end = .now + deadline
  }

  var left: Duration { end.map { ContinuousClock.now.duration(to: $0) } ?? .zero }
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
