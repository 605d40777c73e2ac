/// When a client or a server sends PING to find out whether a silent connection still lives (gRPC A8,
/// A9).
///
///     dormant <--> waiting --time--> pinged --timeout--> dead
///                     ^                |
///                     +---any bytes----+
package struct KeepaliveMachine: Sendable, Equatable {
  package enum Action: Sendable, Equatable {
    case none
    case sendPing
    /// The peer is silent: the connection is dead.
    case timedOut
  }

  private enum State: Sendable, Equatable {
    case waiting
    case pinged(at: MonotonicTime)
    case dead
  }

  private var state = State.waiting
  private var lastActivity: MonotonicTime
  private var hasCalls = false
  private let isPermittedWithoutCalls: Bool
  private let timeout: Duration
  /// How long a connection may be silent; nil when keepalive is off.
  package private(set) var time: Duration?

  /// - Parameters:
  ///   - time: how long the connection may be silent; less than `minimumTime` is raised to it.
  ///   - timeout: how long the answer may take.
  ///   - minimumTime: A8 lets a client ask every 10 s at most, A9 a server every second.
  package init(
    time: Duration?, timeout: Duration = .seconds(20), permitWithoutCalls: Bool = false,
    minimumTime: Duration = .seconds(10), now: MonotonicTime
  ) {
    self.time = time.map { max($0, minimumTime) }
    self.timeout = timeout
    self.isPermittedWithoutCalls = permitWithoutCalls
    self.lastActivity = now
  }

  /// When bytes came last; of whatever kind, they show that the peer lives, or lived before it was asked.
  package mutating func receivedBytes(at time: MonotonicTime) {
    lastActivity = max(lastActivity, time)
    if case .pinged(let sent) = state, time > sent { state = .waiting }
  }

  /// The number of calls on the connection changed.
  package mutating func callsChanged(active count: Int) {
    hasCalls = count > 0
  }

  /// The server closed the connection with ENHANCE_YOUR_CALM and "too_many_pings": the next
  /// connection asks half as often (A8).
  ///
  /// - Returns: the time for that connection.
  package mutating func receivedTooManyPings() -> Duration? {
    guard let current = time else { return nil }
    time = current > Self.longestTime ? current : current * 2
    return time
  }

  /// When ``tick(at:)`` is next worth a call.
  package var nextDeadline: MonotonicTime? {
    guard let time else { return nil }
    switch state {
    case .dead: return nil
    case .pinged(let sent): return sent.advanced(by: timeout)
    case .waiting:
      guard hasCalls || isPermittedWithoutCalls else { return nil }
      return lastActivity.advanced(by: time)
    }
  }

  /// Tells what to do now; early and repeated calls do no harm.
  package mutating func tick(at now: MonotonicTime) -> Action {
    guard let deadline = nextDeadline, now >= deadline else { return .none }
    switch state {
    case .waiting:
      state = .pinged(at: now)
      return .sendPing
    case .pinged:
      state = .dead
      return .timedOut
    case .dead:
      return .none
    }
  }

  /// Where doubling stops: a year is as good as never.
  private static let longestTime = Duration.seconds(365 * 86_400)
}
