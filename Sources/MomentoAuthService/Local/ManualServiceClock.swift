public import FoundationEssentials
import Locking

/// A clock that stands still until it is moved, for tests of what happens when keys and items expire.
public final class ManualServiceClock: Sendable {
  private let time: Locked<UInt64>

  /// A clock that shows this machine's time when it is made.
  public convenience init() { self.init(milliseconds: systemMilliseconds()) }

  /// A clock that shows a time.
  ///
  /// - Parameter milliseconds: since 1970.
  public init(milliseconds: UInt64) { time = Locked(milliseconds) }

  /// The time that it shows, in milliseconds since 1970.
  public var milliseconds: UInt64 { time.withLock { $0 } }

  /// The time that it shows, in seconds since 1970.
  public var seconds: UInt64 { milliseconds / 1_000 }

  /// Moves it. A negative duration moves nothing, for no service's clock should go back.
  public func advance(by duration: Duration) {
    let (seconds, attoseconds) = duration.components
    guard seconds >= 0, attoseconds >= 0 else { return }
    let whole = UInt64(seconds).multipliedOrMost(by: 1_000)
    let part = UInt64(attoseconds / 1_000_000_000_000_000)
    time.withLock { time in
      for step in [whole, part] {
        let (sum, overflow) = time.addingReportingOverflow(step)
        time = overflow ? .max : sum
      }
    }
  }
}

extension ManualServiceClock {
  /// The time that it shows.
  public var date: Date { Date(timeIntervalSince1970: Double(milliseconds) / 1_000) }
}
