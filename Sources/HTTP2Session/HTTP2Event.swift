import Glibc

/// A run of bytes inside an ``HTTP2EventBatch`` or a ``HeaderBlock``, neither of which comes near
/// four gigabytes.
@frozen
package struct ByteRange: Sendable, Equatable {
  @usableFromInline var start: UInt32
  @usableFromInline var length: UInt32

  @inlinable
  package init(offset: Int, count: Int) {
    start = UInt32(clamping: offset)
    length = UInt32(clamping: count)
  }

  /// Both numbers are of 32 bits.
  @inline(__always)
  fileprivate init(narrowOffset: Int, count: Int) {
    start = UInt32(truncatingIfNeeded: narrowOffset)
    length = UInt32(truncatingIfNeeded: count)
  }

  @inlinable @inline(__always) package var offset: Int { Int(start) }
  @inlinable @inline(__always) package var count: Int { Int(length) }
  // Neither is negative, and the sum of two numbers of 32 bits does not overflow.
  @inlinable @inline(__always) package var indices: Range<Int> {
    unsafe Range(uncheckedBounds: (offset, offset &+ count))
  }
}

/// Names one stream of one session: the wire's identifier, and the slot that the session keeps for
/// it, which is small and dense, so that a caller's own table can be an array.
///
/// A slot is used again once its stream has closed; the identifier never is.
@frozen
package struct StreamHandle: Sendable, Hashable {
  package let id: Int32
  @usableFromInline let narrowSlot: Int32

  @inlinable
  package init(id: Int32, slot: Int) {
    self.id = id
    narrowSlot = Int32(clamping: slot)
  }

  @inlinable @inline(__always) package var slot: Int { Int(narrowSlot) }

  @inlinable @inline(__always)
  package static func == (left: StreamHandle, right: StreamHandle) -> Bool {
    left.id == right.id && left.narrowSlot == right.narrowSlot
  }
}

/// What a peer did, in the order in which it did it.
///
/// Every case is a plain value; bytes lie in the batch's arena and are named by range, so that one
/// event costs no allocation.
@frozen
package enum HTTP2Event: Sendable, Equatable {
  /// A request arrives on a new stream (server only).
  case streamOpened(StreamHandle)
  /// One field of the header block in progress.
  case headerField(StreamHandle, name: ByteRange, value: ByteRange)
  /// The header block in progress went over the limit: its remaining fields are dropped.
  case headerListTooLarge(StreamHandle)
  /// The header block is complete: a request, a response, an interim response or trailers.
  case headersEnded(StreamHandle, endStream: Bool)
  /// A part of the body, without padding.
  case data(StreamHandle, ByteRange)
  /// END_STREAM on a DATA frame: the peer sends nothing more on this stream.
  case dataEnded(StreamHandle)
  /// All that was queued for the body has been framed: a writer may queue more.
  case bodyDrained(StreamHandle)
  /// Our END_STREAM has been framed: all that this side had to say on the stream is on its way.
  case endStreamSent(StreamHandle)
  /// The stream is over. The handle's slot is free from here on.
  case streamClosed(StreamHandle, code: HTTP2ErrorCode, byPeer: Bool)
  /// The peer's SETTINGS were applied.
  case settingsReceived
  /// The peer will open or accept no stream above `lastStreamID`.
  case goAwayReceived(lastStreamID: Int32, code: HTTP2ErrorCode, debugData: ByteRange)
  /// The peer answered our PING with these eight bytes, as a big-endian number.
  case pingAcknowledged(UInt64)
  /// The peer sent a PING (the answer is queued already).
  case pingReceived
  /// The peer broke a rule of HTTP/2; GOAWAY is queued.
  case violation(HTTP2ErrorCode, reason: ByteRange)

  /// Whether it is about this stream.
  @inlinable @inline(__always)
  package func isAbout(_ stream: StreamHandle) -> Bool {
    guard let own = self.stream else { return false }
    return own.id == stream.id && own.narrowSlot == stream.narrowSlot
  }

  /// The stream that it is about; nil when it is about the connection.
  @inlinable @inline(__always)
  package var stream: StreamHandle? {
    switch self {
    case .streamOpened(let stream), .headerField(let stream, _, _),
      .headerListTooLarge(let stream), .headersEnded(let stream, _), .data(let stream, _),
      .dataEnded(let stream), .bodyDrained(let stream), .endStreamSent(let stream),
      .streamClosed(let stream, _, _):
      stream
    case .settingsReceived, .goAwayReceived, .pingAcknowledged, .pingReceived, .violation: nil
    }
  }
}

/// The events of one turn and the bytes that they name. Owned by the caller and used again, so
/// that a turn allocates nothing once the batch has grown.
@frozen
package struct HTTP2EventBatch: Sendable {
  package var events: [HTTP2Event] = []
  /// The bytes that events name by range; what lies behind the last of them means nothing.
  package internal(set) var arena: [UInt8] = []
  @usableFromInline var used = 0
  /// How many bytes the batch's ``HTTP2Event/data(_:_:)`` name together.
  package internal(set) var bodyBytes = 0

  package init() {}

  /// The bytes that an event names.
  @inlinable
  package func withBytes<Result, Failure: Error>(
    _ range: ByteRange, _ body: (Span<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(arena.span.extracting(range.indices))
  }

  /// The bytes that an event names, as text; what is not UTF-8 is replaced.
  package func text(_ range: ByteRange) -> String {
    String(decoding: arena[range.indices], as: UTF8.self)
  }

  /// Forgets the events and the bytes but keeps the memory, unless it has grown beyond `limit`.
  package mutating func removeAll(keepingAtMost limit: Int = 1 << 20) {
    events.removeAll(keepingCapacity: true)
    used = 0
    bodyBytes = 0
    if arena.count > limit { arena = [] }
  }

  /// Copies bytes to the arena's end.
  mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) -> ByteRange {
    let range = ByteRange(offset: used, count: bytes.count)
    let end = used + bytes.count
    if end > arena.count { grow(to: end) }
    unsafe arena.withUnsafeMutableBytes { arena in
      // `end` is within the arena, so the source fits behind `used`.
      if let target = arena.baseAddress, let source = bytes.baseAddress {
        unsafe (target + used).copyMemory(from: source, byteCount: bytes.count)
      }
    }
    used = end
    return range
  }

  /// Copies the bytes of a field to the arena's end: the name, and the value behind it.
  mutating func append(
    _ name: UnsafeBufferPointer<UInt8>, _ value: UnsafeBufferPointer<UInt8>
  ) -> (name: ByteRange, value: ByteRange) {
    let start = used
    // What is in memory has no more bytes than a number tells.
    let middle = start &+ name.count
    let end = middle &+ value.count
    if end > arena.count { grow(to: end) }
    unsafe arena.withUnsafeMutableBytes { arena in
      // `end` is within the arena, so both sources fit behind `start`.
      guard let target = arena.baseAddress else { return }
      if let source = name.baseAddress { unsafe memcpy(target + start, source, name.count) }
      if let source = value.baseAddress { unsafe memcpy(target + middle, source, value.count) }
    }
    used = end
    return (
      ByteRange(narrowOffset: start, count: name.count),
      ByteRange(narrowOffset: middle, count: value.count)
    )
  }

  private mutating func grow(to size: Int) {
    let count = max(size, 2 * arena.count, 256)
    // All of it is initialised: with what was used so far, and with zeros behind.
    arena = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      unsafe arena.withUnsafeBytes {
        unsafe UnsafeMutableRawBufferPointer(buffer).copyMemory(from: $0)
      }
      unsafe buffer.dropFirst(arena.count).update(repeating: 0)
      initialized = count
    }
  }
}
