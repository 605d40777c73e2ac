import CNGHTTP2

/// What a server remembers of streams that are over, to tell a peer that goes on with one.
///
/// It knows the latest identifiers that the peer may have used, a bit for each: a peer that breaks these
/// rules does so at once or not at all. nghttp2 would keep whole streams for it.
struct PeerStreamHistory {
  /// A rule that a frame breaks; either is an error of the connection.
  enum Violation: Equatable {
    /// RFC 9113 §5.1.1: an identifier that the peer passed over cannot be used later.
    case skippedIdentifier
    /// RFC 9113 §5.1: the peer had ended the stream, or reset it.
    case closedStream
  }

  /// The highest identifier that the peer has used; it opens odd ones.
  private var last: Int32 = -1
  /// Streams that the peer may send nothing on. Bit n: the n-th odd identifier below the last one.
  private var ended: UInt64 = 0
  /// Identifiers that were passed over, in the same way.
  private var skipped: UInt64 = 0

  /// Takes the header of a frame before anything else is done with the frame.
  mutating func receive(_ frame: FrameHeader) -> Violation? {
    // An even identifier is wrong by itself, which nghttp2 says.
    guard frame.stream & 1 == 1 else { return nil }
    switch UInt32(frame.type) {
    case NGHTTP2_HEADERS.rawValue where frame.stream > last: pass(to: frame.stream)
    case NGHTTP2_HEADERS.rawValue, NGHTTP2_DATA.rawValue: return judge(frame.stream)
    case NGHTTP2_RST_STREAM.rawValue: close(frame.stream)
    default: break
    }
    return nil
  }

  /// A stream is over which the peer had ended. One that only this side has reset is not told of: what
  /// was on its way then is not wrong.
  mutating func close(_ stream: Int32) { ended |= bit(stream) }

  private func judge(_ stream: Int32) -> Violation? {
    let bit = bit(stream)
    if ended & bit != 0 { return .closedStream }
    return skipped & bit != 0 ? .skippedIdentifier : nil
  }

  /// The bit of an identifier; none if it is above the last one or too far below.
  private func bit(_ stream: Int32) -> UInt64 {
    // Neither is negative where the last one is not below the other: no overflow.
    guard stream > 0, stream <= last else { return 0 }
    return 1 << (UInt64(last - stream) / 2)
  }

  private mutating func pass(to stream: Int32) {
    // In 64 bits, since the lowest and the highest identifier are too far apart for 32.
    let distance = (UInt64(Int64(stream) - Int64(last))) / 2
    ended = ended << distance
    // All between the two, and none of them is bit 0, which is the new one's. What is shifted beyond the
    // word is 0, so that of a long way all bits are set.
    let between: UInt64 = 1 << distance &- 1
    skipped = skipped << distance | between & ~1
    last = stream
  }
}
