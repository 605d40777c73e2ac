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
/// with a key of this very instance, so they are good here and nowhere else.
public final class AuthService: GRPCService {
  private let configuration: AuthServiceConfiguration
  private let rules: Locked<AuthRules>
  private let dataPlane: DataPlane

  /// A service with signing keys of its own.
  ///
  /// - Throws: ``EmbeddedAuthServiceError`` when the system has no random bytes for them.
  public init(
    configuration: AuthServiceConfiguration = AuthServiceConfiguration()
  ) throws(EmbeddedAuthServiceError) {
    self.configuration = configuration
    do {
      let mint = try TokenMint()
      rules = Locked(AuthRules(configuration, mint: mint))
      dataPlane = DataPlane(configuration, mint: mint)
    } catch {
      throw EmbeddedAuthServiceError("no signing key can be made: \(error)")
    }
  }

  /// Adds Login, GenerateApiToken, RefreshApiToken and GenerateDisposableToken, and the methods of the
  /// data plane.
  public func register(in router: inout Router) {
    dataPlane.register(in: &router)
    router.serverStreaming(AuthMethods.login) { [self] _, writer, _ in
      let loggedIn = try decide { rules, now throws(AuthRefusal) in try rules.login(at: now) }
      try await writer.send(
        LoginResponse(state: .message(.init(text: configuration.loginMessage))))
      if configuration.loginDelay > .zero { try await Task.sleep(for: configuration.loginDelay) }
      try await writer.send(LoginResponse(state: .loggedIn(loggedIn)))
      return [:]
    }
    router.unary(AuthMethods.generateApiToken) { [self] request, _ in
      ServerResponse(
        try decide { rules, now throws(AuthRefusal) in try rules.generate(request, at: now) })
    }
    router.unary(AuthMethods.refreshApiToken) { [self] request, _ in
      ServerResponse(
        try decide { rules, now throws(AuthRefusal) in try rules.refresh(request, at: now) })
    }
    router.unary(TokenMethods.generateDisposableToken) { [self] request, _ in
      ServerResponse(
        try decide { rules, now throws(AuthRefusal) in
          try rules.generateDisposable(request, at: now)
        })
    }
  }

  /// Ends all subscriptions, with UNAVAILABLE, and takes no new ones: what a server that stops would
  /// wait for in vain.
  package func endSubscriptions() { dataPlane.stop() }

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
