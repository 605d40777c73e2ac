package import GRPCCall
import Glibc

extension MonotonicTime {
  /// The time since some fixed moment, which never goes back and goes on while the system sleeps.
  package static var now: MonotonicTime {
    var time = timespec()
    unsafe clock_gettime(CLOCK_BOOTTIME, &time)
    return MonotonicTime(
      nanoseconds: UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec))
  }
}
