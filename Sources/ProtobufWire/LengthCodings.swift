/// `string`: a length and well-formed UTF-8.
public struct StringCoding: WireCoding {
  /// The one value of this type.
  @inlinable
  public init() {}

  /// The wire type of one value.
  @inlinable
  public var wireType: WireType { .len }

  /// The value of a field that was not sent.
  @inlinable
  public var defaultValue: String { "" }

  /// Whether the value is left out where a field has no presence.
  @inlinable
  public func isDefault(_ value: String) -> Bool { value.isEmpty }

  /// Reads one value at the reader's position.
  @inlinable
  public func merge(
    into value: inout String, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) {
    value = try reader.readString(bytes)
  }

  /// Writes one value, without its tag.
  @inlinable
  public func write(_ value: String, _ writer: inout WireWriter) {
    let start = writer.position
    writer.writeRaw(value.utf8Span.span)
    writer.writeVarint(UInt64(start - writer.position))
  }
}

/// `bytes`: a length and that many bytes.
public struct BytesCoding: WireCoding {
  /// The one value of this type.
  @inlinable
  public init() {}

  /// The wire type of one value.
  @inlinable
  public var wireType: WireType { .len }

  /// The value of a field that was not sent.
  @inlinable
  public var defaultValue: [UInt8] { [] }

  /// Whether the value is left out where a field has no presence.
  @inlinable
  public func isDefault(_ value: [UInt8]) -> Bool { value.isEmpty }

  /// Reads one value at the reader's position.
  @inlinable
  public func merge(
    into value: inout [UInt8], _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) {
    value = try reader.readBytes(bytes)
  }

  /// Writes one value, without its tag.
  @inlinable
  public func write(_ value: [UInt8], _ writer: inout WireWriter) {
    writer.writeRaw(value.span)
    writer.writeVarint(UInt64(value.count))
  }
}

/// A message: a length and its fields. A second one is merged into the first.
public struct MessageCoding<Message: WireMessage>: WireCoding {
  /// The one value of this type.
  @inlinable
  public init() {}

  /// The wire type of one value.
  @inlinable
  public var wireType: WireType { .len }

  /// The value of a field that was not sent.
  @inlinable
  public var defaultValue: Message { Message() }

  /// Never: a message field has presence, and one that holds an empty message is written.
  @inlinable
  public func isDefault(_ value: Message) -> Bool { false }

  /// Reads one value at the reader's position.
  @inlinable
  public func merge(
    into value: inout Message, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) {
    let outerEnd = try reader.enter(bytes)
    try value.merge(bytes, &reader)
    reader.leave(to: outerEnd)
  }

  /// Writes one value, without its tag.
  @inlinable
  public func write(_ value: Message, _ writer: inout WireWriter) {
    let start = writer.position
    writer.writeContents(of: value)
    writer.writeVarint(UInt64(start - writer.position))
  }
}

/// An open enum: a varint, cut to 32 bits.
public struct EnumCoding<Enum: WireEnum>: WireCoding {
  /// The one value of this type.
  @inlinable
  public init() {}

  /// The wire type of one value.
  @inlinable
  public var wireType: WireType { .varint }

  /// The value of a field that was not sent.
  @inlinable
  public var defaultValue: Enum { Enum(rawValue: 0) }

  /// Whether the value is left out where a field has no presence.
  @inlinable
  public func isDefault(_ value: Enum) -> Bool { value.rawValue == 0 }

  /// Reads one value at the reader's position.
  @inlinable
  public func merge(
    into value: inout Enum, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) {
    value = Enum(rawValue: Int32(truncatingIfNeeded: try reader.readVarint(bytes)))
  }

  /// Writes one value, without its tag.
  @inlinable
  public func write(_ value: Enum, _ writer: inout WireWriter) {
    writer.writeVarint(UInt64(bitPattern: Int64(value.rawValue)))
  }
}

extension WireCoding where Self == StringCoding {
  /// The field type `string`.
  @inlinable
  public static var string: Self { .init() }
}

extension WireCoding where Self == BytesCoding {
  /// The field type `bytes`.
  @inlinable
  public static var bytes: Self { .init() }
}

extension WireCoding {
  /// The field type of a message.
  @inlinable
  public static func message<Message>(_: Message.Type) -> Self
  where Self == MessageCoding<Message> { .init() }

  /// The field type of an enum.
  @inlinable
  public static func enumeration<Enum>(_: Enum.Type) -> Self
  where Self == EnumCoding<Enum> { .init() }
}

extension WireReader {
  /// Reads a length and that many bytes of UTF-8.
  ///
  /// - Throws: ``WireError`` with the offset of the first byte that is not well-formed.
  @inlinable
  public mutating func readString(_ bytes: Span<UInt8>) throws(WireError) -> String {
    let range = try readLength(bytes)
    do {
      let text = try UTF8Span(validating: bytes.extracting(range))
      position = range.upperBound
      return String(copying: text)
    } catch {
      throw WireError(.invalidUTF8, at: range.lowerBound + error.byteOffsets.lowerBound)
    }
  }

  /// Reads a length and that many bytes.
  @inlinable
  public mutating func readBytes(_ bytes: Span<UInt8>) throws(WireError) -> [UInt8] {
    let range = try readLength(bytes)
    position = range.upperBound
    // The pointer does not outlive the closure, and the range was checked against the span.
    return unsafe bytes.extracting(range).withUnsafeBufferPointer { unsafe [UInt8]($0) }
  }
}
