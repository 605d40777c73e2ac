import CNGHTTP2

/// A stock of permissions that grows with time and with what earns more of them.
///
/// Time is looked at only when the stock is used up.
struct TokenBucket {
  private let burst: Int
  private let perSecond: UInt64
  private var tokens: Int
  /// Up to when time has been turned into permissions, in nanoseconds.
  private var counted: UInt64 = 0

  init(_ rate: FrameRate) {
    burst = max(0, rate.burst)
    perSecond = UInt64(max(0, rate.perSecond))
    tokens = burst
  }

  /// Takes one permission; false if there is none.
  mutating func spend(_ now: UInt64) -> Bool {
    if tokens <= 0 { refill(now) }
    guard tokens > 0 else { return false }
    tokens -= 1
    return true
  }

  /// Adds permissions, as many as there is room for.
  mutating func earn(_ count: Int) { if tokens < burst { tokens += count } }

  private mutating func refill(_ now: UInt64) {
    guard perSecond > 0, now > counted else { return }
    let (product, overflow) = (now - counted).multipliedReportingOverflow(by: perSecond)
    guard !overflow, product / 1_000_000_000 < burst else {
      tokens = burst
      counted = now
      return
    }
    let earned = product / 1_000_000_000
    tokens = Int(earned)
    // The part of a permission that is left over stays with the time.
    counted += earned * 1_000_000_000 / perSecond
  }
}

/// Counts what a client does that costs a server more than the client.
struct FloodGuard {
  private let continuationLimit: Int
  private var pings: TokenBucket
  private var settings: TokenBucket
  private var priorities: TokenBucket
  private var windowUpdates: TokenBucket
  private var resets: TokenBucket
  private var emptyFrames: TokenBucket
  private var unknownFrames: TokenBucket
  private var streams: TokenBucket?
  private var continuations = 0
  /// Whether the server has had to reset more streams than the client may make it.
  private var hasTooManyResets = false

  init(_ limits: HTTP2FloodLimits) {
    continuationLimit = min(max(limits.continuations, 0), 8)
    pings = TokenBucket(limits.pings)
    settings = TokenBucket(limits.settings)
    priorities = TokenBucket(limits.priorities)
    windowUpdates = TokenBucket(limits.windowUpdates)
    resets = TokenBucket(limits.resets)
    emptyFrames = TokenBucket(limits.emptyFrames)
    unknownFrames = TokenBucket(limits.unknownFrames)
    streams = limits.streams.map(TokenBucket.init)
  }

  /// Takes the header of a frame.
  ///
  /// - Parameter now: nanoseconds of a clock that never goes back.
  /// - Returns: what there is too much of; nil if nothing.
  mutating func receive(_ frame: FrameHeader, at now: UInt64) -> String? {
    let isFine =
      switch UInt32(frame.type) {
      case NGHTTP2_DATA.rawValue: frame.isUseful || emptyFrames.spend(now)
      case NGHTTP2_HEADERS.rawValue: opened(at: now)
      case NGHTTP2_PRIORITY.rawValue: priorities.spend(now)
      case NGHTTP2_RST_STREAM.rawValue: resets.spend(now)
      case NGHTTP2_SETTINGS.rawValue: settings.spend(now)
      case NGHTTP2_PING.rawValue: pings.spend(now)
      case NGHTTP2_WINDOW_UPDATE.rawValue: windowUpdates.spend(now)
      case NGHTTP2_CONTINUATION.rawValue: continued()
      default: unknownFrames.spend(now)
      }
    if hasTooManyResets { return "too many streams had to be reset" }
    return isFine ? nil : "too many \(frame.name) frames"
  }

  private mutating func opened(at now: UInt64) -> Bool {
    continuations = 0
    windowUpdates.earn(2)
    return streams?.spend(now) ?? true
  }

  private mutating func continued() -> Bool {
    continuations += 1
    return continuations <= continuationLimit
  }

  /// A DATA frame was sent, which a client may answer with PING and WINDOW_UPDATE.
  mutating func sentData() {
    pings.earn(1)
    windowUpdates.earn(2)
  }

  /// A stream has ended in order.
  mutating func ended() { resets.earn(1) }

  /// A stream was reset because of something that the client did.
  mutating func sentReset(at now: UInt64) {
    if !resets.spend(now) { hasTooManyResets = true }
  }
}

extension FrameHeader {
  /// Whether it carries something, or ends a stream.
  fileprivate var isUseful: Bool {
    length > 0 || flags & UInt8(NGHTTP2_FLAG_END_STREAM.rawValue) != 0
  }

  private static let names = [
    "empty DATA", "HEADERS", "PRIORITY", "RST_STREAM", "SETTINGS", "PUSH_PROMISE", "PING", "GOAWAY",
    "WINDOW_UPDATE", "CONTINUATION",
  ]

  fileprivate var name: String {
    Self.names.indices.contains(Int(type)) ? Self.names[Int(type)] : "unknown"
  }
}
