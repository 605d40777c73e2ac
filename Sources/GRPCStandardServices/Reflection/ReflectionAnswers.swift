import ProtobufWire

// The answers of the reflection service, of both its versions.

/// Files, each a `google.protobuf.FileDescriptorProto`.
struct FileDescriptorResponse: WireMessage {
  enum Field: UInt32, WireField {
    case fileDescriptorProto = 1
  }

  static let messageName = "grpc.reflection.v1.FileDescriptorResponse"
  var fileDescriptorProto: [[UInt8]] = []
  var unknownFields = UnknownFields()

  mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .fileDescriptorProto: try reader.readRepeated(.bytes, &fileDescriptorProto, bytes)
    }
  }

  func encodeFields(into writer: inout WireWriter) {
    writer.writeRepeated(.bytes, fileDescriptorProto, Field.fileDescriptorProto)
  }
}

struct ExtensionNumberResponse: WireMessage {
  enum Field: UInt32, WireField {
    case baseTypeName = 1
    case extensionNumber = 2
  }

  static let messageName = "grpc.reflection.v1.ExtensionNumberResponse"
  var baseTypeName = ""
  var extensionNumber: [Int32] = []
  var unknownFields = UnknownFields()

  mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .baseTypeName: try reader.read(.string, &baseTypeName, bytes)
    case .extensionNumber: try reader.readRepeated(.int32, &extensionNumber, bytes)
    }
  }

  func encodeFields(into writer: inout WireWriter) {
    writer.writeRepeated(.int32, extensionNumber, Field.extensionNumber)
    writer.write(.string, baseTypeName, Field.baseTypeName)
  }
}

struct ListServiceResponse: WireMessage {
  enum Field: UInt32, WireField {
    case service = 1
  }

  static let messageName = "grpc.reflection.v1.ListServiceResponse"
  var service: [ServiceResponse] = []
  var unknownFields = UnknownFields()

  mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .service: try reader.readRepeated(.message(ServiceResponse.self), &service, bytes)
    }
  }

  func encodeFields(into writer: inout WireWriter) {
    writer.writeRepeated(.message(ServiceResponse.self), service, Field.service)
  }
}

struct ServiceResponse: WireMessage {
  enum Field: UInt32, WireField {
    case name = 1
  }

  static let messageName = "grpc.reflection.v1.ServiceResponse"
  var name = ""
  var unknownFields = UnknownFields()

  mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .name: try reader.read(.string, &name, bytes)
    }
  }

  func encodeFields(into writer: inout WireWriter) {
    writer.write(.string, name, Field.name)
  }
}

struct ErrorResponse: WireMessage {
  enum Field: UInt32, WireField {
    case errorCode = 1
    case errorMessage = 2
  }

  static let messageName = "grpc.reflection.v1.ErrorResponse"
  var errorCode: Int32 = 0
  var errorMessage = ""
  var unknownFields = UnknownFields()

  mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .errorCode: try reader.read(.int32, &errorCode, bytes)
    case .errorMessage: try reader.read(.string, &errorMessage, bytes)
    }
  }

  func encodeFields(into writer: inout WireWriter) {
    writer.write(.string, errorMessage, Field.errorMessage)
    writer.write(.int32, errorCode, Field.errorCode)
  }
}
