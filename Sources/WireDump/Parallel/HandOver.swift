import Locking

/// Values on their way from one thread to another, in order.
final class HandOver<Value: Sendable>: Sendable {
  private let state = Locked<(values: [Value], isClosed: Bool)>(([], false))
  private let count = ThreadSemaphore(count: 0)
  private let room: ThreadSemaphore?

  /// - Parameter most: how many values wait; who has more waits, too. As many as there are if nil.
  init(most: Int? = nil) { room = most.map { ThreadSemaphore(count: $0) } }

  /// Hands a value over; not if nobody takes any more.
  func put(_ value: Value) {
    room?.wait()
    let isClosed = state.withLock { state in
      if !state.isClosed { state.values.append(value) }
      return state.isClosed
    }
    if isClosed { room?.signal() } else { count.signal() }
  }

  /// Nothing follows, and nobody waits any longer.
  func close() {
    state.withLock { $0.isClosed = true }
    count.signal()
    room?.signal()
  }

  /// The next value, once there is one; nil if none follows.
  func take() -> Value? {
    count.wait()
    let value = state.withLock { $0.values.isEmpty ? nil : $0.values.removeFirst() }
    if value != nil { room?.signal() }
    return value
  }
}
