/// The settings of our side of one HTTP/2 connection.
public struct HTTP2Configuration: Sendable, Equatable {
  /// How many bytes a peer may send on one stream before the reader has taken them
  /// (SETTINGS_INITIAL_WINDOW_SIZE). 65,535…2³¹−1.
  public var streamWindowSize: Int = 1 << 20
  /// How many bytes a peer may send on all streams together. 65,535…2³¹−1.
  public var connectionWindowSize: Int = 1 << 24
  /// How many streams the peer may have open at once (SETTINGS_MAX_CONCURRENT_STREAMS). It binds
  /// a client's requests, so only a server's value matters.
  public var maxConcurrentStreams: Int = 1_000
  /// The size of a header list, counted as RFC 9113 §6.5.2 does (32 bytes more a field), above
  /// which its fields are dropped and the call fails.
  public var maxHeaderListSize: Int = 16_384
  /// The largest frame payload that we take (SETTINGS_MAX_FRAME_SIZE). 16,384…2²⁴−1.
  public var maxFrameSize: Int = 16_384

  /// The defaults: windows for fast bulk transfer, a header list limit of 16 KiB.
  public init() {}
}
