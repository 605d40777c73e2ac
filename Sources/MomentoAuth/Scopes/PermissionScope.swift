/// What an API key may do.
///
/// It is made of one builder, of several permissions, or of a literal list of them:
///
/// ```swift
/// let scope: PermissionScope = [.cacheReadOnly("catalogue"), .topicPublishOnly("shop", topic: "sale")]
/// ```
public enum PermissionScope: Sendable, Hashable {
  /// Everything, control plane included. Only a session token may make such a key.
  case superUser
  /// What any of these allows.
  case permissions([Permission])
}

/// What a disposable token may do: like ``PermissionScope``, but a token is never super-user, so that
/// cannot be said.
public struct DisposableTokenScope: Sendable, Hashable {
  /// The token may do what any of these allows.
  public let permissions: [Permission]

  /// What any of these allows.
  public static func permissions(_ permissions: [Permission]) -> DisposableTokenScope {
    DisposableTokenScope(permissions: permissions)
  }
}

extension PermissionScope: PermissionList {
  /// The same scope for an API key.
  public init(_ scope: DisposableTokenScope) { self = .permissions(scope.permissions) }
}

extension DisposableTokenScope: PermissionList {
  /// The same scope for a token; `nil` for a super-user's.
  public init?(_ scope: PermissionScope) {
    guard case .permissions(let permissions) = scope else { return nil }
    self = .permissions(permissions)
  }
}

/// What is made of a list of permissions.
public protocol PermissionList: PermissionBuilding, ExpressibleByArrayLiteral
where ArrayLiteralElement == Permission {
  /// What any of these allows.
  static func permissions(_ permissions: [Permission]) -> Self
}

extension PermissionList {
  /// What any of these allows.
  public init(arrayLiteral elements: Permission...) { self = .permissions(elements) }

  /// What this one permission allows.
  public init(permission: Permission) { self = .permissions([permission]) }

  /// All data in all caches: reading and writing items, publishing and subscribing to topics. No
  /// functions, as in most Momento SDKs; no control plane.
  public static var allDataReadWrite: Self {
    .permissions([.cacheReadWrite(.all), .topicPublishSubscribe(.all, topic: .all)])
  }

  /// ``allDataReadWrite`` and the invoking of all functions, which is what Momento's JavaScript SDK
  /// means by all data.
  public static var allDataReadWriteAndFunctions: Self {
    .permissions([
      .cacheReadWrite(.all), .topicPublishSubscribe(.all, topic: .all),
      .functionInvoke(.all, function: .all),
    ])
  }
}
