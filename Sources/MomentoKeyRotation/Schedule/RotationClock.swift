import Glibc

/// The two clocks that a rotator goes by, and waiting.
package protocol RotationClock: Sendable {
  /// Epoch seconds: what expiries are compared with.
  func now() -> UInt64
  /// Since some moment in the past; it never goes back, and goes on while the machine sleeps.
  func uptime() -> Duration
  /// Waits; ends early when the task is cancelled.
  func sleep(for duration: Duration) async
}

/// This machine's clocks.
package struct SystemClock: RotationClock {
  package init() {}

  package func now() -> UInt64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    return UInt64(max(0, time.tv_sec))
  }

  package func uptime() -> Duration {
    var time = timespec()
    unsafe clock_gettime(CLOCK_BOOTTIME, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
  }

  package func sleep(for duration: Duration) async { try? await Task.sleep(for: duration) }
}
