package import MomentoAuth
package import SecretStores

/// When one key is to be renewed. All moments are epoch seconds.
package struct RotationSchedule: Sendable, Hashable {
  /// How a key stands at one moment.
  package enum Standing: Sendable, Hashable {
    /// It never expires.
    case never
    /// It has no refresh token.
    case unrefreshable
    /// It was made so recently that it must not be renewed again.
    case guarded(until: UInt64)
    case notDue(until: UInt64)
    case due
    /// It is due, and little time is left.
    case emergency
    case expired
  }

  /// When the key was issued; nil when nothing tells.
  package let issuedAt: UInt64?
  /// When it expires; nil when nothing tells.
  package let validUntil: ExpiresAt?
  /// How long it works in all, in seconds.
  package let lifetime: UInt64?
  /// When it is to be renewed.
  package let due: UInt64?
  /// When its renewal becomes urgent; never before it is due.
  package let emergency: UInt64?
  /// The earliest that it may be renewed.
  package let earliest: UInt64?
  /// The earliest that it may be renewed when somebody asks for it.
  package let earliestForced: UInt64?
  private let hasRefreshToken: Bool

  /// Works out when a key is to be renewed.
  ///
  /// - Parameter identity: of the secret; replicas that see the same find the same moments.
  package init(
    _ document: SecretDocument, identity: String, traits: SecretStoreTraits, policy: RotationPolicy
  ) {
    let token = try? JWT(parsing: document.credentials.credentialProvider().apiKey.reveal())
    let issuedAt = document.issuedAt ?? token?.claims["iat"]?.epochSeconds
    validUntil = document.credentials.validUntil ?? token?.expiresAt
    hasRefreshToken = document.credentials.refreshToken?.isEmpty == false
    self.issuedAt = issuedAt
    earliestForced = issuedAt.map {
      UInt64(clampingSeconds: Double($0) + policy.leastForcedGap.inSeconds)
    }
    guard let issuedAt, let validUntil, validUntil.doesExpire, validUntil.epochSeconds > issuedAt
    else {
      // Renewing is harmless: the old key works on. Afterwards the lifetime is known.
      (lifetime, due, emergency, earliest) = (nil, nil, nil, nil)
      return
    }
    let (start, end) = (Double(issuedAt), Double(validUntil.epochSeconds))
    let life = end - start
    let latestDue = start + policy.dueFraction * life
    let jitter = SeededJitter.fraction(of: "\(identity)#\(issuedAt)") * policy.jitterFraction
    let urgent = max(
      Double(policy.emergencyChecks) * policy.checkInterval.inSeconds,
      policy.emergencyFraction * life)
    // A key that lives shorter than five checks would be urgent all the time, and renewed for ever.
    let emergency = max(end - urgent, latestDue)
    let guarded = start + max(policy.guardFraction * life, traits.leastGap.inSeconds)
    lifetime = UInt64(clampingSeconds: life)
    due = UInt64(clampingSeconds: latestDue - jitter * life)
    self.emergency = UInt64(clampingSeconds: emergency)
    // No guard outlives the key.
    earliest = UInt64(clampingSeconds: min(guarded, emergency))
  }

  /// How the key stands.
  ///
  /// - Parameter isForced: somebody wants it renewed before it is due.
  package func standing(at now: UInt64, isForced: Bool = false) -> Standing {
    guard validUntil?.doesExpire != false else { return .never }
    guard hasRefreshToken else { return .unrefreshable }
    if let validUntil, validUntil.epochSeconds <= now { return .expired }
    if let emergency, emergency <= now { return .emergency }
    if isForced {
      // A clock that went back is no reason to refuse what was asked for.
      guard let issuedAt, issuedAt <= now, let earliestForced, earliestForced > now else {
        return .due
      }
      return .guarded(until: earliestForced)
    }
    guard let due, let earliest else { return .due }
    if due > now { return .notDue(until: due) }
    if earliest > now { return .guarded(until: earliest) }
    return .due
  }

  /// Whether the checks come too seldom for so short a life.
  package func checksAreTooRare(_ policy: RotationPolicy) -> Bool {
    guard let lifetime else { return false }
    let checks = Double(policy.emergencyChecks) * policy.checkInterval.inSeconds
    return checks > Double(lifetime) * (1 - policy.dueFraction)
  }
}
