/// A string that is the key of a map: compared byte for byte.
///
/// Swift's `String` takes canonically equivalent texts as equal; protobuf has two keys there.
public struct MapKey: Sendable, Hashable, Comparable, ExpressibleByStringLiteral {
  /// The text.
  public var string: String

  /// A key of that text.
  public init(_ string: String) { self.string = string }

  /// A key of that text.
  public init(stringLiteral value: String) { string = value }

  /// Whether two keys are the same.
  public static func == (first: MapKey, second: MapKey) -> Bool {
    first.string.utf8.elementsEqual(second.string.utf8)
  }

  /// The order of keys on the wire.
  public static func < (first: MapKey, second: MapKey) -> Bool {
    first.string.utf8.lexicographicallyPrecedes(second.string.utf8)
  }

  /// Hashes the key.
  public func hash(into hasher: inout Hasher) {
    for byte in string.utf8 { hasher.combine(byte) }
    hasher.combine(0xFF as UInt8)
  }
}

/// `string` as the key of a map.
public struct MapKeyCoding: WireKeyCoding {
  /// The one value of this type.
  @inlinable
  public init() {}

  /// The wire type of one value.
  @inlinable
  public var wireType: WireType { .len }

  /// The value of a field that was not sent.
  @inlinable
  public var defaultValue: MapKey { MapKey("") }

  /// Whether the value is left out where a field has no presence.
  @inlinable
  public func isDefault(_ value: MapKey) -> Bool { value.string.isEmpty }

  /// The order in which map entries are written.
  @inlinable
  public func precedes(_ first: MapKey, _ second: MapKey) -> Bool { first < second }

  /// Reads one value at the reader's position.
  @inlinable
  public func merge(
    into value: inout MapKey, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) {
    value = MapKey(try reader.readString(bytes))
  }

  /// Writes one value, without its tag.
  @inlinable
  public func write(_ value: MapKey, _ writer: inout WireWriter) {
    StringCoding().write(value.string, &writer)
  }
}

extension WireCoding where Self == MapKeyCoding {
  /// The field type `string` as the key of a map.
  @inlinable
  public static var stringKey: Self { .init() }
}
