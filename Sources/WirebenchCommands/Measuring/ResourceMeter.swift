import Glibc

/// What the process has used so far, or between two readings.
struct ResourceUsage: Sendable, Equatable {
  var nanoseconds: UInt64 = 0
  var userMicroseconds: UInt64 = 0
  var systemMicroseconds: UInt64 = 0
  var voluntarySwitches: UInt64 = 0
  var involuntarySwitches: UInt64 = 0
  var allocations: UInt64 = 0

  var cpuMicroseconds: UInt64 { userMicroseconds &+ systemMicroseconds }

  /// What was used since an earlier reading. Every number only ever grows.
  func since(_ earlier: ResourceUsage) -> ResourceUsage {
    ResourceUsage(
      nanoseconds: nanoseconds &- earlier.nanoseconds,
      userMicroseconds: userMicroseconds &- earlier.userMicroseconds,
      systemMicroseconds: systemMicroseconds &- earlier.systemMicroseconds,
      voluntarySwitches: voluntarySwitches &- earlier.voluntarySwitches,
      involuntarySwitches: involuntarySwitches &- earlier.involuntarySwitches,
      allocations: allocations &- earlier.allocations)
  }
}

/// Reads what this process uses.
struct ResourceMeter: Sendable {
  /// How often the process has allocated so far.
  let allocationCount: @Sendable () -> UInt64

  var reading: ResourceUsage {
    var usage = rusage()
    unsafe getrusage(RUSAGE_SELF.rawValue, &usage)
    return ResourceUsage(
      nanoseconds: BenchClock.now, userMicroseconds: usage.ru_utime.microseconds,
      systemMicroseconds: usage.ru_stime.microseconds,
      voluntarySwitches: UInt64(clamping: usage.ru_nvcsw),
      involuntarySwitches: UInt64(clamping: usage.ru_nivcsw), allocations: allocationCount())
  }
}

extension timeval {
  fileprivate var microseconds: UInt64 {
    UInt64(clamping: tv_sec) &* 1_000_000 &+ UInt64(clamping: tv_usec)
  }
}
