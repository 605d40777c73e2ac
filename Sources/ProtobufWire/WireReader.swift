/// A position in a message that is being decoded.
///
/// It holds no bytes: every method takes the span that was given to the outermost message, so that
/// offsets are absolute and nothing needs to outlive the span. Reads are bounds-checked by the span.
public struct WireReader: Sendable {
  /// The offset of the next byte to read.
  public var position = 0
  /// The offset behind the last byte of the message under the cursor.
  public var end: Int
  /// The tag that was read last.
  public var tag = WireTag(number: 0, type: .varint)
  /// The offset of that tag.
  public var tagOffset = 0
  @usableFromInline var depthLeft: Int
  @usableFromInline let recursionLimit: Int

  /// A reader of a message that fills a span of `count` bytes.
  public init(count: Int, recursionLimit: Int = 100) {
    end = count
    depthLeft = recursionLimit
    self.recursionLimit = recursionLimit
  }

  /// The number of bytes left in the message under the cursor.
  @inlinable
  public var available: Int { end - position }
}

extension WireReader {
  /// Reads a tag and keeps it in ``tag``.
  ///
  /// - Throws: ``WireError`` for a tag of more than 32 bits, field number 0, wire type 6 or 7.
  @inlinable
  public mutating func readTag(_ bytes: Span<UInt8>) throws(WireError) {
    let start = position
    let raw = try readShortVarint(bytes, orThrow: .tagTooLarge)
    guard raw <= UInt64(UInt32.max) else { throw WireError(.tagTooLarge, at: start) }
    guard let type = WireType(rawValue: UInt8(truncatingIfNeeded: raw & 7)) else {
      throw WireError(.reservedWireType(UInt8(truncatingIfNeeded: raw & 7)), at: start)
    }
    guard raw >= 8 else { throw WireError(.zeroFieldNumber, at: start) }
    tagOffset = start
    tag = WireTag(number: UInt32(truncatingIfNeeded: raw >> 3), type: type)
  }

  /// Reads a length and checks it against what is left.
  ///
  /// - Returns: the range of that many bytes, all of them inside the message under the cursor. The
  ///   position stands at its start.
  @inlinable
  public mutating func readLength(_ bytes: Span<UInt8>) throws(WireError) -> Range<Int> {
    let start = position
    let raw = try readShortVarint(bytes, orThrow: .lengthTooLarge)
    guard raw <= UInt64(Int32.max) else { throw WireError(.lengthTooLarge, at: start) }
    let length = Int(raw)
    guard length <= available else {
      throw WireError(.lengthBeyondEnd(length: length, available: available), at: start)
    }
    return position..<position + length
  }

  /// Reads a varint of up to ten bytes; what a tenth byte holds beyond 64 bits is dropped.
  @inlinable
  public mutating func readVarint(_ bytes: Span<UInt8>) throws(WireError) -> UInt64 {
    if position < end {
      let byte = bytes[position]
      if byte < 0x80 {
        position += 1
        return UInt64(byte)
      }
    }
    return try readLongVarint(bytes, limit: 10, orThrow: .varintTooLong)
  }

  /// Reads a varint of up to five bytes, as tags and lengths are: protobuf for C++ takes no longer one.
  @inlinable
  mutating func readShortVarint(
    _ bytes: Span<UInt8>, orThrow kind: WireError.Kind
  ) throws(WireError) -> UInt64 {
    if position < end {
      let byte = bytes[position]
      if byte < 0x80 {
        position += 1
        return UInt64(byte)
      }
    }
    return try readLongVarint(bytes, limit: 5, orThrow: kind)
  }

  @usableFromInline
  mutating func readLongVarint(
    _ bytes: Span<UInt8>, limit: Int, orThrow kind: WireError.Kind
  ) throws(WireError) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    var index = position
    let last = index + min(limit, available)
    while index < last {
      let byte = bytes[index]
      index &+= 1
      value |= UInt64(byte & 0x7F) &<< shift
      if byte < 0x80 {
        position = index
        return value
      }
      shift &+= 7
    }
    throw WireError(available < limit ? .truncatedVarint : kind, at: position)
  }

  /// Reads four bytes, little-endian.
  @inlinable
  public mutating func readFixed32(_ bytes: Span<UInt8>) throws(WireError) -> UInt32 {
    UInt32(truncatingIfNeeded: try readFixed(bytes, size: 4))
  }

  /// Reads eight bytes, little-endian.
  @inlinable
  public mutating func readFixed64(_ bytes: Span<UInt8>) throws(WireError) -> UInt64 {
    try readFixed(bytes, size: 8)
  }

  @inlinable
  mutating func readFixed(_ bytes: Span<UInt8>, size: Int) throws(WireError) -> UInt64 {
    guard available >= size else {
      throw WireError(.truncatedValue(size: size, available: available), at: position)
    }
    var value: UInt64 = 0
    for index in 0..<size {
      value |= UInt64(bytes[position + index]) << UInt64(8 * index)
    }
    position += size
    return value
  }
}

extension WireReader {
  /// Goes into a nested message: reads its length and makes its end the reader's.
  ///
  /// - Returns: the end of the message around it, for ``leave(to:)``.
  @inlinable
  public mutating func enter(_ bytes: Span<UInt8>) throws(WireError) -> Int {
    let start = position
    let range = try readLength(bytes)
    guard depthLeft > 0 else {
      throw WireError(.tooDeep(limit: recursionLimit), at: start)
    }
    depthLeft -= 1
    let outerEnd = end
    end = range.upperBound
    return outerEnd
  }

  /// Goes into a group, whose start was the last tag and whose end is a tag too: ``leave(to:)`` comes
  /// back with the same end.
  package mutating func enterGroup() throws(WireError) {
    guard depthLeft > 0 else { throw WireError(.tooDeep(limit: recursionLimit), at: tagOffset) }
    depthLeft -= 1
  }

  /// Comes back from a nested message that was read to its end.
  @inlinable
  public mutating func leave(to outerEnd: Int) {
    end = outerEnd
    depthLeft += 1
  }
}
