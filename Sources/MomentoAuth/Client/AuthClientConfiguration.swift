public import GRPCCall
public import GRPCTransport
public import TLSSession

/// How an ``AuthClient`` behaves. The defaults suit almost everybody.
public struct AuthClientConfiguration: Sendable {
  /// When calls carry the credential in an `authorization` header. The service reads it from the
  /// request itself; the header is there for proxies, and because most of Momento's SDKs send it.
  public enum AuthorizationHeader: Sendable, Hashable {
    /// Whenever there is a credential.
    case unlessEmpty
    /// Also when there is none: an empty header, as some SDKs send to Momento local.
    case always
    /// Never.
    case never
  }

  /// The longest that a call may take, its retries included.
  public var deadline: Duration = .seconds(15)
  /// The longest that a login may take, during which a person signs in on a web page.
  public var loginDeadline: Duration = .seconds(600)
  /// How calls are retried that may be repeated: refreshing a key, until the key has expired, and
  /// making a disposable token. `nil` for not at all. Making an API key is never repeated once the
  /// service may have seen the request, because a second key might be made.
  public var retryPolicy: RetryPolicy? = RetryPolicy()
  /// Whom to trust and how to prove oneself, wherever an endpoint is secure.
  public var tls = TLSClientConfiguration()
  /// When calls carry an `authorization` header.
  public var authorizationHeader: AuthorizationHeader = .unlessEmpty
  /// What the client says of itself in the `agent` header.
  public var agent: String = "swift:auth:\(libraryVersion)"
  /// Everything else about the connections: timeouts, keepalive, limits, the event loop. Its security
  /// is decided by each endpoint, and its deadline by ``deadline``.
  public var channel = ChannelConfiguration()

  /// The defaults: 15 s for a call, 10 minutes for a login, up to 3 attempts, the system's roots.
  public init() {}

  /// What the client says in the `runtime-version` header.
  static var runtimeVersion: String {
    #if compiler(>=6.4)
      "swift:6.4"
    #elseif compiler(>=6.3)
      "swift:6.3"
    #else
      "swift:6.2"
    #endif
  }
}
