import MomentoAuth
import SecretStores

/// The keys that a live credential has: the newest that its store gave, and the one before, which
/// works until it expires.
struct LiveKeys: Sendable {
  struct Key: Sendable {
    var live: LiveCredential
    var validUntil: ExpiresAt?
    var fingerprint: String

    /// - Throws: INVALID_ARGUMENT when no call could show the key.
    init(
      _ document: SecretDocument, _ overrides: EndpointOverrides?, generation: UInt64
    ) throws(MomentoError) {
      let provider = try document.credentials.credentialProvider(overrides: overrides)
      let text = provider.apiKey.reveal()
      guard !text.isEmpty, text.utf8.allSatisfy({ 0x21...0x7e ~= $0 }) else {
        throw MomentoError(
          .invalidArgument, "The key in the store has characters that no key has, or none at all.",
          advice: "Put the key into the store again.")
      }
      live = LiveCredential(provider: provider, generation: generation)
      validUntil = document.credentials.validUntil ?? (try? JWT(parsing: text))?.expiresAt
      fingerprint = document.fingerprint
    }

    func isExpired(at now: UInt64) -> Bool { remaining(at: now) == 0 }

    /// The seconds that are left, 0 when it has expired; nil when it does not expire.
    func remaining(at now: UInt64) -> UInt64? {
      guard let validUntil, validUntil.doesExpire else { return nil }
      return validUntil.epochSeconds > now ? validUntil.epochSeconds - now : 0
    }
  }

  private(set) var current: Key
  private(set) var previous: Key?

  init(first key: Key) { current = key }

  /// Takes over what the store gives.
  ///
  /// - Returns: whether it is another key than before.
  /// - Throws: INVALID_ARGUMENT for one that is of less use than the present one, which stays.
  mutating func take(
    _ document: SecretDocument, _ overrides: EndpointOverrides?, at now: UInt64
  ) throws(MomentoError) -> Bool {
    let key = try Key(document, overrides, generation: current.live.generation + 1)
    if key.live.provider == current.live.provider {
      current.validUntil = key.validUntil
      return false
    }
    if key.isExpired(at: now), !current.isExpired(at: now) {
      throw MomentoError(
        .invalidArgument, "The key in the store has expired, and the present one has not.",
        advice: "Put a key that works into the store; check this machine's clock.")
    }
    previous = current
    current = key
    return true
  }

  /// The newest key, where it came after another one.
  func newer(than refused: LiveCredential) -> LiveCredential? {
    current.live.generation > refused.generation ? current.live : nil
  }

  /// What may be tried where a key was refused: a newer one, or the one before while it works, since
  /// a service does not know a new key everywhere at once.
  func alternative(to refused: LiveCredential, at now: UInt64) -> LiveCredential? {
    if let newer = newer(than: refused) { return newer }
    guard let previous, previous.live.generation < refused.generation,
      !previous.isExpired(at: now)
    else { return nil }
    return previous.live
  }
}
