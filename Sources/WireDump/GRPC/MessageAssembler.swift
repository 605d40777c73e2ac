/// Puts the messages of one direction of a stream together: each is behind five bytes, a flag and its
/// length (gRPC over HTTP/2, Length-Prefixed-Message), and may be spread over many DATA frames.
struct MessageAssembler: Sendable {
  static let prefix = 5
  /// How large a message may be that is kept to be explained; larger ones are only measured.
  static let sizeLimit = 4 << 20

  /// What a part of a DATA frame is.
  enum Piece {
    /// A whole message with its prefix.
    case whole(Range<Int>)
    /// A part of a message that began before, or that does not end here; and whether it is kept.
    case part(Range<Int>, from: Int, total: Int?, isKept: Bool)
  }

  /// A piece, and the bytes that were kept of earlier ones if they are complete now.
  typealias Step = (piece: Piece, finished: (bytes: [UInt8], map: OffsetMap)?)

  /// How many messages have begun.
  private(set) var count = 0
  /// What was kept of the message that is not complete; empty for one that is too large.
  private(set) var kept: [UInt8] = []
  private(set) var keptMap = OffsetMap()
  /// What the message that is kept will take once it is complete.
  private(set) var reserved = 0
  private var received = 0
  private var total: Int?

  var isInMessage: Bool { received > 0 }
  /// How many bytes of the message that is not complete are there, and how many it has, as far as known.
  var progress: (received: Int, total: Int?) { (received, total) }

  /// The next piece of a range of bytes, which is not empty.
  ///
  /// - Parameter room: how large a message may be that is kept.
  mutating func next(
    _ bytes: Span<UInt8>, _ range: Range<Int>, _ map: OffsetMap, room: Int
  ) -> Step {
    if !isInMessage {
      count += 1
      if range.count >= Self.prefix {
        let size = Self.prefix + Int(bytes.number(at: range.lowerBound + 1, 4))
        if range.count >= size {
          return (.whole(range.lowerBound..<(range.lowerBound + size)), nil)
        }
      }
    }
    return received < Self.prefix
      ? addPrefix(bytes, range, map, room: min(room, Self.sizeLimit)) : addBody(bytes, range, map)
  }

  private mutating func addPrefix(
    _ bytes: Span<UInt8>, _ range: Range<Int>, _ map: OffsetMap, room: Int
  ) -> Step {
    let from = received
    let end = min(range.upperBound, range.lowerBound + Self.prefix - received)
    keep(bytes, range.lowerBound..<end, map)
    guard received == Self.prefix else {
      return (.part(range.lowerBound..<end, from: from, total: nil, isKept: true), nil)
    }
    let size = Self.prefix + Int(kept.span.number(at: 1, 4))
    total = size
    guard size > room else {
      reserved = size
      kept.reserveCapacity(size)
      // A message may end with its prefix: one without any field has no body.
      if end < range.upperBound, size > Self.prefix {
        var step = addBody(bytes, end..<range.upperBound, map)
        if case .part(let body, _, _, _) = step.piece {
          step.piece = .part(
            range.lowerBound..<body.upperBound, from: from, total: size, isKept: true)
        }
        return step
      }
      return (
        .part(range.lowerBound..<end, from: from, total: size, isKept: true), takeIfComplete()
      )
    }
    let earlier = from > 0 ? (bytes: kept, map: keptMap) : nil
    kept = []
    keptMap = OffsetMap()
    return (
      .part(range.lowerBound..<end, from: from, total: size, isKept: earlier != nil), earlier
    )
  }

  private mutating func addBody(
    _ bytes: Span<UInt8>, _ range: Range<Int>, _ map: OffsetMap
  ) -> Step {
    let from = received
    let size = total ?? received
    let part = range.lowerBound..<min(range.upperBound, range.lowerBound + size - received)
    let isKept = reserved > 0
    if isKept { keep(bytes, part, map) } else { received += part.count }
    return (.part(part, from: from, total: size, isKept: isKept), takeIfComplete())
  }

  private mutating func takeIfComplete() -> (bytes: [UInt8], map: OffsetMap)? {
    guard received == total else { return nil }
    return take()
  }

  /// What was kept; nothing more of the message will come.
  mutating func take() -> (bytes: [UInt8], map: OffsetMap)? {
    let taken = kept.isEmpty ? nil : (bytes: kept, map: keptMap)
    kept = []
    keptMap = OffsetMap()
    received = 0
    reserved = 0
    total = nil
    return taken
  }

  private mutating func keep(_ bytes: Span<UInt8>, _ range: Range<Int>, _ map: OffsetMap) {
    keptMap.append(map.extracting(range), at: kept.count)
    kept.append(bytes.extracting(range))
    received += range.count
  }
}
