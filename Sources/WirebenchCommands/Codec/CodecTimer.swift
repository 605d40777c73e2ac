import Glibc

/// How long something takes that takes too little time for a clock.
struct CodecTimer: Sendable {
  /// How often the process has allocated so far.
  let allocationCount: @Sendable () -> UInt64

  /// One figure is the median of this many batches.
  static let batches = 5
  /// How long a batch takes, about.
  static let nanosecondsPerBatch: UInt64 = 5_000_000

  /// Nanoseconds for one run of `work`.
  func nanoseconds<Failure: Error>(_ work: () throws(Failure) -> Void) throws(Failure) -> Double {
    var count: UInt64 = 1
    while try time(of: count, work) < Self.nanosecondsPerBatch / 2 { count *= 2 }
    var batches: [Double] = []
    for _ in 0..<Self.batches { batches.append(Double(try time(of: count, work)) / Double(count)) }
    return batches.median
  }

  /// Allocations for one run of `work`.
  func allocations<Failure: Error>(_ work: () throws(Failure) -> Void) throws(Failure) -> Double {
    // What is allocated once, at the first run, is not counted.
    try work()
    let count = 1_000
    let before = allocationCount()
    for _ in 0..<count { try work() }
    return Double(allocationCount() &- before) / Double(count)
  }

  private func time<Failure: Error>(
    of count: UInt64, _ work: () throws(Failure) -> Void
  ) throws(Failure) -> UInt64 {
    let start = Self.cpuTime
    for _ in 0..<count { try work() }
    return Self.cpuTime &- start
  }

  /// The CPU time of this thread in nanoseconds: what waits for a core in between takes no time.
  private static var cpuTime: UInt64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
  }
}

extension [Double] {
  /// The one in the middle; of an even number the higher of two. Not a number if there is none.
  var median: Double {
    isEmpty ? .nan : sorted()[count / 2]
  }
}
