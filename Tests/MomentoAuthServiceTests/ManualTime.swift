import Locking

/// A clock that stands still until it is moved.
final class ManualTime: Sendable {
  private let now = Locked<UInt64>(1_800_000_000)

  /// Since 1970.
  var seconds: UInt64 { now.withLock { $0 } }

  func advance(by seconds: UInt64) { now.withLock { $0 += seconds } }
}
