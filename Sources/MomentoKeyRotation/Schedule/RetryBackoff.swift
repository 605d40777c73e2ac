/// How long to wait after failures: a random part of a time that doubles ("full jitter"), so that
/// replicas that failed together do not come back together.
struct RetryBackoff: Sendable {
  let policy: RotationPolicy

  /// The wait after a number of failures in a row.
  func wait(
    afterFailures count: Int, isEmergency: Bool, random: inout some RandomNumberGenerator
  ) -> Duration {
    if isEmergency { return policy.lateRetry }
    let first = policy.firstBackoff.inSeconds
    let most = min(policy.mostBackoff.inSeconds, first * Double(1 << min(max(0, count - 1), 16)))
    return .seconds(Double.random(in: 0...max(0, most), using: &random))
  }

  /// The wait before a step of the same run is tried again.
  func quickWait(try count: Int, random: inout some RandomNumberGenerator) -> Duration {
    let most = min(policy.quickRetryWait.inSeconds, 0.1 * Double(1 << min(max(0, count), 10)))
    return .seconds(Double.random(in: 0...max(0, most), using: &random))
  }
}
