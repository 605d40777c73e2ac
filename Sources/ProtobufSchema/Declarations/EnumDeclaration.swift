package import ProtobufWire

/// An enum: `google.protobuf.EnumDescriptorProto`.
package struct EnumDeclaration: WireMessage, Sendable {
  package enum Field: UInt32, WireField {
    case name = 1
    case values = 2
    case options = 3
    case reservedRanges = 4
    case reservedNames = 5
    case visibility = 6
  }

  package static let messageName = "google.protobuf.EnumDescriptorProto"
  package var name: String?
  package var values: [EnumValueDeclaration] = []
  package var options: OptionsDeclaration?
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
    case .values: try reader.readRepeated(.message(EnumValueDeclaration.self), &values, bytes)
    case .options: try reader.read(.message(OptionsDeclaration.self), &options, bytes)
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
    writer.write(.message(OptionsDeclaration.self), options, Field.options)
    writer.writeRepeated(.message(EnumValueDeclaration.self), values, Field.values)
    writer.write(.string, name, Field.name)
  }
}

/// One value of an enum: `google.protobuf.EnumValueDescriptorProto`.
package struct EnumValueDeclaration: WireMessage, Sendable {
  package enum Field: UInt32, WireField {
    case name = 1
    case number = 2
    case options = 3
  }

  package static let messageName = "google.protobuf.EnumValueDescriptorProto"
  package var name: String?
  package var number: Int32?
  package var options: OptionsDeclaration?
  package var unknownFields = UnknownFields()
  package var site = DeclarationSite()

  package init() {}

  package mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .name: try reader.read(.string, &name, bytes)
    case .number: try reader.read(.int32, &number, bytes)
    case .options: try reader.read(.message(OptionsDeclaration.self), &options, bytes)
    }
  }

  package func encodeFields(into writer: inout WireWriter) {
    writer.write(.message(OptionsDeclaration.self), options, Field.options)
    writer.write(.int32, number, Field.number)
    writer.write(.string, name, Field.name)
  }
}
