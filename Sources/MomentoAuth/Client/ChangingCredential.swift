import GRPCTransport
import Locking

/// The credential of a source, prepared anew each time that it changes.
///
/// A call keeps what it began with until it ends, its connection included: an old connection closes
/// when the last call on it has let go of it, and not before.
final class ChangingCredential: Sendable {
  private struct Known: Sendable {
    var newest: PreparedCredential
    /// An older one that is still tried where the service does not know the newest yet.
    var older: PreparedCredential?
    var isShutDown = false

    func find(_ live: LiveCredential) -> PreparedCredential? {
      if isShutDown || newest.live.generation == live.generation { return newest }
      return older.flatMap { $0.live.generation == live.generation ? $0 : nil }
    }

    func channels(for endpoints: Endpoints) -> AuthChannels? {
      [newest, older].lazy.compactMap { $0?.channels }.first { $0.serves(endpoints) }
    }

    mutating func keep(_ prepared: PreparedCredential) {
      guard prepared.live.generation > newest.live.generation else {
        older = prepared
        return
      }
      // One of other endpoints would keep their connections open.
      older = newest.channels === prepared.channels ? newest : nil
      newest = prepared
    }
  }

  private let source: any CredentialSource
  private let configuration: AuthClientConfiguration
  private let connections = ConnectionsOfClient()
  private let known: Locked<Known>

  init(
    _ source: any CredentialSource, _ configuration: AuthClientConfiguration
  ) throws(MomentoError) {
    self.source = source
    self.configuration = configuration
    let live = source.current
    let channels = try connections.open(live.provider.endpoints, configuration)
    known = Locked(
      Known(newest: try PreparedCredential(live, channels: channels, configuration)))
  }

  var metrics: ChannelMetrics { connections.metrics }

  func prepared() throws(MomentoError) -> PreparedCredential { try prepare(source.current) }

  /// What to try after the service has not accepted a credential.
  ///
  /// - Parameter patience: how long the caller has.
  /// - Returns: nil where there is nothing else, or it has not come in time.
  func replacement(
    for refused: PreparedCredential, patience: Duration
  ) async throws(MomentoError) -> PreparedCredential? {
    let source = source
    let live = refused.live
    let found = await firstResult(within: patience) { await source.replacement(for: live) }
    guard let found = found ?? nil, found.generation != live.generation else { return nil }
    return try prepare(found)
  }

  func shutdown() async {
    known.withLock { $0.isShutDown = true }
    await connections.shutdown()
  }

  private func prepare(_ live: LiveCredential) throws(MomentoError) -> PreparedCredential {
    let endpoints = live.provider.endpoints
    let (found, shared) = known.withLock { known in
      let found = known.find(live)
      return (found, found == nil ? known.channels(for: endpoints) : nil)
    }
    if let found { return found }
    // Not under the lock, because a certificate may have to be read. Of two that prepare the same at
    // once, one has done it in vain.
    let channels: AuthChannels
    if let shared {
      channels = shared
    } else {
      channels = try connections.open(endpoints, configuration)
    }
    let made = try PreparedCredential(live, channels: channels, configuration)
    return known.withLock { known in
      if let found = known.find(live) { return found }
      known.keep(made)
      return made
    }
  }
}

/// All connections that a client with a changing credential has or has had.
final class ConnectionsOfClient: Sendable {
  private struct Reference: Sendable { weak var channels: AuthChannels? }
  private struct Held: Sendable {
    var open: [Reference] = []
    /// What those have done that are no more.
    var past = ChannelMetrics()
  }

  private let held = Locked(Held())

  var metrics: ChannelMetrics {
    let (open, past) = held.withLock { ($0.open, $0.past) }
    return open.reduce(into: past) { metrics, reference in
      if let channels = reference.channels { metrics.add(channels.metrics) }
    }
  }

  func open(
    _ endpoints: Endpoints, _ configuration: AuthClientConfiguration
  ) throws(MomentoError) -> AuthChannels {
    let channels = try AuthChannels(endpoints, configuration, closing: { [self] in close($0) })
    held.withLock { held in
      held.open.removeAll { $0.channels == nil }
      held.open.append(Reference(channels: channels))
    }
    return channels
  }

  /// Lets the calls of all of them finish.
  func shutdown() async {
    for reference in held.withLock(\.open) { await reference.channels?.shutdown() }
  }

  private func close(_ metrics: ChannelMetrics) {
    var metrics = metrics
    // They are counted no more, and what they did stays.
    (metrics.callsWaiting, metrics.callsOnStreams, metrics.callsBackingOff) = (0, 0, 0)
    metrics.connectionsReady = 0
    held.withLock { $0.past.add(metrics) }
  }
}
