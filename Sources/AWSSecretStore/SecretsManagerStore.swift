import GRPCCall
import MomentoAuth
public import SecretStores

/// A secret in AWS Secrets Manager.
///
/// The current key is the version labelled `AWSCURRENT`, a staged one that labelled `AWSPENDING`. A
/// claim is a version of its own, labelled `MOMENTO_CLAIM`; `MOMENTO_DRAFT` is on whatever is written
/// and not yet in its place. Versions are written once and labels move by compare-and-swap, so that
/// of two replicas one goes on.
public struct SecretsManagerStore: SecretStore {
  package let manager: SecretsManager

  init(manager: SecretsManager) { self.manager = manager }

  /// The secret as it was named.
  public var location: StoreLocation { manager.location }

  /// No more than one rotation in twenty minutes: each writes two versions, and AWS asks for no
  /// more than one in ten minutes.
  public var traits: SecretStoreTraits { SecretStoreTraits(leastGap: .seconds(1_200)) }

  /// Reads the labels, and the versions that they are on.
  public func read() async throws(SecretStoreError) -> SecretSnapshot {
    try await view().snapshot
  }

  /// Writes the current version again, which changes nothing.
  public func proveWritable(after snapshot: SecretSnapshot) async throws(SecretStoreError) {
    guard let version = snapshot.current?.version.text,
      let content = try await manager.content(ofVersion: version)
    else { throw conflict("proveWritable", "there is no current key") }
    // The same content under the same id is no change; should it be taken for one, the draft's label
    // and not AWSCURRENT moves. It still takes the right to write, and the KMS key.
    try await manager.put(content, version: version, label: Label.draft)
  }

  /// Claims the rotation with a version of its own. The claim takes the same rights as what is to
  /// come.
  public func begin(
    _ intent: RotationIntent, after snapshot: SecretSnapshot
  ) async throws(SecretStoreError) -> SecretSnapshot {
    guard snapshot.current?.document.fingerprint == intent.fromFingerprint else {
      throw conflict("begin", "the current key is not the one that was to be replaced")
    }
    return try await claim(intent, after: snapshot, "begin")
  }

  /// Writes the claim anew, as another version.
  public func annotate(
    _ intent: RotationIntent, after snapshot: SecretSnapshot
  ) async throws(SecretStoreError) -> SecretSnapshot {
    try requireClaim(intent, in: snapshot, "annotate")
    return try await claim(intent, after: snapshot, "annotate")
  }

  /// Writes the new key as the version that the operation names, labelled `AWSPENDING`.
  public func stage(
    _ document: SecretDocument, for intent: RotationIntent, after snapshot: SecretSnapshot
  ) async throws(SecretStoreError) -> SecretSnapshot {
    try requireClaim(intent, in: snapshot, "stage")
    let content = try content(document, "stage")
    let version = intent.operation.text
    return try await change("stage", after: snapshot) {
      $0.pending?.document == document
    } perform: { (view) async throws(SecretStoreError) in
      try await manager.put(content, version: version, label: Label.pending)
      // The version may have been there already, without the label.
      let now = try await manager.describe()
      guard now.version(labelled: Label.pending) != version else { return }
      try await manager.move(
        Label.pending, to: version, from: now.version(labelled: Label.pending))
    }
  }

  /// Moves `AWSCURRENT` to the staged version.
  public func promote(
    _ intent: RotationIntent, after snapshot: SecretSnapshot
  ) async throws(SecretStoreError) -> SecretSnapshot {
    let target = snapshot.pending?.version ?? VersionToken(intent.operation.text)
    if snapshot.current?.version == target { return snapshot }
    try requireClaim(intent, in: snapshot, "promote")
    guard snapshot.pending != nil else { throw conflict("promote", "no key is staged") }
    guard let current = snapshot.current,
      current.document.fingerprint == intent.fromFingerprint
    else { throw conflict("promote", "the current key is not the one that was to be replaced") }
    return try await change("promote", after: snapshot) {
      $0.current?.version == target
    } perform: { (_) async throws(SecretStoreError) in
      try await manager.move(Label.current, to: target.text, from: current.version.text)
    }
  }

  /// Takes away the labels of the rotation; the versions go with time.
  public func finish(
    after snapshot: SecretSnapshot
  ) async throws(SecretStoreError) -> SecretSnapshot {
    try await change("finish", after: snapshot) {
      $0.intent == nil && $0.pending == nil
    } perform: { (view) async throws(SecretStoreError) in
      try await clear(view)
    }
  }

  /// Writes a key as a version of its own and makes it the current one, or makes the secret.
  public func replace(
    with document: SecretDocument, after snapshot: SecretSnapshot?
  ) async throws(SecretStoreError) -> SecretSnapshot {
    let content = try content(document, "replace")
    let name = [
      "momento-auth import", snapshot?.identity ?? manager.secretID,
      snapshot?.state.text ?? "", Hash.text(content.bytes),
    ].joined(separator: "\n")
    let version = OperationID(name: name).text
    guard let snapshot else { return try await create(content, version) }
    return try await change("replace", after: snapshot) {
      $0.current?.document == document && $0.intent == nil && $0.pending == nil
    } perform: { (view) async throws(SecretStoreError) in
      if view.snapshot.current?.document != document {
        try await manager.put(content, version: version, label: Label.draft)
        try await manager.move(
          Label.current, to: version, from: view.description.version(labelled: Label.current))
      }
      try await clear(try await self.view())
    }
  }

  // MARK: Inner

  private func create(
    _ content: SecretContent, _ version: String
  ) async throws(SecretStoreError) -> SecretSnapshot {
    do {
      try await manager.create(content, version: version)
    } catch {
      guard error.delivery == .unknown, let found = try? await read(),
        found.current?.version.text == version
      else { throw error }
      return found
    }
    return try await read()
  }

  /// Takes the labels of a rotation away; AWSPENDING also where AWS has left it on the current key.
  private func clear(_ view: SecretView) async throws(SecretStoreError) {
    for label in [Label.claim, Label.draft, Label.pending] {
      guard let version = view.description.version(labelled: label) else { continue }
      do {
        try await manager.remove(label, from: version)
      } catch {
        guard label == Label.draft || view.snapshot.current?.version.text == version else {
          throw error
        }
      }
    }
  }

  private func requireClaim(
    _ intent: RotationIntent, in snapshot: SecretSnapshot, _ operation: String
  ) throws(SecretStoreError) {
    guard let held = snapshot.intent, held.operation == intent.operation,
      held.owner == intent.owner
    else { throw conflict(operation, "the claim on this rotation is not held") }
  }

  private func content(
    _ document: SecretDocument, _ operation: String
  ) throws(SecretStoreError) -> SecretContent {
    let bytes = document.encodedRevealingSecrets()
    guard bytes.count <= traits.mostBytes else {
      throw SecretStoreError(
        .tooLarge, at: location, operation: operation,
        "the secret would be \(bytes.count) bytes long, and the store takes \(traits.mostBytes)",
        advice: "Remove what is not needed beside the key.", delivery: .notSent)
    }
    return .text(Secret(bytes: bytes))
  }
}
