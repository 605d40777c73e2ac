import GRPCTransport
import Synchronization

/// Takes latencies from any number of tasks at once, without a lock.
///
/// `@unchecked Sendable`: the counters are atomic, made in the initialiser and freed in `deinit`;
/// the pointer to them never changes.
@safe final class LatencyRecorder: @unchecked Sendable {
  private let counters: UnsafeMutableBufferPointer<Atomic<UInt64>>
  private let maximum = Atomic<UInt64>(0)

  init() {
    unsafe counters = .allocate(capacity: LatencyHistogram.Scale.bucketCount)
    for index in unsafe counters.indices {
      unsafe counters.initializeElement(at: index, to: Atomic(0))
    }
  }

  deinit {
    unsafe counters.deinitialize()
    unsafe counters.deallocate()
  }

  func record(_ nanoseconds: UInt64) {
    let bucket = LatencyHistogram.Scale.bucket(of: nanoseconds)
    unsafe counters[bucket].add(1, ordering: .relaxed)
    if nanoseconds > maximum.load(ordering: .relaxed) {
      maximum.max(nanoseconds, ordering: .relaxed)
    }
  }

  /// What has been recorded so far.
  var histogram: LatencyHistogram {
    var histogram = LatencyHistogram()
    let maximum = maximum.load(ordering: .relaxed)
    for index in unsafe counters.indices {
      let times = unsafe counters[index].load(ordering: .relaxed)
      if times > 0 { histogram.add(times, inBucket: index, maximum: maximum) }
    }
    return histogram
  }
}
