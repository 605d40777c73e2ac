import GRPCCall
import GRPCTransport
import Locking
import MomentoCacheMessages

/// The data plane behind the service's methods: it asks the rules, one call at a time, and wakes the
/// subscribers that have something to read.
final class DataPlane: Sendable {
  private let configuration: AuthServiceConfiguration
  private let rules: Locked<DataRules>
  /// Where the caches are kept; nil for in memory only.
  let files: StateFiles?
  private let signals = Locked<[Int: AsyncStream<Bool>.Continuation]>([:])

  init(_ configuration: AuthServiceConfiguration, mint: TokenMint, files: StateFiles? = nil) {
    self.configuration = configuration
    self.files = files
    rules = Locked(
      DataRules(configuration, mint: mint, at: configuration.nowInMilliseconds()))
  }

  /// Asks the rules, and turns a refusal into the status of the call.
  func decide<Answer: Sendable>(
    _ question: (inout DataRules, UInt64) throws(AuthRefusal) -> sending Answer
  ) throws(RPCStatusError) -> Answer {
    let now = configuration.nowInMilliseconds()
    do {
      return try rules.withLock { (rules) throws(AuthRefusal) in try question(&rules, now) }
    } catch {
      throw error.status
    }
  }

  /// All caches and their items.
  func snapshot() -> DataSnapshot {
    let now = configuration.nowInMilliseconds()
    return rules.withLock { $0.snapshot(at: now) }
  }

  func restore(_ snapshot: DataSnapshot) throws(EmbeddedAuthServiceError) {
    let now = configuration.nowInMilliseconds()
    do {
      try rules.withLock { (rules) throws(AuthRefusal) in try rules.restore(snapshot, at: now) }
    } catch {
      throw EmbeddedAuthServiceError("the caches cannot be restored: \(error.message)")
    }
  }

  // MARK: Subscribers

  /// Has subscribers look for what there is to read.
  func wake(_ subscribers: Set<Int>) {
    guard !subscribers.isEmpty else { return }
    let woken = signals.withLock { signals in subscribers.compactMap { signals[$0] } }
    for signal in woken { signal.yield(false) }
  }

  /// Ends all subscriptions, so that the server can stop.
  func stop() {
    rules.withLock { $0.stop() }
    for signal in signals.withLock({ Array($0.values) }) { signal.yield(false) }
  }

  /// Serves a subscription until it ends: what it asks for has been allowed already.
  func serve(
    _ subscriber: Int, _ writer: ResponseWriter<SubscriptionItem>
  ) async throws {
    // One signal waiting is as good as many: who is woken reads all there is. It says whether it is
    // time for a heartbeat.
    let (signal, continuation) = AsyncStream.makeStream(
      of: Bool.self, bufferingPolicy: .bufferingNewest(1))
    signals.withLock { $0[subscriber] = continuation }
    let heartbeat = max(configuration.heartbeatInterval, .milliseconds(1))
    let clock = Task {
      while !Task.isCancelled {
        try await Task.sleep(for: heartbeat)
        continuation.yield(true)
      }
    }
    defer {
      clock.cancel()
      signals.withLock { $0[subscriber] = nil }
      rules.withLock { $0.unsubscribe(subscriber) }
    }
    // The first item is always a heartbeat: by it, clients see that they have subscribed.
    try await writer.send(Self.heartbeat)
    try await sendAll(to: subscriber, writer)
    for await isTime in signal {
      let count = try await sendAll(to: subscriber, writer)
      if isTime, count == 0 { try await writer.send(Self.heartbeat) }
    }
    throw CancellationError()
  }

  private static let heartbeat = SubscriptionItem(kind: .heartbeat(Heartbeat()))

  /// Sends what there is to read, as fast as the client takes it.
  ///
  /// - Returns: how many items that were.
  @discardableResult
  private func sendAll(
    to subscriber: Int, _ writer: ResponseWriter<SubscriptionItem>
  ) async throws -> Int {
    var count = 0
    while true {
      let items = try decide { rules, now throws(AuthRefusal) in
        try rules.items(for: subscriber, at: now)
      }
      guard !items.isEmpty else { return count }
      for item in items { try await writer.send(item) }
      count += items.count
    }
  }
}
