/// A header block and what is told of it.
final class ExplainedBlock: Sendable {
  let block: HeaderBlock
  /// The items of its fields, whose places count from the start of what the block stands in.
  let items: [Item]

  init(_ block: HeaderBlock, _ items: [Item]) {
    self.block = block
    self.items = items
  }

  /// About how much memory it takes: a field and its item are some hundred bytes, and a text may be the
  /// field's own.
  var size: Int {
    items.reduce(256) { size, item in
      guard case .header(let text, _) = item.meaning else { return size + 512 }
      return size + 512 + text.size
    }
  }
}

/// The blocks of a direction that mean the same when they are written again: peers of gRPC soon write
/// nothing but indexes, call after call.
struct KnownBlocks: Sendable {
  private struct Known {
    let bytes: [UInt8]
    /// Where it stood in its frame.
    let start: Int
    let explained: ExplainedBlock
    /// About how much memory it takes.
    let size: Int
  }

  /// How many are known, and how long they are at most: each is compared with what comes.
  private static let (most, longest) = (8, 128)
  /// How much memory one may take: a short block may name a long entry again and again.
  private static let largest = 1 << 16

  private var known: [Known] = []
  /// About how many bytes of memory they take.
  private(set) var size = 0
  /// The state of the table that they mean this with.
  private var tableVersion = 0
  private var oldest = 0

  /// What a range of bytes means as a header block, if that is known for a version of the table.
  mutating func explained(
    _ bytes: Span<UInt8>, _ range: Range<Int>, tableVersion: Int
  ) -> ExplainedBlock? {
    if tableVersion != self.tableVersion { begin(tableVersion) }
    guard range.count <= Self.longest else { return nil }
    let known = known.span
    for index in known.indices
    where known[index].start == range.lowerBound
      && known[index].bytes.span.hasSameBytes(as: bytes.extracting(range))
    {
      return known[index].explained
    }
    return nil
  }

  /// Remembers what was found out about a range of bytes, which did not change the table.
  mutating func add(
    _ explained: ExplainedBlock, _ bytes: Span<UInt8>, _ range: Range<Int>, tableVersion: Int
  ) {
    if tableVersion != self.tableVersion { begin(tableVersion) }
    let newSize = explained.size
    guard range.count <= Self.longest, newSize <= Self.largest else { return }
    let new = Known(
      bytes: bytes.bytes(range), start: range.lowerBound, explained: explained, size: newSize)
    size += newSize
    if known.count < Self.most {
      known.append(new)
    } else {
      size -= known[oldest].size
      known[oldest] = new
      oldest = (oldest + 1) % Self.most
    }
  }

  /// What was known meant something with another table.
  private mutating func begin(_ tableVersion: Int) {
    (known, size, oldest) = ([], 0, 0)
    self.tableVersion = tableVersion
  }
}

extension Span<UInt8> {
  fileprivate func hasSameBytes(as other: Span<UInt8>) -> Bool {
    guard count == other.count else { return false }
    for index in indices where self[index] != other[index] { return false }
    return true
  }
}
