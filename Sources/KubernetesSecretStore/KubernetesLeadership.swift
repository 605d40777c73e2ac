package import FoundationEssentials
internal import HTTPClient
internal import Locking
internal import MomentoAuth
internal import SecretStoreHTTP
public import SecretStores

/// Lets that one of several rotators work whose name stands in a Lease of the cluster, as the cluster's
/// own controllers do it.
///
/// A candidate takes a lease that it has seen unchanged for its life, by its own clock; what others
/// write of theirs is never trusted. The holder gives itself two thirds of that time.
public final class KubernetesLeadership: Leadership {
  /// What tells the time, and waits.
  package struct Clock: Sendable {
    package var now: @Sendable () -> ContinuousClock.Instant = { .now }
    package var date: @Sendable () -> Date = { Date() }
    package var sleep: @Sendable (Duration) async -> Void = { try? await Task.sleep(for: $0) }
    package init() {}
  }

  private struct State: Sendable {
    /// Until when this candidate leads.
    var until: ContinuousClock.Instant?
    /// What is in the lease, and since when it has been seen there.
    var seen: (record: LeaseRecord, since: ContinuousClock.Instant)?
  }

  private let client: KubernetesClient
  private let namespace: String
  private let name: String
  private let holder: String
  private let life: Int64
  private let clock: Clock
  private let state = Locked(State())

  package init(
    client: KubernetesClient, namespace: String, name: String, holder: String,
    life: Int64 = 15, clock: Clock = Clock()
  ) {
    self.client = client
    self.namespace = namespace
    self.name = name
    self.holder = holder
    self.life = max(3, life)
    self.clock = clock
  }

  private var duration: Duration { .seconds(life) }
  private var collection: String { "/apis/coordination.k8s.io/v1/namespaces/\(namespace)/leases" }

  /// Whether the lease was renewed so recently that nobody else can have taken it.
  public var isLeader: Bool {
    let now = clock.now()
    return state.withLock { $0.until.map { now < $0 } ?? false }
  }

  /// Takes the lead as soon as nobody has it, and keeps it until the task is cancelled.
  public func campaign(_ changed: @Sendable (Bool) -> Void) async {
    var wasLeader = false
    while !Task.isCancelled {
      let isRenewed = (try? await renew()) != nil
      if isLeader != wasLeader {
        wasLeader.toggle()
        changed(wasLeader)
      }
      // What failed is tried again while there is time.
      await clock.sleep(duration / (isRenewed ? 3 : 10))
    }
    await resign()
    if wasLeader { changed(false) }
  }

  /// Takes the lead if nobody has it, and keeps it if this candidate has it.
  ///
  /// - Returns: whether this candidate leads.
  @discardableResult
  package func renew() async throws(SecretStoreError) -> Bool {
    let asked = clock.now()
    do {
      guard try await write() else {
        state.withLock { $0.until = nil }
        return false
      }
    } catch {
      // Another was first, and the next look shows who.
      guard error.kind == .conflict else { throw error }
      state.withLock { $0.until = nil }
      return false
    }
    // Counted from before it was asked for, so that it ends here before it ends for others.
    state.withLock { $0.until = asked + duration * 2 / 3 }
    return isLeader
  }

  /// Gives the lead up: an empty lease need not be waited for.
  public func resign() async {
    state.withLock { $0.until = nil }
    // Not in a task that may have been cancelled already.
    await Task {
      guard var object = try? await read(), LeaseRecord(object["spec"]).holder == holder else {
        return
      }
      var record = LeaseRecord(object["spec"])
      record.holder = ""
      record.life = 1
      record.renewed = LeaseRecord.time(clock.date())
      object["spec"] = record.json
      _ = try? await call(.put, "\(collection)/\(name)", object, "resign")
    }.value
  }

  /// Nothing is held open.
  public func close() async {}

  // MARK: Inner

  private func read() async throws(SecretStoreError) -> [String: JSONValue] {
    try await call(.get, "\(collection)/\(name)", nil, "get")
  }

  /// - Returns: false when somebody else has it.
  private func write() async throws(SecretStoreError) -> Bool {
    let time = LeaseRecord.time(clock.date())
    var object: [String: JSONValue]
    do {
      object = try await read()
    } catch {
      guard error.kind == .notFound else { throw error }
      _ = try await call(.post, collection, created(at: time), "create")
      return true
    }
    var record = LeaseRecord(object["spec"])
    if record.holder == holder {
      record.renewed = time
      record.life = life
    } else {
      guard isFree(record) else { return false }
      record = LeaseRecord(
        holder: holder, life: life, at: time, transitions: max(0, record.transitions) &+ 1)
    }
    object["spec"] = record.json
    // With the resourceVersion that was read: of two, one is told of a conflict.
    _ = try await call(.put, "\(collection)/\(name)", object, "update")
    return true
  }

  private func created(at time: String) -> [String: JSONValue] {
    [
      "apiVersion": .string("coordination.k8s.io/v1"), "kind": .string("Lease"),
      "metadata": .object(["name": .string(name), "namespace": .string(namespace)]),
      "spec": LeaseRecord(holder: holder, life: life, at: time, transitions: 0).json,
    ]
  }

  /// Whether it was given back, or has been seen unchanged for its life and for ours.
  private func isFree(_ record: LeaseRecord) -> Bool {
    if record.holder.isEmpty { return true }
    let now = clock.now()
    return state.withLock { state in
      if let seen = state.seen, seen.record == record {
        let wait = max(duration, .seconds(min(max(0, record.life), 86_400)))
        return now - seen.since >= wait
      }
      state.seen = (record, now)
      return false
    }
  }

  private func call(
    _ method: KubernetesClient.Method, _ path: String, _ body: [String: JSONValue]?,
    _ operation: String
  ) async throws(SecretStoreError) -> [String: JSONValue] {
    try await client.call(
      method, path, body.map { .object($0) }, operation: operation, timeout: duration / 3
    ).members
  }
}
