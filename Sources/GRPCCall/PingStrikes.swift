/// How a server defends itself against clients that send PING too often (gRPC A8, server
/// enforcement).
package struct PingStrikes: Sendable, Equatable {
  package enum Verdict: Sendable, Equatable {
    case tolerated
    /// GOAWAY with ENHANCE_YOUR_CALM and the text "too_many_pings".
    case tooManyPings
  }

  private let minimumInterval: Duration
  private let isPermittedWithoutCalls: Bool
  private var lastPing: MonotonicTime?
  private var strikes = 0

  package init(minimumInterval: Duration = .seconds(300), permitWithoutCalls: Bool = false) {
    self.minimumInterval = minimumInterval
    self.isPermittedWithoutCalls = permitWithoutCalls
  }

  /// A PING came.
  package mutating func receivedPing(
    at now: MonotonicTime, activeCalls: Int
  ) -> Verdict {
    let interval =
      activeCalls > 0 || isPermittedWithoutCalls ? minimumInterval : Self.intervalWithoutCalls
    defer { lastPing = now }
    guard let lastPing, now < lastPing.advanced(by: interval) else { return .tolerated }
    strikes += 1
    return strikes > Self.toleratedStrikes ? .tooManyPings : .tolerated
  }

  /// The server sent headers or data: a client may ask whether they are still wanted, and its
  /// slate is clean.
  package mutating func sentHeadersOrData() {
    lastPing = nil
    strikes = 0
  }

  private static let intervalWithoutCalls = Duration.seconds(7200)
  private static let toleratedStrikes = 2
}
