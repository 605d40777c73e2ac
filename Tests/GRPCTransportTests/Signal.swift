import GRPCTransport
import Locking

/// Something that happens once, and that tasks can wait for.
final class Signal: Sendable {
  private struct State {
    var raised = false
    var waiters: [CheckedContinuation<Void, Never>] = []
  }

  private let state = Locked(State())

  var isRaised: Bool { state.withLock { $0.raised } }

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
