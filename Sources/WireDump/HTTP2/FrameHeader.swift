/// The nine bytes before a frame's payload (RFC 9113 §4.1).
struct FrameHeader: Sendable {
  static let size = 9

  var length: Int
  var typeNumber: UInt8
  var flags: UInt8
  var stream: UInt32
  var isReservedBitSet: Bool

  /// - Precondition: nine bytes stand at the position.
  init(_ bytes: Span<UInt8>, at position: Int) {
    length = Int(bytes.number(at: position, 3))
    typeNumber = bytes[position + 3]
    flags = bytes[position + 4]
    let word = bytes.number(at: position + 5, 4)
    stream = word & 0x7fff_ffff
    isReservedBitSet = word >> 31 == 1
  }

  var type: FrameType? { FrameType(rawValue: typeNumber) }

  func has(_ flag: UInt8) -> Bool { flags & flag != 0 }

  var flagNames: [String] {
    (type?.flags ?? []).filter { has($0.bit) }.map(\.name)
  }

  /// Whether the header looks like one that real peers send: used to find the first frame in a
  /// direction of which the beginning is missing.
  var isPlausible: Bool {
    guard let type, length <= 16384, !isReservedBitSet, stream < 1 << 24 else { return false }
    guard flags & ~type.flagMask == 0 else { return false }
    switch type {
    case .settings: return stream == 0 && length % 6 == 0 && length <= 96
    case .ping: return stream == 0 && length == 8
    case .goAway: return stream == 0 && length >= 8
    case .windowUpdate: return length == 4
    case .rstStream: return stream != 0 && length == 4
    case .priority: return stream != 0 && length == 5
    case .altsvc, .origin, .priorityUpdate: return stream == 0 && length >= 4
    case .headers, .continuation, .pushPromise: return stream != 0 && length > 0
    case .data: return stream != 0
    }
  }
}
