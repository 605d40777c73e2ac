package import Locking

/// An output that is written by a thread of its own, while what follows is explained.
package struct QueuedOutput: DumpOutput {
  /// What was written and counted, once it is finished; until then the other thread has it.
  package var lines = OutputLines()

  private let writer: OutputWriter
  private var batch = OutputBatch()

  /// - Parameter output: what it is written to; its lines are to be handed on.
  /// - Throws: ``ThreadError`` if the system has no thread to give.
  package init(_ output: any DumpOutput) throws(ThreadError) {
    writer = try OutputWriter(output)
  }

  package var readsBytes: Bool { writer.readsBytes }

  package mutating func write(_ unit: Unit, _ bytes: Span<UInt8>) {
    batch.append(unit, readsBytes ? bytes : bytes.extracting(0..<0))
    if batch.isFull { put() }
  }

  package mutating func write(_ call: CallRecord) { append(.call(call)) }
  package mutating func write(_ table: TableRecord) { append(.table(table)) }
  package mutating func note(_ text: String, offset: UInt64) {
    append(.note(text, offset: offset))
  }

  package mutating func handOn() {
    batch.append(.handOn)
    put()
  }

  /// Returns when everything is written.
  package mutating func finish() {
    batch.append(.finish)
    close()
  }

  /// Writes what there is, although it is not all; nothing may follow.
  package mutating func close() {
    batch.append(.handOn)
    put()
    lines = writer.finish()
  }

  private mutating func append(_ event: OutputEvent) {
    batch.append(event)
    if batch.isFull { put() }
  }

  private mutating func put() {
    writer.queue.put(batch)
    batch = OutputBatch()
  }
}

/// The thread that writes, which ends with this object.
private final class OutputWriter: Sendable {
  let queue = OutputQueue()
  let readsBytes: Bool
  private let lines = Locked(OutputLines())
  private let end = ThreadSemaphore(count: 0)

  init(_ output: any DumpOutput) throws(ThreadError) {
    readsBytes = output.readsBytes
    // Not this object, which the thread would keep.
    try startThread(named: "wiredump-out") { [queue, lines, end] in
      var output = output
      while let batch = queue.take() { batch.replay(to: &output) }
      lines.withLock { $0 = output.lines }
      end.signal()
    }
  }

  deinit { queue.close() }

  func finish() -> OutputLines {
    queue.close()
    end.wait()
    return lines.withLock { $0 }
  }
}
