package import ProtobufWire

/// A set of `.proto` files: `google.protobuf.FileDescriptorSet`, what `protoc --descriptor_set_out` writes.
package struct FileSet: WireMessage, Sendable {
  package enum Field: UInt32, WireField {
    case files = 1
  }

  package static let messageName = "google.protobuf.FileDescriptorSet"
  package var files: [FileDeclaration] = []
  package var unknownFields = UnknownFields()

  package init() {}

  package mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .files: try reader.readRepeated(.message(FileDeclaration.self), &files, bytes)
    }
  }

  package func encodeFields(into writer: inout WireWriter) {
    writer.writeRepeated(.message(FileDeclaration.self), files, Field.files)
  }
}
