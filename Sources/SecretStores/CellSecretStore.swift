import GRPCCall
import MomentoAuth

/// A store made of one cell: the rules of a rotation on nothing but compare-and-swap.
public struct CellSecretStore<Cell: SecretCell>: SecretStore {
  /// Where it is kept.
  public let cell: Cell

  /// Keeps a secret in a cell.
  public init(_ cell: Cell) { self.cell = cell }

  /// Which secret this is, for logs.
  public var location: StoreLocation { cell.location }
  /// How the store works.
  public var traits: SecretStoreTraits { cell.traits }

  /// One consistent view of what is there.
  public func read() async throws(SecretStoreError) -> SecretSnapshot {
    try snapshot(of: try await cell.read())
  }

  /// Proves that a write would be taken, and changes nothing that a reader sees.
  public func proveWritable(after snapshot: SecretSnapshot) async throws(SecretStoreError) {
    let size = snapshot.current?.document.encodedRevealingSecrets().count ?? 0
    // The old key, the new one, which may be longer, and the claim.
    try await cell.proveWritable(bytes: 3 * size + 1_024)
  }

  /// Claims the replacement of the current key.
  public func begin(
    _ intent: RotationIntent, after snapshot: SecretSnapshot
  ) async throws(SecretStoreError) -> SecretSnapshot {
    guard snapshot.current?.document.fingerprint == intent.fromFingerprint else {
      throw conflict("begin", "the current key is not the one that was to be replaced")
    }
    // What somebody else has staged is kept: it may be the only key that there will be.
    return try await write(
      snapshot, RotationJournal(intent: intent, pending: snapshot.pending?.document), "begin")
  }

  /// Writes the claim again with what has become of it.
  public func annotate(
    _ intent: RotationIntent, after snapshot: SecretSnapshot
  ) async throws(SecretStoreError) -> SecretSnapshot {
    try requireClaim(intent, in: snapshot, "annotate")
    return try await write(
      snapshot, RotationJournal(intent: intent, pending: snapshot.pending?.document), "annotate")
  }

  /// Keeps the new key beside the current one.
  public func stage(
    _ document: SecretDocument, for intent: RotationIntent, after snapshot: SecretSnapshot
  ) async throws(SecretStoreError) -> SecretSnapshot {
    try requireClaim(intent, in: snapshot, "stage")
    if snapshot.pending?.document == document { return snapshot }
    return try await write(snapshot, RotationJournal(intent: intent, pending: document), "stage")
  }

  /// Makes the staged key the current one.
  public func promote(
    _ intent: RotationIntent, after snapshot: SecretSnapshot
  ) async throws(SecretStoreError) -> SecretSnapshot {
    if let current = snapshot.current, let pending = snapshot.pending,
      current.document.fingerprint == pending.document.fingerprint
    {
      return snapshot
    }
    try requireClaim(intent, in: snapshot, "promote")
    guard let pending = snapshot.pending else {
      throw conflict("promote", "no key is staged")
    }
    guard snapshot.current?.document.fingerprint == intent.fromFingerprint else {
      throw conflict("promote", "the current key is not the one that was to be replaced")
    }
    // The journal stays until `finish`: a cell of two files cannot change both at once.
    return try await write(
      snapshot, RotationJournal(intent: intent, pending: pending.document), "promote",
      current: pending.document)
  }

  /// Clears the claim and the staged key.
  public func finish(
    after snapshot: SecretSnapshot
  ) async throws(SecretStoreError) -> SecretSnapshot {
    if snapshot.intent == nil, snapshot.pending == nil { return snapshot }
    return try await write(snapshot, RotationJournal(), "finish")
  }

  /// Puts a key in the place of whatever is there.
  public func replace(
    with document: SecretDocument, after snapshot: SecretSnapshot?
  ) async throws(SecretStoreError) -> SecretSnapshot {
    let contents = CellContents(current: try encoded(document, "replace"))
    return try self.snapshot(of: try await swap(contents, expecting: snapshot?.state))
  }

  /// Ticks when the cell gives a hint that reading may be worth it.
  public func changeHints() -> AsyncStream<Void>? { cell.changeHints() }

  /// Ends what the cell holds open.
  public func close() async { await cell.close() }

  // MARK: Inner

  private func requireClaim(
    _ intent: RotationIntent, in snapshot: SecretSnapshot, _ operation: String
  ) throws(SecretStoreError) {
    guard let held = snapshot.intent, held.operation == intent.operation,
      held.owner == intent.owner
    else { throw conflict(operation, "the claim on this rotation is not held") }
  }

  private func write(
    _ snapshot: SecretSnapshot, _ journal: RotationJournal, _ operation: String,
    current: SecretDocument? = nil
  ) async throws(SecretStoreError) -> SecretSnapshot {
    guard let document = current ?? snapshot.current?.document else {
      throw conflict(operation, "there is no current key")
    }
    let contents = CellContents(
      current: try encoded(document, operation),
      journal: journal.isEmpty ? nil : journal.encodedRevealingSecrets())
    return try self.snapshot(of: try await swap(contents, expecting: snapshot.state))
  }

  /// Swaps; where the answer is lost, looks at what has become of it.
  private func swap(
    _ contents: CellContents, expecting state: VersionToken?
  ) async throws(SecretStoreError) -> CellState {
    do {
      return try await cell.swap(contents, expecting: state)
    } catch {
      guard error.delivery == .unknown else { throw error }
      let found = try? await cell.read()
      if let found, found.contents == contents { return found }
      // Neither what was wanted nor what was there: somebody else has been first.
      if let found, found.state != state {
        throw conflict(error.operation, "the secret has changed meanwhile")
      }
      throw error
    }
  }

  private func encoded(
    _ document: SecretDocument, _ operation: String
  ) throws(SecretStoreError) -> [UInt8] {
    let bytes = document.encodedRevealingSecrets()
    guard bytes.count <= traits.mostBytes else {
      throw SecretStoreError(
        .tooLarge, at: location, operation: operation,
        "the secret would be \(bytes.count) bytes long, and the store takes \(traits.mostBytes)",
        advice: "Remove what is not needed beside the key.", delivery: .notSent)
    }
    return bytes
  }

  private func snapshot(of state: CellState) throws(SecretStoreError) -> SecretSnapshot {
    var snapshot = SecretSnapshot(
      identity: cell.identity, current: nil, state: state.state, serverTime: state.serverTime)
    if let bytes = state.contents.current {
      snapshot.current = StoredSecret(
        document: try document(bytes), version: state.currentVersion)
    }
    guard let bytes = state.contents.journal else { return snapshot }
    guard let journal = RotationJournal(parsing: bytes) else {
      throw SecretStoreError(
        .unreadable, at: location, operation: "read",
        "what is kept of a rotation under way is damaged",
        advice: "See what 'rotate status' says; 'rotate import' puts a good key in its place.")
    }
    snapshot.intent = journal.intent
    snapshot.pending = journal.pending.map {
      StoredSecret(document: $0, version: VersionToken("pending " + $0.shortFingerprint))
    }
    return snapshot
  }

  private func document(_ bytes: [UInt8]) throws(SecretStoreError) -> SecretDocument {
    do {
      return try SecretDocument(parsing: bytes)
    } catch {
      throw SecretStoreError(
        .unreadable, at: location, operation: "read", error.message, advice: error.advice)
    }
  }

  private func conflict(_ operation: String, _ message: String) -> SecretStoreError {
    SecretStoreError(.conflict, at: location, operation: operation, message)
  }
}
