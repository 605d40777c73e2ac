import MomentoAuthMessages
import ProtobufWire

/// What a list of permissions must be like, whoever asks for it.
struct PermissionRules: Sendable {
  /// The most permissions in one list.
  let most: Int
  /// The most bytes of one list: it becomes part of the key, which no client takes when it is larger
  /// than 64 KiB.
  static let mostBytes = 16 * 1024

  /// Checks an explicit list.
  func check(_ explicit: ExplicitPermissions) throws(AuthRefusal) {
    let permissions = explicit.permissions
    guard !permissions.isEmpty else { throw .invalid("the list of permissions is empty") }
    guard permissions.count <= most else {
      throw .invalid("\(permissions.count) permissions are more than the \(most) allowed")
    }
    guard explicit.encodedSize <= Self.mostBytes else {
      throw .invalid("the permissions take more than \(Self.mostBytes) bytes")
    }
    var positions: [PermissionSelection: Int] = [:]
    for (index, permission) in permissions.enumerated() {
      guard let selection = PermissionSelection(permission) else { continue }
      try refuseEmpty(selection, index)
      // What has no selector grants nothing, so it conflicts with nothing.
      guard selection.cache != .none, selection.part != .none else { continue }
      if let first = positions.updateValue(index, forKey: selection) {
        throw .invalid(
          "permissions[\(first)] and permissions[\(index)] are duplicate or conflicting: "
            + "both are about the same \(selection.words)")
      }
    }
  }

  private func refuseEmpty(_ selection: PermissionSelection, _ index: Int) throws(AuthRefusal) {
    if selection.cache.isEmptyText {
      throw .invalid("permissions[\(index)]: the name of the cache is empty")
    }
    if selection.part.isEmptyText {
      throw .invalid("permissions[\(index)]: \(selection.partWords) is empty")
    }
  }
}

extension PermissionSelection {
  fileprivate var words: String {
    switch (kind, part) {
    case (.item, .all): cache == .all ? "thing, all caches" : "cache"
    case (.item, _): "items of the same cache"
    case (.topic, _): "topics of the same cache"
    case (.function, _): "functions of the same cache"
    }
  }

  fileprivate var partWords: String {
    if case .prefix = part {
      return kind == .item ? "the key prefix" : "the \(kind.rawValue) name prefix"
    }
    return kind == .item ? "the key" : "the name of the \(kind.rawValue)"
  }
}
