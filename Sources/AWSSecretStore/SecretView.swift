import FoundationEssentials
import MomentoAuth
import SecretStores
import TLSSession

/// A secret with its labels.
struct SecretView: Sendable {
  var description: SecretDescription
  var snapshot: SecretSnapshot

  /// Whether a label is left over that says nothing any more.
  var hasLeftovers: Bool {
    [Label.draft, Label.pending, Label.claim].contains {
      description.version(labelled: $0) != nil
    }
  }
}

extension SecretsManagerStore {
  /// One consistent view: the labels at one moment, and the versions that they were on, which never
  /// change.
  func view() async throws(SecretStoreError) -> SecretView {
    let description = try await manager.describe()
    let current = description.version(labelled: Label.current)
    var pending = description.version(labelled: Label.pending)
    // Depending on how it was moved, AWS leaves the label on what has become the current key.
    if pending == current { pending = nil }
    let staged = try await stored(pending)
    let claim = description.version(labelled: Label.claim)
    let draft = description.version(labelled: Label.draft)
    let state = [
      current, pending, claim, draft == current ? nil : draft, staged.map { _ in "with content" },
    ]
    let snapshot = SecretSnapshot(
      identity: description.arn, current: try await stored(current), pending: staged,
      intent: try await intent(claim),
      state: VersionToken(
        String(Hash.text(Array(state.map { $0 ?? "" }.joined(separator: "\n").utf8)).prefix(32))),
      serverTime: description.serverTime)
    return SecretView(description: description, snapshot: snapshot)
  }

  func stored(_ version: String?) async throws(SecretStoreError) -> StoredSecret? {
    guard let version, let content = try await manager.content(ofVersion: version) else {
      return nil
    }
    do {
      return StoredSecret(
        document: try SecretDocument(parsing: content.bytes), version: VersionToken(version))
    } catch {
      throw SecretStoreError(
        .unreadable, at: location, operation: "read", error.message, advice: error.advice)
    }
  }

  private func intent(_ version: String?) async throws(SecretStoreError) -> RotationIntent? {
    guard let version, let content = try await manager.content(ofVersion: version) else {
      return nil
    }
    guard let json = try? JSONDecoder().decode(JSONValue.self, from: Data(content.bytes)),
      let intent = RotationIntent(json: json)
    else {
      throw SecretStoreError(
        .unreadable, at: location, operation: "read",
        "the version that is labelled \(Label.claim) is no claim",
        advice: "Remove the label if no rotation is under way.")
    }
    return intent
  }
}

/// SHA-256 as text.
enum Hash {
  static func text(_ bytes: [UInt8]) -> String { Hexadecimal.encode(Crypto.sha256(bytes)) }
}
