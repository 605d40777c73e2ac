import Locking

/// Ends the wait of one loop early, or the next one where none is under way.
final class Wakeup: Sendable {
  private struct State: Sendable {
    var isRequested = false
    var sleeper: Task<Void, Never>?
  }

  private let state = Locked(State())

  /// Ends the wait.
  func request() {
    state.withLock { state in
      state.isRequested = true
      state.sleeper?.cancel()
    }
  }

  /// Forgets what was asked for up to now: it is about to be done.
  func clear() { state.withLock { $0.isRequested = false } }

  /// Waits for a task that does nothing but wait, and cancels it when it is asked to.
  func wait(for sleeper: Task<Void, Never>) async {
    state.withLock { state in
      if state.isRequested { sleeper.cancel() } else { state.sleeper = sleeper }
    }
    await sleeper.value
    state.withLock { $0.sleeper = nil }
  }
}
