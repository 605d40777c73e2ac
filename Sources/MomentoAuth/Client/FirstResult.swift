/// What `operation` gives, if it gives it in time: whoever waits goes on at the end of the time, or
/// when its own task is cancelled, even where `operation` heeds no cancellation.
///
/// - Parameter sleep: returns after a duration, or when its task is cancelled.
/// - Returns: nil when it is not there in time.
package func firstResult<Result: Sendable>(
  within patience: Duration,
  sleep: @escaping @Sendable (Duration) async -> Void = { try? await Task.sleep(for: $0) },
  of operation: @escaping @Sendable () async -> Result
) async -> Result? {
  let (results, arrival) = AsyncStream.makeStream(of: Result?.self)
  let work = Task { arrival.yield(await operation()) }
  let alarm = Task {
    await sleep(patience)
    if Task.isCancelled { return }
    arrival.yield(nil)
  }
  defer {
    work.cancel()
    alarm.cancel()
  }
  for await result in results { return result }
  return nil
}
