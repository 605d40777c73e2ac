import GRPCCall
public import SecretStores

/// A secret in etcd: the key `KEY`, with `KEY/rotation` beside it while a rotation is under way. Both
/// change in one transaction.
public struct EtcdCell: SecretCell {
  /// `etcd:KEY`.
  public let location: StoreLocation
  /// Each change carries the document twice and the journal once, and etcd takes 1.5 MiB.
  public let traits = SecretStoreTraits(mostBytes: 256 * 1_024)
  let client: EtcdClient
  private let key: [UInt8]
  private let journalKey: [UInt8]

  /// Names a secret; nothing is connected yet.
  ///
  /// - Parameters:
  ///   - url: `etcd:KEY?endpoints=host:port,…`, with `tls=true`, `ca-file`, `cert-file` and `key-file`
  ///     for TLS, and `user` where the cluster asks for one. Without endpoints, etcd of this machine.
  ///   - environment: has the user's password in `ETCD_PASSWORD`.
  /// - Throws: `misconfigured` when a parameter, or a file that it names, cannot be used.
  public init(_ url: StoreURL, environment: [String: String]) throws(SecretStoreError) {
    try self.init(
      location: url.location,
      configuration: EtcdConfiguration(url: url, environment: environment))
  }

  init(
    location: StoreLocation, configuration: EtcdConfiguration
  ) throws(SecretStoreError) {
    self.location = location
    key = Array(location.name.utf8)
    journalKey = Array("\(location.name)/rotation".utf8)
    client = try EtcdClient(configuration, location: location)
  }

  /// The same whatever the members of the cluster are called.
  public var identity: String { location.description }

  /// Both keys as they are at one moment.
  public func read() async throws(SecretStoreError) -> CellState {
    // One transaction, so that both are of the same moment.
    let answer = try await client.call(
      EtcdMethods.transaction, TransactionRequest(success: readBoth), changes: false)
    guard let state = try state(in: answer, "Txn") else {
      throw SecretStoreError(
        .notFound, at: location, operation: "Txn", "there is no such key",
        advice: "Put a first key there with 'rotate import'.")
    }
    return state
  }

  /// Writes both keys in one transaction, if neither has been written since.
  public func swap(
    _ contents: CellContents, expecting state: VersionToken?
  ) async throws(SecretStoreError) -> CellState {
    guard let expected = Revisions(state) else {
      throw conflict("the state that is expected is none of etcd's")
    }
    let answer = try await client.call(
      EtcdMethods.transaction, transaction(contents, expecting: expected), changes: true)
    guard answer.succeeded else { throw conflict("the secret has changed meanwhile") }
    guard let new = try self.state(in: answer, "Txn") else {
      throw conflict("the secret has been removed")
    }
    return new
  }

  /// Ticks when either key changes, and each time that watching has begun anew, when a change may
  /// have been missed. The first tick comes at once.
  public func changeHints() -> AsyncStream<Void>? {
    EtcdWatch(client: client, keys: [key, journalKey]).ticks()
  }

  /// Ends watches and connections.
  public func close() async { await client.close() }

  // MARK: Inner

  private var readBoth: [RequestOperation.Kind] {
    [.range(RangeRequest(key: key)), .range(RangeRequest(key: journalKey))]
  }

  private func transaction(
    _ contents: CellContents, expecting revisions: Revisions
  ) -> TransactionRequest {
    var steps: [RequestOperation.Kind] = []
    if let current = contents.current {
      // Written only where it differs: its revision is the version of the key, which a claim must
      // not change.
      let put = RequestOperation.Kind.put(PutRequest(key: key, value: current))
      let unlessSame = TransactionRequest(
        compare: [Compare(key, value: current)], failure: [put])
      steps.append(.transaction(unlessSame))
    } else {
      steps.append(.deleteRange(DeleteRangeRequest(key: key)))
    }
    if let journal = contents.journal {
      steps.append(.put(PutRequest(key: journalKey, value: journal)))
    } else {
      steps.append(.deleteRange(DeleteRangeRequest(key: journalKey)))
    }
    return TransactionRequest(
      compare: [
        Compare(key, modRevision: revisions.current),
        Compare(journalKey, modRevision: revisions.journal),
      ],
      success: steps + readBoth)
  }

  /// What the ranges at the end of a transaction have found; nil when neither key is there.
  private func state(
    in answer: TransactionResponse, _ operation: String
  ) throws(SecretStoreError) -> CellState? {
    let ranges = answer.responses.suffix(2).compactMap(\.range)
    guard ranges.count == 2 else {
      throw SecretStoreError(
        .unreadable, at: location, operation: operation,
        "the answer is not the one to what was asked", delivery: .unknown)
    }
    let current = ranges[0].keyValues.first
    let journal = ranges[1].keyValues.first
    if current == nil, journal == nil { return nil }
    let revisions = Revisions(
      current: current?.modRevision ?? 0, journal: journal?.modRevision ?? 0)
    return CellState(
      contents: CellContents(current: current?.value, journal: journal?.value),
      state: revisions.token, currentVersion: VersionToken("\(revisions.current)"))
  }

  private func conflict(_ message: String) -> SecretStoreError {
    SecretStoreError(.conflict, at: location, operation: "Txn", message)
  }
}

/// When the two keys were written last; 0 for one that is not there.
private struct Revisions {
  var current: Int64
  var journal: Int64

  init(current: Int64, journal: Int64) {
    self.current = current
    self.journal = journal
  }

  /// Reads ``token``; nil stands for two keys that are not there.
  init?(_ token: VersionToken?) {
    guard let token else {
      self.init(current: 0, journal: 0)
      return
    }
    let parts = token.text.split(separator: ":").map { Int64($0) }
    guard parts.count == 2, let current = parts[0], let journal = parts[1] else { return nil }
    self.init(current: current, journal: journal)
  }

  var token: VersionToken { VersionToken("\(current):\(journal)") }
}
