import Locking

/// Follows a store's hints, and knows when they have ended.
final class HintWatch: Sendable {
  private let clock: any RotationClock
  private let pause: Duration
  private let wake: @Sendable () -> Void
  private let held = Locked<Task<Void, Never>?>(nil)

  init(clock: any RotationClock, pause: Duration, wake: @escaping @Sendable () -> Void) {
    self.clock = clock
    self.pause = pause
    self.wake = wake
  }

  var hasEnded: Bool { held.withLock { $0 == nil } }

  /// Wakes at each hint, and a little after the last: a directory that was replaced is watched anew.
  func follow(_ hints: AsyncStream<Void>?) {
    guard let hints else { return }
    // Kept before it can have ended.
    held.withLock { held in
      held = Task { [self] in
        for await _ in hints { wake() }
        if Task.isCancelled { return }
        await clock.sleep(for: pause)
        end()
        wake()
      }
    }
  }

  private func end() { held.withLock { $0 = nil } }

  func stop() { held.withLock { $0 }?.cancel() }
}
