import GRPCCall
import MomentoAuthMessages
import TLSSession

@testable import MomentoAuthService

/// The rules with a clock that stands still until it is moved, and short words to make requests.
struct Bench {
  var rules: AuthRules
  var data: DataRules
  /// In seconds since 1970.
  var now: UInt64 = 1_800_000_000

  init(_ change: (inout AuthServiceConfiguration) -> Void = { _ in }) throws {
    var configuration = AuthServiceConfiguration()
    change(&configuration)
    let mint = try TokenMint()
    rules = AuthRules(configuration, mint: mint)
    data = DataRules(configuration, mint: mint, at: now * 1_000)
  }

  mutating func session() throws -> String { try rules.login(at: now).sessionToken }

  mutating func superUserKey() throws -> String {
    try generate(.superUser, with: try session()).apiKey
  }

  mutating func dataKey(for seconds: UInt32? = nil) throws -> GenerateApiTokenResponse {
    try generate(.allData, for: seconds, with: try session())
  }

  mutating func disposableToken() throws -> String {
    try disposable(.allData, with: try superUserKey()).apiKey
  }

  /// GenerateApiToken; without seconds the key never expires.
  mutating func generate(
    _ permissions: Permissions?, for seconds: UInt32? = nil, tokenID: String = "",
    with token: String
  ) throws(AuthRefusal) -> GenerateApiTokenResponse {
    try rules.generate(
      GenerateApiTokenRequest(
        expiry: seconds.map { .expires(.init(validForSeconds: $0)) } ?? .never(.init()),
        authToken: token, permissions: permissions, tokenID: tokenID), at: now)
  }

  mutating func refresh(
    _ key: String, _ refreshToken: String
  ) throws(AuthRefusal) -> RefreshApiTokenResponse {
    try rules.refresh(RefreshApiTokenRequest(apiKey: key, refreshToken: refreshToken), at: now)
  }

  mutating func disposable(
    _ permissions: Permissions?, for seconds: UInt32? = 60, tokenID: String = "",
    with token: String
  ) throws(AuthRefusal) -> GenerateDisposableTokenResponse {
    try rules.generateDisposable(
      GenerateDisposableTokenRequest(
        expires: seconds.map { .init(validForSeconds: $0) }, authToken: token,
        permissions: permissions, tokenID: tokenID), at: now)
  }

  /// How GenerateApiToken answers a list of permissions that a session token asks for.
  mutating func answer(to permissions: [PermissionsType]) throws -> AuthRefusal? {
    let token = try session()
    return refusal { () throws(AuthRefusal) in
      _ = try generate(.list(permissions), for: 60, with: token)
    }
  }
}

/// The refusal of what is tried; nil when it is not refused.
func refusal(_ attempt: () throws(AuthRefusal) -> Void) -> AuthRefusal? {
  do {
    try attempt()
    return nil
  } catch {
    return error
  }
}

extension Permissions {
  static let superUser = Permissions(kind: .superUser(.superUser))
  static let allData = list([.cache(.all), .topic(.all, .all)])

  static func list(_ permissions: [PermissionsType]) -> Permissions {
    Permissions(kind: .explicit(ExplicitPermissions(permissions: permissions)))
  }
}

/// What the short words of `PermissionsType` select.
enum Pick {
  case all
  case named(String)
  case prefix(String)
}

extension PermissionsType {
  static func cache(
    _ cache: Pick, _ role: CacheRole = .readWrite, item: Pick? = nil
  ) -> PermissionsType {
    var permission = CachePermissions(role: role)
    if case .named(let name) = cache {
      permission.cache = .cacheSelector(CacheSelector(kind: .cacheName(name)))
    } else {
      permission.cache = .allCaches(All())
    }
    switch item {
    case nil: break
    case .all: permission.cacheItem = .allItems(All())
    case .named(let key):
      permission.cacheItem = .itemSelector(CacheItemSelector(kind: .key(Array(key.utf8))))
    case .prefix(let prefix):
      permission.cacheItem = .itemSelector(CacheItemSelector(kind: .keyPrefix(Array(prefix.utf8))))
    }
    return PermissionsType(kind: .cachePermissions(permission))
  }

  static func topic(
    _ cache: Pick, _ topic: Pick, _ role: TopicRole = .readWrite
  ) -> PermissionsType {
    var permission = TopicPermissions(role: role)
    if case .named(let name) = cache {
      permission.cache = .cacheSelector(CacheSelector(kind: .cacheName(name)))
    } else {
      permission.cache = .allCaches(All())
    }
    switch topic {
    case .all: permission.topic = .allTopics(All())
    case .named(let name):
      permission.topic = .topicSelector(TopicSelector(kind: .topicName(name)))
    case .prefix(let prefix):
      permission.topic = .topicSelector(TopicSelector(kind: .topicNamePrefix(prefix)))
    }
    return PermissionsType(kind: .topicPermissions(permission))
  }

  static func function(
    _ cache: Pick, _ function: Pick, _ role: FunctionRole = .invoke
  ) -> PermissionsType {
    var permission = FunctionPermissions(role: role)
    if case .named(let name) = cache {
      permission.cache = .cacheSelector(CacheSelector(kind: .cacheName(name)))
    } else {
      permission.cache = .allCaches(All())
    }
    switch function {
    case .all: permission.function = .allFunctions(All())
    case .named(let name):
      permission.function = .functionSelector(FunctionSelector(kind: .functionName(name)))
    case .prefix(let prefix):
      permission.function = .functionSelector(FunctionSelector(kind: .functionNamePrefix(prefix)))
    }
    return PermissionsType(kind: .functionPermissions(permission))
  }
}
