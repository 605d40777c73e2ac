import Locking

/// A thread that explains some of a capture's connections. It ends with this object.
final class DumpWorker: Sendable {
  private let batches = HandOver<DumpBatch>()
  private let texts = HandOver<BatchText>()
  private let last = Locked(OutputLines())

  /// - Parameters:
  ///   - index: of so many workers; it has the connections whose numbers leave this remainder, and the
  ///     first has what is about none.
  ///   - context: what it explains with, by itself: counting references to what another thread has too
  ///     would take longer than explaining.
  /// - Throws: ``ThreadError`` if the system has no thread to give.
  init(
    _ index: Int, of count: Int, _ output: AnyOutput,
    context: @escaping @Sendable () -> DumpContext
  ) throws(ThreadError) {
    // Not this object, which the thread would keep.
    try startThread(named: "wiredump-\(index)") { [batches, texts, last] in
      var share = WorkerShare(index: index, count: count, output: output, context: context)
      while let batch = batches.take() {
        let text = share.explain(batch)
        last.withLock { $0 = share.lines }
        texts.put(text)
      }
    }
  }

  deinit { batches.close() }

  func put(_ batch: DumpBatch) { batches.put(batch) }

  /// What was written about the next batch, once it is explained.
  func take() -> BatchText { texts.take() ?? BatchText() }

  /// What was counted up to the batch that was taken last.
  var lines: OutputLines { last.withLock { $0 } }
}

/// What one thread explains.
private struct WorkerShare {
  let index: Int
  let count: Int
  let output: AnyOutput
  let context: () -> DumpContext
  /// Made for the first event, which few captures have for all threads.
  private var dump: Dump<AnyOutput>?

  init(index: Int, count: Int, output: AnyOutput, context: @escaping () -> DumpContext) {
    (self.index, self.count) = (index, count)
    (self.output, self.context) = (output, context)
  }

  var lines: OutputLines { dump?.output.lines ?? OutputLines() }

  mutating func explain(_ batch: DumpBatch) -> BatchText {
    guard batch.events.contains(where: isOurs) else { return BatchText() }
    var dump = self.dump.take() ?? Dump(context(), output)
    var text = BatchText()
    for (number, event) in batch.events.enumerated() where isOurs(event) {
      Self.explain(event, &dump)
      let end = dump.output.lines.bytes.count
      if end > text.pieces.last?.end ?? 0 { text.pieces.append((number, end)) }
    }
    text.bytes = dump.output.lines.takeBytes()
    dump.output.lines.reserve(text.bytes.count)
    self.dump = dump
    return text
  }

  private func isOurs(_ event: DumpEvent) -> Bool { (event.connection ?? 0) % count == index }

  private static func explain(_ event: DumpEvent, _ dump: inout Dump<AnyOutput>) {
    switch event {
    case .bytes(let captured): dump.receive(captured)
    case .endOfConnection(let connection): dump.endOfConnection(connection)
    case .note(let text, let offset): dump.note(text, offset: offset)
    case .finish: dump.finish()
    }
  }
}
