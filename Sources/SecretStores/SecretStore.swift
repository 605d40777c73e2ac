/// Where a key is kept, with all that it takes to replace it without losing it.
///
/// Every change takes the snapshot that it is based on, and fails with
/// ``SecretStoreError/Kind/conflict`` when anything has changed since: of two replicas that rotate
/// one secret, one goes on and the other reads again. Every change is idempotent for the same
/// arguments, so that one whose outcome is unknown is simply made again.
public protocol SecretStore: Sendable {
  /// Which secret this is, for logs.
  var location: StoreLocation { get }
  /// How the store works.
  var traits: SecretStoreTraits { get }

  /// One consistent view of the secret and of a rotation that is under way.
  ///
  /// - Throws: ``SecretStoreError``; `notFound` when there is no such secret.
  func read() async throws(SecretStoreError) -> SecretSnapshot

  /// Proves that the rights and the room for a rotation are there, and changes nothing that a reader
  /// sees.
  func proveWritable(after snapshot: SecretSnapshot) async throws(SecretStoreError)

  /// Claims the replacement of the current key.
  ///
  /// Whether a claim that the snapshot shows may be taken over is for the caller to decide: this
  /// replaces it.
  ///
  /// - Throws: `conflict` when anything has changed since the snapshot, or the current key is not the
  ///   one that the intent replaces.
  func begin(
    _ intent: RotationIntent, after snapshot: SecretSnapshot
  ) async throws(SecretStoreError) -> SecretSnapshot

  /// Keeps the new key beside the current one. Who reads the current key sees no change, unless the
  /// store's traits say otherwise.
  func stage(
    _ document: SecretDocument, for intent: RotationIntent, after snapshot: SecretSnapshot
  ) async throws(SecretStoreError) -> SecretSnapshot

  /// Makes the staged key the current one, if the current one is still the one that the intent
  /// replaces.
  func promote(
    _ intent: RotationIntent, after snapshot: SecretSnapshot
  ) async throws(SecretStoreError) -> SecretSnapshot

  /// Clears the claim and the staged key. It never touches the current key.
  func finish(after snapshot: SecretSnapshot) async throws(SecretStoreError) -> SecretSnapshot

  /// Writes the claim again with what has become of it, so that the next run knows.
  func annotate(
    _ intent: RotationIntent, after snapshot: SecretSnapshot
  ) async throws(SecretStoreError) -> SecretSnapshot

  /// Puts a key in the place of whatever is there, and clears claim and staged key.
  ///
  /// - Parameter snapshot: what it replaces; `nil` where there is no secret yet.
  func replace(
    with document: SecretDocument, after snapshot: SecretSnapshot?
  ) async throws(SecretStoreError) -> SecretSnapshot

  /// Ticks whenever reading may be worth it; `nil` where only asking again and again helps.
  func changeHints() -> AsyncStream<Void>?

  /// Ends what the store holds open.
  func close() async
}

extension SecretStore {
  /// No hints: the store has to be polled.
  public func changeHints() -> AsyncStream<Void>? { nil }

  /// Nothing is held open.
  public func close() async {}
}
