import GRPCCall
import Locking

/// A secret in this process's memory, for trying things out: it is lost with the process.
public final class MemoryCell: SecretCell {
  private struct Held: Sendable {
    var contents = CellContents(current: nil)
    var revision = 0
    var currentRevision = 0
  }

  /// Which secret this is, for logs.
  public let location: StoreLocation
  /// How the store works.
  public let traits: SecretStoreTraits
  private let held = Locked(Held())

  /// Makes an empty cell.
  public init(name: String, traits: SecretStoreTraits = SecretStoreTraits(isRemote: false)) {
    location = StoreLocation(scheme: "memory", name: name)
    self.traits = traits
  }

  /// What all replicas call this secret.
  public var identity: String { location.description }

  /// One consistent view of what is there.
  public func read() async throws(SecretStoreError) -> CellState {
    let held = held.withLock { $0 }
    guard held.contents.current != nil || held.contents.journal != nil else {
      throw SecretStoreError(
        .notFound, at: location, operation: "read", "there is nothing of this name in memory")
    }
    return state(held)
  }

  /// Puts `contents` in the place of what is there, if that is still `state`.
  public func swap(
    _ contents: CellContents, expecting state: VersionToken?
  ) async throws(SecretStoreError) -> CellState {
    let result: CellState? = held.withLock { held in
      let isEmpty = held.contents.current == nil && held.contents.journal == nil
      guard state == (isEmpty ? nil : self.state(held).state) else { return nil }
      held.revision += 1
      if held.contents.current != contents.current { held.currentRevision = held.revision }
      held.contents = contents
      return self.state(held)
    }
    guard let result else {
      throw SecretStoreError(
        .conflict, at: location, operation: "swap", "the secret has changed meanwhile")
    }
    return result
  }

  private func state(_ held: Held) -> CellState {
    CellState(
      contents: held.contents, state: VersionToken("\(held.revision)"),
      currentVersion: VersionToken("\(held.currentRevision)"))
  }
}
