import Locking

/// A request to stop, which a rotator obeys between two rotations and never within one.
public final class StopSignal: Sendable {
  private struct State: Sendable {
    var isRequested = false
    var next = 0
    var listeners: [Int: @Sendable () -> Void] = [:]
  }

  private let state = Locked(State())

  /// Makes a signal that has not been given yet.
  public init() {}

  /// Whether it has been given.
  public var isRequested: Bool { state.withLock(\.isRequested) }

  /// Gives the signal.
  public func request() {
    let listeners = state.withLock { state in
      state.isRequested = true
      defer { state.listeners = [:] }
      return state.listeners.values
    }
    for listener in listeners { listener() }
  }

  /// Calls once when the signal is given; at once if it has been.
  func onRequest(_ listener: @escaping @Sendable () -> Void) -> Int? {
    let number: Int? = state.withLock { state in
      guard !state.isRequested else { return nil }
      state.next += 1
      state.listeners[state.next] = listener
      return state.next
    }
    if number == nil { listener() }
    return number
  }

  func forget(_ number: Int?) {
    guard let number else { return }
    state.withLock { $0.listeners[number] = nil }
  }
}
