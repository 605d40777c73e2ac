/// Fields that a message does not know, kept byte for byte in the order in which they came.
///
/// They are written again after the known fields, so that a program of an older schema passes on what
/// a newer one sent. Neither the description nor the mirror shows the bytes, since a field unknown
/// here may be a secret there.
public struct UnknownFields: Sendable, Equatable {
  // Nil instead of an empty array, never both: nearly every message has none, each message holds
  // this value, and nil needs no reference counting when the message is copied.
  @usableFromInline var storage: [UInt8]?

  /// No unknown fields.
  @inlinable
  public init() { storage = nil }

  /// Raw fields as they stand on the wire; they are not checked.
  public init(bytes: [UInt8]) { storage = bytes.isEmpty ? nil : bytes }

  /// The raw fields, each with its tag.
  @inlinable
  public var bytes: [UInt8] { storage ?? [] }

  /// Whether the message had no unknown field.
  @inlinable
  public var isEmpty: Bool { storage == nil }

  /// Adds one field: its tag and its value.
  public mutating func append(_ range: Range<Int>, of input: Span<UInt8>) {
    guard !range.isEmpty else { return }
    var bytes = storage.take() ?? []
    // The pointer does not outlive the closure, and `extracting` has checked the range.
    unsafe input.extracting(range).withUnsafeBufferPointer { field in
      unsafe bytes.append(contentsOf: field)
    }
    storage = bytes
  }
}

extension UnknownFields: CustomStringConvertible, CustomReflectable {
  /// The number of bytes, never the bytes.
  public var description: String { isEmpty ? "none" : "\(bytes.count) bytes" }

  /// The number of bytes, never the bytes.
  public var customMirror: Mirror { Mirror(self, children: ["count": bytes.count]) }
}
