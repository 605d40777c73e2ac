import GRPCCall
import GRPCTransport
import Locking
public import SecretStores

/// Lets that one of several rotators work whose name stands in `KEY/leader`, a key that goes when its
/// holder is not heard of for the life of a lease.
///
/// It saves work, and nothing depends on it: of two that take themselves for the leader, the claim in
/// the store lets one rotate.
public final class EtcdLeadership: Leadership {
  private let cell: EtcdCell
  private let owner: OwnerID
  private let life: Duration
  private let key: [UInt8]
  private let lease = Locked<Held?>(nil)

  private struct Held: Sendable {
    var id: Int64
    /// Until then nobody else can have it. It is counted from before the lease was asked for, so that
    /// it ends here before it ends there.
    var until: ContinuousClock.Instant
  }

  /// A candidate; nothing is asked yet.
  ///
  /// - Parameters:
  ///   - cell: the secret whose rotators are candidates.
  ///   - life: how long others wait for a holder that is gone; whole seconds, at least 2.
  public init(of cell: EtcdCell, owner: OwnerID, life: Duration = .seconds(15)) {
    self.cell = cell
    self.owner = owner
    self.life = .seconds(max(2, life.components.seconds))
    key = Array("\(cell.location.name)/leader".utf8)
  }

  /// Whether this candidate is certainly the leader now: also false when it has not been able to say
  /// in time that it still lives.
  public var isLeader: Bool {
    lease.withLock { $0.map { ContinuousClock.now < $0.until } ?? false }
  }

  /// Takes the lead if nobody has it, and keeps it if this candidate has it. To be called again and
  /// again, at least three times in the life of a lease.
  ///
  /// - Returns: whether the lead is held.
  @discardableResult
  public func renew() async throws(SecretStoreError) -> Bool {
    if let held = lease.withLock({ $0 }) {
      if try await keepAlive(held.id) { return true }
      lease.withLock { $0 = nil }
    }
    return try await take()
  }

  /// Takes the lead as soon as nobody has it, and keeps it until the task is cancelled.
  ///
  /// - Parameter changed: is told each time that the lead is won or lost.
  public func campaign(_ changed: @Sendable (Bool) -> Void) async {
    var wasHeld = false
    while !Task.isCancelled {
      _ = try? await renew()
      if isLeader != wasHeld {
        wasHeld.toggle()
        changed(wasHeld)
      }
      if wasHeld {
        try? await Task.sleep(for: life / 3)
      } else {
        await waitForChange(atMost: life / 3)
      }
    }
    await resign()
    if wasHeld { changed(false) }
  }

  /// Gives the lead up, so that another candidate need not wait.
  public func resign() async {
    let held = lease.withLock { held in
      defer { held = nil }
      return held
    }
    guard let held else { return }
    let client = cell.client
    // Not in a task that may have been cancelled already.
    _ = await Task {
      try? await client.call(
        EtcdMethods.revokeLease, LeaseRevokeRequest(id: held.id), changes: true)
    }.value
  }

  /// Ends the connections.
  public func close() async { await cell.close() }

  // MARK: Inner

  private func take() async throws(SecretStoreError) -> Bool {
    let asked = ContinuousClock.now
    let granted = try await cell.client.call(
      EtcdMethods.grantLease, LeaseGrantRequest(timeToLive: life.components.seconds),
      changes: false)
    let put = PutRequest(key: key, value: Array(owner.text.utf8), lease: granted.id)
    let won = try await cell.client.call(
      EtcdMethods.transaction,
      TransactionRequest(compare: [Compare(key, createRevision: 0)], success: [.put(put)]),
      changes: true
    ).succeeded
    guard won else {
      _ = try? await cell.client.call(
        EtcdMethods.revokeLease, LeaseRevokeRequest(id: granted.id), changes: true)
      return false
    }
    lease.withLock { $0 = Held(id: granted.id, until: asked + .seconds(granted.timeToLive)) }
    return isLeader
  }

  /// - Returns: false when there is no such lease any more.
  private func keepAlive(_ id: Int64) async throws(SecretStoreError) -> Bool {
    let asked = ContinuousClock.now
    // No longer than there is something to keep.
    let patience = min(cell.client.patience, life / 3)
    let left = try await cell.client.perform("LeaseKeepAlive", changes: false) {
      (channel, metadata) async throws(RPCError) -> Int64 in
      let (requests, responses) = try channel.bidirectionalStreaming(
        EtcdMethods.keepLeaseAlive, metadata: metadata,
        options: CallOptions(deadline: patience))
      try await requests.send(LeaseKeepAliveRequest(id: id))
      var iterator = responses.makeAsyncIterator()
      let answer = try await iterator.next()
      requests.finish()
      return answer?.timeToLive ?? 0
    }
    guard left > 0 else { return false }
    lease.withLock { held in
      if held?.id == id { held?.until = asked + .seconds(left) }
    }
    return true
  }

  /// Waits for the holder to go, and no longer than given.
  private func waitForChange(atMost limit: Duration) async {
    let ticks = EtcdWatch(client: cell.client, keys: [key]).ticks()
    await withTaskGroup(of: Void.self) { group in
      group.addTask {
        var iterator = ticks.makeAsyncIterator()
        // The first tick says that watching has begun.
        _ = await iterator.next()
        _ = await iterator.next()
      }
      group.addTask { try? await Task.sleep(for: limit) }
      await group.next()
      group.cancelAll()
    }
  }
}
