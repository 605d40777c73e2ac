/// Whether a call that failed is tried again, and when (gRPC A6).
package struct RetryMachine: Sendable {
  package enum Decision: Sendable, Equatable {
    /// The call has failed.
    case fail
    /// Send it again as soon as there is a connection.
    case retryNow
    /// Send it again after a wait, unless the deadline comes first.
    case retry(after: Duration)
  }

  private let policy: RetryPolicy?
  /// Retries that count: the first attempt is not one of them.
  private var retries = 0
  /// Where the back-off stands: a push-back of the server's starts it anew.
  private var backoffStep = 0
  private var unsentRetries = 0
  private var hasRetriedRefusal = false

  package init(policy: RetryPolicy?) {
    self.policy = policy
  }

  /// How often the server has been asked, for `grpc-previous-rpc-attempts`.
  package var previousAttempts: Int { retries }

  /// An attempt failed.
  ///
  /// - Parameter isCommitted: a response began, or the request outgrew what is kept of it: there is
  ///   no way back (A6, When Retries are Valid).
  package mutating func attemptFailed(
    _ outcome: CallOutcome, isCommitted: Bool = false, throttle: inout RetryThrottle, random: UInt64
  ) -> Decision {
    guard !isCommitted else { return .fail }
    if mayRetryTransparently(outcome.delivery) { return .retryNow }
    guard let policy else { return .fail }
    let pushback = Pushback(outcome.trailers)
    let isRetryable = policy.retryableCodes.contains(outcome.status.code)
    if isRetryable || pushback == .stop { throttle.recordFailure() }
    guard isRetryable, pushback != .stop, throttle.allowsRetry else { return .fail }
    guard retries + 1 < min(policy.maxAttempts, Self.mostAttempts) else { return .fail }
    retries += 1
    return .retry(after: wait(pushback, policy, random))
  }

  /// What no server has processed may be sent again without being counted: any number of times if
  /// it never left, once if the server refused it (A6, Transparent Retries).
  private mutating func mayRetryTransparently(_ delivery: Delivery) -> Bool {
    switch delivery {
    case .notSent:
      unsentRetries += 1
      return unsentRetries <= Self.mostUnsentRetries
    case .refused:
      defer { hasRetriedRefusal = true }
      return !hasRetriedRefusal
    case .unknown, .answered:
      return false
    }
  }

  private mutating func wait(
    _ pushback: Pushback, _ policy: RetryPolicy, _ random: UInt64
  ) -> Duration {
    if case .after(let wait) = pushback {
      backoffStep = 0
      return wait
    }
    defer { backoffStep += 1 }
    let backoff = Backoff(
      initial: policy.initialBackoff, maximum: policy.maxBackoff,
      multiplier: policy.backoffMultiplier, jitter: policy.jitter)
    return backoff.delay(retry: backoffStep, random: random)
  }

  /// A6 has five attempts at most, whatever a policy says.
  private static let mostAttempts = 5
  /// The deadline bounds these retries in time; this bounds them if connections fail at once.
  private static let mostUnsentRetries = 64
}

/// What the server says about retries (`grpc-retry-pushback-ms`, gRPC A6).
private enum Pushback: Equatable {
  case absent
  case after(Duration)
  /// A negative number, or none at all: do not come back.
  case stop

  init(_ trailers: Metadata) {
    guard let text = trailers.first("grpc-retry-pushback-ms") else {
      self = .absent
      return
    }
    self = Array(text.utf8).span.decimal.map { .after(.milliseconds($0)) } ?? .stop
  }
}
