package import ProtobufWire

/// One `.proto` file: `google.protobuf.FileDescriptorProto`.
package struct FileDeclaration: WireMessage, Sendable {
  package enum Field: UInt32, WireField {
    case name = 1
    case package = 2
    case dependencies = 3
    case messages = 4
    case enums = 5
    case services = 6
    case extensions = 7
    case options = 8
    case sourceCodeInfo = 9
    case publicDependencies = 10
    case weakDependencies = 11
    case syntax = 12
    case edition = 14
    case optionDependencies = 15
  }

  package static let messageName = "google.protobuf.FileDescriptorProto"
  package var name: String?
  package var package: String?
  package var dependencies: [String] = []
  package var messages: [MessageDeclaration] = []
  package var enums: [EnumDeclaration] = []
  package var services: [ServiceDeclaration] = []
  package var extensions: [FieldDeclaration] = []
  package var options: OptionsDeclaration?
  /// Where each declaration stands, a ``SourceCodeInfo``; the parser makes it if it is asked to.
  package var sourceCodeInfo: [UInt8]?
  /// What `sourceCodeInfo` is made of when the paths of the options are known.
  var sourceLocations: [SourceCodeLocation]?
  /// Indices of `dependencies`.
  package var publicDependencies: [Int32] = []
  /// Indices of `dependencies`.
  package var weakDependencies: [Int32] = []
  /// `proto3` or `editions`; nothing for `proto2`.
  package var syntax: String?
  /// The number of an edition, such as 1000 for 2023.
  package var edition: Int32?
  package var optionDependencies: [String] = []
  package var unknownFields = UnknownFields()
  package var site = DeclarationSite()

  package init() {}

  package mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .name: try reader.read(.string, &name, bytes)
    case .package: try reader.read(.string, &package, bytes)
    case .dependencies: try reader.readRepeated(.string, &dependencies, bytes)
    case .messages: try reader.readRepeated(.message(MessageDeclaration.self), &messages, bytes)
    case .enums: try reader.readRepeated(.message(EnumDeclaration.self), &enums, bytes)
    case .services: try reader.readRepeated(.message(ServiceDeclaration.self), &services, bytes)
    case .extensions: try reader.readRepeated(.message(FieldDeclaration.self), &extensions, bytes)
    case .options: try reader.read(.message(OptionsDeclaration.self), &options, bytes)
    case .sourceCodeInfo: try reader.read(.bytes, &sourceCodeInfo, bytes)
    case .publicDependencies: try reader.readRepeated(.int32, &publicDependencies, bytes)
    case .weakDependencies: try reader.readRepeated(.int32, &weakDependencies, bytes)
    case .syntax: try reader.read(.string, &syntax, bytes)
    case .edition: try reader.read(.int32, &edition, bytes)
    case .optionDependencies: try reader.readRepeated(.string, &optionDependencies, bytes)
    }
  }

  package func encodeFields(into writer: inout WireWriter) {
    writer.writeRepeated(.string, optionDependencies, Field.optionDependencies)
    writer.write(.int32, edition, Field.edition)
    writer.write(.string, syntax, Field.syntax)
    // Not packed: the schema of descriptors is of proto2.
    for value in weakDependencies.reversed() {
      writer.writePresent(.int32, value, Field.weakDependencies)
    }
    // Not packed: the schema of descriptors is of proto2.
    for value in publicDependencies.reversed() {
      writer.writePresent(.int32, value, Field.publicDependencies)
    }
    writer.write(.bytes, sourceCodeInfo, Field.sourceCodeInfo)
    writer.write(.message(OptionsDeclaration.self), options, Field.options)
    writer.writeRepeated(.message(FieldDeclaration.self), extensions, Field.extensions)
    writer.writeRepeated(.message(ServiceDeclaration.self), services, Field.services)
    writer.writeRepeated(.message(EnumDeclaration.self), enums, Field.enums)
    writer.writeRepeated(.message(MessageDeclaration.self), messages, Field.messages)
    writer.writeRepeated(.string, dependencies, Field.dependencies)
    writer.write(.string, package, Field.package)
    writer.write(.string, name, Field.name)
  }
}
