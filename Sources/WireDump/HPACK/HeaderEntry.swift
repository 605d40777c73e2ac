import Locking
import Synchronization

/// A name and a value as the tables hold them.
final class HeaderEntry: Sendable, Equatable {
  let name: [UInt8]
  let value: [UInt8]
  /// What is told of it, once it was asked for. All who share an entry are of the same dump.
  let text = AtomicLazyReference<HeaderText>()

  init(name: [UInt8], value: [UInt8]) {
    self.name = name
    self.value = value
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

  /// The entry of a name and a value.
  func entry(_ name: [UInt8], _ value: [UInt8]) -> HeaderEntry {
    let key = Key(name: name, value: value)
    return state.withLock { state in
      if let known = state.entries[key] { return known }
      let entry = HeaderEntry(name: name, value: value)
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
