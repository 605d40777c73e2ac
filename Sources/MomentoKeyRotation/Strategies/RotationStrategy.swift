public import MomentoAuth
public import SecretStores

/// How a new key is come by.
///
/// Keys of the first generation are refreshed, ``RefreshStrategy``; the old key then works until its
/// own expiry. A strategy whose service can be asked for what it made has more to do: ``recover(_:)``
/// is there for it.
public protocol RotationStrategy: Sendable {
  /// What it is called in logs.
  var name: String { get }

  /// Asks the service for the key that replaces a document's. It calls once and never repeats: the
  /// rotator does, and knows what that may mean.
  ///
  /// - Parameter operation: names the rotation, for services that can be told.
  func issue(
    _ document: SecretDocument, operation: OperationID, deadline: Duration
  ) async throws(IssueError) -> IssuedKey

  /// Whether the service knows a document's key.
  func probe(_ document: SecretDocument, deadline: Duration) async -> ProbeVerdict

  /// Looks for the key of a rotation that was interrupted while the service was being asked.
  ///
  /// - Returns: `nil` where there is none, or the service cannot tell.
  func recover(_ operation: OperationID) async throws(IssueError) -> IssuedKey?

  /// How long a key that was replaced goes on working before it is retired, so that all who read the
  /// store have the new one; `nil` where a key is left to expire.
  ///
  /// Which key that is stands in the spool directory until it is done: without one, none is retired.
  var retirementGrace: Duration? { get }

  /// Takes a key that was replaced out of use. It is called again after a failure, and perhaps after
  /// a success that nobody could write down: a key that is not there any more is retired.
  func retire(
    _ document: SecretDocument, operation: OperationID, deadline: Duration
  ) async throws(IssueError)
}

extension RotationStrategy {
  /// Nothing is found: the service does not know rotations by their names.
  public func recover(_ operation: OperationID) async throws(IssueError) -> IssuedKey? { nil }

  /// The old key is left to expire.
  public var retirementGrace: Duration? { nil }

  /// There is nothing to do.
  public func retire(
    _ document: SecretDocument, operation: OperationID, deadline: Duration
  ) async throws(IssueError) {}
}

extension RotationStrategy {
  /// The key that replaces a document's: the one that was made already, or else a new one.
  ///
  /// - Parameter isResumed: whether a call may have been made before under this claim.
  func key(
    replacing document: SecretDocument, _ intent: RotationIntent, deadline: Duration,
    isResumed: Bool
  ) async throws(IssueError) -> IssuedKey {
    if isResumed, let found = try await recover(intent.operation) { return found }
    return try await issue(document, operation: intent.operation, deadline: deadline)
  }
}

/// A new key. Printing it shows no secret.
public struct IssuedKey: Sendable, Hashable {
  /// The key, its refresh token, endpoint and expiry.
  public var credentials: CredentialsFile
  /// The id of a v2 key.
  public var keyID: String?

  /// Takes a key.
  public init(credentials: CredentialsFile, keyID: String? = nil) {
    self.credentials = credentials
    self.keyID = keyID
  }
}

/// No new key.
public struct IssueError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What it means for the rotation.
  public enum Kind: String, Sendable, Hashable {
    /// The same may succeed later.
    case retryable
    /// The service will not give one.
    case refused
  }

  /// What it means for the rotation.
  public var kind: Kind
  /// The error's code, for logs and metrics.
  public var code: String
  /// What went wrong, for people: one line, without secrets.
  public var message: String
  /// Whether the service may have made a key all the same.
  public var mayHaveHappened: Bool

  /// Describes a failure.
  public init(_ kind: Kind, code: String, _ message: String, mayHaveHappened: Bool) {
    self.kind = kind
    self.code = code
    self.message = message
    self.mayHaveHappened = mayHaveHappened
  }

  /// All of it in one line.
  public var description: String { "\(message) (\(code))" }
}
