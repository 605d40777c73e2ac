import GRPCCall
import GRPCTransport
import SecretStores

/// Tells of changes of some keys, from now on, for as long as somebody listens.
///
/// A watch always begins at the present: what has changed before is for the reader to read, and so a
/// watch is never too late for a compaction.
struct EtcdWatch: Sendable {
  let client: EtcdClient
  let keys: [[UInt8]]

  /// How one connection's worth of watching has ended.
  private enum End {
    case worked
    case failed
  }

  /// One tick for each time that watching begins, and for each change; several at once are one.
  func ticks() -> AsyncStream<Void> {
    let (stream, continuation) = AsyncStream.makeStream(
      of: Void.self, bufferingPolicy: .bufferingNewest(1))
    let task = client.keepWatch {
      await run { continuation.yield() }
      continuation.finish()
    }
    continuation.onTermination = { _ in task.cancel() }
    return stream
  }

  private func run(_ tick: () -> Void) async {
    var pause = Self.firstPause
    while !Task.isCancelled, !client.isClosed {
      if await watchOnce(tick) == .worked { pause = Self.firstPause }
      try? await Task.sleep(for: pause * Double.random(in: 0.5...1))
      pause = min(pause * 2, Self.longestPause)
    }
  }

  /// Watches until the stream ends.
  private func watchOnce(_ tick: () -> Void) async -> End {
    var end = End.failed
    _ = try? await client.perform("Watch", changes: false) {
      (channel, metadata) async throws(RPCError) in
      let (requests, responses) = try channel.bidirectionalStreaming(
        EtcdMethods.watch, metadata: metadata)
      for key in keys {
        try await requests.send(WatchRequest(create: WatchCreateRequest(key: key)))
      }
      var iterator = responses.makeAsyncIterator()
      var begun = 0
      while let answer = try await iterator.next() {
        if answer.canceled { throw Self.cancelled(answer.cancelReason) }
        if answer.created { begun += 1 }
        guard begun == keys.count else { continue }
        end = .worked
        tick()
      }
    }
    return end
  }

  /// With users, a watch that is refused may only lack a new token: that is tried once.
  private static func cancelled(_ reason: String) -> RPCError {
    RPCError(
      status: Status(.unauthenticated, "the watch was refused: \(reason)"), fault: .peer,
      delivery: .answered)
  }

  private static let firstPause = Duration.milliseconds(250)
  private static let longestPause = Duration.seconds(30)
}
