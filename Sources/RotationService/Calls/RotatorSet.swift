import Locking
package import MomentoKeyRotation
package import SecretStores

/// The rotators of a process that is called from time to time. Each is made when it is first asked for,
/// and kept: it remembers what it could not finish.
package final class RotatorSet: Sendable {
  /// Opens the store that a URL names, and makes a rotator of it.
  package typealias Maker =
    @Sendable (StoreURL) throws -> (store: any SecretStore, rotator: KeyRotator)

  private let make: Maker
  private let made = Locked<[StoreURL: (store: any SecretStore, rotator: KeyRotator)]>([:])

  package init(_ make: @escaping Maker) { self.make = make }

  /// The rotator of a store.
  ///
  /// - Throws: what the maker throws.
  package func rotator(of url: StoreURL) throws -> KeyRotator {
    try made.withLock { made in
      if let entry = made[url] { return entry.rotator }
      let entry = try make(url)
      made[url] = entry
      return entry.rotator
    }
  }

  /// Renews the key in a store if it is due.
  package func rotate(_ url: StoreURL, force: Bool) async throws -> RotationResult {
    RotationResult(url.location, try await rotator(of: url).rotateIfDue(force: force))
  }

  /// Closes every store that was opened.
  package func close() async {
    let entries = made.withLock { made in
      defer { made = [:] }
      return Array(made.values)
    }
    for entry in entries { await entry.store.close() }
  }
}
