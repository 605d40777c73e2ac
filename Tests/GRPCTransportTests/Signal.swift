import Synchronization

/// Something that happens once, and that tasks can wait for.
final class Signal: Sendable {
  private let state = Mutex<(raised: Bool, waiters: [CheckedContinuation<Void, Never>])>(
    (false, []))

  func raise() {
    let waiters = state.withLock { state in
      state.raised = true
      defer { state.waiters = [] }
      return state.waiters
    }
    for waiter in waiters { waiter.resume() }
  }

  func wait() async {
    await withCheckedContinuation { continuation in
      let raised = state.withLock { state in
        if !state.raised { state.waiters.append(continuation) }
        return state.raised
      }
      if raised { continuation.resume() }
    }
  }
}
