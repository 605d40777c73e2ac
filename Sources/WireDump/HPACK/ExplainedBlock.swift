/// A header block and what is told of it.
final class ExplainedBlock: Sendable {
  let block: HeaderBlock
  /// The items of its fields, whose places count from the start of the frame.
  let items: [Item]

  init(_ block: HeaderBlock, _ items: [Item]) {
    self.block = block
    self.items = items
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

    /// About how much memory it takes: a field and its item are some hundred bytes.
    var size: Int { 256 + bytes.count + 512 * explained.items.count }
  }

  /// How many are known, and how long they are at most: each is compared with what comes.
  private static let (most, longest) = (8, 128)

  private var known: [Known] = []
  /// About how many bytes of memory they take.
  private(set) var size = 0
  /// The state of the table that they mean this with.
  private var tableVersion = 0
  private var oldest = 0

  /// What a range of bytes means as a header block, if that is known for a version of the table.
  func explained(
    _ bytes: Span<UInt8>, _ range: Range<Int>, tableVersion: Int
  ) -> ExplainedBlock? {
    guard tableVersion == self.tableVersion, range.count <= Self.longest else { return nil }
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
    guard range.count <= Self.longest else { return }
    if tableVersion != self.tableVersion {
      known = []
      size = 0
      self.tableVersion = tableVersion
    }
    let new = Known(bytes: bytes.bytes(range), start: range.lowerBound, explained: explained)
    size += new.size
    if known.count < Self.most {
      known.append(new)
    } else {
      size -= known[oldest].size
      known[oldest] = new
      oldest = (oldest + 1) % Self.most
    }
  }
}

extension Span<UInt8> {
  fileprivate func hasSameBytes(as other: Span<UInt8>) -> Bool {
    guard count == other.count else { return false }
    for index in indices where self[index] != other[index] { return false }
    return true
  }
}
