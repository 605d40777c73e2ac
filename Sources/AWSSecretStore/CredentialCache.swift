import SecretStores

/// Keeps credentials until they are about to end.
///
/// They are renewed 15 minutes before their end; while that does not succeed the old ones are used on,
/// up to 10 minutes before it. However many ask at once, one search is under way.
actor CredentialCache {
  private let environment: AWSEnvironment
  private let search: CredentialSearch
  private var held: AWSCredentials?
  private var searching: Task<Result<AWSCredentials, SecretStoreError>, Never>?
  /// After a renewal that failed, when the next is worth it.
  private var nextRenewal: UInt64 = 0

  init(search: CredentialSearch) {
    self.search = search
    environment = search.environment
  }

  func credentials() async throws(SecretStoreError) -> AWSCredentials {
    let now = environment.now()
    guard let held else { return try await renew().get() }
    guard let end = held.expiration, end < now + 900 else { return held }
    let mustRenew = end < now + 600
    guard mustRenew || now >= nextRenewal else { return held }
    switch await renew() {
    case .success(let renewed): return renewed
    case .failure(let error):
      if mustRenew { throw error }
      nextRenewal = now + 60
      return held
    }
  }

  /// Lets go of credentials that a service has not accepted, unless there are others by now.
  func discard(_ refused: AWSCredentials) {
    if held == refused { held = nil }
  }

  private func renew() async -> Result<AWSCredentials, SecretStoreError> {
    if let searching { return await searching.value }
    let search = search
    let task = Task<Result<AWSCredentials, SecretStoreError>, Never> {
      do throws(SecretStoreError) {
        return .success(try await search.find())
      } catch {
        return .failure(error)
      }
    }
    searching = task
    let found = await task.value
    searching = nil
    if case .success(let credentials) = found { held = credentials }
    return found
  }
}
