import GRPCCall
import MomentoAuth
package import SecretStores

/// What a rotation needs besides the store.
package protocol RotationKeys: Sendable {
  /// Asks for the key that takes a document's place. Whoever issues it also keeps it until it is in
  /// the store, and gives it again when he is asked for the same operation.
  func issue(
    replacing document: SecretDocument, operation: OperationID
  ) async throws -> SecretDocument

  /// Tries a key.
  func probe(_ document: SecretDocument) async throws -> KeyVerdict
}

/// What a trial of a key has shown.
package enum KeyVerdict: Sendable, Hashable {
  /// The service knows the key; it need not be allowed anything.
  case authenticates
  case refused
  /// The service could not be asked.
  case inconclusive
}

/// Why a step was not done.
package enum RotationContractError: Error, Sendable, Hashable {
  /// Rotation of the secret is not switched on.
  case rotationNotEnabled
  /// The token names no version of the secret.
  case unknownVersion
  /// The version is neither pending nor current: another rotation is under way.
  case notPending
  /// There is no current key to begin with.
  case noCurrentKey
  /// The new version has no content: `createSecret` has not been done.
  case noPendingKey
  /// The secret holds a key that cannot be used.
  case keyRefused
  /// Whether the key can be used could not be found out.
  case keyInconclusive
}

/// The four steps in which Secrets Manager has a function rotate a secret.
///
/// A step that returns counts as done, and each may be called again: whatever is wrong is thrown.
/// Secrets Manager runs one rotation of a secret at a time, so there is no claim.
package struct RotationContract<Keys: RotationKeys>: Sendable {
  /// What a step has come to.
  package enum Outcome: Sendable, Hashable {
    /// The step was done.
    case done
    /// The step had been done before, or there was nothing to do.
    case alreadyDone
  }

  private let store: SecretsManagerStore
  private let manager: SecretsManager
  private let keys: Keys

  /// - Parameter store: the secret that the events name.
  package init(store: SecretsManagerStore, keys: Keys) {
    self.store = store
    manager = store.manager
    self.keys = keys
  }

  /// Does a step.
  ///
  /// - Throws: ``RotationContractError``, ``SecretStores/SecretStoreError``, and what the keys throw.
  package func perform(_ event: RotationEvent) async throws -> Outcome {
    let description = try await manager.describe()
    guard description.isRotationEnabled else { throw RotationContractError.rotationNotEnabled }
    guard let labels = description.labels[event.token.text] else {
      throw RotationContractError.unknownVersion
    }
    if labels.contains(Label.current) { return .alreadyDone }
    guard labels.contains(Label.pending) else { throw RotationContractError.notPending }
    switch event.step {
    case .createSecret: return try await create(event, description)
    case .setSecret: return .alreadyDone
    case .testSecret: return try await test(event, description)
    case .finishSecret: return try await finish(event, description)
    }
  }

  private func create(
    _ event: RotationEvent, _ description: SecretDescription
  ) async throws -> Outcome {
    if try await document(event.token.text) != nil { return .alreadyDone }
    let current = try await current(description)
    try await proveRights(description, current)
    let issued = try await keys.issue(replacing: current.document, operation: event.token)
    try await keep(issued, event)
    return .done
  }

  /// Writes the new key, again and again while there is hope: there may be no other copy of it. The
  /// same content under the same id is written once.
  private func keep(
    _ document: SecretDocument, _ event: RotationEvent
  ) async throws(SecretStoreError) {
    let content = SecretContent.text(Secret(bytes: document.encodedRevealingSecrets()))
    var wait = manager.environment.patience
    for attempt in 1... {
      do {
        return try await manager.put(
          content, version: event.token.text, label: Label.pending,
          rotationToken: event.rotationToken?.reveal())
      } catch {
        guard attempt < Self.mostAttempts, error.isRetryable || error.delivery != .answered,
          !Task.isCancelled
        else { throw error }
      }
      try? await Task.sleep(for: wait)
      wait = min(wait * 2, .seconds(2))
    }
  }

  /// With the waits between them about 15 s.
  private static var mostAttempts: Int { 12 }

  /// Tests the new key and no other: that the old one works says nothing of it. Only a rotation that
  /// was put off (`RotateImmediately` false) has this step without a new key: it tests the function.
  private func test(
    _ event: RotationEvent, _ description: SecretDescription
  ) async throws -> Outcome {
    if let pending = try await document(event.token.text) {
      try await requireWorking(pending)
      return .done
    }
    let current = try await current(description)
    try await requireWorking(current.document)
    try await proveRights(description, current)
    return .done
  }

  private func finish(
    _ event: RotationEvent, _ description: SecretDescription
  ) async throws -> Outcome {
    guard try await document(event.token.text) != nil else {
      throw RotationContractError.noPendingKey
    }
    let token = event.token.text
    do {
      try await manager.move(
        Label.current, to: token, from: description.version(labelled: Label.current))
    } catch {
      // The answer may be lost, or the step be under way twice.
      let found = try? await manager.describe()
      guard found?.version(labelled: Label.current) == token else { throw error }
    }
    // AWS leaves the label in some cases and takes it away in others; either is well.
    try? await manager.remove(Label.pending, from: token)
    return .done
  }

  /// Shows that a new key could be kept and given to readers, before there is one.
  private func proveRights(
    _ description: SecretDescription, _ current: StoredSecret
  ) async throws(SecretStoreError) {
    let version = current.version.text
    if let content = try await manager.content(ofVersion: version) {
      try await manager.put(content, version: version, label: Label.draft)
    }
    try await manager.move(
      Label.draft, to: version, from: description.version(labelled: Label.draft))
    try await manager.remove(Label.draft, from: version)
  }

  private func requireWorking(_ document: SecretDocument) async throws {
    switch try await keys.probe(document) {
    case .authenticates: return
    case .refused: throw RotationContractError.keyRefused
    case .inconclusive: throw RotationContractError.keyInconclusive
    }
  }

  private func current(_ description: SecretDescription) async throws -> StoredSecret {
    // In steps: in one condition it crashes the optimiser of Swift 6.3.
    let version = description.version(labelled: Label.current)
    let stored = try await store.stored(version)
    guard let stored else { throw RotationContractError.noCurrentKey }
    return stored
  }

  private func document(_ version: String) async throws(SecretStoreError) -> SecretDocument? {
    try await store.stored(version)?.document
  }
}
