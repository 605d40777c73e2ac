/// How a field's value is laid out on the wire: the low three bits of a tag.
///
/// Numbers 6 and 7 do not exist, and a message that uses them is refused.
/// See "Message Structure" in the Protocol Buffers encoding specification.
public enum WireType: UInt8, Sendable {
  /// Seven bits a byte, low bits first, at most ten bytes.
  case varint = 0
  /// Eight bytes, little-endian.
  case i64 = 1
  /// A length, then that many bytes: strings, bytes, messages, packed repeated fields.
  case len = 2
  /// The start of a group; ended by a tag of the same field number.
  case startGroup = 3
  /// The end of a group.
  case endGroup = 4
  /// Four bytes, little-endian.
  case i32 = 5
}

/// What stands before each field's value: its number and its wire type.
public struct WireTag: Sendable, Equatable {
  /// The field number, from 1 to 2^29 - 1.
  public let number: UInt32
  /// How the value is laid out.
  public let type: WireType

  /// A tag from its two parts.
  @inlinable
  public init(number: UInt32, type: WireType) {
    self.number = number
    self.type = type
  }

  /// The number as it is written: the field number shifted left by three, with the type below.
  @inlinable
  public var rawValue: UInt64 { UInt64(number) << 3 | UInt64(type.rawValue) }
}
