/// When a server ends a connection because it is old (gRPC A9): clients connect again, and so find what
/// has changed behind a load balancer.
///
///     young --limit--> draining --grace--> over
package struct ConnectionAge: Sendable, Equatable {
  package enum Action: Sendable, Equatable {
    case none
    /// GOAWAY: calls that run are served, and no more are taken.
    case drain
    /// The grace is over: what still runs is cut off.
    case cutOff
  }

  private enum State: Sendable, Equatable {
    case young
    case draining
    case over
  }

  private var state = State.young
  private let grace: Duration?
  /// When ``tick(at:)`` is next worth a call; nil for never.
  package private(set) var nextDeadline: MonotonicTime?

  /// - Parameters:
  ///   - limit: how old a connection may get; nil for any age.
  ///   - grace: how long calls may run on after that; nil for any time.
  ///   - random: any number; it makes the limit up to a tenth shorter or longer, so that connections
  ///     that began together do not end together.
  package init(limit: Duration?, grace: Duration?, now: MonotonicTime, random: UInt64) {
    self.grace = grace
    guard let limit else { return }
    // Neither overflows: a tenth of 64 bits, twice.
    let tenth = limit.wholeNanoseconds / 10
    let shortest = limit.wholeNanoseconds - tenth
    nextDeadline = now.advanced(byNanoseconds: shortest)
      .advanced(byNanoseconds: random % (2 * tenth + 1))
  }

  /// Tells what to do now; early and repeated calls do no harm.
  package mutating func tick(at now: MonotonicTime) -> Action {
    guard let deadline = nextDeadline, now >= deadline else { return .none }
    nextDeadline = nil
    switch state {
    case .young:
      state = .draining
      nextDeadline = grace.map { now.advanced(by: $0) }
      return .drain
    case .draining:
      state = .over
      return .cutOff
    case .over:
      return .none
    }
  }
}
