/// How often which latency came, in a memory that does not grow: 64 buckets an octave, so that what
/// is read from it is at most 1/64 (1.6 %) more than what was recorded.
struct LatencyHistogram: Equatable {
  private(set) var counts = [UInt64](repeating: 0, count: Scale.bucketCount)
  private(set) var count: UInt64 = 0
  /// The greatest latency in nanoseconds, exact.
  private(set) var maximum: UInt64 = 0

  /// Counts one latency in nanoseconds.
  mutating func record(_ nanoseconds: UInt64) {
    counts[Scale.bucket(of: nanoseconds)] &+= 1
    count &+= 1
    maximum = max(maximum, nanoseconds)
  }

  /// Takes over what was counted elsewhere.
  mutating func add(_ times: UInt64, inBucket bucket: Int, maximum: UInt64) {
    counts[bucket] &+= times
    count &+= times
    self.maximum = max(self.maximum, maximum)
  }

  /// The latency in nanoseconds that this part of all calls did not exceed: the nearest-rank
  /// percentile, rounded up to the end of its bucket. 0 while nothing is recorded.
  ///
  /// - Parameter part: 0…1; 0 is the least latency, 1 the greatest.
  func percentile(_ part: Double) -> UInt64 {
    let rank = max(1, min(count, UInt64((Double(count) * part).rounded(.up))))
    var seen: UInt64 = 0
    for (bucket, times) in counts.enumerated() {
      seen &+= times
      guard seen >= rank, times > 0 else { continue }
      return bucket == Scale.bucketCount - 1 ? maximum : min(Scale.last(of: bucket), maximum)
    }
    return maximum
  }

  /// Which latencies share a bucket: each alone below 128 ns, from there on the 64 equal parts of
  /// each power of two. What takes longer than 68 s falls into the last bucket.
  enum Scale {
    private static let partBits = 6
    private static let octaves = 29
    static let bucketCount = (octaves + 2) << partBits

    static func bucket(of nanoseconds: UInt64) -> Int {
      let bits = UInt64.bitWidth - nanoseconds.leadingZeroBitCount
      let shift = max(0, bits - partBits - 1)
      guard shift <= octaves else { return bucketCount - 1 }
      return shift << partBits + Int(truncatingIfNeeded: nanoseconds >> UInt64(shift))
    }

    /// The greatest latency of a bucket.
    static func last(of bucket: Int) -> UInt64 {
      let shift = max(0, bucket >> partBits - 1)
      let mantissa = UInt64(bucket - shift << partBits)
      return (mantissa + 1) << UInt64(shift) - 1
    }
  }
}
