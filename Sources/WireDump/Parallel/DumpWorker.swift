import Locking

/// A thread that explains some of a capture's connections. It ends with this object.
final class DumpWorker: Sendable {
  private let batches = HandOver<DumpBatch.Share>()
  /// More than a few wait until these are written.
  private let texts = HandOver<BatchText>(most: 2)
  private let counted = Locked(OutputLines())

  /// - Parameters:
  ///   - index: its number among the threads.
  ///   - context: what it explains with, by itself: counting references to what another thread has too
  ///     would take longer than explaining.
  /// - Throws: ``ThreadError`` if the system has no thread to give.
  init(
    _ index: Int, _ output: AnyOutput, context: @escaping @Sendable () -> DumpContext
  ) throws(ThreadError) {
    // Not this object, which the thread would keep.
    try startThread(named: "wiredump-\(index)") { [batches, texts, counted] in
      var worker = WorkerDump(output, context)
      while let batch = batches.take() {
        worker.explain(batch, texts.put)
        counted.withLock { $0 = worker.counts }
        texts.put(worker.takeRest())
      }
    }
  }

  deinit {
    batches.close()
    texts.close()
  }

  func put(_ batch: DumpBatch.Share) { batches.put(batch) }

  /// The next part of what was written about batches, once it is there.
  func take() -> BatchText { texts.take() ?? BatchText() }

  /// What was counted up to the batch that was taken last.
  var counts: OutputLines { counted.withLock { $0 } }
}

/// What one thread explains.
private struct WorkerDump {
  /// How much text is handed over at once, but for what is about one event.
  private static let size = 1 << 20

  private let output: AnyOutput
  private let context: () -> DumpContext
  /// Made for the first event, which few captures have for all threads.
  private var dump: Dump<AnyOutput>?
  private var pieces: [BatchText.Piece] = []

  init(_ output: AnyOutput, _ context: @escaping () -> DumpContext) {
    self.output = output
    self.context = context
  }

  /// What was counted, without the text: that would be kept until the next batch.
  var counts: OutputLines {
    var counts = OutputLines()
    if let dump { counts.addCounts(of: dump.output.lines) }
    return counts
  }

  /// Explains a batch; text that is much is handed over before the batch ends.
  mutating func explain(_ batch: DumpBatch.Share, _ handOver: (BatchText) -> Void) {
    guard !batch.isEmpty else { return }
    var dump = self.dump.take() ?? Dump(context(), output)
    for (number, event) in batch {
      Self.explain(event, &dump)
      let end = dump.output.lines.count
      guard end > pieces.last?.end ?? 0 else { continue }
      pieces.append((number, end))
      if end >= Self.size { handOver(take(&dump, isLast: false)) }
    }
    self.dump = dump
  }

  /// What is left of a batch's text.
  mutating func takeRest() -> BatchText {
    guard var dump = dump.take() else { return BatchText() }
    defer { self.dump = dump }
    return take(&dump, isLast: true)
  }

  private mutating func take(_ dump: inout Dump<AnyOutput>, isLast: Bool) -> BatchText {
    let text = BatchText(
      bytes: dump.output.lines.takeBytes(), pieces: pieces, isLast: isLast)
    dump.output.lines.reserve(min(text.bytes.count, Self.size))
    pieces = []
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
