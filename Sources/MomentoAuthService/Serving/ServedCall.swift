import GRPCCall
import GRPCTransport

/// A call that the service has answered, for a log. It holds no secret.
public struct ServedCall: Sendable, Hashable {
  /// `/package.Service/Method`, or `GET /path` for a request of the page; as the client sent it.
  public let method: String
  /// The status, such as `PERMISSION_DENIED`; for a request of the page its number, such as `404`.
  public let status: String
  /// How long it took.
  public let duration: Duration
  /// The client's address.
  public let peer: String
  /// The id (`jti`) of the key or token that the caller used, where it is one of this service.
  public let callerID: String?
  /// The token id of the caller's disposable token.
  public let callerTokenID: String?
  /// The id (`jti`) of the key or token that was made.
  public let issuedID: String?
}

/// Tells of each call, and of whose it was.
struct CallLog: ServerCallObserver {
  let service: AuthService
  let ended: @Sendable (ServedCall) -> Void

  /// Calls to caches and topics carry their credential as metadata; those of auth, which do not, note it
  /// themselves.
  func callBegan(_ context: ServerContext) {
    guard let attributes = context.attributes, let token = context.metadata.first("authorization"),
      let claims = service.claims(of: token)
    else { return }
    attributes["caller"] = claims.jti
    attributes["tokenID"] = claims.tid
  }

  func callEnded(_ call: ServerCallRecord) {
    let status =
      switch call.outcome {
      case .grpc(let code): code.name
      case .http(let number): String(number)
      }
    ended(
      ServedCall(
        method: call.method, status: status, duration: call.duration, peer: call.peer,
        callerID: call.attributes["caller"], callerTokenID: call.attributes["tokenID"],
        issuedID: call.attributes["issued"]))
  }
}
