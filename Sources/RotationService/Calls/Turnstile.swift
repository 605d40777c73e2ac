import Locking

/// Lets one in at a time; who comes meanwhile waits, in order, and not for longer than he says.
final class Turnstile: Sendable {
  private struct State: Sendable {
    var isTaken = false
    var next = 0
    var waiting: [(number: Int, continuation: CheckedContinuation<Bool, Never>)] = []
  }

  private let state = Locked(State())

  /// - Returns: whether it was one's turn in time. Who was let in has to ``leave()``.
  func enter(patience: Duration) async -> Bool {
    await withCheckedContinuation { continuation in
      let number: Int? = state.withLock { state in
        guard state.isTaken else {
          state.isTaken = true
          return nil
        }
        state.next += 1
        state.waiting.append((state.next, continuation))
        return state.next
      }
      guard let number else { return continuation.resume(returning: true) }
      Task {
        try? await Task.sleep(for: patience)
        giveUp(number)
      }
    }
  }

  func leave() {
    let next = state.withLock { state in
      guard !state.waiting.isEmpty else {
        state.isTaken = false
        return nil as CheckedContinuation<Bool, Never>?
      }
      return state.waiting.removeFirst().continuation
    }
    next?.resume(returning: true)
  }

  private func giveUp(_ number: Int) {
    let late = state.withLock { state in
      state.waiting.firstIndex { $0.number == number }.map { state.waiting.remove(at: $0) }
    }
    late?.continuation.resume(returning: false)
  }
}
