import MomentoAuth
import TLSSession

/// Where a secret is kept, in a form that is fit for logs: the kind of store and the secret's name,
/// without parameters.
public struct StoreLocation: Sendable, Hashable, CustomStringConvertible {
  /// The scheme of the store's URL, such as `file` or `aws-secretsmanager`.
  public let scheme: String
  /// The secret's name in the store.
  public let name: String

  /// Names a secret.
  public init(scheme: String, name: String) {
    self.scheme = scheme
    self.name = name
  }

  /// `scheme:name`.
  public var description: String { "\(scheme):\(name)" }
}

/// A store's own name for one state of a secret: a version id, a revision, an etag or a hash. It is
/// no secret; it is compared, and never taken apart by anybody but its store.
public struct VersionToken: Sendable, Hashable, CustomStringConvertible {
  /// The name as the store has it.
  public let text: String

  /// Takes a store's name for a state.
  public init(_ text: String) { self.text = text }

  /// A name for bytes that a store has none for: the same for the same bytes.
  package init(hashing bytes: [UInt8]) {
    self.init(Hexadecimal.encode(Crypto.sha256(bytes).prefix(16)))
  }

  /// The name as the store has it.
  public var description: String { text }
}

/// What a rotation must know of the way in which a store works.
public struct SecretStoreTraits: Sendable, Hashable {
  /// Whether readers see a staged key before it is promoted, so that it has to be tested first.
  public var publishesOnStage: Bool
  /// The least time between two rotations that the store's limits on versions allow.
  public var leastGap: Duration
  /// The largest secret that the store takes, in bytes.
  public var mostBytes: Int
  /// Whether a write can have been done though its answer was lost.
  public var isRemote: Bool

  /// The traits of an ordinary store.
  public init(
    publishesOnStage: Bool = false, leastGap: Duration = .zero, mostBytes: Int = 65_536,
    isRemote: Bool = true
  ) {
    self.publishesOnStage = publishesOnStage
    self.leastGap = leastGap
    self.mostBytes = mostBytes
    self.isRemote = isRemote
  }
}
