import Glibc
package import Locking
package import WireCaptureModel

/// Explains a capture on several threads: its connections side by side, if the output treats each by
/// itself. What is written is the same as by one thread.
package struct ParallelDump: CaptureSink {
  /// How many batches are under way while the next one is gathered.
  private static var mostUnderWay: Int { 3 }
  /// How many threads explain at most: each may keep as much as ``KeptBytes`` says.
  package static var mostWorkers: Int { max(1, min(4, sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }

  private let write: (Span<UInt8>) -> Void
  private let workers: [DumpWorker]
  private var batch: DumpBatch
  private var underWay = 0
  private var open: Set<Int> = []

  /// - Parameters:
  ///   - workers: how many threads explain, if the capture has so many connections.
  ///   - context: makes what the thread of a number explains with; on that thread.
  ///   - write: takes runs of whole lines, on the thread that gives this the capture.
  /// - Throws: ``ThreadError`` if the system has no thread to give.
  package init(
    _ output: AnyOutput, workers: Int = mostWorkers, write: @escaping (Span<UInt8>) -> Void,
    context: @escaping @Sendable (_ worker: Int) -> DumpContext
  ) throws(ThreadError) {
    self.write = write
    let count = output.isSeparable ? max(1, workers) : 1
    var started: [DumpWorker] = []
    for index in 0..<count {
      started.append(try DumpWorker(index, output) { context(index) })
    }
    self.workers = started
    batch = DumpBatch(shares: count)
  }

  package mutating func receive(_ captured: CapturedBytes) {
    open.insert(captured.connection)
    append(.bytes(captured))
  }

  package mutating func endOfConnection(_ connection: Int) {
    open.remove(connection)
    append(.endOfConnection(connection))
  }

  package mutating func note(_ text: String, offset: UInt64) {
    append(.note(text, offset: offset))
  }

  /// Returns when everything that came is explained and written.
  package mutating func handOn() {
    send()
    while underWay > 0 { takeText() }
  }

  /// Nothing follows; returns when everything is written.
  package mutating func finish() {
    for connection in open.sorted() { endOfConnection(connection) }
    append(.finish)
    handOn()
  }

  /// What was counted, once everything is written.
  package var lines: OutputLines {
    workers.reduce(into: OutputLines()) { $0.addCounts(of: $1.counts) }
  }

  private mutating func append(_ event: DumpEvent) {
    batch.append(event)
    if batch.isFull { send() }
  }

  private mutating func send() {
    for (worker, share) in zip(workers, batch.shares) { worker.put(share) }
    batch = DumpBatch(shares: workers.count)
    underWay += 1
    if underWay > Self.mostUnderWay { takeText() }
  }

  private mutating func takeText() {
    underWay -= 1
    var merge = BatchMerge(workers.map { worker in { worker.take() } }, to: write)
    merge.write()
  }
}
