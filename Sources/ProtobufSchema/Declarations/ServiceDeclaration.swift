package import ProtobufWire

/// A service: `google.protobuf.ServiceDescriptorProto`.
package struct ServiceDeclaration: WireMessage, Sendable {
  package enum Field: UInt32, WireField {
    case name = 1
    case methods = 2
    case options = 3
  }

  package static let messageName = "google.protobuf.ServiceDescriptorProto"
  package var name: String?
  package var methods: [MethodDeclaration] = []
  package var options: OptionsDeclaration?
  package var unknownFields = UnknownFields()
  package var site = DeclarationSite()

  package init() {}

  package mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .name: try reader.read(.string, &name, bytes)
    case .methods: try reader.readRepeated(.message(MethodDeclaration.self), &methods, bytes)
    case .options: try reader.read(.message(OptionsDeclaration.self), &options, bytes)
    }
  }

  package func encodeFields(into writer: inout WireWriter) {
    writer.write(.message(OptionsDeclaration.self), options, Field.options)
    writer.writeRepeated(.message(MethodDeclaration.self), methods, Field.methods)
    writer.write(.string, name, Field.name)
  }
}

/// A method of a service: `google.protobuf.MethodDescriptorProto`.
package struct MethodDeclaration: WireMessage, Sendable {
  package enum Field: UInt32, WireField {
    case name = 1
    case inputType = 2
    case outputType = 3
    case options = 4
    case clientStreaming = 5
    case serverStreaming = 6
  }

  package static let messageName = "google.protobuf.MethodDescriptorProto"
  package var name: String?
  package var inputType: String?
  package var outputType: String?
  package var options: OptionsDeclaration?
  package var clientStreaming: Bool?
  package var serverStreaming: Bool?
  package var unknownFields = UnknownFields()
  package var site = DeclarationSite()

  package init() {}

  package mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .name: try reader.read(.string, &name, bytes)
    case .inputType: try reader.read(.string, &inputType, bytes)
    case .outputType: try reader.read(.string, &outputType, bytes)
    case .options: try reader.read(.message(OptionsDeclaration.self), &options, bytes)
    case .clientStreaming: try reader.read(.bool, &clientStreaming, bytes)
    case .serverStreaming: try reader.read(.bool, &serverStreaming, bytes)
    }
  }

  package func encodeFields(into writer: inout WireWriter) {
    writer.write(.bool, serverStreaming, Field.serverStreaming)
    writer.write(.bool, clientStreaming, Field.clientStreaming)
    writer.write(.message(OptionsDeclaration.self), options, Field.options)
    writer.write(.string, outputType, Field.outputType)
    writer.write(.string, inputType, Field.inputType)
    writer.write(.string, name, Field.name)
  }
}
