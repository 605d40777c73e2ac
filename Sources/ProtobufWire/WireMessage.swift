/// A protobuf message written by hand.
///
/// A conforming type lists its fields three times: in its nested `Field` enum with their numbers, in
/// `decode(_:_:_:)` and in `encodeFields(into:)`. All else has an implementation here.
public protocol WireMessage: Sendable, Equatable {
  /// The message's fields and their numbers; `NoFields` if it has none.
  associatedtype Field: WireField

  /// The full protobuf name, such as `auth._GenerateApiTokenRequest`.
  static var messageName: String { get }

  /// A message whose fields all have their default values.
  init()

  /// Fields that came and are not known here; written again after the known ones.
  var unknownFields: UnknownFields { get set }

  /// Merges one field at the reader's position into the message.
  ///
  /// - Returns: false if the field has a wire type that it cannot have, in which case nothing was
  ///   read and the field is kept as an unknown one.
  mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool

  /// Writes the known fields, **from the highest number to the lowest**: the writer fills its buffer
  /// from the end, so that the length of a nested message is known when its turn to be written comes.
  func encodeFields(into writer: inout WireWriter)

  /// Merges all fields from the reader's position to its end.
  ///
  /// A requirement, though never implemented by a message, so that a generic caller reaches the
  /// version that the compiler made for that one message.
  mutating func merge(_ bytes: Span<UInt8>, _ reader: inout WireReader) throws(WireError)
}

extension WireMessage {
  /// Decodes a message.
  ///
  /// - Throws: ``WireError`` with the offset and the path of the first fault.
  @inlinable
  public init(
    decoding bytes: [UInt8], options: WireDecodingOptions = .init()
  ) throws(WireError) {
    try self.init(decoding: bytes.span, options: options)
  }

  /// Decodes a message from a part of an array, without copying that part.
  ///
  /// Offsets in errors count from the start of the range. The range must lie inside the array.
  @inlinable
  public init(
    decoding bytes: [UInt8], in range: Range<Int>, options: WireDecodingOptions = .init()
  ) throws(WireError) {
    try self.init(decoding: bytes.span.extracting(range), options: options)
  }

  /// Decodes a message from borrowed bytes.
  @inlinable
  public init(
    decoding bytes: Span<UInt8>, options: WireDecodingOptions = .init()
  ) throws(WireError) {
    self.init()
    guard bytes.count <= options.sizeLimit else {
      throw WireError(.tooLarge(size: bytes.count, limit: options.sizeLimit), at: 0)
        .inMessage(Self.messageName)
    }
    var reader = WireReader(count: bytes.count, recursionLimit: options.recursionLimit)
    do {
      try merge(bytes, &reader)
    } catch {
      throw error.inMessage(Self.messageName)
    }
  }

  /// Merges all fields from the reader's position to its end.
  @inlinable
  public mutating func merge(
    _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) {
    while reader.position < reader.end {
      let start = reader.position
      try reader.readTag(bytes)
      if let field = Field(rawValue: reader.tag.number) {
        do {
          if try decode(field, bytes, &reader) { continue }
        } catch {
          throw error.inside(.field(field.fieldName))
        }
      }
      try reader.skipValue(bytes)
      unknownFields.append(start..<reader.position, of: bytes)
    }
  }
}

extension WireMessage where Field == NoFields {
  /// Never called: there is no field to decode.
  @inlinable
  public mutating func decode(
    _ field: NoFields, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
  }

  /// Writes nothing.
  @inlinable
  public func encodeFields(into writer: inout WireWriter) {
  }
}

/// What a decoder accepts.
public struct WireDecodingOptions: Sendable, Equatable {
  /// The size that no protobuf message may exceed: 2 GiB - 1 bytes.
  public static let maximumSize = Int(Int32.max)

  /// How deep messages and groups may be nested in the outermost one; 100 as in protobuf for C++.
  public var recursionLimit: Int

  /// How many bytes a message may have.
  public var sizeLimit: Int

  /// The limits that protobuf has by default.
  public init(recursionLimit: Int = 100, sizeLimit: Int = WireDecodingOptions.maximumSize) {
    self.recursionLimit = recursionLimit
    self.sizeLimit = min(sizeLimit, Self.maximumSize)
  }
}
