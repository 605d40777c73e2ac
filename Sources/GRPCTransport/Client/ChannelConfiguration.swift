public import GRPCCall
public import HTTP2Session
public import TLSSession

/// Where a channel connects to.
public struct Target: Sendable, Equatable, CustomStringConvertible {
  /// A name, or an IPv4 or IPv6 address in its numeric form without brackets.
  public var host: String
  /// 1…65535.
  public var port: Int

  /// A name or address and a port.
  public static func host(_ host: String, port: Int) -> Target {
    Target(host: host, port: port)
  }

  /// `host:port`, an IPv6 address in brackets: the form of `:authority`.
  public var description: String {
    host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]:\(port)" : "\(host):\(port)"
  }
}

/// How the bytes of a connection are protected.
public enum ClientTransportSecurity: Sendable {
  /// Not at all: HTTP/2 with prior knowledge (RFC 9113 §3.3).
  case plaintext
  /// TLS with ALPN `h2`, the server's certificate verified.
  case tls(TLSClientConfiguration)
}

/// When a connection is probed with PING (gRPC's keepalive).
public struct KeepaliveConfiguration: Sendable, Equatable {
  /// How long a connection may be silent before it is probed. Nil: never.
  public var time: Duration?
  /// How long the answer may take before the connection counts as dead.
  public var timeout: Duration
  /// Whether to probe while no call is open. Many servers take that for abuse.
  public var permitWithoutCalls: Bool
  /// What a shorter ``time`` is raised to (gRPC A8).
  package var minimumTime: Duration = .seconds(10)

  /// No probes unless `time` is given; an answer within 20 s; none without calls.
  public init(
    time: Duration? = nil, timeout: Duration = .seconds(20), permitWithoutCalls: Bool = false
  ) {
    self.time = time
    self.timeout = timeout
    self.permitWithoutCalls = permitWithoutCalls
  }
}

/// How a channel behaves. The defaults suit a service that calls another over a good network.
public struct ChannelConfiguration: Sendable {
  /// How connections are protected.
  public var transportSecurity: ClientTransportSecurity = .plaintext
  /// `:authority` of the requests, where it is not the target's host and port.
  public var authority: String?
  /// The deadline of a call that brings none. Nil: none. Every call should have one.
  public var defaultDeadline: Duration? = .seconds(60)
  /// The largest response message, in bytes.
  public var maxReceiveMessageSize: Int = 4 << 20
  /// The largest request message, in bytes.
  public var maxSendMessageSize: Int = 4 << 20
  /// HTTP/2 windows and limits.
  public var http2 = HTTP2Configuration()
  /// Probes of idle connections.
  public var keepalive = KeepaliveConfiguration()
  /// How long one try to connect may take, from the look-up of the name to the end of TLS.
  public var connectTimeout: Duration = .seconds(20)
  /// How many calls may wait for a connection or a free stream, all connections together. One more
  /// fails at once with RESOURCE_EXHAUSTED.
  public var maxWaitingCalls: Int = 100_000
  /// How many connections the channel makes to its target; calls are dealt over them. More than one
  /// is for services that need more than one core's worth of calls, or more streams than the
  /// server lets one connection have. Taken between 1 and 1,024.
  public var connectionCount: Int = 1
  /// How the target's name is looked up, each time that a connection is needed; the system's way if
  /// nil.
  package var lookUp: Resolver.LookUp?
  /// Comes before this library's own name in `user-agent`.
  public var userAgentPrefix: String?
  /// Retries of calls that failed in a way that repeating may mend. Nil: none but transparent ones
  /// (of calls that the server surely never saw).
  public var retryPolicy: RetryPolicy?
  /// Sees the bytes of every connection.
  public var wireTap: (any WireTap)?
  /// Follows the calls.
  public var tracer: (any CallTracer)?
  /// The loop that all of the channel's connections live on. Nil: those of ``eventLoops`` in turn.
  public var eventLoop: EventLoop?
  /// The loops over which the channel's connections are dealt.
  public var eventLoops: EventLoopGroup = .shared

  /// The defaults.
  public init() {}
}

/// What one call wants otherwise than its channel does.
public struct CallOptions: Sendable {
  /// The time that the call may take, from now. Nil: the channel's default.
  public var deadline: Duration? {
    didSet { timeout = deadline?.wholeNanoseconds }
  }
  /// The same in nanoseconds: worked out here, because options are made once and used often.
  private(set) var timeout: UInt64?
  /// Wait for a connection instead of failing with UNAVAILABLE while there is none.
  public var waitForReady: Bool
  /// Retries of this call. Nil: the channel's.
  public var retryPolicy: RetryPolicy? {
    get { retryPolicyBox?.policy }
    set { retryPolicyBox = newValue.map { RetryPolicyBox($0) } }
  }
  private(set) var retryPolicyBox: RetryPolicyBox?

  /// The channel's defaults, and no waiting.
  public init(
    deadline: Duration? = nil, waitForReady: Bool = false, retryPolicy: RetryPolicy? = nil
  ) {
    self.deadline = deadline
    timeout = deadline?.wholeNanoseconds
    self.waitForReady = waitForReady
    self.retryPolicy = retryPolicy
  }
}

/// Holds a policy in one word: every call carries one, and few come to use it.
final class RetryPolicyBox: Sendable {
  let policy: RetryPolicy

  init(_ policy: RetryPolicy) { self.policy = policy }
}
