import Locking

/// A thread that explains some of a capture's connections. It ends with this object.
final class DumpWorker: Sendable {
  private let batches = HandOver<DumpBatch.Share>()
  private let texts = HandOver<BatchText>()
  private let last = Locked(OutputLines())

  /// - Parameters:
  ///   - index: its number among the threads.
  ///   - context: what it explains with, by itself: counting references to what another thread has too
  ///     would take longer than explaining.
  /// - Throws: ``ThreadError`` if the system has no thread to give.
  init(
    _ index: Int, _ output: AnyOutput, context: @escaping @Sendable () -> DumpContext
  ) throws(ThreadError) {
    // Not this object, which the thread would keep.
    try startThread(named: "wiredump-\(index)") { [batches, texts, last] in
      var worker = WorkerDump(output, context)
      while let batch = batches.take() {
        let text = worker.explain(batch)
        last.withLock { $0 = worker.lines }
        texts.put(text)
      }
    }
  }

  deinit { batches.close() }

  func put(_ batch: DumpBatch.Share) { batches.put(batch) }

  /// What was written about the next batch, once it is explained.
  func take() -> BatchText { texts.take() ?? BatchText() }

  /// What was counted up to the batch that was taken last.
  var lines: OutputLines { last.withLock { $0 } }
}

/// What one thread explains.
private struct WorkerDump {
  private let output: AnyOutput
  private let context: () -> DumpContext
  /// Made for the first event, which few captures have for all threads.
  private var dump: Dump<AnyOutput>?

  init(_ output: AnyOutput, _ context: @escaping () -> DumpContext) {
    self.output = output
    self.context = context
  }

  var lines: OutputLines { dump?.output.lines ?? OutputLines() }

  mutating func explain(_ batch: DumpBatch.Share) -> BatchText {
    guard !batch.isEmpty else { return BatchText() }
    var dump = self.dump.take() ?? Dump(context(), output)
    var text = BatchText()
    for (number, event) in batch {
      Self.explain(event, &dump)
      let end = dump.output.lines.bytes.count
      if end > text.pieces.last?.end ?? 0 { text.pieces.append((number, end)) }
    }
    text.bytes = dump.output.lines.takeBytes()
    dump.output.lines.reserve(text.bytes.count)
    self.dump = dump
    return text
  }

  private static func explain(_ event: DumpEvent, _ dump: inout Dump<AnyOutput>) {
    switch event {
    case .bytes(let captured): dump.receive(captured)
    case .endOfConnection(let connection): dump.endOfConnection(connection)
    case .note(let text, let offset): dump.note(text, offset: offset)
    case .finish: dump.finish()
    }
  }
}
