public import GRPCCall

/// A store that could not do what it was asked for: what was wrong, and what to do about it. No text
/// of it holds a secret.
public struct SecretStoreError: Error, Sendable, Hashable {
  /// What went wrong, for a program to decide by.
  public enum Kind: Sendable, Hashable {
    /// There is no such secret, path or project.
    case notFound
    /// Something has changed since the snapshot: read again.
    case conflict
    /// The store does not accept the credentials that it was shown.
    case unauthenticated
    /// The store knows who asks, and does not let them.
    case denied
    /// What is kept is no credential, or is damaged.
    case unreadable
    /// The secret is larger than the store takes.
    case tooLarge
    /// The store, or this use of it, is not supported.
    case unsupported
    /// The store asks for patience; `nil` when it does not say how much.
    case throttled(retryAfter: Duration?)
    /// The store cannot be reached, or cannot serve now.
    case unavailable
    /// This machine's clock differs from the store's by so much.
    case clockSkew(Duration)
    /// The URL, the environment or a file that it names is wrong.
    case misconfigured
  }

  /// What went wrong.
  public var kind: Kind
  /// Whether the store may have done it all the same.
  public var delivery: Delivery
  /// Which secret.
  public var location: StoreLocation
  /// What was asked of the store, in its own word: `PutSecretValue`, `Txn`, `rename`.
  public var operation: String
  /// The store's own word for the failure, such as `ResourceExistsException` or `409`.
  public var code: String?
  /// What was wrong, for people: one line.
  public var message: String
  /// What to do about it, for people: one line, or empty.
  public var advice: String

  /// Describes a failure.
  public init(
    _ kind: Kind, at location: StoreLocation, operation: String, _ message: String,
    advice: String = "", code: String? = nil, delivery: Delivery = .answered
  ) {
    self.kind = kind
    self.delivery = delivery
    self.location = location
    self.operation = operation
    self.code = code
    self.message = message
    self.advice = advice
  }

  /// Whether the same may succeed later, with nothing changed but the time.
  public var isRetryable: Bool {
    switch kind {
    case .throttled, .unavailable, .clockSkew: true
    default: false
    }
  }
}

extension SecretStoreError: CustomStringConvertible {
  /// All of it in one line.
  public var description: String {
    let code = code.map { " (\($0))" } ?? ""
    let advice = advice.isEmpty ? "" : " — \(advice)"
    return "\(location): \(operation): \(message)\(code)\(advice)"
  }
}
