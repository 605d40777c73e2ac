import GRPCCall
public import MomentoAuth
public import SecretStores

/// A credential that follows a secret store: when the key there is rotated, the client that lives from
/// it goes on with the new one.
///
/// ```swift
/// let provider = try await RotatingCredentialProvider(store: store)
/// let client = try AuthClient(credentialSource: provider)
/// ```
///
/// The store is read when it hints at a change, when it is time, and when the service refuses the key.
/// While the store cannot be read, or holds what is no key or has expired, the last good key stays in
/// use; ``staleness`` and ``lastFailure`` tell. The key before the present one is tried where the
/// service does not know the present one yet.
///
/// It reads until ``shutdown()``, or until nobody refers to it any more. The store stays its owner's
/// to close.
public final class RotatingCredentialProvider: CredentialSource {
  private let reader: StoreReader
  private let poller: Task<Void, Never>

  /// Reads the store for the first time, again and again while it cannot be reached.
  ///
  /// - Parameters:
  ///   - store: where the key is kept.
  ///   - overrides: endpoints that replace the key's own.
  /// - Throws: ``MomentoError`` when the store has given no key in time, or holds none that could be
  ///   used.
  public convenience init(
    store: any SecretStore, overrides: EndpointOverrides? = nil,
    configuration: LiveConfiguration = LiveConfiguration()
  ) async throws(MomentoError) {
    try await self.init(
      store: store, overrides: overrides, configuration: configuration, clock: SystemClock(),
      random: { .random(in: 0..<1) })
  }

  /// Follows a store by a clock of its own.
  ///
  /// - Parameter random: gives numbers from 0 up to 1.
  package init(
    store: any SecretStore, overrides: EndpointOverrides? = nil,
    configuration: LiveConfiguration = LiveConfiguration(), clock: any RotationClock,
    random: @escaping @Sendable () -> Double
  ) async throws(MomentoError) {
    let hints = store.changeHints()
    let document = try await FirstRead(
      store: store, configuration: configuration, clock: clock, random: random
    ).document()
    reader = StoreReader(
      store, first: try LiveKeys.Key(document, overrides, generation: 1), overrides, configuration,
      clock, random: random)
    let poller = StorePoller(
      store: store, reader: reader, configuration: configuration, clock: clock, random: random)
    self.poller = Task { await poller.run(hints: hints) }
  }

  deinit {
    poller.cancel()
    reader.shutDown()
  }

  /// The credential that is used now.
  public var credential: CredentialProvider { reader.current.live.provider }

  /// The credential that is used now, with its number.
  public var current: LiveCredential { reader.current.live }

  /// The credential that is used now, and each that takes its place. Every caller gets a sequence of
  /// its own; one that is slow sees the newest.
  public var changes: AsyncStream<CredentialChange> { reader.changes() }

  /// For how long the store has given nothing that could be used; `nil` while it does.
  public var staleness: Duration? { reader.staleness }

  /// Why the store's last answer could not be used; `nil` while it can.
  public var lastFailure: SecretStoreError? { reader.failure }

  /// Reads the store now.
  ///
  /// - Throws: ``SecretStoreError`` when it cannot be read, or its key is not one to use; the last good
  ///   key stays.
  public func reread() async throws(SecretStoreError) {
    if let failure = await reader.read() { throw failure }
  }

  /// A newer key where there is one, after one read of the store that all callers share; otherwise the
  /// key before, while it works.
  public func replacement(for refused: LiveCredential) async -> LiveCredential? {
    await reader.replacement(for: refused)
  }

  /// Ends the reading and all ``changes``. The credential stays what it is.
  public func shutdown() async {
    reader.shutDown()
    poller.cancel()
    await poller.value
  }
}

/// The first read, which has nothing to fall back to.
private struct FirstRead: Sendable {
  let store: any SecretStore
  let configuration: LiveConfiguration
  let clock: any RotationClock
  let random: @Sendable () -> Double

  func document() async throws(MomentoError) -> SecretDocument {
    let result = await firstResult(
      within: configuration.readTimeout, sleep: { [clock] in await clock.sleep(for: $0) }
    ) { await untilFound() }
    guard let result else {
      throw MomentoError(
        Task.isCancelled ? .cancelled : .timeout,
        "\(store.location) has given no key in \(configuration.readTimeout).",
        advice: "Check that the store can be reached from here.", fault: .network)
    }
    do {
      return try result.get()
    } catch {
      throw MomentoError(error)
    }
  }

  /// The first answer that waiting would not change.
  private func untilFound() async -> Result<SecretDocument, SecretStoreError> {
    var failures = 0
    while true {
      let result = await StoreReader.read(store, configuration, clock)
      guard case .failure(let error) = result, error.isRetryable, !Task.isCancelled else {
        return result
      }
      failures = min(failures + 1, 64)
      await clock.sleep(for: configuration.wait(afterFailures: failures, random: random()))
    }
  }
}

extension MomentoError {
  /// Says in Momento's terms why a store gives no key.
  fileprivate init(_ error: SecretStoreError) {
    let code: MomentoErrorCode =
      switch error.kind {
      case .notFound: .notFound
      case .denied: .permission
      case .unauthenticated: .authentication
      case .throttled: .limitExceeded
      case .unavailable, .clockSkew: .serverUnavailable
      case .conflict, .unreadable, .tooLarge, .unsupported, .misconfigured: .invalidArgument
      }
    self.init(
      code, "The key cannot be read: \(error.location): \(error.operation): \(error.message)",
      advice: error.advice)
  }
}
