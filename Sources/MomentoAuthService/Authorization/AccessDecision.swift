package import MomentoAuth

/// Whether a credential may do something, and what decided it.
package enum AccessDecision: Sendable, Hashable {
  /// It may, by this.
  case allowed(by: AccessGrant)
  /// It may not, for this reason.
  case denied(AccessDenial)

  /// Whether it may.
  package var isAllowed: Bool {
    if case .allowed = self { true } else { false }
  }
}

/// One permission of a list, and its place in it.
package struct PlacedPermission: Sendable, Hashable, CustomStringConvertible {
  /// From 0.
  package let index: Int
  /// The permission itself.
  package let permission: Permission

  /// `permissions[1], cache:readonly:shop`, in the grammar that the commands read; cut where names
  /// make it long.
  package var description: String {
    let text = permission.description
    let cut = text.count > Self.longest ? "\(text.prefix(Self.longest))…" : text
    return "permissions[\(index)], \(cut),"
  }

  /// So that an error fits into the headers that every client takes.
  private static let longest = 120
}

/// What allows something.
package enum AccessGrant: Sendable, Hashable, CustomStringConvertible {
  /// A session token may do all.
  case session
  /// A super-user key may do all.
  case superUser
  /// The first permission of the list that allows it.
  case permission(PlacedPermission)

  /// In words.
  package var description: String {
    switch self {
    case .session: "a session token may do everything"
    case .superUser: "a SuperUser key may do everything"
    case .permission(let placed): "\(placed) allows it"
    }
  }
}

/// Why something is not allowed.
package struct AccessDenial: Sendable, Hashable, CustomStringConvertible {
  /// What is missing, from the least that fits to the most.
  package enum Reason: Int, Sendable, Hashable, Comparable {
    /// No list of permissions allows this; a SuperUser key or a session token does.
    case managesCaches
    /// No permission is for items, topics or functions, whichever it is about.
    case nothingOfTheKind
    /// The permissions are for other caches.
    case otherCache
    /// The permissions for the cache are for other keys, topics or functions.
    case otherPart
    /// A permission is for the very thing, and its role does not go so far.
    case role

    package static func < (first: Reason, second: Reason) -> Bool {
      first.rawValue < second.rawValue
    }
  }

  /// What is missing.
  package let reason: Reason
  /// The permission that comes closest: the first of those that fit most.
  package let nearest: PlacedPermission?
  /// What was to be done.
  package let operation: DataOperation

  /// A sentence for people. It names permissions of the credential, never the credential.
  package var description: String {
    switch reason {
    case .managesCaches:
      "to \(operation.words) takes a SuperUser key or a session token, whatever the permissions"
    case .nothingOfTheKind: "no permission is for \(operation.things)"
    case .otherCache: "no permission for \(operation.things) is for this cache"
    case .otherPart:
      "no permission for \(operation.things) of this cache is for this \(operation.thing)"
    case .role:
      "\(nearest?.description ?? "the permission") does not allow to \(operation.words)"
    }
  }
}

extension DataOperation {
  /// What is to be done, as it stands behind "to".
  package var words: String {
    switch self {
    case .control(let action): action.rawValue
    case .item(let access, _, _): access.rawValue
    case .publish: "publish to this topic"
    case .subscribe: "subscribe to this topic"
    case .invoke: "invoke this function"
    }
  }

  fileprivate var things: String {
    switch self {
    case .control: "caches"
    case .item: "items"
    case .publish, .subscribe: "topics"
    case .invoke: "functions"
    }
  }

  fileprivate var thing: String {
    switch self {
    case .control: "cache"
    case .item: "key"
    case .publish, .subscribe: "topic"
    case .invoke: "function"
    }
  }
}
