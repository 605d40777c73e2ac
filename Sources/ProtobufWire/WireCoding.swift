/// One of protobuf's field types: how a value is read, written, and told from its default.
///
/// Conforming types are empty structs, chosen by name: `.string`, `.uint32`, `.message(Expires.self)`.
public protocol WireCoding: Sendable {
  /// The Swift type of a value.
  associatedtype Value: Sendable

  /// The wire type of one value.
  var wireType: WireType { get }

  /// What a field has that was not sent.
  var defaultValue: Value { get }

  /// Whether a field without presence is left out for this value.
  func isDefault(_ value: Value) -> Bool

  /// Reads one value at the reader's position; a message is merged into the value, all else replaces it.
  func merge(
    into value: inout Value, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError)

  /// Writes one value, without its tag.
  func write(_ value: Value, _ writer: inout WireWriter)
}

extension WireCoding {
  /// Whether many values may share one tag and one length.
  @inlinable
  public var isPackable: Bool { wireType != .len }
}

/// A field type that may be the key of a map.
public protocol WireKeyCoding: WireCoding where Value: Hashable {
  /// The order in which map entries are written.
  func precedes(_ first: Value, _ second: Value) -> Bool
}

/// A protobuf enum that is open, as in proto3: any 32-bit number is kept.
public protocol WireEnum: RawRepresentable, Sendable, Hashable where RawValue == Int32 {
  /// The value of that number, known or not.
  init(rawValue: Int32)
}
