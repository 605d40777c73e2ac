package import ProtobufWire

/// Where the declarations of a file stand, and the comments on them: `google.protobuf.SourceCodeInfo`.
package struct SourceCodeInfo: WireMessage, Sendable {
  package enum Field: UInt32, WireField {
    case locations = 1
  }

  package static let messageName = "google.protobuf.SourceCodeInfo"
  /// Each behind those that it is inside of.
  package var locations: [SourceCodeLocation] = []
  package var unknownFields = UnknownFields()

  package init() {}

  package mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .locations: try reader.readRepeated(.message(SourceCodeLocation.self), &locations, bytes)
    }
  }

  package func encodeFields(into writer: inout WireWriter) {
    writer.writeRepeated(.message(SourceCodeLocation.self), locations, Field.locations)
  }
}

/// Where one part of a declaration stands: `google.protobuf.SourceCodeInfo.Location`.
package struct SourceCodeLocation: WireMessage, Sendable {
  package enum Field: UInt32, WireField {
    case path = 1
    case span = 2
    case leadingComments = 3
    case trailingComments = 4
    case leadingDetachedComments = 6
  }

  package static let messageName = "google.protobuf.SourceCodeInfo.Location"
  /// The numbers of fields and the indices of elements that lead from the file's descriptor to the part.
  package var path: [Int32] = []
  /// First line, first column, last line if it is another, and the column behind the last; all from 0.
  ///
  /// Columns count bytes, and a tab goes on to the next multiple of 8.
  package var span: [Int32] = []
  package var leadingComments: String?
  package var trailingComments: String?
  /// Comments before the leading one, each with a blank line behind it.
  package var leadingDetachedComments: [String] = []
  package var unknownFields = UnknownFields()

  package init() {}

  package mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .path: try reader.readRepeated(.int32, &path, bytes)
    case .span: try reader.readRepeated(.int32, &span, bytes)
    case .leadingComments: try reader.read(.string, &leadingComments, bytes)
    case .trailingComments: try reader.read(.string, &trailingComments, bytes)
    case .leadingDetachedComments:
      try reader.readRepeated(.string, &leadingDetachedComments, bytes)
    }
  }

  package func encodeFields(into writer: inout WireWriter) {
    writer.writeRepeated(.string, leadingDetachedComments, Field.leadingDetachedComments)
    writer.write(.string, trailingComments, Field.trailingComments)
    writer.write(.string, leadingComments, Field.leadingComments)
    writer.writeRepeated(.int32, span, Field.span)
    writer.writeRepeated(.int32, path, Field.path)
  }
}
