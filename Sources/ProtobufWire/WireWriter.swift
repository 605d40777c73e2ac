/// Writes a message from its last byte to its first.
///
/// Backwards, because the length of a nested message stands before it: once it is written, its length
/// is known, and no size is computed twice or kept. Where the buffer is too small the writer stores
/// nothing more and counts on, so that one pass tells how large it should have been. It cannot be
/// copied, so that none outlives its buffer.
@safe
public struct WireWriter: ~Copyable {
  // The start of a buffer that outlives the writer and that has at least the initial `position` bytes;
  // a store happens only at offsets from `floor` up to that position.
  @usableFromInline let base: UnsafeMutablePointer<UInt8>
  @usableFromInline let floor: Int
  /// The offset of the byte written last, or that it would have: below `floor` without more room.
  @usableFromInline var position: Int

  /// A writer that fills a buffer from `end` down to `floor`, both offsets from `base`.
  @unsafe
  @inlinable
  init(filling base: UnsafeMutablePointer<UInt8>, from floor: Int, to end: Int) {
    unsafe self.base = base
    self.floor = floor
    position = end
  }

  /// Moves down by that many bytes.
  ///
  /// - Returns: where to store them, with room for exactly that many; nil if there is no room.
  @unsafe
  @inlinable
  @inline(__always)
  mutating func descend(_ count: Int) -> UnsafeMutablePointer<UInt8>? {
    position -= count
    guard position >= floor else { return nil }
    return unsafe base + position
  }
}

extension WireWriter {
  /// Writes a varint in as few bytes as it takes.
  @inlinable
  @inline(__always)
  public mutating func writeVarint(_ value: UInt64) {
    guard value < 0x80 else { return writeLongVarint(value) }
    guard let target = unsafe descend(1) else { return }
    unsafe target.pointee = UInt8(truncatingIfNeeded: value)
  }

  @usableFromInline
  mutating func writeLongVarint(_ value: UInt64) {
    let count = Self.varintSize(value)
    guard let target = unsafe descend(count) else { return }
    var rest = value
    for index in 0..<(count - 1) {
      // Inside the `count` bytes that `descend` has given.
      unsafe target[index] = UInt8(truncatingIfNeeded: rest) | 0x80
      rest >>= 7
    }
    unsafe target[count - 1] = UInt8(truncatingIfNeeded: rest)
  }

  /// The number of bytes of a varint, from 1 to 10.
  static func varintSize(_ value: UInt64) -> Int {
    (70 - (value | 1).leadingZeroBitCount) / 7
  }

  /// Writes four bytes, little-endian.
  @inlinable
  public mutating func writeFixed32(_ value: UInt32) {
    guard let target = unsafe descend(4) else { return }
    unsafe UnsafeMutableRawPointer(target).storeBytes(of: value.littleEndian, as: UInt32.self)
  }

  /// Writes eight bytes, little-endian.
  @inlinable
  public mutating func writeFixed64(_ value: UInt64) {
    guard let target = unsafe descend(8) else { return }
    unsafe UnsafeMutableRawPointer(target).storeBytes(of: value.littleEndian, as: UInt64.self)
  }

  /// Writes bytes as they are.
  @inlinable
  public mutating func writeRaw(_ bytes: Span<UInt8>) {
    guard let target = unsafe descend(bytes.count) else { return }
    unsafe bytes.withUnsafeBufferPointer { source in
      guard let start = source.baseAddress else { return }
      // `descend` has given room for all of them; a message never aliases the buffer it is written to.
      unsafe target.initialize(from: start, count: source.count)
    }
  }

  /// Writes a tag.
  @inlinable
  @inline(__always)
  public mutating func writeTag(_ number: UInt32, _ type: WireType) {
    writeVarint(WireTag(number: number, type: type).rawValue)
  }

  /// Writes what `body` writes and, before it, its length.
  package mutating func writeLengthPrefixed(_ body: (inout WireWriter) -> Void) {
    let start = position
    body(&self)
    writeVarint(UInt64(start - position))
  }

  /// Writes all fields of a message, without tag and length.
  @inlinable
  public mutating func writeContents<Message: WireMessage>(of message: Message) {
    if !message.unknownFields.isEmpty { writeRaw(message.unknownFields.bytes.span) }
    message.encodeFields(into: &self)
  }
}
