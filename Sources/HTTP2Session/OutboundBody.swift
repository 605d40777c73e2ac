/// What one stream still has to send: its body in the pieces in which it was given, then perhaps
/// trailers.
struct OutboundBody {
  /// How the body ends, once its last piece is known.
  enum End {
    case open
    case endStream
    case trailers(SubmittableHeaders)
  }

  /// The piece that is being sent, and how much of it has been.
  private var first: [UInt8] = []
  private var offset = 0
  /// The pieces behind it; most bodies have none.
  private var rest: [[UInt8]] = []
  private var restHead = 0
  var end = End.open
  /// nghttp2 has been told that nothing is there, and must be woken when there is.
  var isDeferred = false

  /// Bytes that are not sent yet.
  private(set) var count = 0

  var isEmpty: Bool { count == 0 }

  mutating func append(_ bytes: [UInt8]) {
    guard !bytes.isEmpty else { return }
    if isEmpty {
      first = bytes
      offset = 0
    } else {
      rest.append(bytes)
    }
    count += bytes.count
  }

  /// Forgets all of it.
  mutating func clear() {
    count = 0
    forgetPieces()
    end = .open
    isDeferred = false
  }

  /// Copies as much as fits, and says how the body goes on.
  mutating func readPart(into buffer: UnsafeMutableBufferPointer<UInt8>) -> BodyPart {
    let count = unsafe read(into: buffer)
    guard isEmpty else { return .bytes(count) }
    switch end {
    case .open where count == 0:
      isDeferred = true
      return .nothingYet
    case .open: return .bytes(count)
    case .endStream: return .last(count)
    case .trailers(let trailers): return .lastBeforeTrailers(count, trailers)
    }
  }

  /// Copies as much as fits, and forgets what it copied.
  private mutating func read(into buffer: UnsafeMutableBufferPointer<UInt8>) -> Int {
    var written = 0
    while written < buffer.count, !isEmpty {
      if offset == first.count { takeNext() }
      let size = min(buffer.count - written, first.count - offset)
      let target = unsafe UnsafeMutableRawBufferPointer(
        rebasing: UnsafeMutableRawBufferPointer(buffer)[written..<(written + size)])
      unsafe first.withUnsafeBytes {
        unsafe target.copyMemory(from: .init(rebasing: $0[offset..<(offset + size)]))
      }
      offset += size
      written += size
      count -= size
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
    if !first.isEmpty { first = [] }
    offset = 0
    guard !rest.isEmpty else { return }
    rest.removeAll(keepingCapacity: rest.count <= Self.keptPieces)
    restHead = 0
  }

  /// How much of the list of pieces a slot keeps for its next stream.
  private static let keptPieces = 64
}

/// What a read of a body brought.
enum BodyPart {
  case bytes(Int)
  case last(Int)
  case lastBeforeTrailers(Int, SubmittableHeaders)
  /// Neither bytes nor an end: whoever writes the body is slower than the network.
  case nothingYet
}
