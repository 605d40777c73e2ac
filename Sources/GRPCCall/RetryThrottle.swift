/// Stops the retries of a channel whose server is in trouble (gRPC A6, Throttling Retry Attempts):
/// a failure takes a token, a success gives back a part of one, and retries need the bucket more
/// than half full.
package struct RetryThrottle: Sendable, Equatable {
  private let capacity: Int
  private let refund: Int
  private var tokens: Int

  /// - Parameters:
  ///   - maxTokens: the bucket's size, from 1 to 1000.
  ///   - tokenRatio: what a success gives back; three decimals count.
  package init(maxTokens: Int = 10, tokenRatio: Double = 0.1) {
    capacity = min(max(maxTokens, 1), 1000) * Self.unit
    let ratio = tokenRatio.isNaN ? 0 : min(max(tokenRatio, 0), 1000)
    refund = Int(ratio * Double(Self.unit) + 0.5)
    tokens = capacity
  }

  /// Whether a retry is allowed now.
  package var allowsRetry: Bool { tokens > capacity / 2 }

  package mutating func recordFailure() {
    tokens = max(0, tokens - Self.unit)
  }

  package mutating func recordSuccess() {
    tokens = min(capacity, tokens + refund)
  }

  /// Tokens are counted in thousandths.
  private static let unit = 1000
}
