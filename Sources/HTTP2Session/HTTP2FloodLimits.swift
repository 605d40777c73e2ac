/// How often something may happen: so many times at once, and so many times a second in the long run.
public struct FrameRate: Sendable, Equatable {
  /// How many may come at once, after a while without any.
  public var burst: Int
  /// How many may come a second when they go on coming.
  public var perSecond: Int

  /// A rate; what is less than 0 counts as 0.
  public init(burst: Int, perSecond: Int) {
    self.burst = burst
    self.perSecond = perSecond
  }
}

/// How much of what costs a server more than it costs a client one connection may do. A client that
/// goes beyond is sent GOAWAY with ENHANCE_YOUR_CALM (RFC 9113 §10.5), and its connection is closed.
///
/// Honest clients come nowhere near the defaults: frames that answer what the server does, such as
/// WINDOW_UPDATE for the DATA that it sends, are counted against that and not against a rate.
public struct HTTP2FloodLimits: Sendable, Equatable {
  /// PING frames, beyond one for each DATA frame that the server sends (CVE-2019-9512).
  public var pings = FrameRate(burst: 500, perSecond: 100)
  /// SETTINGS frames, acknowledgements among them (CVE-2019-9515).
  public var settings = FrameRate(burst: 100, perSecond: 10)
  /// PRIORITY frames (CVE-2019-9513).
  public var priorities = FrameRate(burst: 2_000, perSecond: 200)
  /// WINDOW_UPDATE frames, beyond two for each stream and for each DATA frame that the server sends.
  public var windowUpdates = FrameRate(burst: 2_000, perSecond: 200)
  /// Streams that are reset, beyond one for each that ends in order: by the client (CVE-2019-9514,
  /// CVE-2023-44487), or by the server because the client broke a rule (CVE-2025-8671).
  public var resets = FrameRate(burst: 1_000, perSecond: 100)
  /// DATA frames that are empty and do not end their stream (CVE-2019-9518).
  public var emptyFrames = FrameRate(burst: 1_000, perSecond: 100)
  /// Frames of unknown types, and GOAWAY frames.
  public var unknownFrames = FrameRate(burst: 1_000, perSecond: 100)
  /// Streams that are opened; without a limit unless one is set, because an honest client opens as many
  /// as the server answers.
  public var streams: FrameRate?
  /// CONTINUATION frames of one header block (CVE-2024-27316). Taken between 0 and 8.
  public var continuations = 8

  /// The defaults.
  public init() {}
}
