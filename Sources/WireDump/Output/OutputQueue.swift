import Locking

/// Batches on their way from the thread that explains to the one that writes. It is bounded: the first
/// waits for the second.
final class OutputQueue: Sendable {
  private static let mostBatches = 4

  private let batches = Locked<[OutputBatch]>([])
  private let room = ThreadSemaphore(count: mostBatches)
  private let filled = ThreadSemaphore(count: 0)

  /// Hands a batch over, once there is room for it.
  func put(_ batch: OutputBatch) {
    room.wait()
    batches.withLock { $0.append(batch) }
    filled.signal()
  }

  /// Nothing follows.
  func close() { filled.signal() }

  /// The next batch, once there is one; nil if none follows.
  func take() -> OutputBatch? {
    filled.wait()
    let batch = batches.withLock { $0.isEmpty ? nil : $0.removeFirst() }
    if batch != nil { room.signal() }
    return batch
  }
}
