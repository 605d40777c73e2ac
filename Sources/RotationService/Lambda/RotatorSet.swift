import Locking
import MomentoKeyRotation
import SecretStores

/// The rotators of a process that is called from time to time. Each is made when it is first asked for,
/// and kept: it remembers what it could not finish.
final class RotatorSet: Sendable {
  /// Makes the rotator of the store that a URL names.
  typealias Maker = @Sendable (StoreURL) throws -> KeyRotator

  private let make: Maker
  private let made = Locked<[StoreURL: KeyRotator]>([:])

  init(_ make: @escaping Maker) { self.make = make }

  /// Renews the key in a store if it is due.
  ///
  /// - Throws: what the maker throws.
  func rotate(_ url: StoreURL, force: Bool) async throws -> RotationResult {
    let rotator = try made.withLock { made in
      if let rotator = made[url] { return rotator }
      let rotator = try make(url)
      made[url] = rotator
      return rotator
    }
    return RotationResult(url.location, await rotator.rotateIfDue(force: force))
  }
}
