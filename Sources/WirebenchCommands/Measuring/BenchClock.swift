import Glibc

/// CLOCK_MONOTONIC in nanoseconds: the clock that every program of a comparison reads.
enum BenchClock {
  static var now: UInt64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
  }
}

/// When this process began, for the time to its first response.
struct ProcessStart: Sendable {
  /// The variable in which whoever starts the process puts the time at which it does.
  static let variable = "WIREBENCH_START_NS"

  /// When the process was started; where nobody says so, when its own code began.
  let spawned: UInt64
  /// When its own code began.
  let main: UInt64

  init(environment: [String: String], now: UInt64 = BenchClock.now) {
    main = now
    spawned = environment[Self.variable].flatMap(UInt64.init).map { min($0, now) } ?? now
  }
}
