import GRPCCall
import MomentoAuth
import ProtobufWire
public import SecretStores

/// A secret in Google's Secret Manager.
///
/// Keys are versions, which never change; the aliases `current`, `pending` and `previous` say which
/// is which, and an annotation holds the claim. All of these change together, if the secret's etag is
/// still the one that was read. Versions that are not needed any more are left to whoever wants to
/// disable them.
///
/// Applications that read `latest` get a key as soon as it is staged.
public struct SecretManagerStore: SecretStore {
  /// `gcp-secretmanager:projects/P/secrets/S`.
  public let location: StoreLocation
  /// A staged key is seen by readers of `latest`; a version has at most 64 KiB.
  public let traits = SecretStoreTraits(publishesOnStage: true, mostBytes: 65_536)
  let client: SecretManagerClient

  init(client: SecretManagerClient) {
    self.client = client
    location = client.location
  }

  /// Both readers and rotators name it so.
  private var identity: String { client.resource }

  /// The secret with its aliases, and the keys that they name.
  public func read() async throws(SecretStoreError) -> SecretSnapshot {
    try await snapshot(of: try await client.secret())
  }

  /// Asks whether the caller has the rights that a rotation takes.
  public func proveWritable(after snapshot: SecretSnapshot) async throws(SecretStoreError) {
    let needed = ["secretmanager.versions.add", "secretmanager.secrets.update"]
    let granted = try await client.granted(needed)
    guard let missing = needed.first(where: { !granted.contains($0) }) else { return }
    throw SecretStoreError(
      .denied, at: location, operation: "TestIamPermissions", "\(missing) is not granted",
      advice: "Grant \(needed.joined(separator: " and ")) on the secret.")
  }

  /// Writes the claim into the annotation.
  public func begin(
    _ intent: RotationIntent, after snapshot: SecretSnapshot
  ) async throws(SecretStoreError) -> SecretSnapshot {
    guard let current = snapshot.current, let number = Int64(current.version.text),
      current.document.fingerprint == intent.fromFingerprint
    else { throw conflict("the current key is not the one that was to be replaced") }
    var secret = try await secret(after: snapshot)
    if secret.versionAliases[Alias.current] == nil {
      guard try await client.enabledVersions(above: number).isEmpty else {
        throw conflict("a newer version has been added meanwhile")
      }
      secret.versionAliases[Alias.current] = number
    }
    secret.annotations[Self.claim] = intent.json.description
    return try await write(secret)
  }

  /// Writes the claim again.
  public func annotate(
    _ intent: RotationIntent, after snapshot: SecretSnapshot
  ) async throws(SecretStoreError) -> SecretSnapshot {
    try requireClaim(intent, in: snapshot)
    var secret = try await secret(after: snapshot)
    secret.annotations[Self.claim] = intent.json.description
    return try await write(secret)
  }

  /// Adds the key as a version, unless that has been done already, and names it `pending`.
  public func stage(
    _ document: SecretDocument, for intent: RotationIntent, after snapshot: SecretSnapshot
  ) async throws(SecretStoreError) -> SecretSnapshot {
    try requireClaim(intent, in: snapshot)
    if snapshot.pending?.document == document { return snapshot }
    var secret = try await secret(after: snapshot)
    secret.versionAliases[Alias.pending] = try await version(of: document, in: secret)
    return try await write(secret)
  }

  /// Names the staged version `current`, and the current one `previous`.
  public func promote(
    _ intent: RotationIntent, after snapshot: SecretSnapshot
  ) async throws(SecretStoreError) -> SecretSnapshot {
    if let current = snapshot.current, let pending = snapshot.pending,
      current.document.fingerprint == pending.document.fingerprint
    {
      return snapshot
    }
    try requireClaim(intent, in: snapshot)
    guard snapshot.current?.document.fingerprint == intent.fromFingerprint else {
      throw conflict("the current key is not the one that was to be replaced")
    }
    var secret = try await secret(after: snapshot)
    guard let pending = secret.versionAliases[Alias.pending] else {
      throw conflict("no key is staged")
    }
    secret.versionAliases[Alias.previous] = secret.versionAliases[Alias.current]
    secret.versionAliases[Alias.current] = pending
    return try await write(secret)
  }

  /// Removes the claim, and the alias `pending`.
  public func finish(
    after snapshot: SecretSnapshot
  ) async throws(SecretStoreError) -> SecretSnapshot {
    if snapshot.intent == nil, snapshot.pending == nil { return snapshot }
    var secret = try await secret(after: snapshot)
    secret.versionAliases[Alias.pending] = nil
    secret.annotations[Self.claim] = nil
    return try await write(secret)
  }

  /// Adds the key as a version and names it `current`.
  public func replace(
    with document: SecretDocument, after snapshot: SecretSnapshot?
  ) async throws(SecretStoreError) -> SecretSnapshot {
    var secret: GoogleSecret
    if let snapshot {
      secret = try await self.secret(after: snapshot)
    } else {
      // The secret itself is there before its first key: it says who may read it, and where it is kept.
      secret = try await client.secret()
      guard try await currentVersion(of: secret) == nil else {
        throw conflict("there is a key already")
      }
    }
    let previous = try await currentVersion(of: secret)
    secret.versionAliases[Alias.current] = try await version(of: document, in: secret)
    if previous != secret.versionAliases[Alias.current] {
      secret.versionAliases[Alias.previous] = previous
    }
    secret.versionAliases[Alias.pending] = nil
    secret.annotations[Self.claim] = nil
    return try await write(secret)
  }

  /// Ends the connection.
  public func close() async { await client.close() }

  // MARK: Inner

  private enum Alias {
    static let current: MapKey = "current"
    static let pending: MapKey = "pending"
    static let previous: MapKey = "previous"
  }

  private static let claim: MapKey = "momento-auth-rotation"

  /// The secret as it is now, if it is still as a snapshot has it.
  private func secret(
    after snapshot: SecretSnapshot
  ) async throws(SecretStoreError) -> GoogleSecret {
    let secret = try await client.secret()
    guard secret.etag == snapshot.state.text else {
      throw conflict("the secret has changed meanwhile")
    }
    return secret
  }

  /// Writes aliases and annotations; where the answer is lost, looks at what has become of it.
  private func write(_ secret: GoogleSecret) async throws(SecretStoreError) -> SecretSnapshot {
    do {
      return try await snapshot(
        of: try await client.update(secret, fields: ["version_aliases", "annotations"]))
    } catch {
      guard error.delivery == .unknown, error.operation == "UpdateSecret",
        let found = try? await client.secret()
      else { throw error }
      if found.versionAliases == secret.versionAliases, found.annotations == secret.annotations {
        return try await snapshot(of: found)
      }
      if found.etag != secret.etag { throw conflict("the secret has changed meanwhile") }
      throw error
    }
  }

  /// The version that holds a document: one that was added before and whose answer was lost, or a new
  /// one.
  private func version(
    of document: SecretDocument, in secret: GoogleSecret
  ) async throws(SecretStoreError) -> Int64 {
    let bytes = document.encodedRevealingSecrets()
    guard bytes.count <= traits.mostBytes else {
      throw SecretStoreError(
        .tooLarge, at: location, operation: "AddSecretVersion",
        "the secret would be \(bytes.count) bytes long, and the store takes \(traits.mostBytes)",
        advice: "Remove what is not needed beside the key.", delivery: .notSent)
    }
    let current = try await currentVersion(of: secret) ?? 0
    for number in try await client.enabledVersions(above: current)
    where try await client.access(number) == bytes {
      return number
    }
    return try await client.add(bytes)
  }

  /// The version that `current` names; before the first rotation, the newest.
  private func currentVersion(
    of secret: GoogleSecret
  ) async throws(SecretStoreError) -> Int64? {
    if let number = secret.versionAliases[Alias.current] { return number }
    return try await client.enabledVersions(above: 0).first
  }

  private func snapshot(of secret: GoogleSecret) async throws(SecretStoreError) -> SecretSnapshot {
    var snapshot = SecretSnapshot(
      identity: identity, current: nil, state: VersionToken(secret.etag))
    if let text = secret.annotations[Self.claim] {
      guard let json = JSONValue(parsing: text), let intent = RotationIntent(json: json) else {
        throw unreadable("the annotation that holds the claim on a rotation is damaged")
      }
      snapshot.intent = intent
    }
    if let number = try await currentVersion(of: secret) {
      snapshot.current = try await stored(number)
    }
    if let number = secret.versionAliases[Alias.pending] {
      snapshot.pending =
        snapshot.current?.version.text == "\(number)"
        ? snapshot.current : try await stored(number)
    }
    return snapshot
  }

  private func stored(_ number: Int64) async throws(SecretStoreError) -> StoredSecret {
    let bytes = try await client.access(number)
    do {
      return StoredSecret(
        document: try SecretDocument(parsing: bytes), version: VersionToken("\(number)"))
    } catch {
      throw unreadable(error.message, advice: error.advice)
    }
  }

  private func requireClaim(
    _ intent: RotationIntent, in snapshot: SecretSnapshot
  ) throws(SecretStoreError) {
    guard let held = snapshot.intent, held.operation == intent.operation,
      held.owner == intent.owner
    else { throw conflict("the claim on this rotation is not held") }
  }

  private func conflict(_ message: String) -> SecretStoreError {
    SecretStoreError(.conflict, at: location, operation: "UpdateSecret", message)
  }

  private func unreadable(_ message: String, advice: String = "") -> SecretStoreError {
    SecretStoreError(.unreadable, at: location, operation: "read", message, advice: advice)
  }
}
