import GRPCTransport
import Locking
import Synchronization

/// A load of calls: each task makes the next call when its last one is over.
///
/// The tasks share nothing but what is here, and none of it is locked while calls run.
final class ClosedLoop: Sendable {
  /// What came of a load.
  struct Result: Sendable {
    var latencies: LatencyHistogram
    var errors: UInt64
    var firstError: String?
    var usage: ResourceUsage
  }

  private let meter: ResourceMeter
  private let start: ResourceUsage
  /// When it ends, where a time was given.
  private let deadline: UInt64
  /// How many calls may still begin.
  private let tickets: Atomic<Int64>
  private let isOver = Atomic<Bool>(false)
  private let latencies = LatencyRecorder()
  private let errors = Atomic<UInt64>(0)
  private let firstError = Locked<String?>(nil)
  private let end = Locked<ResourceUsage?>(nil)

  private init(_ extent: LoadOptions.Extent, _ meter: ResourceMeter) {
    self.meter = meter
    start = meter.reading
    switch extent {
    case .seconds(let seconds):
      deadline = start.nanoseconds &+ UInt64(seconds * 1e9)
      tickets = Atomic(.max)
    case .calls(let calls):
      deadline = .max
      tickets = Atomic(Int64(clamping: calls))
    }
  }

  /// Runs a load to its end.
  static func run(
    _ caller: some RefreshCaller, _ loops: EventLoopGroup, _ options: LoadOptions,
    _ extent: LoadOptions.Extent, _ meter: ResourceMeter
  ) async throws -> Result {
    let loops = try (0..<options.loops).map { _ in try loops.next() }
    let load = ClosedLoop(extent, meter)
    await withTaskGroup { group in
      for index in 0..<options.inFlight {
        if options.runsOnLoop {
          let loop = loops[index % loops.count]
          group.addTask(executorPreference: loop) { await load.callRepeatedly(caller) }
        } else {
          // Not with a preference of nil: that costs each of the task's switches a search.
          group.addTask { await load.callRepeatedly(caller) }
        }
      }
    }
    load.finish()
    return load.result
  }

  private func callRepeatedly(_ caller: some RefreshCaller) async {
    while takeTicket() {
      let began = BenchClock.now
      var failure: (any Error)?
      do {
        try await caller.call()
      } catch {
        failure = error
      }
      let ended = BenchClock.now
      // What ends later than the load does not count: its cost does not, either.
      guard ended < deadline else { return finish() }
      latencies.record(ended &- began)
      if let failure { note(failure) }
    }
  }

  private func takeTicket() -> Bool {
    guard !isOver.load(ordering: .relaxed) else { return false }
    return deadline != .max || tickets.subtract(1, ordering: .relaxed).newValue >= 0
  }

  private func note(_ failure: any Error) {
    errors.add(1, ordering: .relaxed)
    firstError.withLock { $0 = $0 ?? "\(failure)" }
  }

  /// Reads the meter at the end of the load; whoever comes later finds that done.
  private func finish() {
    isOver.store(true, ordering: .relaxed)
    end.withLock { $0 = $0 ?? meter.reading }
  }

  private var result: Result {
    let usage = end.withLock { $0 ?? meter.reading }
    return Result(
      latencies: latencies.histogram, errors: errors.load(ordering: .relaxed),
      firstError: firstError.withLock { $0 }, usage: usage.since(start))
  }
}
