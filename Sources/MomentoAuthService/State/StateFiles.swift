import LocalFiles
import Locking

/// The files of a service that outlives its process: the state with its keys, and beside it the caches.
/// One process at a time has them.
///
/// The state is on the disk before the service takes its first call. Keys say all of themselves and are
/// signed, so each that is given out is good after a restart, however the process ended. What else must
/// last is waited for: the use of a refresh token that is good once, the making and deleting of a cache.
/// The list of keys follows within a twentieth of a second, items within a second.
final class StateFiles: Sendable {
  /// No state that this service writes is larger.
  private static let mostStateBytes = 64 << 20
  /// In nanoseconds.
  private static let statePause: UInt64 = 50_000_000
  private static let cachesPause: UInt64 = 1_000_000_000

  let path: String
  let savedState: SavedState?
  private let lock: Locked<HeldLock?>
  private let keepers = Locked<(state: FileKeeper, caches: FileKeeper)?>(nil)

  private var cachesPath: String { path + ".caches" }

  /// Takes the files, and reads the state.
  ///
  /// - Throws: ``EmbeddedAuthServiceError`` when another process has them, or they are something else.
  init(path: String) throws(EmbeddedAuthServiceError) {
    self.path = path
    do {
      guard let lock = try FileLock.tryToTake(path: path + ".lock") else {
        throw EmbeddedAuthServiceError(
          "\(path) is in use by another process; each service needs a file of its own")
      }
      self.lock = Locked(HeldLock(lock))
    } catch let error as EmbeddedAuthServiceError {
      throw error
    } catch {
      throw EmbeddedAuthServiceError("\(error)")
    }
    savedState = try SavedState.read(path: path, limit: Self.mostStateBytes)
  }

  /// The caches as they were kept.
  ///
  /// - Parameter mostMemory: how many bytes caches take at most; in base64, with all that stands around
  ///   them, they take less than four times as many.
  func savedCaches(mostMemory: Int) throws(EmbeddedAuthServiceError) -> SavedCaches? {
    let limit = mostMemory.multipliedReportingOverflow(by: 4)
    return try SavedCaches.read(
      path: cachesPath, limit: (limit.overflow ? .max : limit.partialValue) / 2 + 1 << 20)
  }

  /// Writes both files, and keeps them from then on.
  func keep(
    state: @escaping @Sendable () throws -> SavedState,
    caches: @escaping @Sendable () throws -> SavedCaches,
    report: @escaping @Sendable (String) -> Void
  ) throws(EmbeddedAuthServiceError) {
    let stateKeeper = FileKeeper(
      path: path, pause: Self.statePause, content: { try state().encoded() }, report: report)
    let cachesKeeper = FileKeeper(
      path: cachesPath, pause: Self.cachesPause, content: { try caches().encoded() },
      report: report)
    try stateKeeper.start()
    do {
      try cachesKeeper.start()
    } catch {
      stateKeeper.stop()
      throw error
    }
    keepers.withLock { $0 = (stateKeeper, cachesKeeper) }
  }

  func stateChanged() { keepers.withLock { $0?.state }?.changed() }
  func cachesChanged() { keepers.withLock { $0?.caches }?.changed() }

  /// Waits until the state is on the disk as it is now. False when it cannot be written.
  func stateSaved() async -> Bool { await keepers.withLock { $0?.state }?.saved() ?? true }

  /// Waits until the caches are on the disk as they are now. False when they cannot be written.
  func cachesSaved() async -> Bool { await keepers.withLock { $0?.caches }?.saved() ?? true }

  /// Writes what has changed, keeps the files no more, and lets others have them.
  func close() async {
    if let keepers = keepers.withLock({ $0 }) {
      await keepers.state.close()
      await keepers.caches.close()
    }
    // Their content refers to what refers to these files.
    keepers.withLock { $0 = nil }
    lock.withLock { $0 = nil }
  }

  deinit {
    guard let keepers = keepers.withLock({ $0 }) else { return }
    keepers.state.stop()
    keepers.caches.stop()
  }
}

/// A lock that can be let go of before its holder goes.
private final class HeldLock: Sendable {
  private let lock: FileLock

  init(_ lock: consuming FileLock) { self.lock = lock }
}
