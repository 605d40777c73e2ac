package import ProtobufWire

/// A message type: `google.protobuf.DescriptorProto`.
package struct MessageDeclaration: WireMessage, Sendable {
  package enum Field: UInt32, WireField {
    case name = 1
    case fields = 2
    case messages = 3
    case enums = 4
    case extensionRanges = 5
    case extensions = 6
    case options = 7
    case oneofs = 8
    case reservedRanges = 9
    case reservedNames = 10
    case visibility = 11
  }

  package static let messageName = "google.protobuf.DescriptorProto"
  package var name: String?
  package var fields: [FieldDeclaration] = []
  package var messages: [MessageDeclaration] = []
  package var enums: [EnumDeclaration] = []
  package var extensionRanges: [ExtensionRange] = []
  package var extensions: [FieldDeclaration] = []
  package var options: OptionsDeclaration?
  package var oneofs: [OneofDeclaration] = []
  package var reservedRanges: [ReservedRange] = []
  package var reservedNames: [String] = []
  package var visibility: Int32?
  package var unknownFields = UnknownFields()
  package var site = DeclarationSite()

  package init() {}

  package mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .name: try reader.read(.string, &name, bytes)
    case .fields: try reader.readRepeated(.message(FieldDeclaration.self), &fields, bytes)
    case .messages: try reader.readRepeated(.message(MessageDeclaration.self), &messages, bytes)
    case .enums: try reader.readRepeated(.message(EnumDeclaration.self), &enums, bytes)
    case .extensionRanges:
      try reader.readRepeated(.message(ExtensionRange.self), &extensionRanges, bytes)
    case .extensions: try reader.readRepeated(.message(FieldDeclaration.self), &extensions, bytes)
    case .options: try reader.read(.message(OptionsDeclaration.self), &options, bytes)
    case .oneofs: try reader.readRepeated(.message(OneofDeclaration.self), &oneofs, bytes)
    case .reservedRanges:
      try reader.readRepeated(.message(ReservedRange.self), &reservedRanges, bytes)
    case .reservedNames: try reader.readRepeated(.string, &reservedNames, bytes)
    case .visibility: try reader.read(.int32, &visibility, bytes)
    }
  }

  package func encodeFields(into writer: inout WireWriter) {
    writer.write(.int32, visibility, Field.visibility)
    writer.writeRepeated(.string, reservedNames, Field.reservedNames)
    writer.writeRepeated(.message(ReservedRange.self), reservedRanges, Field.reservedRanges)
    writer.writeRepeated(.message(OneofDeclaration.self), oneofs, Field.oneofs)
    writer.write(.message(OptionsDeclaration.self), options, Field.options)
    writer.writeRepeated(.message(FieldDeclaration.self), extensions, Field.extensions)
    writer.writeRepeated(.message(ExtensionRange.self), extensionRanges, Field.extensionRanges)
    writer.writeRepeated(.message(EnumDeclaration.self), enums, Field.enums)
    writer.writeRepeated(.message(MessageDeclaration.self), messages, Field.messages)
    writer.writeRepeated(.message(FieldDeclaration.self), fields, Field.fields)
    writer.write(.string, name, Field.name)
  }
}

/// Numbers that extensions of a message may have.
package struct ExtensionRange: WireMessage, Sendable {
  package enum Field: UInt32, WireField {
    case start = 1
    case end = 2
    case options = 3
  }

  package static let messageName = "google.protobuf.DescriptorProto.ExtensionRange"
  package var start: Int32?
  /// The first number behind the range.
  package var end: Int32?
  package var options: OptionsDeclaration?
  package var unknownFields = UnknownFields()
  package var site = DeclarationSite()

  package init() {}

  package mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .start: try reader.read(.int32, &start, bytes)
    case .end: try reader.read(.int32, &end, bytes)
    case .options: try reader.read(.message(OptionsDeclaration.self), &options, bytes)
    }
  }

  package func encodeFields(into writer: inout WireWriter) {
    writer.write(.message(OptionsDeclaration.self), options, Field.options)
    writer.write(.int32, end, Field.end)
    writer.write(.int32, start, Field.start)
  }
}

/// Numbers that no field or enum value may have.
package struct ReservedRange: WireMessage, Sendable {
  package enum Field: UInt32, WireField {
    case start = 1
    case end = 2
  }

  package static let messageName = "google.protobuf.DescriptorProto.ReservedRange"
  package var start: Int32?
  /// The first number behind the range in a message, the last one of it in an enum.
  package var end: Int32?
  package var unknownFields = UnknownFields()
  package var site = DeclarationSite()

  package init() {}

  package mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .start: try reader.read(.int32, &start, bytes)
    case .end: try reader.read(.int32, &end, bytes)
    }
  }

  package func encodeFields(into writer: inout WireWriter) {
    writer.write(.int32, end, Field.end)
    writer.write(.int32, start, Field.start)
  }
}
