import FoundationEssentials
import GRPCCall
public import GRPCTransport
import Locking
import MomentoAuthMessages
import TLSSession

/// Momento's auth service for one's own machine: `auth.Auth` and `token.Token`, ready to be given to
/// a `Server`; and of its data plane what proves a key or a token: making caches, getting, setting and
/// deleting items, publishing and subscribing to topics.
///
/// It follows the rules that Momento's documentation and the tests of its SDKs show. Keys are signed
/// with a key of this very instance, so they are good here and nowhere else; with a state file they are
/// good again in the next instance that has the file.
public final class AuthService: GRPCService {
  let configuration: AuthServiceConfiguration
  let waitingLogins = WaitingLogins()
  private let mint: TokenMint
  private let rules: Locked<AuthRules>
  private let dataPlane: DataPlane
  private let files: StateFiles?
  private let authority: Locked<SavedState.Authority?>

  /// A service with signing keys of its own, or with those of its state file.
  ///
  /// - Throws: ``EmbeddedAuthServiceError`` when the system has no random bytes for them, and when the
  ///   state file is in use, is something else, or cannot be written.
  public init(
    configuration: AuthServiceConfiguration = AuthServiceConfiguration()
  ) throws(EmbeddedAuthServiceError) {
    self.configuration = configuration
    let files = try configuration.stateFile.map { (path) throws(EmbeddedAuthServiceError) in
      try StateFiles(path: path)
    }
    let saved = files?.savedState
    let mint = try Self.mint(saved)
    let rules = Locked(AuthRules(configuration, mint: mint, saved: saved))
    let dataPlane = DataPlane(configuration, mint: mint, files: files)
    let authority = Locked(saved?.authority)
    (self.files, self.mint, self.rules) = (files, mint, rules)
    (self.dataPlane, self.authority) = (dataPlane, authority)
    guard let files else { return }
    if let caches = try files.savedCaches(mostMemory: configuration.mostMemory) {
      try dataPlane.restore(caches.snapshot)
    }
    try files.keep(
      state: { SavedState(mint, authority.withLock { $0 }, rules.withLock { $0 }) },
      // Weakly, because the data plane refers to the files that keep it.
      caches: { [weak dataPlane] in
        guard let dataPlane else { throw EmbeddedAuthServiceError("the service is gone") }
        return SavedCaches(dataPlane.snapshot())
      }, report: configuration.stateFailed)
  }

  private static func mint(_ saved: SavedState?) throws(EmbeddedAuthServiceError) -> TokenMint {
    if let saved {
      return TokenMint(signingKey: Array(saved.signingKey), refreshKey: Array(saved.refreshKey))
    }
    do {
      return try TokenMint()
    } catch {
      throw EmbeddedAuthServiceError("no signing key can be made: \(error)")
    }
  }

  /// Adds Login, GenerateApiToken, RefreshApiToken and GenerateDisposableToken, and the methods of the
  /// data plane.
  public func register(in router: inout Router) {
    dataPlane.register(in: &router)
    router.serverStreaming(AuthMethods.login) { [self] _, writer, context in
      try await login(writer, context)
      return [:]
    }
    router.unary(AuthMethods.generateApiToken) { [self] request, context in
      note(request.authToken, as: "caller", in: context)
      let response = try generate(request)
      note(response.apiKey, as: "issued", in: context)
      return ServerResponse(response)
    }
    router.unary(AuthMethods.refreshApiToken) { [self] request, context in
      note(request.apiKey, as: "caller", in: context)
      let response = try await refresh(request)
      note(response.apiKey, as: "issued", in: context)
      return ServerResponse(response)
    }
    router.unary(TokenMethods.generateDisposableToken) { [self] request, context in
      note(request.authToken, as: "caller", in: context)
      let response = try decide { rules, now throws(AuthRefusal) in
        try rules.generateDisposable(request, at: now)
      }
      files?.stateChanged()
      note(response.apiKey, as: "issued", in: context)
      return ServerResponse(response)
    }
  }

  // MARK: What the page and tests ask for, too

  /// A session token, for whoever is at this machine.
  func signIn() throws(RPCStatusError) -> LoginResponse.LoggedIn {
    try decide { rules, now throws(AuthRefusal) in try rules.login(at: now) }
  }

  /// A new API key.
  ///
  /// - Parameter endpoint: the base endpoint that goes with it, where it is not the service's own.
  func generate(
    _ request: GenerateApiTokenRequest, endpoint: String? = nil
  ) throws(RPCStatusError) -> GenerateApiTokenResponse {
    let response = try decide { rules, now throws(AuthRefusal) in
      try rules.generate(request, endpoint: endpoint, at: now)
    }
    files?.stateChanged()
    return response
  }

  private func refresh(
    _ request: RefreshApiTokenRequest
  ) async throws(RPCStatusError) -> RefreshApiTokenResponse {
    let response = try decide { rules, now throws(AuthRefusal) in
      try rules.refresh(request, at: now)
    }
    guard let files else { return response }
    guard configuration.refreshTokens == .singleUse else {
      files.stateChanged()
      return response
    }
    // A refresh token that was used must not come back to life with the process.
    guard await files.stateSaved() else {
      rules.withLock { $0.forgetRefresh(of: request.apiKey, for: response.apiKey) }
      throw AuthRefusal.notSaved.status
    }
    return response
  }

  /// The keys and tokens that were given out, and the time.
  func issuedKeys() -> (keys: IssuedKeys, now: UInt64) {
    (rules.withLock { $0.issuedKeys }, configuration.now())
  }

  /// The claims of a token that works now; nil for any other text.
  func workingClaims(_ token: String) -> TokenClaims? {
    mint.claims(of: token).flatMap { $0.isExpired(at: configuration.now()) ? nil : $0 }
  }

  /// The claims of a token that this service made, expired or not.
  func claims(of token: String) -> TokenClaims? { mint.claims(of: token) }

  /// Notes for the observer of calls which key was used or made: its id, which is no secret.
  private func note(_ token: String, as name: String, in context: ServerContext) {
    guard let attributes = context.attributes else { return }
    attributes[name] = mint.claims(of: token)?.jti
  }

  // MARK: The service as a whole

  /// Ends all subscriptions and waiting logins, with UNAVAILABLE, and takes no new ones: what a server
  /// that stops would wait for in vain.
  package func endSubscriptions() {
    dataPlane.stop()
    waitingLogins.stop()
  }

  /// The file of the caches is to be written.
  func cachesChanged() { files?.cachesChanged() }

  /// Waits until the state file has all that there is. False when it cannot be written.
  func saved() async -> Bool { await files?.stateSaved() ?? true }

  /// Writes what the state file does not have yet, and keeps it no more: then another service may have
  /// it. To be called by who gave the service to a server of their own and a state file to it.
  public func close() async { await files?.close() }

  /// The authority for the service's certificates: the one of the state file, or one that is made now
  /// and kept there.
  func certificateAuthority() throws(TLSError) -> CertificateAuthority {
    if let saved = authority.withLock({ $0 }) {
      return CertificateAuthority(
        certificatePEM: saved.certificate, privateKey: saved.privateKey)
    }
    let made = try CertificateAuthority(commonName: "momento-auth embedded service")
    authority.withLock {
      $0 = SavedState.Authority(certificate: made.certificatePEM, privateKey: made.privateKey)
    }
    files?.stateChanged()
    return made
  }

  /// All caches and their items at this moment.
  package func dataSnapshot() -> DataSnapshot { dataPlane.snapshot() }

  /// Adds the caches and the items of a snapshot, but for those that have expired.
  ///
  /// - Throws: ``EmbeddedAuthServiceError`` when they are more than the configuration allows; what
  ///   came before is kept.
  package func restore(_ snapshot: DataSnapshot) throws(EmbeddedAuthServiceError) {
    try dataPlane.restore(snapshot)
  }

  /// Asks the rules, one request at a time, and turns a refusal into the status of the call.
  private func decide<Answer: Sendable>(
    _ question: (inout AuthRules, UInt64) throws(AuthRefusal) -> sending Answer
  ) throws(RPCStatusError) -> Answer {
    let now = configuration.now()
    do {
      return try rules.withLock { (rules) throws(AuthRefusal) in try question(&rules, now) }
    } catch {
      throw error.status
    }
  }
}

extension AuthRefusal {
  /// What the caller gets.
  var status: RPCStatusError {
    var trailers = Metadata()
    // `err` is a name and its values are words of ours, which metadata never refuses.
    if let subKind { try? trailers.add("err", subKind) }
    return RPCStatusError(code, message, trailers: trailers)
  }
}

extension SavedState {
  fileprivate init(_ mint: TokenMint, _ authority: Authority?, _ rules: AuthRules) {
    self.init(
      signingKey: .init(mint.signingKey), refreshKey: .init(mint.refreshKey),
      authority: authority, keys: rules.issuedKeys.keys,
      usedRefreshTokens: rules.usedRefreshTokens.expiryOfKey)
  }
}
