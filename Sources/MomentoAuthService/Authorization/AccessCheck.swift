public import FoundationEssentials
public import MomentoAuth

/// Says what a credential may do, and which permission decides it, without calling anybody.
///
/// ```swift
/// let check = AccessCheck(.permissions([.cacheReadOnly("shop")]))
/// check.decide(.get(cache: "shop", key: "a")).isAllowed  // true
/// check.decide(.set(cache: "shop", key: "a")).reason
/// // "permissions[0], cache:readonly:shop, does not allow to write this item"
/// ```
public struct AccessCheck: Sendable {
  /// Something that a credential may do or not.
  public enum Operation: Sendable, Hashable {
    /// Reads an item.
    case get(cache: String, key: String)
    /// Writes an item, whatever it was before.
    case set(cache: String, key: String)
    /// Removes an item.
    case delete(cache: String, key: String)
    /// Writes an item if a condition holds, or changes it and tells what it was.
    case setIf(cache: String, key: String)
    /// Publishes to a topic.
    case publish(cache: String, topic: String)
    /// Subscribes to a topic.
    case subscribe(cache: String, topic: String)
    /// Invokes a function.
    case invoke(cache: String, function: String)
    /// Makes a cache, whatever its name.
    case createCache
    /// Removes a cache, whatever its name.
    case deleteCache
    /// Lists all caches.
    case listCaches
    /// Makes an API key that is no super-user's.
    case generateKey
    /// Makes a super-user key.
    case generateSuperUserKey
    /// Makes a disposable token.
    case generateDisposableToken
  }

  /// The answer to one question.
  public struct Decision: Sendable, Hashable {
    /// Whether it may be done.
    public let isAllowed: Bool
    /// Why, for people. It never holds a credential.
    public let reason: String
    /// The permission that allows it or, where it is denied, that comes closest; nil where it is no
    /// permission that decides.
    public let permission: Permission?
    /// That permission's place in the list, from 0.
    public let index: Int?
  }

  /// When the credential stops working; never for a scope.
  public let expiresAt: ExpiresAt
  private let claims: TokenClaims
  private let authorizer: Authorizer

  /// Asks about a key of this scope.
  public init(_ scope: PermissionScope) {
    let isSuperUser = scope == .superUser
    claims = TokenClaims(
      sub: "", jti: "", iat: 0, kind: .apiKey, scope: isSuperUser ? .superUser : .explicit, p: "")
    authorizer = Authorizer(scope)
    expiresAt = .never
  }

  /// Asks about a key or token of the embedded service, which says of itself what it may do. Its
  /// signature is not verified: only the service that made it can do that.
  ///
  /// - Parameter credential: a v1 key or a disposable token as it was shown, or the JWT within it, or a
  ///   session token.
  /// - Throws: INVALID_ARGUMENT when it is no credential, or does not say what it may do.
  public init(credential: Secret) throws(MomentoError) {
    let text = credential.reveal()
    let token: String
    if text.contains(".") {
      _ = try JWT(parsing: text)
      token = text
    } else {
      token = try CredentialProvider.fromString(text, lenientBase64: true).apiKey.reveal()
    }
    guard let claims = Self.claims(token), let authorizer = Authorizer(claims) else {
      throw MomentoError(
        .invalidArgument, "The credential does not say what it may do.",
        advice: "Keys of 'momento-auth serve' do; of Momento's own keys only the service knows. "
          + "Give the permissions instead.")
    }
    self.claims = claims
    self.authorizer = authorizer
    expiresAt = claims.exp.map { ExpiresAt(epochSeconds: $0) } ?? .never
  }

  private static func claims(_ token: String) -> TokenClaims? {
    let parts = token.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3, let payload = Base64URL.decode(parts[1]) else { return nil }
    return try? JSONDecoder().decode(TokenClaims.self, from: Data(payload))
  }

  /// Whether the credential has expired.
  public func isExpired(at date: Date) -> Bool { expiresAt.isExpired(at: date) }

  /// Decides, as the embedded service does. It knows nothing of time; see ``isExpired(at:)``.
  public func decide(_ operation: Operation) -> Decision {
    switch operation {
    case .generateKey:
      made { () throws(AuthRefusal) in try AuthRules.authorize(claims, toMakeKeyOf: .explicit) }
    case .generateSuperUserKey:
      made { () throws(AuthRefusal) in try AuthRules.authorize(claims, toMakeKeyOf: .superUser) }
    case .generateDisposableToken:
      made { () throws(AuthRefusal) in try AuthRules.authorizeDisposable(claims) }
    default: Decision(operation.data.map { authorizer.decide($0) })
    }
  }

  private func made(_ rule: () throws(AuthRefusal) -> Void) -> Decision {
    do {
      try rule()
      let who = claims.kind == .session ? "a session token" : "a SuperUser key"
      return Decision(isAllowed: true, reason: "\(who) may make it", permission: nil, index: nil)
    } catch {
      return Decision(isAllowed: false, reason: error.message, permission: nil, index: nil)
    }
  }
}

extension AccessCheck.Decision {
  fileprivate init(_ decision: AccessDecision?) {
    switch decision {
    case .allowed(let grant):
      let placed =
        if case .permission(let placed) = grant { placed } else { PlacedPermission?.none }
      self.init(
        isAllowed: true, reason: "\(grant)", permission: placed?.permission, index: placed?.index)
    case .denied(let denial):
      self.init(
        isAllowed: false, reason: "\(denial)", permission: denial.nearest?.permission,
        index: denial.nearest?.index)
    // No operation without data comes here.
    case nil: self.init(isAllowed: false, reason: "not known", permission: nil, index: nil)
    }
  }
}

extension AccessCheck.Operation {
  /// The same in the words of the data plane; nil where it is about making keys.
  fileprivate var data: DataOperation? {
    switch self {
    case .get(let cache, let key): .item(.read, cache: cache, key: key)
    case .set(let cache, let key), .delete(let cache, let key):
      .item(.write, cache: cache, key: key)
    case .setIf(let cache, let key): .item(.conditionalWrite, cache: cache, key: key)
    case .publish(let cache, let topic): .publish(cache: cache, topic: topic)
    case .subscribe(let cache, let topic): .subscribe(cache: cache, topic: topic)
    case .invoke(let cache, let function): .invoke(cache: cache, function: function)
    case .createCache: .control(.createCache)
    case .deleteCache: .control(.deleteCache)
    case .listCaches: .control(.listCaches)
    case .generateKey, .generateSuperUserKey, .generateDisposableToken: nil
    }
  }
}
