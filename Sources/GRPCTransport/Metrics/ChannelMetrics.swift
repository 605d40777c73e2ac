public import GRPCCall

/// What a channel has done and is doing, all of its connections together.
///
/// Reading takes no lock and holds nobody up; the numbers are each right, but not of one instant.
public struct ChannelMetrics: Sendable, Equatable {
  /// Calls that wait for a connection or for a free stream.
  public var callsWaiting = 0
  /// Calls that have a stream: the server is at work on them.
  public var callsOnStreams = 0
  /// Calls whose last attempt has failed and whose next one is not due yet.
  public var callsBackingOff = 0
  /// Calls that have ended since the channel was made, by their status; those that were turned away
  /// because too many waited are among them, under RESOURCE_EXHAUSTED.
  public var callsFinished: [StatusCode: UInt64] = [:]
  /// Attempts beyond a call's first.
  public var retries: UInt64 = 0
  /// Connections that take calls now.
  public var connectionsReady = 0
  /// Connections that were made since the channel was made.
  public var connectionsOpened: UInt64 = 0
  /// Tries to connect that failed, since the channel was made.
  public var connectionsFailed: UInt64 = 0
  /// Bytes of HTTP/2 before TLS, since the channel was made.
  public var bytesSent: UInt64 = 0
  /// Bytes of HTTP/2 before TLS, since the channel was made.
  public var bytesReceived: UInt64 = 0
  /// How long calls took, their retries included, from the caller's start to the end on the loop; those
  /// that were turned away are not in it.
  public var latency = LatencyHistogram()

  /// Nothing done yet.
  public init() {}

  /// Takes over what another channel has done and is doing.
  public mutating func add(_ other: ChannelMetrics) {
    callsWaiting += other.callsWaiting
    callsOnStreams += other.callsOnStreams
    callsBackingOff += other.callsBackingOff
    callsFinished.merge(other.callsFinished, uniquingKeysWith: +)
    retries += other.retries
    connectionsReady += other.connectionsReady
    connectionsOpened += other.connectionsOpened
    connectionsFailed += other.connectionsFailed
    bytesSent += other.bytesSent
    bytesReceived += other.bytesReceived
    latency.add(other.latency)
  }

  /// Calls that have begun and not ended.
  public var callsInFlight: Int { callsWaiting + callsOnStreams + callsBackingOff }
}
