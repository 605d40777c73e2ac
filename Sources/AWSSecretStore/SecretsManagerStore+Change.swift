import GRPCCall
import MomentoAuth
import SecretStores

/// The labels of versions.
enum Label {
  static let current = "AWSCURRENT"
  static let pending = "AWSPENDING"
  static let claim = "MOMENTO_CLAIM"
  static let draft = "MOMENTO_DRAFT"
}

extension SecretsManagerStore {
  /// Makes a change unless it has been made, and only if nothing else has changed.
  ///
  /// Whatever the service says to it, what counts is what is found afterwards: an answer may be lost,
  /// and a label that was moved before cannot be moved again.
  func change(
    _ operation: String, after snapshot: SecretSnapshot,
    isDone: (SecretSnapshot) -> Bool,
    perform: (SecretView) async throws(SecretStoreError) -> Void
  ) async throws(SecretStoreError) -> SecretSnapshot {
    let before = try await view()
    if isDone(before.snapshot) {
      // What is done may have left a label that no reader sees.
      if before.hasLeftovers, operation == "finish" { try? await perform(before) }
      return before.snapshot
    }
    guard before.snapshot.state == snapshot.state else {
      throw conflict(operation, "the secret has changed meanwhile")
    }
    do {
      try await perform(before)
    } catch {
      guard error.delivery == .unknown || error.kind == .conflict else { throw error }
      let found = try? await read()
      if let found, isDone(found) { return found }
      if let found, found.state != snapshot.state {
        throw conflict(operation, "the secret has changed meanwhile")
      }
      throw error
    }
    let after = try await read()
    guard isDone(after) else { throw conflict(operation, "the secret has changed meanwhile") }
    return after
  }

  /// Writes a claim as a version of its own, and moves the claim's label there.
  ///
  /// Its id is made of the state that it was based on: of two replicas that saw the same, the second
  /// finds the id taken. Where the claim that took it is long gone, the next id is tried.
  func claim(
    _ intent: RotationIntent, after snapshot: SecretSnapshot, _ operation: String
  ) async throws(SecretStoreError) -> SecretSnapshot {
    let content = SecretContent.text(Secret(intent.json.description))
    return try await change(operation, after: snapshot) {
      $0.intent == intent && $0.current?.version == snapshot.current?.version
    } perform: { (view) async throws(SecretStoreError) in
      let version = try await writeClaim(content, after: snapshot, operation)
      try await manager.move(
        Label.claim, to: version, from: view.description.version(labelled: Label.claim))
    }
  }

  private func writeClaim(
    _ content: SecretContent, after snapshot: SecretSnapshot, _ operation: String
  ) async throws(SecretStoreError) -> String {
    for number in 0..<16 {
      let name = "momento-auth claim\n\(snapshot.identity)\n\(snapshot.state.text)\n\(number)"
      let version = OperationID(name: name).text
      do {
        try await manager.put(content, version: version, label: Label.draft)
        return version
      } catch {
        guard error.kind == .conflict, try await read().state == snapshot.state else {
          throw error
        }
      }
    }
    throw conflict(operation, "too many claims have come to nothing")
  }

  func conflict(_ operation: String, _ message: String) -> SecretStoreError {
    SecretStoreError(.conflict, at: location, operation: operation, message)
  }
}
