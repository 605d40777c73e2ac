import GRPCCall
import MomentoAuth
import SecretStores

/// How what etcd answers reads as the failure of a store.
struct EtcdFailure {
  let error: RPCError
  let location: StoreLocation
  let operation: String
  /// Whether the call would have changed something.
  let changes: Bool

  /// The failure as the rotation understands it.
  var storeError: SecretStoreError {
    let (kind, advice) = meaning
    return SecretStoreError(
      kind, at: location, operation: operation, message, advice: advice, code: error.code.name,
      delivery: delivery)
  }

  /// Whether the call can be made at another member: nothing has come of it, or nothing would.
  var mayBeRepeatedElsewhere: Bool {
    guard isOfTheMember else { return false }
    return !changes || delivery != .unknown
  }

  /// Whether another member may do better.
  var isOfTheMember: Bool {
    switch error.code {
    case .unavailable, .deadlineExceeded, .unknown, .internalError: true
    default: false
    }
  }

  /// Whether the token that went with the call is of no use any more. The last is said when users or
  /// roles have changed since.
  var wantsNewToken: Bool {
    error.code == .unauthenticated || says("revision of auth store is old")
  }

  private var message: String {
    let text =
      error.message.isEmpty ? error.code.name : error.message.singleLine.withoutSuspectWords
    return error.endpoint.map { "\($0): \(text)" } ?? text
  }

  /// A member that answers that it is too late or that the leader is gone may have handed the change
  /// on before: only what it says of itself is certain.
  private var delivery: Delivery {
    guard error.delivery == .answered, changes, isOfTheMember else { return error.delivery }
    return says("no leader") || says("not capable") ? .refused : .unknown
  }

  private var meaning: (kind: SecretStoreError.Kind, advice: String) {
    switch error.code {
    case .unauthenticated: (.unauthenticated, Self.credentialAdvice)
    case .permissionDenied:
      (.denied, "Grant the user's role readwrite on the key and on all keys below it.")
    case .resourceExhausted where says("database space exceeded"):
      (.unavailable, "The cluster is full: compact, defragment and disarm its alarm.")
    case .resourceExhausted: (.throttled(retryAfter: nil), "")
    case .invalidArgument where says("user name is empty") || says("authentication failed"):
      (.unauthenticated, Self.credentialAdvice)
    case .invalidArgument where says("revision of auth store is old"): (.unavailable, "")
    case .invalidArgument where says("request is too large"): (.tooLarge, "")
    case .notFound: (.notFound, "")
    case .unimplemented: (.unsupported, "It takes etcd 3.3 or newer.")
    case .unavailable where error.phase == .tls:
      (.unavailable, "See that tls, ca-file, cert-file and key-file of the URL are right.")
    default: (.unavailable, "")
    }
  }

  private static let credentialAdvice = "See the URL's user, and ETCD_PASSWORD."

  private func says(_ words: String) -> Bool { error.message.contains(words) }
}
