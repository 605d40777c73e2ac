/// A point of a clock that never goes back, in nanoseconds since some start. The machines of this
/// module have no clock: they are told what time it is.
package struct MonotonicTime: Comparable, Sendable, Hashable {
  /// Nanoseconds since the clock's start.
  package var nanoseconds: UInt64

  package init(nanoseconds: UInt64) {
    self.nanoseconds = nanoseconds
  }

  package static let distantFuture = MonotonicTime(nanoseconds: .max)

  /// The time that is `duration` later; a negative duration goes back. Stops at the ends of the
  /// clock instead of overflowing.
  package func advanced(by duration: Duration) -> MonotonicTime {
    guard duration < .zero else {
      let (time, overflow) = nanoseconds.addingReportingOverflow(duration.wholeNanoseconds)
      return MonotonicTime(nanoseconds: overflow ? .max : time)
    }
    // What is longer than the clock runs is not negated, because the least duration has no
    // positive counterpart.
    guard duration > .zero - .longerThanAnyClock else { return MonotonicTime(nanoseconds: 0) }
    let (time, overflow) = nanoseconds.subtractingReportingOverflow(
      (.zero - duration).wholeNanoseconds)
    return MonotonicTime(nanoseconds: overflow ? 0 : time)
  }

  /// The time that is `count` nanoseconds later, at most the clock's end.
  package func advanced(byNanoseconds count: UInt64) -> MonotonicTime {
    let (time, overflow) = nanoseconds.addingReportingOverflow(count)
    return MonotonicTime(nanoseconds: overflow ? .max : time)
  }

  /// How long it is until another time; negative when that has passed.
  package func duration(to other: MonotonicTime) -> Duration {
    other >= self
      ? .init(wholeNanoseconds: other.nanoseconds - nanoseconds)
      : .zero - .init(wholeNanoseconds: nanoseconds - other.nanoseconds)
  }

  package static func < (left: MonotonicTime, right: MonotonicTime) -> Bool {
    left.nanoseconds < right.nanoseconds
  }
}

extension Duration {
  /// The duration in nanoseconds, a started one counted whole; zero for a negative one, and the
  /// greatest number for one that is too long (584 years).
  package var wholeNanoseconds: UInt64 {
    guard self > .zero else { return 0 }
    // A duration can have more seconds than its components can tell: reading them would trap.
    guard self < .longerThanAnyClock else { return .max }
    let (seconds, attoseconds) = components
    let rest = UInt64(attoseconds / 1_000_000_000) + (attoseconds % 1_000_000_000 == 0 ? 0 : 1)
    let (whole, overflow) = UInt64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
    let (sum, carry) = whole.addingReportingOverflow(rest)
    return overflow || carry ? .max : sum
  }

  /// More than 64 bits of nanoseconds hold, which is 584 years.
  fileprivate static let longerThanAnyClock = Duration.seconds(20_000_000_000)

  init(wholeNanoseconds count: UInt64) {
    self.init(
      secondsComponent: Int64(count / 1_000_000_000),
      attosecondsComponent: Int64(count % 1_000_000_000) * 1_000_000_000)
  }
}
