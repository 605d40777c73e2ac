/// `fixed32`: four bytes.
public struct Fixed32Coding: WireKeyCoding {
  /// The one value of this type.
  @inlinable
  public init() {}

  /// The wire type of one value.
  @inlinable
  public var wireType: WireType { .i32 }

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
    value = try reader.readFixed32(bytes)
  }

  /// Writes one value, without its tag.
  @inlinable
  public func write(_ value: UInt32, _ writer: inout WireWriter) {
    writer.writeFixed32(value)
  }

  /// The order in which map entries are written.
  @inlinable
  public func precedes(_ first: UInt32, _ second: UInt32) -> Bool { first < second }
}

/// `fixed64`: eight bytes.
public struct Fixed64Coding: WireKeyCoding {
  /// The one value of this type.
  @inlinable
  public init() {}

  /// The wire type of one value.
  @inlinable
  public var wireType: WireType { .i64 }

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
    value = try reader.readFixed64(bytes)
  }

  /// Writes one value, without its tag.
  @inlinable
  public func write(_ value: UInt64, _ writer: inout WireWriter) {
    writer.writeFixed64(value)
  }

  /// The order in which map entries are written.
  @inlinable
  public func precedes(_ first: UInt64, _ second: UInt64) -> Bool { first < second }
}

/// `sfixed32`: four bytes, two's complement.
public struct SFixed32Coding: WireKeyCoding {
  /// The one value of this type.
  @inlinable
  public init() {}

  /// The wire type of one value.
  @inlinable
  public var wireType: WireType { .i32 }

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
    value = Int32(bitPattern: try reader.readFixed32(bytes))
  }

  /// Writes one value, without its tag.
  @inlinable
  public func write(_ value: Int32, _ writer: inout WireWriter) {
    writer.writeFixed32(UInt32(bitPattern: value))
  }

  /// The order in which map entries are written.
  @inlinable
  public func precedes(_ first: Int32, _ second: Int32) -> Bool { first < second }
}

/// `sfixed64`: eight bytes, two's complement.
public struct SFixed64Coding: WireKeyCoding {
  /// The one value of this type.
  @inlinable
  public init() {}

  /// The wire type of one value.
  @inlinable
  public var wireType: WireType { .i64 }

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
    value = Int64(bitPattern: try reader.readFixed64(bytes))
  }

  /// Writes one value, without its tag.
  @inlinable
  public func write(_ value: Int64, _ writer: inout WireWriter) {
    writer.writeFixed64(UInt64(bitPattern: value))
  }

  /// The order in which map entries are written.
  @inlinable
  public func precedes(_ first: Int64, _ second: Int64) -> Bool { first < second }
}

/// `float`: four bytes; -0 is not the default.
public struct FloatCoding: WireCoding {
  /// The one value of this type.
  @inlinable
  public init() {}

  /// The wire type of one value.
  @inlinable
  public var wireType: WireType { .i32 }

  /// The value of a field that was not sent.
  @inlinable
  public var defaultValue: Float { 0 }

  /// Whether the value is left out where a field has no presence.
  @inlinable
  public func isDefault(_ value: Float) -> Bool { value.bitPattern == 0 }

  /// Reads one value at the reader's position.
  @inlinable
  public func merge(
    into value: inout Float, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) {
    value = Float(bitPattern: try reader.readFixed32(bytes))
  }

  /// Writes one value, without its tag.
  @inlinable
  public func write(_ value: Float, _ writer: inout WireWriter) {
    writer.writeFixed32(value.bitPattern)
  }
}

/// `double`: eight bytes; -0 is not the default.
public struct DoubleCoding: WireCoding {
  /// The one value of this type.
  @inlinable
  public init() {}

  /// The wire type of one value.
  @inlinable
  public var wireType: WireType { .i64 }

  /// The value of a field that was not sent.
  @inlinable
  public var defaultValue: Double { 0 }

  /// Whether the value is left out where a field has no presence.
  @inlinable
  public func isDefault(_ value: Double) -> Bool { value.bitPattern == 0 }

  /// Reads one value at the reader's position.
  @inlinable
  public func merge(
    into value: inout Double, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) {
    value = Double(bitPattern: try reader.readFixed64(bytes))
  }

  /// Writes one value, without its tag.
  @inlinable
  public func write(_ value: Double, _ writer: inout WireWriter) {
    writer.writeFixed64(value.bitPattern)
  }
}

extension WireCoding where Self == Fixed32Coding {
  /// The field type `fixed32`.
  @inlinable
  public static var fixed32: Self { .init() }
}

extension WireCoding where Self == Fixed64Coding {
  /// The field type `fixed64`.
  @inlinable
  public static var fixed64: Self { .init() }
}

extension WireCoding where Self == SFixed32Coding {
  /// The field type `sfixed32`.
  @inlinable
  public static var sfixed32: Self { .init() }
}

extension WireCoding where Self == SFixed64Coding {
  /// The field type `sfixed64`.
  @inlinable
  public static var sfixed64: Self { .init() }
}

extension WireCoding where Self == FloatCoding {
  /// The field type `float`.
  @inlinable
  public static var float: Self { .init() }
}

extension WireCoding where Self == DoubleCoding {
  /// The field type `double`.
  @inlinable
  public static var double: Self { .init() }
}
