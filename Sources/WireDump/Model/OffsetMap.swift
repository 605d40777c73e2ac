/// Where the bytes of a block stand in the input: a block may be put together from several places.
package struct OffsetMap: Sendable, Equatable {
  private struct Run: Sendable, Equatable {
    var position: Int
    var offset: UInt64
  }

  /// Most blocks stand in one place.
  private var first: Run?
  /// The runs behind it.
  private var others: [Run] = []

  package init() {}
  package init(_ offset: UInt64) { first = Run(position: 0, offset: offset) }

  /// Whether all of the block stands in one place.
  var isInOnePlace: Bool { others.isEmpty }

  /// The bytes from `position` on stand at `offset`.
  mutating func append(position: Int, offset: UInt64) {
    guard let last = others.last ?? first else {
      first = Run(position: position, offset: offset)
      return
    }
    if last.offset &+ UInt64(clamping: position - last.position) == offset { return }
    others.append(Run(position: position, offset: offset))
  }

  /// The place in the input of a position in the block.
  package func offset(_ position: Int) -> UInt64 {
    guard let first else { return UInt64(clamping: position) }
    var run = first
    var low = 0
    var high = others.count
    while low < high {
      let middle = (low + high) / 2
      if others[middle].position <= position {
        run = others[middle]
        low = middle + 1
      } else {
        high = middle
      }
    }
    return run.offset &+ UInt64(clamping: position - run.position)
  }

  /// Where the run ends that a position is in: behind it the input goes on elsewhere.
  func endOfRun(_ position: Int) -> Int {
    if let first, first.position > position { return first.position }
    var low = 0
    var high = others.count
    while low < high {
      let middle = (low + high) / 2
      if others[middle].position > position { high = middle } else { low = middle + 1 }
    }
    return low < others.count ? others[low].position : Int.max
  }

  /// The map of a part of the block, which begins at position 0 of its own.
  func extracting(_ range: Range<Int>) -> OffsetMap {
    var part = OffsetMap(offset(range.lowerBound))
    for run in others where run.position > range.lowerBound && run.position < range.upperBound {
      part.append(position: run.position - range.lowerBound, offset: run.offset)
    }
    return part
  }

  /// Adds the places of more bytes, which follow the first `count`.
  mutating func append(_ other: OffsetMap, at count: Int) {
    if let run = other.first { append(position: count + run.position, offset: run.offset) }
    for run in other.others { append(position: count + run.position, offset: run.offset) }
  }

  /// Forgets the first `count` positions; the rest moves down.
  mutating func removeFirst(_ count: Int) {
    guard count > 0, first != nil else { return }
    first = Run(position: 0, offset: offset(count))
    others = others.filter { $0.position > count }.map {
      Run(position: $0.position - count, offset: $0.offset)
    }
  }
}
