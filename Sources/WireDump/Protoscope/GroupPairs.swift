/// Which tags of a message begin and end its groups.
struct GroupPairs {
  /// For the items that begin or end a whole group: in how many groups it stands.
  private var depths: [Int: Int] = [:]
  /// Whether an item stands in no group that has begun, by its index; nil if none ever does.
  private var inside: Set<Int> = []

  init(_ items: [Item], _ bytes: Span<UInt8>) {
    var open: [(index: Int, number: UInt32)] = []
    var pairs: [(Int, Int)] = []
    for (index, item) in items.enumerated() where item.isField {
      if !open.isEmpty { inside.insert(index) }
      guard let tag = Tag(bytes, item.range.lowerBound, item.range.upperBound) else { continue }
      if tag.wireType == 3 { open.append((index, tag.number)) }
      if tag.wireType == 4, let last = open.popLast(), last.number == tag.number {
        pairs.append((last.index, index))
      }
    }
    count(pairs)
  }

  private mutating func count(_ pairs: [(Int, Int)]) {
    let ends = Dictionary(pairs) { first, _ in first }
    var open: [Int] = []
    for begin in ends.keys.sorted() {
      guard let end = ends[begin] else { continue }
      while let last = open.last, last < begin { open.removeLast() }
      depths[begin] = open.count
      depths[end] = open.count
      open.append(end)
    }
  }

  /// Whether no group is open before an item, closed or not.
  func isOutside(_ index: Int) -> Bool { !inside.contains(index) }

  /// Whether an item begins or ends a group that is whole, and in fewer than so many others.
  func isPaired(_ index: Int, _ limit: Int) -> Bool { depths[index].map { $0 < limit } ?? false }
}
