package import MomentoAuth
package import MomentoAuthMessages

/// Decides what a credential may do. It knows nothing of time, so whether the credential is still
/// good is to be asked before.
package struct Authorizer: Sendable, Hashable {
  private enum Rights: Hashable {
    case all(AccessGrant)
    /// Nil stands for a permission that is not known here.
    case list([Permission?])
  }

  private let rights: Rights

  /// What a session token may do.
  package static let session = Authorizer(rights: .all(.session))
  /// What a super-user key may do.
  package static let superUser = Authorizer(rights: .all(.superUser))

  private init(rights: Rights) { self.rights = rights }

  /// What a key of that scope may do.
  package init(_ scope: PermissionScope) {
    switch scope {
    case .superUser: self = .superUser
    case .permissions(let list): rights = .list(list)
    }
  }

  /// What a key may do that holds these permissions. Those that are not known here grant nothing, and
  /// keep their places.
  package init(_ permissions: Permissions) {
    switch permissions.kind {
    case .superUser(.superUser): self = .superUser
    case .explicit(let explicit): rights = .list(explicit.permissions.map { Permission($0) })
    case .superUser, nil: rights = .list([])
    }
  }

  /// All that it may do, in the grammar that the commands read.
  package var words: String {
    switch rights {
    case .all(.session): "session"
    case .all: "super-user"
    case .list(let list):
      list.isEmpty
        ? "nothing" : list.map { $0?.description ?? "unknown" }.joined(separator: ", ")
    }
  }

  /// Whether an operation is allowed: any one permission that fits allows it, none takes away what
  /// another one gives. What needs two rights, such as a conditional write, needs both in one permission.
  package func decide(_ operation: DataOperation) -> AccessDecision {
    switch rights {
    case .all(let grant): return .allowed(by: grant)
    case .list(let permissions):
      if case .control = operation {
        return .denied(AccessDenial(reason: .managesCaches, nearest: nil, operation: operation))
      }
      return decide(operation, by: permissions)
    }
  }

  private func decide(_ operation: DataOperation, by list: [Permission?]) -> AccessDecision {
    var reason = AccessDenial.Reason.nothingOfTheKind
    var nearest: PlacedPermission?
    for (index, permission) in list.enumerated() {
      guard let permission else { continue }
      let placed = PlacedPermission(index: index, permission: permission)
      guard let missing = permission.missing(for: operation) else {
        return .allowed(by: .permission(placed))
      }
      if missing > reason { (reason, nearest) = (missing, placed) }
    }
    return .denied(AccessDenial(reason: reason, nearest: nearest, operation: operation))
  }
}

extension Permission {
  /// What this permission lacks to allow an operation; nil when it allows it.
  fileprivate func missing(for operation: DataOperation) -> AccessDenial.Reason? {
    switch (self, operation) {
    case (.cache(let role, let caches, let items), .item(let access, let cache, let key)):
      Self.missing(caches.includes(cache), items.includes(key), role.allows(access))
    case (.topic(let role, let caches, let topics), .publish(let cache, let topic)):
      Self.missing(
        caches.includes(cache), NameSelector(topics).includes(topic), role.allowsPublishing)
    case (.topic(let role, let caches, let topics), .subscribe(let cache, let topic)):
      Self.missing(
        caches.includes(cache), NameSelector(topics).includes(topic), role.allowsSubscribing)
    case (.function(let role, let caches, let functions), .invoke(let cache, let function)):
      Self.missing(
        caches.includes(cache), NameSelector(functions).includes(function), role == .invoke)
    default: .nothingOfTheKind
    }
  }

  private static func missing(
    _ isCache: Bool, _ isPart: Bool, _ isRole: Bool
  ) -> AccessDenial.Reason? {
    guard isCache else { return .otherCache }
    guard isPart else { return .otherPart }
    return isRole ? nil : .role
  }
}

// MARK: Roles

extension Permission.CacheRole {
  fileprivate func allows(_ access: DataOperation.ItemAccess) -> Bool {
    switch (self, access) {
    case (.readWrite, _), (.readOnly, .read), (.writeOnly, .write): true
    default: false
    }
  }
}

extension Permission.TopicRole {
  fileprivate var allowsPublishing: Bool { self == .publishSubscribe || self == .publishOnly }
  fileprivate var allowsSubscribing: Bool { self == .publishSubscribe || self == .subscribeOnly }
}

// MARK: Selectors

extension Permission.CacheSelector {
  fileprivate func includes(_ cache: String) -> Bool {
    switch self {
    case .all: true
    case .named(let name): NameSelector.named(name).includes(cache)
    }
  }
}

extension Permission.CacheItemSelector {
  fileprivate func includes(_ key: [UInt8]) -> Bool {
    switch self {
    case .all: true
    case .key(let only): only == key
    case .keyPrefix(let prefix): key.starts(with: prefix)
    }
  }
}
