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
      var worker = WorkerDump(output, context, texts.put)
      while let batch = batches.take() {
        worker.explain(batch)
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

  /// What was counted so far: all of it once all text was taken.
  var counts: OutputLines { counted.withLock { $0 } }
}

/// What one thread explains.
private struct WorkerDump {
  private let output: AnyOutput
  private let context: () -> DumpContext
  private let written = WrittenPieces()
  /// Made for the first event, which few captures have for all threads.
  private var dump: Dump<AnyOutput>?

  /// - Parameter handOver: takes text that is much, before its batch ends.
  init(
    _ output: AnyOutput, _ context: @escaping () -> DumpContext,
    _ handOver: @escaping @Sendable (BatchText) -> Void
  ) {
    var output = output
    output.lines.spillSize = WrittenPieces.size
    output.lines.spill = { [written] text in
      handOver(written.take(&text, isLast: false))
    }
    self.output = output
    self.context = context
  }

  /// What was counted, without the text: that would be kept until the next batch.
  var counts: OutputLines {
    var counts = OutputLines()
    if let dump { counts.addCounts(of: dump.output.lines) }
    return counts
  }

  /// Explains a batch.
  mutating func explain(_ batch: DumpBatch.Share) {
    guard !batch.isEmpty else { return }
    var dump = self.dump.take() ?? Dump(context(), output)
    for (number, event) in batch {
      written.begin(number)
      Self.explain(event, &dump)
      written.end(at: dump.output.lines.count)
    }
    self.dump = dump
  }

  /// What is left of a batch's text.
  mutating func takeRest() -> BatchText {
    guard var dump = dump.take() else { return BatchText() }
    defer { self.dump = dump }
    return dump.output.lines.take { text in written.take(&text, isLast: true) }
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

/// To which events the text belongs that a thread has written and not handed over.
private final class WrittenPieces: Sendable {
  /// How much text is handed over at once; it may end within an event.
  static let size = 1 << 20

  private let state = Locked<(pieces: [BatchText.Piece], event: Int)>(([], 0))

  func begin(_ event: Int) { state.withLock { $0.event = event } }

  /// - Parameter count: how much text there is.
  func end(at count: Int) {
    state.withLock { Self.add(&$0.pieces, $0.event, end: count) }
  }

  /// Takes the text, with that of an event that has not ended.
  func take(_ text: inout TextBuffer, isLast: Bool) -> BatchText {
    let bytes = text.take()
    // As much comes again, most likely.
    text.reserve(min(bytes.count, Self.size))
    let pieces = state.withLock { state in
      Self.add(&state.pieces, state.event, end: bytes.count)
      defer { state.pieces = [] }
      return state.pieces
    }
    return BatchText(bytes: bytes, pieces: pieces, isLast: isLast)
  }

  private static func add(_ pieces: inout [BatchText.Piece], _ event: Int, end: Int) {
    if end > pieces.last?.end ?? 0 { pieces.append((event, end)) }
  }
}
