import Locking

/// Holds a writer back while too much of what it wrote has not been sent.
final class SendGate: Sendable {
  private struct State {
    var unsentBytes = 0
    var isClosed = false
    var waiters: [Waiter] = []
  }

  /// How many bytes may be on their way before a writer has to wait.
  static let highWater = 262_144

  private let state = Locked(State())

  /// Notes bytes on their way to the loop.
  func add(_ count: Int) { state.withLock { $0.unsentBytes += count } }

  /// Waits while too much is unsent.
  ///
  /// - Returns: false once the stream is over: nothing that is written goes anywhere.
  func waitUntilOpen() async -> Bool {
    await Waiter.wait { waiter in
      let isReady = state.withLock { state in
        if state.isClosed || state.unsentBytes <= Self.highWater { return true }
        state.waiters.append(waiter)
        return false
      }
      if isReady { waiter.resume() }
    }
    return state.withLock { !$0.isClosed }
  }

  /// All that was written has been framed.
  func drained() { wake { $0.unsentBytes = 0 } }

  /// The stream is over.
  func close() { wake { $0.isClosed = true } }

  private func wake(_ change: (inout State) -> Void) {
    let waiters = state.withLock { state in
      change(&state)
      defer { state.waiters.removeAll() }
      return state.waiters
    }
    for waiter in waiters { waiter.resume() }
  }
}
