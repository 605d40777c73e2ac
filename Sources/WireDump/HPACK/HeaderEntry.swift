import Locking

/// A name and a value as the tables hold them.
final class HeaderEntry: Sendable, Equatable {
  let name: [UInt8]
  let value: [UInt8]
  /// What is told of it; nil if nothing is to be told.
  let text: HeaderText?

  init(name: [UInt8], value: [UInt8], text: HeaderText? = nil) {
    self.name = name
    self.value = value
    self.text = text
  }

  /// RFC 7541 §4.1
  var size: Int { name.count + value.count + 32 }

  static func == (left: HeaderEntry, right: HeaderEntry) -> Bool {
    left.name == right.name && left.value == right.value
  }
}

/// The entries of a dump's tables: connections to one service have the same ones.
final class HeaderPool: Sendable {
  private struct Key: Hashable {
    let name: [UInt8]
    let value: [UInt8]
  }

  /// How many entries, and bytes of them, are kept to be shared. What was shared stays so.
  private static let (mostEntries, mostBytes) = (4096, 1 << 20)

  private let state = Locked<(entries: [Key: HeaderEntry], size: Int)>(([:], 0))
  private let describe: @Sendable (_ name: [UInt8], _ value: [UInt8]) -> HeaderText?
  /// The static table: one thread's own, so that no other counts references to its entries.
  let statics: [HeaderEntry]

  /// - Parameter describe: what is told of an entry.
  init(_ describe: @escaping @Sendable ([UInt8], [UInt8]) -> HeaderText? = { _, _ in nil }) {
    self.describe = describe
    statics = StaticTable.makeEntries(describe)
  }

  /// The entry of a name and a value.
  func entry(_ name: [UInt8], _ value: [UInt8]) -> HeaderEntry {
    let key = Key(name: name, value: value)
    if let known = state.withLock({ $0.entries[key] }) { return known }
    let entry = HeaderEntry(name: name, value: value, text: describe(name, value))
    return state.withLock { state in
      if state.entries.count >= Self.mostEntries || state.size + entry.size > Self.mostBytes {
        state = ([:], 0)
      }
      if entry.size <= Self.mostBytes {
        state.entries[key] = entry
        state.size += entry.size
      }
      return entry
    }
  }
}
