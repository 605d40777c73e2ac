/// Where the bytes of a block stand in the input: a block may be put together from several places.
package struct OffsetMap: Sendable, Equatable {
  private struct Run: Sendable, Equatable {
    var position: Int
    var offset: UInt64
  }

  private var runs: [Run] = []

  package init() {}
  package init(_ offset: UInt64) { runs = [Run(position: 0, offset: offset)] }

  /// The bytes from `position` on stand at `offset`.
  mutating func append(position: Int, offset: UInt64) {
    if let last = runs.last, last.offset &+ UInt64(clamping: position - last.position) == offset {
      return
    }
    runs.append(Run(position: position, offset: offset))
  }

  /// The place in the input of a position in the block.
  package func offset(_ position: Int) -> UInt64 {
    guard runs.count > 1 else {
      return (runs.first?.offset ?? 0) &+ UInt64(clamping: position - (runs.first?.position ?? 0))
    }
    var low = 0
    var high = runs.count - 1
    while low < high {
      let middle = (low + high + 1) / 2
      if runs[middle].position <= position { low = middle } else { high = middle - 1 }
    }
    return runs[low].offset &+ UInt64(clamping: position - runs[low].position)
  }

  /// Where the run ends that a position is in: behind it the input goes on elsewhere.
  func endOfRun(_ position: Int) -> Int {
    var low = 0
    var high = runs.count
    while low < high {
      let middle = (low + high) / 2
      if runs[middle].position > position { high = middle } else { low = middle + 1 }
    }
    return low < runs.count ? runs[low].position : Int.max
  }

  /// The map of a part of the block, which begins at position 0 of its own.
  func extracting(_ range: Range<Int>) -> OffsetMap {
    var part = OffsetMap(offset(range.lowerBound))
    for run in runs where run.position > range.lowerBound && run.position < range.upperBound {
      part.append(position: run.position - range.lowerBound, offset: run.offset)
    }
    return part
  }

  /// Adds the places of more bytes, which follow the first `count`.
  mutating func append(_ other: OffsetMap, at count: Int) {
    for run in other.runs { append(position: count + run.position, offset: run.offset) }
  }

  /// Forgets the first `count` positions; the rest moves down.
  mutating func removeFirst(_ count: Int) {
    guard count > 0, !runs.isEmpty else { return }
    let first = Run(position: 0, offset: offset(count))
    runs =
      [first]
      + runs.filter { $0.position > count }.map {
        Run(position: $0.position - count, offset: $0.offset)
      }
  }
}
