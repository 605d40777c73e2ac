import GRPCCall
public import MomentoAuth
public import SecretStores

/// Renews a key with its refresh token (`RefreshApiToken`).
public struct RefreshStrategy: RotationStrategy {
  private let configuration: AuthClientConfiguration
  private let overrides: EndpointOverrides?

  /// Prepares to renew keys.
  ///
  /// - Parameters:
  ///   - configuration: how to connect. Calls are never retried inside, and their deadline is the
  ///     rotator's.
  ///   - overrides: endpoints that replace those in the keys.
  public init(
    configuration: AuthClientConfiguration = AuthClientConfiguration(),
    overrides: EndpointOverrides? = nil
  ) {
    self.configuration = configuration
    self.overrides = overrides
  }

  /// `refresh`.
  public var name: String { "refresh" }

  /// Refreshes the key.
  public func issue(
    _ document: SecretDocument, operation: OperationID, deadline: Duration
  ) async throws(IssueError) -> IssuedKey {
    do {
      let client = try client(document, deadline)
      // The answer is not kept waiting for the connection's end: every moment that it is in memory
      // alone, it may be lost.
      defer { Task { await client.close() } }
      let token = document.credentials.refreshToken ?? Secret("")
      return IssuedKey(credentials: try await client.refreshAPIKey(token).credentialsFile)
    } catch {
      throw IssueError(error)
    }
  }

  /// Asks for a disposable token of one second, with no rights but on a topic that nobody uses. A key
  /// that may not make tokens is known all the same.
  public func probe(_ document: SecretDocument, deadline: Duration) async -> ProbeVerdict {
    do {
      let client = try client(document, deadline)
      defer { Task { await client.close() } }
      _ = try await client.generateDisposableToken(
        scope: .permissions([
          .topic(.subscribeOnly, cache: "momento-auth-probe", topic: "momento-auth-probe")
        ]), expiresIn: .seconds(1))
      return .authenticates
    } catch {
      return Self.verdict(error)
    }
  }

  static func verdict(_ error: MomentoError) -> ProbeVerdict {
    switch error.code {
    case .authentication: .refused
    case .permission: .authenticates
    default: .inconclusive(error.code.rawValue)
    }
  }

  private func client(
    _ document: SecretDocument, _ deadline: Duration
  ) throws(MomentoError) -> AuthClient {
    var configuration = configuration
    configuration.retryPolicy = nil
    configuration.deadline = deadline
    return try AuthClient(
      credentialProvider: document.credentials.credentialProvider(overrides: overrides),
      configuration: configuration)
  }
}

extension IssueError {
  /// Says what a failed call for a new key means. What may pass is tried again; what says no, and
  /// what was wrong before anything was sent, is not.
  init(_ error: MomentoError) {
    let kind: Kind =
      switch error.code {
      case .invalidArgument, .authentication, .permission, .failedPrecondition, .notFound,
        .badRequest, .alreadyExists:
        .refused
      default: .retryable
      }
    // An answer that may pass, such as UNAVAILABLE, can be a proxy's, which does not know either.
    let isUncertain =
      switch error.cause?.delivery {
      case .unknown, .answered: kind == .retryable
      case .notSent, .refused, nil: false
      }
    self.init(
      kind, code: error.code.rawValue, error.message.singleLine,
      mayHaveHappened: isUncertain)
  }
}
