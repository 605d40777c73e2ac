package import ProtobufWire

/// A field or an extension: `google.protobuf.FieldDescriptorProto`.
package struct FieldDeclaration: WireMessage, Sendable {
  package enum Field: UInt32, WireField {
    case name = 1
    case extendee = 2
    case number = 3
    case label = 4
    case type = 5
    case typeName = 6
    case defaultValue = 7
    case options = 8
    case oneofIndex = 9
    case jsonName = 10
    case proto3Optional = 17
  }

  package static let messageName = "google.protobuf.FieldDescriptorProto"
  package var name: String?
  /// The extended message, of an extension; resolved names begin with a point.
  package var extendee: String?
  package var number: Int32?
  package var label: Int32?
  package var type: Int32?
  /// The message or enum; resolved names begin with a point.
  package var typeName: String?
  package var defaultValue: String?
  package var options: OptionsDeclaration?
  package var oneofIndex: Int32?
  package var jsonName: String?
  package var proto3Optional: Bool?
  package var unknownFields = UnknownFields()
  package var site = DeclarationSite()

  package init() {}

  package mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .name: try reader.read(.string, &name, bytes)
    case .extendee: try reader.read(.string, &extendee, bytes)
    case .number: try reader.read(.int32, &number, bytes)
    case .label: try reader.read(.int32, &label, bytes)
    case .type: try reader.read(.int32, &type, bytes)
    case .typeName: try reader.read(.string, &typeName, bytes)
    case .defaultValue: try reader.read(.string, &defaultValue, bytes)
    case .options: try reader.read(.message(OptionsDeclaration.self), &options, bytes)
    case .oneofIndex: try reader.read(.int32, &oneofIndex, bytes)
    case .jsonName: try reader.read(.string, &jsonName, bytes)
    case .proto3Optional: try reader.read(.bool, &proto3Optional, bytes)
    }
  }

  package func encodeFields(into writer: inout WireWriter) {
    writer.write(.bool, proto3Optional, Field.proto3Optional)
    writer.write(.string, jsonName, Field.jsonName)
    writer.write(.int32, oneofIndex, Field.oneofIndex)
    writer.write(.message(OptionsDeclaration.self), options, Field.options)
    writer.write(.string, defaultValue, Field.defaultValue)
    writer.write(.string, typeName, Field.typeName)
    writer.write(.int32, type, Field.type)
    writer.write(.int32, label, Field.label)
    writer.write(.int32, number, Field.number)
    writer.write(.string, extendee, Field.extendee)
    writer.write(.string, name, Field.name)
  }
}

/// A oneof: `google.protobuf.OneofDescriptorProto`.
package struct OneofDeclaration: WireMessage, Sendable {
  package enum Field: UInt32, WireField {
    case name = 1
    case options = 2
  }

  package static let messageName = "google.protobuf.OneofDescriptorProto"
  package var name: String?
  package var options: OptionsDeclaration?
  package var unknownFields = UnknownFields()
  package var site = DeclarationSite()

  package init() {}

  package mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .name: try reader.read(.string, &name, bytes)
    case .options: try reader.read(.message(OptionsDeclaration.self), &options, bytes)
    }
  }

  package func encodeFields(into writer: inout WireWriter) {
    writer.write(.message(OptionsDeclaration.self), options, Field.options)
    writer.write(.string, name, Field.name)
  }
}
