/// When and how often a failed call is tried again (gRPC A6, `retryPolicy` of the service config).
///
/// Apart from this, a request that certainly was not processed is sent again without being
/// counted (A6, transparent retries).
public struct RetryPolicy: Sendable, Equatable {
  /// The most attempts, the first among them; taken between 1 and 5.
  public var maxAttempts: Int
  /// The wait before the first retry.
  public var initialBackoff: Duration
  /// The longest wait.
  public var maxBackoff: Duration
  /// How much longer each wait is than the one before.
  public var backoffMultiplier: Double
  /// How far a wait is spread to either side, as a part of it; 0.2 spreads 1 s over 0.8 s to 1.2 s.
  public var jitter: Double
  /// The codes that another attempt may cure.
  public var retryableCodes: Set<StatusCode>

  /// Makes a policy.
  public init(
    maxAttempts: Int = 3, initialBackoff: Duration = .milliseconds(100),
    maxBackoff: Duration = .seconds(2), backoffMultiplier: Double = 2, jitter: Double = 0.2,
    retryableCodes: Set<StatusCode> = [.unavailable]
  ) {
    self.maxAttempts = maxAttempts
    self.initialBackoff = initialBackoff
    self.maxBackoff = maxBackoff
    self.backoffMultiplier = backoffMultiplier
    self.jitter = jitter
    self.retryableCodes = retryableCodes
  }
}
