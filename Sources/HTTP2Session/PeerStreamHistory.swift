import CNGHTTP2

/// What a server remembers of streams that are over, to tell a peer that goes on with one.
///
/// It keeps identifiers and nothing else, and few of them: a peer that breaks these rules does so at
/// once or not at all. nghttp2 would keep whole streams for it.
struct PeerStreamHistory {
  /// A rule that a frame breaks; either is an error of the connection.
  enum Violation: Equatable {
    /// RFC 9113 §5.1.1: an identifier that the peer passed over cannot be used later.
    case skippedIdentifier
    /// RFC 9113 §5.1: the peer had ended the stream, or reset it.
    case closedStream
  }

  private static let kept = 16

  /// The highest identifier that the peer has used; it opens odd ones.
  private var last: Int32 = -1
  /// Streams that the peer may send nothing on, the latest of them.
  private var ended: [Int32] = []
  private var oldest = 0
  /// Identifiers that were passed over, the latest of them.
  private var skipped: [ClosedRange<Int32>] = []

  /// Takes the header of a frame before anything else is done with the frame.
  mutating func receive(_ frame: FrameHeader) -> Violation? {
    // An even identifier is wrong by itself, which nghttp2 says.
    guard frame.stream & 1 == 1 else { return nil }
    switch UInt32(frame.type) {
    case NGHTTP2_HEADERS.rawValue where frame.stream > last: pass(to: frame.stream)
    case NGHTTP2_HEADERS.rawValue, NGHTTP2_DATA.rawValue: return judge(frame.stream)
    case NGHTTP2_RST_STREAM.rawValue:
      if frame.stream <= last, !ended.contains(frame.stream) { close(frame.stream) }
    default: break
    }
    return nil
  }

  private func judge(_ stream: Int32) -> Violation? {
    if ended.contains(stream) { return .closedStream }
    return skipped.contains { $0.contains(stream) } ? .skippedIdentifier : nil
  }

  /// A stream is over which the peer had ended. One that only this side has reset is not told of: what
  /// was on its way then is not wrong.
  mutating func close(_ stream: Int32) {
    guard ended.count == Self.kept else { return ended.append(stream) }
    ended[oldest] = stream
    oldest = (oldest + 1) % Self.kept
  }

  private mutating func pass(to stream: Int32) {
    // An identifier may be the highest there is: nothing is added to it, nor to a difference.
    if stream - 2 > last {
      if skipped.count == Self.kept { skipped.removeFirst() }
      skipped.append((last + 2)...(stream - 2))
    }
    last = stream
  }
}
