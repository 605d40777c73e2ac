/// A run of bytes inside an ``HTTP2EventBatch``.
package struct ByteRange: Sendable, Equatable {
  package var offset: Int
  package var count: Int

  package var indices: Range<Int> { offset..<(offset + count) }
}

/// Names one stream of one session: the wire's identifier, and the slot that the session keeps for
/// it, which is small and dense, so that a caller's own table can be an array.
///
/// A slot is used again once its stream has closed; the identifier never is.
package struct StreamHandle: Sendable, Hashable {
  package var id: Int32
  package var slot: Int
}

/// What a peer did, in the order in which it did it.
///
/// Every case is a plain value; bytes lie in the batch's arena and are named by range, so that one
/// event costs no allocation.
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
}

/// The events of one turn and the bytes that they name. Owned by the caller and used again, so
/// that a turn allocates nothing once the batch has grown.
package struct HTTP2EventBatch: Sendable {
  package var events: [HTTP2Event] = []
  package private(set) var arena: [UInt8] = []

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
    arena.removeAll(keepingCapacity: arena.capacity <= limit)
  }

  mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) -> ByteRange {
    let range = ByteRange(offset: arena.count, count: bytes.count)
    unsafe arena.append(contentsOf: bytes)
    return range
  }
}
