public import HTTP2Session
public import TLSSession

/// How the bytes of a server's connections are protected.
public enum ServerTransportSecurity: Sendable {
  /// Not at all: HTTP/2 with prior knowledge (RFC 9113 §3.3).
  case plaintext
  /// TLS with ALPN `h2`.
  case tls(TLSServerConfiguration)
}

/// How a server behaves.
public struct ServerConfiguration: Sendable {
  /// The numeric address to listen on, `127.0.0.1` or `::1`.
  public var host: String
  /// The port to listen on; 0 lets the system choose a free one.
  public var port: Int
  /// How connections are protected.
  public var transportSecurity: ServerTransportSecurity
  /// HTTP/2 windows and limits.
  public var http2: HTTP2Configuration
  /// The largest request message, in bytes.
  public var maxReceiveMessageSize: Int = 4 << 20
  /// The largest response message, in bytes.
  public var maxSendMessageSize: Int = 4 << 20
  /// How many connections may be open at once; more are closed as they come.
  public var maxConnections: Int = 16_384
  /// How long a new connection may take to the end of TLS and to its first SETTINGS.
  public var handshakeTimeout: Duration = .seconds(20)
  /// How long the request of a unary call may take to come in; then the call ends with
  /// DEADLINE_EXCEEDED.
  public var requestTimeout: Duration = .seconds(60)
  /// How long a client may leave all that is sent to it untaken before its connection is closed.
  public var sendTimeout: Duration = .seconds(60)
  /// How long a connection may be without a call before it is ended with GOAWAY; nil for any time.
  public var idleTimeout: Duration?
  /// How long a client may be silent before it is asked with PING whether it is still there, whether it
  /// has calls or none; nil for any time. Less than a second is taken for one (gRPC A9).
  public var keepaliveInterval: Duration? = .seconds(7_200)
  /// How long its answer may take before the connection counts as dead, and is closed.
  public var keepaliveTimeout: Duration = .seconds(20)
  /// What a shorter ``keepaliveInterval`` is raised to.
  package var minimumKeepaliveInterval: Duration = .seconds(1)
  /// How long a client has to wait from one PING to the next, unless the server has sent headers or data
  /// in between. The third PING that comes too soon ends the connection with GOAWAY, ENHANCE_YOUR_CALM
  /// and "too_many_pings" (gRPC A8); zero lets clients ask as often as ``HTTP2FloodLimits/pings`` does.
  public var minimumPingInterval: Duration = .seconds(300)
  /// Whether that is enough for a client without a call. Such a client has to wait for two hours
  /// otherwise.
  public var permitsPingsWithoutCalls: Bool = false
  /// How old a connection may get before it is ended with GOAWAY, give or take a tenth; nil for any age.
  public var maxConnectionAge: Duration?
  /// How long the calls of a connection that is too old may run on before they are cut off; nil for any
  /// time.
  public var maxConnectionAgeGrace: Duration?
  /// How many bytes of answers one connection may have waiting because its client takes them too
  /// slowly; beyond, new calls on it end with RESOURCE_EXHAUSTED.
  public var maxWaitingResponseBytes: Int = 64 << 20
  /// How long calls may run on after ``Server/shutdown()`` before they are cut off.
  public var shutdownGrace: Duration = .seconds(30)
  /// How long, once it has no call, a connection waits at the end for the client to answer the PING
  /// that tells whether another call is on its way. Within ``shutdownGrace``.
  package var shutdownPingTimeout: Duration = .seconds(1)
  /// Whether handlers run on the loop of the call's connection instead of on the threads that Swift
  /// has for tasks.
  ///
  /// A handler's task then prefers its connection's ``EventLoop`` as executor: it starts and is
  /// answered without a hop to another thread, most often within one turn of the loop. In return it
  /// must not block, nor compute for long, because every connection of the loop waits for it. It is
  /// good for handlers that only compute a little, or that mostly wait for something.
  public var runsHandlersOnLoops: Bool = false
  /// Answers requests of plain HTTP/2, which are those whose content-type is not `application/grpc`.
  /// Without one, and at the path of a method of gRPC, they are refused with 405 or 415.
  public var httpHandler: (any HTTPHandler)?
  /// The largest body of a request of plain HTTP, in bytes; a larger one is refused with 413.
  public var maxHTTPBodySize: Int = 64 << 10
  /// How long a request of plain HTTP may take to come in and to be answered; then it is 408 or 503.
  public var httpTimeout: Duration = .seconds(30)
  /// Hears of every call that has ended.
  public var callObserver: (any ServerCallObserver)?
  /// Sees the bytes of every connection.
  public var wireTap: (any WireTap)?
  /// The loops that serve the connections.
  public var eventLoops: EventLoopGroup = .shared

  /// A server on a numeric address, in the clear unless told otherwise.
  public init(
    host: String = "127.0.0.1", port: Int,
    transportSecurity: ServerTransportSecurity = .plaintext
  ) {
    self.host = host
    self.port = port
    self.transportSecurity = transportSecurity
    http2 = HTTP2Configuration()
    http2.streamWindowSize = 1 << 18
    http2.connectionWindowSize = 1 << 22
  }
}

/// Why a server cannot start.
public struct ServerError: Error, Sendable, CustomStringConvertible {
  /// What went wrong, where, and what to do.
  public var description: String

  init(_ description: String) {
    self.description = description
  }
}
