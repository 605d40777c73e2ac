import GRPCCall
import Locking
import MomentoAuth
import SecretStores

/// Reads a store on behalf of many, one read at a time, and tells listeners when the key is another.
final class StoreReader: Sendable {
  typealias Listener = AsyncStream<CredentialChange>.Continuation

  private struct Held: Sendable {
    var keys: LiveKeys
    var reading: Task<SecretStoreError?, Never>?
    /// When the store last gave a key that was good.
    var lastGood: Duration
    var failure: SecretStoreError?
    /// For which key a refusal last had the store read, and when that was done.
    var lastRefusal: (generation: UInt64, done: Duration)?
    var listeners: [UInt64: Listener] = [:]
    var nextListener: UInt64 = 0
    var isShutDown = false
  }

  private let store: any SecretStore
  private let overrides: EndpointOverrides?
  private let configuration: LiveConfiguration
  private let clock: any RotationClock
  private let random: @Sendable () -> Double
  private let held: Locked<Held>

  init(
    _ store: any SecretStore, first key: LiveKeys.Key, _ overrides: EndpointOverrides?,
    _ configuration: LiveConfiguration, _ clock: any RotationClock,
    random: @escaping @Sendable () -> Double
  ) {
    self.store = store
    self.overrides = overrides
    self.configuration = configuration
    self.clock = clock
    self.random = random
    held = Locked(Held(keys: LiveKeys(first: key), lastGood: clock.uptime()))
  }

  var current: LiveKeys.Key { held.withLock(\.keys.current) }
  var failure: SecretStoreError? { held.withLock(\.failure) }

  /// How long the store has given nothing good; nil while it does.
  var staleness: Duration? {
    let now = clock.uptime()
    return held.withLock { $0.failure == nil ? nil : max(.zero, now - $0.lastGood) }
  }

  // MARK: Reading

  /// Reads the store as it is after this was called: a read that has begun before does not count.
  ///
  /// - Returns: why it could not be read, or what it gave was not taken.
  func read() async -> SecretStoreError? {
    let (task, isJoined) = reading(after: .zero)
    let failure = await task.value
    guard isJoined else { return failure }
    return await reading(after: .zero).task.value
  }

  /// What to try in the place of a key that the service has refused.
  func replacement(for refused: LiveCredential) async -> LiveCredential? {
    if let newer = held.withLock({ $0.keys.newer(than: refused) }) { return newer }
    if !wasReadForRefusal(of: refused.generation) {
      let wait = configuration.refusalSpread * random()
      _ = await reading(after: wait, refused: refused.generation).task.value
    }
    let now = clock.now()
    return held.withLock { $0.keys.alternative(to: refused, at: now) }
  }

  /// Calls with one refused key come in crowds, and not all at once.
  private func wasReadForRefusal(of generation: UInt64) -> Bool {
    let now = clock.uptime()
    return held.withLock { held in
      guard held.reading == nil, let last = held.lastRefusal, last.generation == generation else {
        return false
      }
      return now - last.done < configuration.leastInterval
    }
  }

  private func reading(
    after wait: Duration, refused: UInt64? = nil
  ) -> (task: Task<SecretStoreError?, Never>, isJoined: Bool) {
    held.withLock { held in
      if let reading = held.reading { return (reading, true) }
      let task = Task { [self] in
        if wait > .zero { await clock.sleep(for: wait) }
        return take(await Self.read(store, configuration, clock), refused: refused)
      }
      held.reading = task
      return (task, false)
    }
  }

  /// One read that ends in time, even where the store does not.
  static func read(
    _ store: any SecretStore, _ configuration: LiveConfiguration, _ clock: any RotationClock
  ) async -> Result<SecretDocument, SecretStoreError> {
    let result = await firstResult(
      within: configuration.readTimeout, sleep: { await clock.sleep(for: $0) }
    ) { () -> Result<SecretDocument, SecretStoreError> in
      do throws(SecretStoreError) {
        guard let current = try await store.read().current else {
          throw SecretStoreError(
            .notFound, at: store.location, operation: "read", "there is no key in it yet",
            advice: "Put one there with: momento-auth rotate import")
        }
        return .success(current.document)
      } catch {
        return .failure(error)
      }
    }
    return result
      ?? .failure(
        SecretStoreError(
          .unavailable, at: store.location, operation: "read",
          "the store has not answered in \(configuration.readTimeout)", delivery: .unknown))
  }

  private func take(
    _ result: Result<SecretDocument, SecretStoreError>, refused: UInt64?
  ) -> SecretStoreError? {
    let (now, uptime) = (clock.now(), clock.uptime())
    return held.withLock { held in
      held.reading = nil
      if let refused { held.lastRefusal = (refused, uptime) }
      guard !held.isShutDown else { return held.failure }
      do throws(SecretStoreError) {
        let document = try result.get()
        try take(document, into: &held, at: now)
        held.lastGood = uptime
        held.failure = nil
      } catch {
        held.failure = error
      }
      return held.failure
    }
  }

  private func take(
    _ document: SecretDocument, into held: inout Held, at now: UInt64
  ) throws(SecretStoreError) {
    do {
      guard try held.keys.take(document, overrides, at: now) else { return }
    } catch {
      throw SecretStoreError(
        .unreadable, at: store.location, operation: "read", error.message, advice: error.advice)
    }
    let change = CredentialChange(held.keys.current)
    for listener in held.listeners.values { listener.yield(change) }
  }

  // MARK: Listeners

  /// The changes from now on, the present key first.
  func changes() -> AsyncStream<CredentialChange> {
    let (stream, listener) = AsyncStream.makeStream(
      of: CredentialChange.self, bufferingPolicy: .bufferingNewest(1))
    let id: UInt64? = held.withLock { held in
      listener.yield(CredentialChange(held.keys.current))
      guard !held.isShutDown else { return nil }
      held.nextListener += 1
      held.listeners[held.nextListener] = listener
      return held.nextListener
    }
    guard let id else {
      listener.finish()
      return stream
    }
    listener.onTermination = { [weak self] _ in
      _ = self?.held.withLock { $0.listeners.removeValue(forKey: id) }
    }
    return stream
  }

  func shutDown() {
    let listeners = held.withLock { held in
      held.isShutDown = true
      return Array(held.listeners.values)
    }
    for listener in listeners { listener.finish() }
  }
}
