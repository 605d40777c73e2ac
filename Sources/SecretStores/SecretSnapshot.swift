/// A secret at one moment.
public struct SecretSnapshot: Sendable, Hashable {
  /// What the store calls this secret, however it was named: an ARN, a full resource name. All
  /// replicas see the same.
  public var identity: String
  /// The key that readers get; `nil` while there is none.
  public var current: StoredSecret?
  /// A new key that is kept but not yet given to readers.
  public var pending: StoredSecret?
  /// The rotation that is under way.
  public var intent: RotationIntent?
  /// Of all of the above: what changes compare with.
  public var state: VersionToken
  /// The store's clock in epoch seconds, where its answer told it.
  public var serverTime: UInt64?

  /// Puts a snapshot together.
  public init(
    identity: String, current: StoredSecret?, pending: StoredSecret? = nil,
    intent: RotationIntent? = nil, state: VersionToken, serverTime: UInt64? = nil
  ) {
    self.identity = identity
    self.current = current
    self.pending = pending
    self.intent = intent
    self.state = state
    self.serverTime = serverTime
  }
}

/// A key as a store keeps it.
public struct StoredSecret: Sendable, Hashable {
  /// What is kept.
  public var document: SecretDocument
  /// The store's name for it.
  public var version: VersionToken

  /// Names a version of a document.
  public init(document: SecretDocument, version: VersionToken) {
    self.document = document
    self.version = version
  }
}
