/// Fields that a message does not know, kept byte for byte in the order in which they came.
///
/// They are written again after the known fields, so that a program of an older schema passes on what
/// a newer one sent. Neither the description nor the mirror shows the bytes, since a field unknown
/// here may be a secret there.
public struct UnknownFields: Sendable, Equatable {
  /// The raw fields, each with its tag.
  public private(set) var bytes: [UInt8]

  /// No unknown fields.
  @inlinable
  public init() { self.init(bytes: []) }

  /// Raw fields as they stand on the wire; they are not checked.
  public init(bytes: [UInt8]) { self.bytes = bytes }

  /// Whether the message had no unknown field.
  public var isEmpty: Bool { bytes.isEmpty }

  /// Adds one field: its tag and its value.
  public mutating func append(_ range: Range<Int>, of input: Span<UInt8>) {
    // The pointer does not outlive the closure, and `extracting` has checked the range.
    unsafe input.extracting(range).withUnsafeBufferPointer { field in
      unsafe bytes.append(contentsOf: field)
    }
  }
}

extension UnknownFields: CustomStringConvertible, CustomReflectable {
  /// The number of bytes, never the bytes.
  public var description: String { isEmpty ? "none" : "\(bytes.count) bytes" }

  /// The number of bytes, never the bytes.
  public var customMirror: Mirror { Mirror(self, children: ["count": bytes.count]) }
}
