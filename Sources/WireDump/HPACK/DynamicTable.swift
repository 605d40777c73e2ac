/// The dynamic table of one direction (RFC 7541 §2.3.2), as far as it is known: a capture that begins
/// in the middle of a connection, or has a hole, leaves older entries unknown.
struct DynamicTable: Sendable {
  /// The newest last.
  private(set) var entries: [HeaderEntry] = []
  private(set) var size = 0
  private(set) var capacity = 4096
  /// How much of a table is kept in this program's memory, whatever its peers agree on.
  private static let memoryLimit = 1 << 20
  /// How often it changed.
  private(set) var version = 0
  /// Whether entries may stand behind those that are known.
  private(set) var hasUnknown: Bool

  /// The entries before it (RFC 7541 appendix A).
  private let statics: [HeaderEntry]

  init(hasUnknown: Bool = false, statics: [HeaderEntry] = StaticTable.entries) {
    self.hasUnknown = hasUnknown
    self.statics = statics
  }

  /// What an index stands for.
  enum Lookup {
    case entry(HeaderEntry)
    /// An entry that was added before the capture began, by its number behind the known ones, from 0.
    case unknown(Int)
    case none
  }

  /// - Parameter index: as on the wire: the static table first.
  func lookup(_ index: Int) -> Lookup {
    guard index > 0 else { return .none }
    if index <= statics.count { return .entry(statics[index - 1]) }
    let age = index - statics.count - 1
    if age < entries.count { return .entry(entries[entries.count - 1 - age]) }
    return hasUnknown ? .unknown(age - entries.count) : .none
  }

  mutating func add(_ entry: HeaderEntry) {
    version += 1
    entries.append(entry)
    size += entry.size
    evict()
  }

  mutating func resize(_ capacity: Int) {
    version += 1
    self.capacity = capacity
    if capacity == 0 { hasUnknown = false }
    evict()
  }

  /// Entries were added or lost without being seen.
  mutating func forget() {
    version += 1
    entries = []
    size = 0
    hasUnknown = true
  }

  private mutating func evict() {
    var count = 0
    while size > min(capacity, Self.memoryLimit), count < entries.count {
      size -= entries[count].size
      count += 1
    }
    guard count > 0 else { return }
    entries.removeFirst(count)
    hasUnknown = capacity > Self.memoryLimit
  }
}
