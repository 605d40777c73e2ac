/// `int32`: a varint; a negative number takes ten bytes, a larger one is cut to 32 bits.
public struct Int32Coding: WireKeyCoding {
  /// The one value of this type.
  @inlinable
  public init() {}

  /// The wire type of one value.
  @inlinable
  public var wireType: WireType { .varint }

  /// The value of a field that was not sent.
  @inlinable
  public var defaultValue: Int32 { 0 }

  /// Whether the value is left out where a field has no presence.
  @inlinable
  public func isDefault(_ value: Int32) -> Bool { value == 0 }

  /// Reads one value at the reader's position.
  @inlinable
  public func merge(
    into value: inout Int32, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) {
    value = Int32(truncatingIfNeeded: try reader.readVarint(bytes))
  }

  /// Writes one value, without its tag.
  @inlinable
  public func write(_ value: Int32, _ writer: inout WireWriter) {
    writer.writeVarint(UInt64(bitPattern: Int64(value)))
  }

  /// The order in which map entries are written.
  @inlinable
  public func precedes(_ first: Int32, _ second: Int32) -> Bool { first < second }
}

/// `int64`: a varint; a negative number takes ten bytes.
public struct Int64Coding: WireKeyCoding {
  /// The one value of this type.
  @inlinable
  public init() {}

  /// The wire type of one value.
  @inlinable
  public var wireType: WireType { .varint }

  /// The value of a field that was not sent.
  @inlinable
  public var defaultValue: Int64 { 0 }

  /// Whether the value is left out where a field has no presence.
  @inlinable
  public func isDefault(_ value: Int64) -> Bool { value == 0 }

  /// Reads one value at the reader's position.
  @inlinable
  public func merge(
    into value: inout Int64, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) {
    value = Int64(bitPattern: try reader.readVarint(bytes))
  }

  /// Writes one value, without its tag.
  @inlinable
  public func write(_ value: Int64, _ writer: inout WireWriter) {
    writer.writeVarint(UInt64(bitPattern: value))
  }

  /// The order in which map entries are written.
  @inlinable
  public func precedes(_ first: Int64, _ second: Int64) -> Bool { first < second }
}

/// `uint32`: a varint, cut to 32 bits.
public struct UInt32Coding: WireKeyCoding {
  /// The one value of this type.
  @inlinable
  public init() {}

  /// The wire type of one value.
  @inlinable
  public var wireType: WireType { .varint }

  /// The value of a field that was not sent.
  @inlinable
  public var defaultValue: UInt32 { 0 }

  /// Whether the value is left out where a field has no presence.
  @inlinable
  public func isDefault(_ value: UInt32) -> Bool { value == 0 }

  /// Reads one value at the reader's position.
  @inlinable
  public func merge(
    into value: inout UInt32, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) {
    value = UInt32(truncatingIfNeeded: try reader.readVarint(bytes))
  }

  /// Writes one value, without its tag.
  @inlinable
  public func write(_ value: UInt32, _ writer: inout WireWriter) {
    writer.writeVarint(UInt64(value))
  }

  /// The order in which map entries are written.
  @inlinable
  public func precedes(_ first: UInt32, _ second: UInt32) -> Bool { first < second }
}

/// `uint64`: a varint.
public struct UInt64Coding: WireKeyCoding {
  /// The one value of this type.
  @inlinable
  public init() {}

  /// The wire type of one value.
  @inlinable
  public var wireType: WireType { .varint }

  /// The value of a field that was not sent.
  @inlinable
  public var defaultValue: UInt64 { 0 }

  /// Whether the value is left out where a field has no presence.
  @inlinable
  public func isDefault(_ value: UInt64) -> Bool { value == 0 }

  /// Reads one value at the reader's position.
  @inlinable
  public func merge(
    into value: inout UInt64, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) {
    value = try reader.readVarint(bytes)
  }

  /// Writes one value, without its tag.
  @inlinable
  public func write(_ value: UInt64, _ writer: inout WireWriter) {
    writer.writeVarint(value)
  }

  /// The order in which map entries are written.
  @inlinable
  public func precedes(_ first: UInt64, _ second: UInt64) -> Bool { first < second }
}

/// `sint32`: a varint of 0, -1, 1, -2, … counted from 0 (ZigZag).
public struct SInt32Coding: WireKeyCoding {
  /// The one value of this type.
  @inlinable
  public init() {}

  /// The wire type of one value.
  @inlinable
  public var wireType: WireType { .varint }

  /// The value of a field that was not sent.
  @inlinable
  public var defaultValue: Int32 { 0 }

  /// Whether the value is left out where a field has no presence.
  @inlinable
  public func isDefault(_ value: Int32) -> Bool { value == 0 }

  /// Reads one value at the reader's position.
  @inlinable
  public func merge(
    into value: inout Int32, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) {
    value = unzigzag(UInt32(truncatingIfNeeded: try reader.readVarint(bytes)))
  }

  /// Writes one value, without its tag.
  @inlinable
  public func write(_ value: Int32, _ writer: inout WireWriter) {
    writer.writeVarint(UInt64(zigzag(value)))
  }

  /// The order in which map entries are written.
  @inlinable
  public func precedes(_ first: Int32, _ second: Int32) -> Bool { first < second }
}

/// `sint64`: a varint of 0, -1, 1, -2, … counted from 0 (ZigZag).
public struct SInt64Coding: WireKeyCoding {
  /// The one value of this type.
  @inlinable
  public init() {}

  /// The wire type of one value.
  @inlinable
  public var wireType: WireType { .varint }

  /// The value of a field that was not sent.
  @inlinable
  public var defaultValue: Int64 { 0 }

  /// Whether the value is left out where a field has no presence.
  @inlinable
  public func isDefault(_ value: Int64) -> Bool { value == 0 }

  /// Reads one value at the reader's position.
  @inlinable
  public func merge(
    into value: inout Int64, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) {
    value = unzigzag(try reader.readVarint(bytes))
  }

  /// Writes one value, without its tag.
  @inlinable
  public func write(_ value: Int64, _ writer: inout WireWriter) {
    writer.writeVarint(zigzag(value))
  }

  /// The order in which map entries are written.
  @inlinable
  public func precedes(_ first: Int64, _ second: Int64) -> Bool { first < second }
}

/// `bool`: a varint; any number but 0 is true.
public struct BoolCoding: WireKeyCoding {
  /// The one value of this type.
  @inlinable
  public init() {}

  /// The wire type of one value.
  @inlinable
  public var wireType: WireType { .varint }

  /// The value of a field that was not sent.
  @inlinable
  public var defaultValue: Bool { false }

  /// Whether the value is left out where a field has no presence.
  @inlinable
  public func isDefault(_ value: Bool) -> Bool { !value }

  /// Reads one value at the reader's position.
  @inlinable
  public func merge(
    into value: inout Bool, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) {
    value = try reader.readVarint(bytes) != 0
  }

  /// Writes one value, without its tag.
  @inlinable
  public func write(_ value: Bool, _ writer: inout WireWriter) {
    writer.writeVarint(value ? 1 : 0)
  }

  /// The order in which map entries are written.
  @inlinable
  public func precedes(_ first: Bool, _ second: Bool) -> Bool { !first && second }
}

extension WireCoding where Self == Int32Coding {
  /// The field type `int32`.
  @inlinable
  public static var int32: Self { .init() }
}

extension WireCoding where Self == Int64Coding {
  /// The field type `int64`.
  @inlinable
  public static var int64: Self { .init() }
}

extension WireCoding where Self == UInt32Coding {
  /// The field type `uint32`.
  @inlinable
  public static var uint32: Self { .init() }
}

extension WireCoding where Self == UInt64Coding {
  /// The field type `uint64`.
  @inlinable
  public static var uint64: Self { .init() }
}

extension WireCoding where Self == SInt32Coding {
  /// The field type `sint32`.
  @inlinable
  public static var sint32: Self { .init() }
}

extension WireCoding where Self == SInt64Coding {
  /// The field type `sint64`.
  @inlinable
  public static var sint64: Self { .init() }
}

extension WireCoding where Self == BoolCoding {
  /// The field type `bool`.
  @inlinable
  public static var bool: Self { .init() }
}

/// Maps 0, -1, 1, -2, … to 0, 1, 2, 3, …, so that numbers near 0 are short varints.
@inlinable
func zigzag(_ value: Int32) -> UInt32 {
  UInt32(bitPattern: (value << 1) ^ (value >> 31))
}

@inlinable
func zigzag(_ value: Int64) -> UInt64 {
  UInt64(bitPattern: (value << 1) ^ (value >> 63))
}

@inlinable
func unzigzag(_ value: UInt32) -> Int32 {
  Int32(bitPattern: (value >> 1) ^ (0 &- (value & 1)))
}

@inlinable
func unzigzag(_ value: UInt64) -> Int64 {
  Int64(bitPattern: (value >> 1) ^ (0 &- (value & 1)))
}
