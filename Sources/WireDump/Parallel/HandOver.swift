import Locking

/// Values on their way from one thread to another, in order.
final class HandOver<Value: Sendable>: Sendable {
  private let values = Locked<[Value]>([])
  private let count = ThreadSemaphore(count: 0)

  func put(_ value: Value) {
    values.withLock { $0.append(value) }
    count.signal()
  }

  /// Nothing follows.
  func close() { count.signal() }

  /// The next value, once there is one; nil if none follows.
  func take() -> Value? {
    count.wait()
    return values.withLock { $0.isEmpty ? nil : $0.removeFirst() }
  }
}
