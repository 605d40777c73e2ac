/// The settings of our side of one HTTP/2 connection.
public struct HTTP2Configuration: Sendable, Equatable {
  /// How many bytes a peer may send on one stream before the reader has taken them
  /// (SETTINGS_INITIAL_WINDOW_SIZE). Taken between 65,535 and 2³¹−1.
  public var streamWindowSize: Int = 1 << 20
  /// How many bytes a peer may send on all streams together. Taken between 65,535 and
  /// 2³¹−1.
  public var connectionWindowSize: Int = 1 << 24
  /// How many streams the peer may have open at once (SETTINGS_MAX_CONCURRENT_STREAMS). It binds
  /// a client's requests, so only a server's value matters.
  public var maxConcurrentStreams: Int = 1_000
  /// The size of a header list, counted as RFC 9113 §6.5.2 does (32 bytes more a field), above
  /// which its fields are dropped and the call fails.
  public var maxHeaderListSize: Int = 16_384
  /// The largest frame payload that we take (SETTINGS_MAX_FRAME_SIZE). Taken between 16,384 and
  /// 2²⁴−1.
  public var maxFrameSize: Int = 16_384
  /// How much of what costs more to answer than to send a client may do. It binds a server's clients.
  public var floods = HTTP2FloodLimits()

  /// The defaults: windows for fast bulk transfer, a header list limit of 16 KiB.
  public init() {}

  /// The same with each value within its bounds: readers give windows back in steps that a smaller
  /// window would never fill.
  var withinBounds: HTTP2Configuration {
    var bounded = self
    bounded.streamWindowSize = min(max(streamWindowSize, 65_535), Int(Int32.max))
    bounded.connectionWindowSize = min(max(connectionWindowSize, 65_535), Int(Int32.max))
    bounded.maxFrameSize = min(max(maxFrameSize, 16_384), 1 << 24 - 1)
    return bounded
  }
}
