/// How a ``RotatingCredentialProvider`` follows its store. The defaults suit almost everybody.
public struct LiveConfiguration: Sendable, Hashable {
  /// The longest time between two reads. It is shorter where the key expires soon: a tenth of the time
  /// that the key has left.
  public var interval: Duration = .seconds(300)
  /// The shortest time between two reads that nothing but the time has caused.
  public var leastInterval: Duration = .seconds(1)
  /// How much earlier or later than planned a read may be, as a part of the time between two: so that
  /// many replicas do not ask at the same moment.
  public var jitter = 0.1
  /// The longest that a read may take, the first one with its repetitions.
  public var readTimeout: Duration = .seconds(15)
  /// After the service has refused a key, the store is read after a random part of this: so that not
  /// all replicas ask at the same moment, and one read serves all calls that were refused.
  public var refusalSpread: Duration = .milliseconds(100)
  /// The longest time between two reads while the store cannot be read.
  public var longestBackoff: Duration = .seconds(60)

  /// The defaults.
  public init() {}

  /// When to read next after a read that was good.
  ///
  /// - Parameters:
  ///   - remaining: how many seconds the key has left; nil where it does not expire.
  ///   - random: from 0 up to 1.
  func wait(remaining: UInt64?, random: Double) -> Duration {
    var wait = interval
    if let remaining { wait = min(wait, .seconds(remaining) / 10) }
    return max(leastInterval, wait * (1 + jitter * (2 * random - 1)))
  }

  /// When to read again after failures in a row: twice as late each time, less a random half.
  func wait(afterFailures count: Int, random: Double) -> Duration {
    let doubled = leastInterval * (1 << min(max(0, count - 1), 16))
    return min(longestBackoff, doubled) * (0.5 + 0.5 * random)
  }
}
