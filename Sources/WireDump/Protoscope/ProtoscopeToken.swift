/// A word of the protoscope language.
enum ProtoscopeToken: Sendable, Equatable {
  /// A quoted string, a hex literal or a bool: bytes as they are.
  case bytes([UInt8])
  /// An integer, zigzag applied, that becomes a varint.
  case varint(UInt64)
  /// A number of four or eight bytes.
  case fixed([UInt8])
  /// A field's tag; the wire type is nil where what follows decides it.
  case tag(ProtoscopeTag)
  /// So many bytes more than the next varint needs.
  case longForm(Int)
  case open
  case openGroup
  case close

  /// The wire type that a tag before it gets; nil if it does not tell one.
  var wireType: UInt8? {
    switch self {
    case .fixed(let bytes): bytes.count == 8 ? 1 : 5
    case .open: 2
    case .openGroup: 3
    case .bytes, .varint, .tag, .close: 0
    case .longForm: nil
    }
  }
}

/// A field number, as it is written before a colon.
struct ProtoscopeTag: Sendable, Equatable {
  var number: Int64
  var isZigzag = false
  var wireType: UInt8?

  /// The number that the varint of the tag holds.
  func key(_ type: UInt8) -> UInt64 {
    let key = number << 3 | Int64(type)
    return UInt64(bitPattern: isZigzag ? key << 1 ^ key >> 63 : key)
  }
}

extension Varint {
  /// The bytes of a number, and so many redundant ones.
  static func encode(_ number: UInt64, longForm extra: Int = 0, to bytes: inout [UInt8]) {
    var rest = number
    while rest >= 0x80 {
      bytes.append(UInt8(rest & 0x7f) | 0x80)
      rest >>= 7
    }
    guard extra > 0 else {
      bytes.append(UInt8(rest))
      return
    }
    bytes.append(UInt8(rest) | 0x80)
    for _ in 1..<extra { bytes.append(0x80) }
    bytes.append(0)
  }

  /// How many bytes a number needs.
  static func size(_ number: UInt64) -> Int {
    number == 0 ? 1 : (64 - number.leadingZeroBitCount + 6) / 7
  }
}
