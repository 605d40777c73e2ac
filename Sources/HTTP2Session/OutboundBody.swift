/// What one stream still has to send: its body in the pieces in which it was given, then perhaps
/// trailers.
struct OutboundBody {
  /// How the body ends, once its last piece is known.
  enum End {
    case open
    case endStream
    case trailers(HeaderBlock)
  }

  private var first: [UInt8] = []
  private var rest: [[UInt8]] = []
  private var restHead = 0
  private var offset = 0
  var end = End.open
  /// nghttp2 has been told that nothing is there, and must be woken when there is.
  var isDeferred = false

  var isEmpty: Bool { offset == first.count && restHead == rest.count }

  mutating func append(_ bytes: [UInt8]) {
    guard !bytes.isEmpty else { return }
    if isEmpty {
      first = bytes
      offset = 0
    } else {
      rest.append(bytes)
    }
  }

  /// Copies as much as fits, and forgets what it copied.
  mutating func read(into buffer: UnsafeMutableBufferPointer<UInt8>) -> Int {
    var written = 0
    while written < buffer.count, !isEmpty {
      if offset == first.count { takeNext() }
      let count = min(buffer.count - written, first.count - offset)
      let target = unsafe UnsafeMutableRawBufferPointer(
        rebasing: UnsafeMutableRawBufferPointer(buffer)[written..<(written + count)])
      unsafe first.withUnsafeBytes {
        unsafe target.copyMemory(from: .init(rebasing: $0[offset..<(offset + count)]))
      }
      offset += count
      written += count
    }
    if isEmpty { forgetPieces() }
    return written
  }

  private mutating func takeNext() {
    swap(&first, &rest[restHead])
    rest[restHead] = []
    restHead += 1
    offset = 0
  }

  private mutating func forgetPieces() {
    first = []
    offset = 0
    rest.removeAll(keepingCapacity: true)
    restHead = 0
  }
}
