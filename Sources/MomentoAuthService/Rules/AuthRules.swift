import MomentoAuthMessages
import ProtobufWire

/// The whole service without its wires: requests and the time go in, answers or refusals come out.
///
/// Keys carry all that must be known of them, signed, so the state is small: which refresh tokens
/// were used, where each may be used once, how many calls this second has seen, and for people a list
/// of keys. Auth calls are authenticated by the field of the request alone; an `authorization` header,
/// which some of Momento's SDKs send besides and others do not, is never read.
struct AuthRules: Sendable {
  private let configuration: AuthServiceConfiguration
  private let mint: TokenMint
  private let permissionRules: PermissionRules
  private(set) var usedRefreshTokens: UsedRefreshTokens
  private var quota: OperationsQuota
  /// For people to look at.
  private(set) var issuedKeys: IssuedKeys

  /// - Parameter saved: what an earlier service with the same mint has left.
  init(_ configuration: AuthServiceConfiguration, mint: TokenMint, saved: SavedState? = nil) {
    self.configuration = configuration
    self.mint = mint
    permissionRules = PermissionRules(most: configuration.mostPermissions)
    usedRefreshTokens = UsedRefreshTokens(
      limit: configuration.mostUsedRefreshTokens, expiryOfKey: saved?.usedRefreshTokens ?? [:])
    issuedKeys = IssuedKeys(saved?.keys ?? [])
    quota = OperationsQuota(limit: configuration.operationsPerSecond)
  }

  // MARK: Login

  /// A session token for whoever asks: this service runs on one's own machine.
  mutating func login(at now: UInt64) throws(AuthRefusal) -> LoginResponse.LoggedIn {
    try quota.take(at: now)
    let lifetime = configuration.sessionLifetime
    let claims = try claims(.session, .superUser, p: "", lifetime: UInt64(lifetime), at: now)
    return LoginResponse.LoggedIn(
      sessionToken: try token(for: claims), validForSeconds: lifetime)
  }

  // MARK: GenerateApiToken

  /// A new API key, for a session token or for a super-user key.
  ///
  /// - Parameter endpoint: the base endpoint that goes with it, where it is not the service's own.
  mutating func generate(
    _ request: GenerateApiTokenRequest, endpoint: String? = nil, at now: UInt64
  ) throws(AuthRefusal) -> GenerateApiTokenResponse {
    try quota.take(at: now)
    let caller = try mint.working(request.authToken, in: .field("auth_token"), at: now)
    let lifetime = try lifetime(of: request.expiry)
    try check(tokenID: request.tokenID)
    let scope = try scope(request.permissions)
    try Self.authorize(caller, toMakeKeyOf: scope)
    let p = try packed(request.permissions, scope)
    var claims = try claims(.apiKey, scope, p: p, lifetime: lifetime, at: now)
    claims.ep = endpoint
    let key = try token(for: claims)
    issuedKeys.add(IssuedKey(claims, description: request.tokenDescription), at: now)
    return GenerateApiTokenResponse(
      apiKey: key, refreshToken: refreshToken(for: claims),
      endpoint: endpoint ?? configuration.endpoint, validUntil: claims.exp ?? 0)
  }

  static func authorize(
    _ caller: TokenClaims, toMakeKeyOf scope: TokenClaims.Scope
  ) throws(AuthRefusal) {
    switch (caller.kind, caller.scope, scope) {
    case (.session, _, _), (.apiKey, .superUser, .explicit): return
    case (.apiKey, .superUser, .superUser):
      throw .denied(
        "a SuperUser key cannot create another SuperUser key; use a session token from Login")
    case (.apiKey, .explicit, _):
      throw .denied("only a SuperUser key or a session token can create an API key")
    case (.disposable, _, _):
      throw .denied("a disposable token cannot create an API key; use a SuperUser key")
    }
  }

  // MARK: RefreshApiToken

  /// A new key in place of one that still works, for the same time and with the same permissions.
  /// The old key works on until its own expiry.
  mutating func refresh(
    _ request: RefreshApiTokenRequest, at now: UInt64
  ) throws(AuthRefusal) -> RefreshApiTokenResponse {
    try quota.take(at: now)
    let old = try refreshable(request, at: now)
    try useRefreshToken(of: old, at: now)
    var claims = try claims(.apiKey, old.scope, p: old.p, lifetime: old.lifetime, at: now)
    claims.ep = old.ep
    let key = try token(for: claims)
    issuedKeys.add(IssuedKey(claims, refreshedFrom: old.jti), at: now)
    return RefreshApiTokenResponse(
      apiKey: key, refreshToken: refreshToken(for: claims),
      endpoint: old.ep ?? configuration.endpoint, validUntil: claims.exp ?? 0)
  }

  private func refreshable(
    _ request: RefreshApiTokenRequest, at now: UInt64
  ) throws(AuthRefusal) -> TokenClaims {
    let key = try mint.known(request.apiKey, in: .field("api_key"))
    guard key.kind == .apiKey else {
      throw .invalid(
        "a \(key.kind == .session ? "session" : "disposable") token cannot be refreshed; "
          + "only an API key that expires can")
    }
    guard key.exp != nil else {
      throw .invalid("this API key never expires, so it has no refresh token")
    }
    guard mint.isRefreshToken(request.refreshToken, for: key) else {
      throw .invalid("refresh_token is not the one that was issued with this api_key")
    }
    guard !key.isExpired(at: now) else {
      throw .invalid("this api_key has expired, and an expired key cannot be refreshed")
    }
    return key
  }

  private mutating func useRefreshToken(of key: TokenClaims, at now: UInt64) throws(AuthRefusal) {
    guard configuration.refreshTokens == .singleUse else { return }
    guard !usedRefreshTokens.contains(key) else {
      throw .invalid("this refresh_token has been used before, and this service takes each once")
    }
    guard usedRefreshTokens.insert(key, at: now) else { throw .tooManyRefreshes }
  }

  /// Takes back that the refresh token of a key was used, where its use could not be kept.
  mutating func forgetRefresh(of key: String, for successor: String) {
    if let claims = mint.claims(of: key) { usedRefreshTokens.remove(claims) }
    if let claims = mint.claims(of: successor) { issuedKeys.remove(claims.jti) }
  }

  // MARK: GenerateDisposableToken

  /// A token with a short life for others, for a session token or for a super-user key.
  mutating func generateDisposable(
    _ request: GenerateDisposableTokenRequest, at now: UInt64
  ) throws(AuthRefusal) -> GenerateDisposableTokenResponse {
    try quota.take(at: now)
    let caller = try mint.working(request.authToken, in: .field("auth_token"), at: now)
    let lifetime = try disposableLifetime(request.expires?.validForSeconds)
    try check(tokenID: request.tokenID)
    guard try scope(request.permissions) == .explicit else {
      throw .invalid("a disposable token can never be SuperUser; list its permissions")
    }
    try Self.authorizeDisposable(caller)
    let p = try packed(request.permissions, .explicit)
    var claims = try claims(.disposable, .explicit, p: p, lifetime: lifetime, at: now)
    claims.tid = request.tokenID.isEmpty ? nil : request.tokenID
    let token = try token(for: claims)
    issuedKeys.add(IssuedKey(claims), at: now)
    return GenerateDisposableTokenResponse(
      apiKey: token, endpoint: configuration.endpoint,
      validUntil: claims.exp ?? 0)
  }

  static func authorizeDisposable(_ caller: TokenClaims) throws(AuthRefusal) {
    switch (caller.kind, caller.scope) {
    case (.session, _), (.apiKey, .superUser): return
    case (.disposable, _): throw .denied("a disposable token cannot create other tokens")
    case (.apiKey, .explicit):
      throw .denied("only a SuperUser key can create a disposable token")
    }
  }
}

// MARK: Parts

extension AuthRules {
  private func lifetime(
    of expiry: GenerateApiTokenRequest.Expiry?
  ) throws(AuthRefusal) -> UInt64? {
    switch expiry {
    case .never: return nil
    case .expires(let expires):
      guard expires.validForSeconds > 0 else {
        throw .invalid("valid_for_seconds is 0: the key would have expired when it is made")
      }
      return UInt64(expires.validForSeconds)
    case nil: throw .invalid("the request has no expiry: set expires, or never")
    }
  }

  private func disposableLifetime(_ seconds: UInt32?) throws(AuthRefusal) -> UInt64 {
    guard let seconds else { throw .invalid("a disposable token must expire: expires is not set") }
    guard seconds > 0 else {
      throw .invalid("valid_for_seconds is 0: the token would have expired when it is made")
    }
    let longest = configuration.longestDisposableLifetime
    guard seconds <= longest else {
      throw .invalid(
        "a disposable token must expire within \(longest) seconds, not \(seconds)")
    }
    return UInt64(seconds)
  }

  private func check(tokenID: String) throws(AuthRefusal) {
    let most = configuration.mostTokenIDBytes
    guard tokenID.utf8.count <= most else {
      throw .invalid("token_id is longer than \(most) bytes")
    }
  }

  private func scope(_ permissions: Permissions?) throws(AuthRefusal) -> TokenClaims.Scope {
    switch permissions?.kind {
    case .superUser(.superUser): return .superUser
    case .superUser: throw .invalid("super_user has a value that is not known")
    case .explicit(let explicit):
      try permissionRules.check(explicit)
      return .explicit
    case nil: throw .invalid("the request has no permissions: set super_user, or a list")
    }
  }

  private func packed(
    _ permissions: Permissions?, _ scope: TokenClaims.Scope
  ) throws(AuthRefusal) -> String {
    guard scope == .explicit, let permissions else { return "" }
    do {
      return Base64URL.encode(try permissions.encoded())
    } catch {
      throw .noKeys
    }
  }

  private func claims(
    _ kind: TokenClaims.Kind, _ scope: TokenClaims.Scope, p: String, lifetime: UInt64?,
    at now: UInt64
  ) throws(AuthRefusal) -> TokenClaims {
    var end: UInt64?
    if let lifetime {
      let (sum, overflow) = now.addingReportingOverflow(lifetime)
      guard !overflow else { throw .invalid("the expiry lies beyond all time") }
      end = sum
    }
    do {
      return TokenClaims(
        sub: configuration.account, jti: try TokenMint.freshID(), iat: now, exp: end, kind: kind,
        scope: scope, p: p)
    } catch {
      throw .noKeys
    }
  }

  private func token(for claims: TokenClaims) throws(AuthRefusal) -> String {
    do {
      return try mint.token(for: claims)
    } catch {
      throw .noKeys
    }
  }

  /// Empty for a key that never expires.
  private func refreshToken(for claims: TokenClaims) -> String {
    claims.exp == nil ? "" : mint.refreshToken(for: claims)
  }
}
