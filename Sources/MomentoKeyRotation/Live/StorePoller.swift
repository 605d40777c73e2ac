import SecretStores

/// Has a store read whenever that may be worth it: at the store's hint, or when it is time.
struct StorePoller: Sendable {
  let store: any SecretStore
  let reader: StoreReader
  let configuration: LiveConfiguration
  let clock: any RotationClock
  let random: @Sendable () -> Double

  /// Runs until its task is cancelled.
  ///
  /// - Parameter hints: the store's, begun before the first read, so that no change is missed.
  func run(hints: AsyncStream<Void>?) async {
    let (wakes, wake) = AsyncStream.makeStream(
      of: Void.self, bufferingPolicy: .bufferingNewest(1))
    var iterator = wakes.makeAsyncIterator()
    let watch = HintWatch(clock: clock, pause: configuration.leastInterval) { wake.yield() }
    defer { watch.stop() }
    watch.follow(hints)
    var failures = 0
    while !Task.isCancelled {
      let wait = wait(afterFailures: failures)
      let alarm = Task { [clock] in
        await clock.sleep(for: wait)
        if !Task.isCancelled { wake.yield() }
      }
      let woken: Void? = await iterator.next()
      alarm.cancel()
      guard woken != nil, !Task.isCancelled else { return }
      // Before the read: what changes after it is hinted at.
      if watch.hasEnded { watch.follow(store.changeHints()) }
      failures = await reader.read() == nil ? 0 : min(failures + 1, 64)
    }
  }

  private func wait(afterFailures failures: Int) -> Duration {
    let remaining = reader.current.remaining(at: clock.now())
    if failures > 0 { return configuration.wait(afterFailures: failures, random: random()) }
    // Of an expired key, the next is expected at any time, or never.
    if remaining == 0 { return min(configuration.interval, configuration.longestBackoff) }
    return configuration.wait(remaining: remaining, random: random())
  }
}
