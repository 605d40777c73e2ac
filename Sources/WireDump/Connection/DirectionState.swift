import WireCaptureModel

/// What is known of one direction of a connection. It is that connection's own, and changed in place.
final class DirectionState {
  enum Phase: Sendable {
    /// No byte was looked at yet.
    case start
    case frames
    /// The bytes stand in the middle of something: a frame is looked for.
    case searching
  }

  /// A header block of which CONTINUATION is to bring the rest.
  struct OpenBlock: Sendable {
    var stream: UInt32
    var bytes: [UInt8]
    var map: OffsetMap
    var endsStream: Bool
    var isPromise: Bool
  }

  var phase = Phase.start
  var buffer: [UInt8] = []
  var map = OffsetMap()
  var time: UInt64?
  var frame = 0
  var headers: HeaderDecoder
  var knownBlocks = KnownBlocks()
  var openBlock: OpenBlock?
  var highestStream: UInt32 = 0
  /// The largest frame that the peer takes; nil if its SETTINGS were not seen.
  var frameSizeLimit: Int?

  /// What was kept when it was counted last.
  private var counted = 0

  /// How many bytes are looked through for a frame before they are given up.
  static let searchLimit = 1 << 17
  /// How large a header block may become (CVE-2024-27316 is what happens without a limit).
  static let blockLimit = 1 << 20

  init(_ context: DumpContext) { headers = HeaderDecoder(pool: context.pool) }

  /// How many more bytes are kept than when it was counted last.
  func countKept() -> Int {
    let now = buffer.count + (openBlock?.bytes.count ?? 0)
    defer { counted = now }
    return now - counted
  }

  /// How many bytes the frame lacks that waits; nil if none does, or its header is not there.
  private var missing: Int? {
    guard case .frames = phase, buffer.count >= FrameHeader.size else { return nil }
    return FrameHeader.size + FrameHeader(buffer.span, at: 0).length - buffer.count
  }

  /// Takes what was captured, or as much of it as the frame lacks that waits, if it ends in there: the
  /// rest is better explained where it is.
  ///
  /// - Returns: how much of it.
  func append(_ captured: CapturedBytes) -> Int {
    time = captured.time
    map.append(position: buffer.count, offset: captured.offset)
    if buffer.isEmpty {
      buffer = captured.bytes
    } else if let missing, missing < captured.bytes.count {
      buffer += captured.bytes[..<missing]
      return missing
    } else {
      buffer += captured.bytes
    }
    return captured.bytes.count
  }

  /// Takes what was captured as what waits, of which ``append(_:)`` took the first part: nothing else
  /// waits, because that completed the only frame.
  func begin(with captured: CapturedBytes) {
    map = OffsetMap(captured.offset)
    buffer = captured.bytes
  }

  /// The bytes that wait; they are to be put back.
  func takeBuffer() -> [UInt8] {
    defer { buffer = [] }
    return buffer
  }

  /// Keeps what follows the first `count` bytes.
  func putBack(_ bytes: consuming [UInt8], from count: Int) {
    guard count < bytes.count else {
      map = OffsetMap()
      return
    }
    buffer = bytes
    guard count > 0 else { return }
    buffer.removeFirst(count)
    map.removeFirst(count)
  }
}
