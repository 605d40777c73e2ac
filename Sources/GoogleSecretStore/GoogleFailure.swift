import GRPCCall
import MomentoAuth
import SecretStores

/// How what Secret Manager answers reads as the failure of a store.
struct GoogleFailure {
  let error: RPCError
  let location: StoreLocation
  let operation: String

  /// The failure as the rotation understands it.
  var storeError: SecretStoreError {
    let (kind, advice) = meaning
    return SecretStoreError(
      kind, at: location, operation: operation, message, advice: advice, code: error.code.name,
      delivery: delivery)
  }

  private var message: String {
    error.message.isEmpty ? error.code.name : error.message.singleLine.withoutSuspectWords
  }

  /// A service that answers that it is in trouble does not say whether it was before or after.
  private var delivery: Delivery {
    guard error.delivery == .answered else { return error.delivery }
    switch error.code {
    case .unavailable, .deadlineExceeded, .internalError, .unknown, .cancelled: return .unknown
    default: return .answered
    }
  }

  private var meaning: (kind: SecretStoreError.Kind, advice: String) {
    switch error.code {
    case .notFound:
      (.notFound, "Make it first: gcloud secrets create; then 'rotate import' puts a key there.")
    case .failedPrecondition where operation == "AccessSecretVersion":
      (.unreadable, "The version is disabled or destroyed: enable it, or import a good key.")
    case .failedPrecondition, .aborted: (.conflict, "")
    case .unauthenticated:
      (.unauthenticated, "See the URL's credentials, or the machine's service account.")
    case .permissionDenied: (.denied, Self.rightsAdvice)
    case .resourceExhausted: (.throttled(retryAfter: nil), "")
    case .invalidArgument, .outOfRange: (.misconfigured, "See that the URL names a secret.")
    case .unimplemented: (.unsupported, "See the URL's endpoint.")
    default: (.unavailable, "")
    }
  }

  private static let rightsAdvice =
    "Grant secretmanager.secrets.get, secrets.update, versions.add, versions.access and "
    + "versions.list on the secret."
}
