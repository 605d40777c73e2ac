import GRPCCall
import Synchronization

/// What a lane counts, to be read at any time by anybody.
///
/// Each number but `waiting` and `state` is written by the lane's loop alone, so that counting is a
/// load and a store: no lock, and nothing that other cores have to agree on.
final class LaneCounters: Sendable {
  /// Where a lane stands with its connection.
  enum State: UInt8, AtomicRepresentable {
    case idle, connecting, ready, failing
  }

  private let state = Atomic(State.idle)
  private let waiting = Atomic<Int>(0)
  private let open = Atomic<UInt64>(0)
  private let backingOff = Atomic<UInt64>(0)
  private let retries = Atomic<UInt64>(0)
  private let connectionsOpened = Atomic<UInt64>(0)
  private let connectionsFailed = Atomic<UInt64>(0)
  private let statuses: InlineArray<17, Atomic<UInt64>> = InlineArray { _ in Atomic(0) }
  private let latencies = LatencyCounters()
  let transfer = TransferCounters()

  // MARK: Callers and the loop

  var connectionState: State { state.load(ordering: .relaxed) }
  var waitingCount: Int { waiting.load(ordering: .relaxed) }

  /// A call begins to wait for a stream.
  ///
  /// - Returns: whether it may: not when `limit` others do so already.
  func enterQueue(limit: Int = .max) -> Bool {
    guard waiting.add(1, ordering: .relaxed).oldValue >= limit else { return true }
    waiting.subtract(1, ordering: .relaxed)
    return false
  }

  func leaveQueue() { waiting.subtract(1, ordering: .relaxed) }

  /// Takes over the task of waking an idle lane.
  ///
  /// - Returns: whether the caller is the one to do it.
  func claimConnecting() -> Bool {
    state.compareExchange(expected: .idle, desired: .connecting, ordering: .relaxed).exchanged
  }

  // MARK: The loop alone

  func changed(to newState: State) { state.store(newState, ordering: .relaxed) }

  func streamOpened() { open.bump(by: 1) }
  func streamReleased() { open.bump(by: 0 &- 1) }
  func backOffBegan() { backingOff.bump(by: 1) }
  func backOffEnded() { backingOff.bump(by: 0 &- 1) }
  func retried() { retries.bump(by: 1) }
  func connectionOpened() { connectionsOpened.bump(by: 1) }
  func connectionFailed() { connectionsFailed.bump(by: 1) }

  func finished(_ code: StatusCode, start: MonotonicTime, now: MonotonicTime) {
    statuses[code.rawValue].bump(by: 1)
    latencies.record(now > start ? now.nanoseconds &- start.nanoseconds : 0)
  }

  // MARK: Readers

  func add(to metrics: inout ChannelMetrics) {
    metrics.callsWaiting += max(0, waitingCount)
    metrics.callsOnStreams += Int(clamping: open.load(ordering: .relaxed))
    metrics.callsBackingOff += Int(clamping: backingOff.load(ordering: .relaxed))
    metrics.retries += retries.load(ordering: .relaxed)
    metrics.connectionsOpened += connectionsOpened.load(ordering: .relaxed)
    metrics.connectionsFailed += connectionsFailed.load(ordering: .relaxed)
    metrics.connectionsReady += connectionState == .ready ? 1 : 0
    for code in StatusCode.allCases {
      let count = statuses[code.rawValue].load(ordering: .relaxed)
      if count > 0 { metrics.callsFinished[code, default: 0] += count }
    }
    metrics.bytesSent += transfer.sent
    metrics.bytesReceived += transfer.received
    latencies.add(to: &metrics.latency)
  }
}

/// The bytes of HTTP/2 that went through connections, before TLS.
final class TransferCounters: Sendable {
  private let sentBytes = Atomic<UInt64>(0)
  private let receivedBytes = Atomic<UInt64>(0)

  var sent: UInt64 { sentBytes.load(ordering: .relaxed) }
  var received: UInt64 { receivedBytes.load(ordering: .relaxed) }

  func send(_ count: Int) { sentBytes.bump(by: UInt64(count)) }
  func receive(_ count: Int) { receivedBytes.bump(by: UInt64(count)) }
}

/// A histogram that one thread writes while others may read it.
private final class LatencyCounters: Sendable {
  private typealias Buckets = InlineArray<1_984, Atomic<UInt64>>

  private let buckets = Buckets { _ in Atomic(0) }
  private let maximum = Atomic<UInt64>(0)

  func record(_ nanoseconds: UInt64) {
    buckets[min(LatencyHistogram.Scale.bucket(of: nanoseconds), buckets.count - 1)].bump(by: 1)
    if nanoseconds > maximum.load(ordering: .relaxed) {
      maximum.store(nanoseconds, ordering: .relaxed)
    }
  }

  func add(to histogram: inout LatencyHistogram) {
    let maximum = maximum.load(ordering: .relaxed)
    for bucket in buckets.indices {
      let times = buckets[bucket].load(ordering: .relaxed)
      if times > 0 { histogram.add(times, inBucket: bucket, maximum: maximum) }
    }
  }
}

extension Atomic where Value == UInt64 {
  /// Adds to a number that only the calling thread writes.
  fileprivate func bump(by difference: UInt64) {
    store(load(ordering: .relaxed) &+ difference, ordering: .relaxed)
  }
}
