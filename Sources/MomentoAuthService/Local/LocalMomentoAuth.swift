import GRPCCall
import GRPCTransport
public import MomentoAuth
import MomentoAuthMessages

/// An auth service for a test: on a free port of this machine, with a clock that the test moves, and
/// with credentials that are made without a call.
///
/// ```swift
/// let local = try await LocalMomentoAuth.start()
/// let key = try local.apiKey(scope: .superUser, expiresIn: .days(30))
/// let client = try AuthClient(credentialProvider: local.credential(key))
/// local.clock.advance(by: .seconds(31 * 86_400))
/// // the key has expired now
/// await local.shutdown()
/// ```
public final class LocalMomentoAuth: Sendable {
  /// Where it listens.
  public let address: EmbeddedAuthService.Address
  /// What it goes by for the time. It stands still until it is moved; keys, items and session tokens
  /// expire by it.
  public let clock: ManualServiceClock
  /// The certificate that clients must trust, in PEM, where the service has an authority of its own.
  public var certificateAuthority: String? { service.certificateAuthority }
  private let service: EmbeddedAuthService
  private let isSecure: Bool

  private init(
    _ service: EmbeddedAuthService, _ address: EmbeddedAuthService.Address,
    _ clock: ManualServiceClock, isSecure: Bool
  ) {
    self.service = service
    self.address = address
    self.clock = clock
    self.isSecure = isSecure
  }

  /// Starts a service on a free port of 127.0.0.1.
  ///
  /// - Parameters:
  ///   - configuration: how it behaves; the clock replaces its time.
  ///   - clock: shows this machine's time unless told otherwise, and stands still.
  /// - Throws: ``EmbeddedAuthServiceError`` when it cannot be started.
  public static func start(
    security: EmbeddedAuthService.Security = .plaintext,
    configuration: AuthServiceConfiguration = AuthServiceConfiguration(),
    clock: ManualServiceClock = ManualServiceClock()
  ) async throws(EmbeddedAuthServiceError) -> LocalMomentoAuth {
    var configuration = configuration
    configuration.nowInMilliseconds = { clock.milliseconds }
    let service = try EmbeddedAuthService(security: security, configuration: configuration)
    let address = try await service.start()
    let isSecure = if case .plaintext = security { false } else { true }
    return LocalMomentoAuth(service, address, clock, isSecure: isSecure)
  }

  /// Stops listening, and ends what runs.
  public func shutdown() async { await service.shutdown() }

  /// The service as the endpoint of every call.
  public var endpoint: Endpoint {
    Endpoint(host: address.host, port: address.port, isSecure: isSecure)
  }

  /// A credential to log in with: none.
  public var anonymous: CredentialProvider {
    .anonymous(endpoints: Endpoints(control: endpoint, cache: endpoint, token: endpoint))
  }

  /// A session token, as from a login that was approved.
  ///
  /// - Throws: ``EmbeddedAuthServiceError`` with the reason for which a call would be refused.
  public func sessionToken() throws(EmbeddedAuthServiceError) -> Secret {
    do {
      return Secret(try service.service.signIn().sessionToken)
    } catch {
      throw EmbeddedAuthServiceError(error.status.message)
    }
  }

  /// A key that may do everything and never expires.
  public func superUserKey() throws(EmbeddedAuthServiceError) -> GeneratedAPIKey {
    try apiKey(scope: .superUser, expiresIn: .never)
  }

  /// A key of any scope, made as a session token makes one.
  ///
  /// - Throws: ``EmbeddedAuthServiceError`` with the reason for which a call would be refused.
  public func apiKey(
    scope: PermissionScope, expiresIn: ExpiresIn
  ) throws(EmbeddedAuthServiceError) -> GeneratedAPIKey {
    do {
      let seconds = try expiresIn.validForSeconds(at: clock.date)
      let made = try service.service.generate(
        GenerateApiTokenRequest(
          expiry: seconds.map { .expires(.init(validForSeconds: $0)) } ?? .never(.init()),
          authToken: try sessionToken().reveal(), permissions: Permissions(scope)))
      return try GeneratedAPIKey(
        key: made.apiKey, refreshToken: made.refreshToken, endpoint: made.endpoint,
        validUntil: made.validUntil)
    } catch {
      throw EmbeddedAuthServiceError(saying: error)
    }
  }

  /// The credential of a key, to be used with this service.
  public func credential(_ key: GeneratedAPIKey) throws(MomentoError) -> CredentialProvider {
    try key.credentialProvider(overrides: .all(endpoint))
  }
}

extension EmbeddedAuthServiceError {
  fileprivate init(saying error: any Error) {
    switch error {
    case let error as EmbeddedAuthServiceError: self = error
    case let error as RPCStatusError: self.init(error.status.message)
    default: self.init("\(error)")
    }
  }
}
