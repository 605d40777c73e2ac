import GRPCCall
import ProtobufWire

/// The version of the reflection protocol; the two differ in nothing but the name of their package.
protocol ReflectionVersion: Sendable, Equatable {
  static var package: String { get }
}

enum ReflectionV1: ReflectionVersion {
  static let package = "grpc.reflection.v1"
}

enum ReflectionV1Alpha: ReflectionVersion {
  static let package = "grpc.reflection.v1alpha"
}

struct ReflectionRequest<Version: ReflectionVersion>: WireMessage {
  enum Field: UInt32, WireField {
    case host = 1
    case fileByFilename = 3
    case fileContainingSymbol = 4
    case fileContainingExtension = 5
    case allExtensionNumbersOfType = 6
    case listServices = 7
  }

  enum Question: Sendable, Equatable {
    case file(named: String)
    case fileOfSymbol(String)
    case fileOfExtension(ExtensionRequest)
    case extensionNumbers(ofType: String)
    case services(String)
  }

  static var messageName: String { Version.package + ".ServerReflectionRequest" }
  var host = ""
  var question: Question?
  var unknownFields = UnknownFields()

  mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .host: try reader.read(.string, &host, bytes)
    case .fileByFilename: try reader.read(.string, &question, bytes) { .file(named: $0) }
    case .fileContainingSymbol:
      try reader.read(.string, &question, bytes) { .fileOfSymbol($0) }
    case .fileContainingExtension:
      try reader.read(.message(ExtensionRequest.self), &question, bytes) {
        .fileOfExtension($0)
      } _: {
        if case .fileOfExtension(let request) = $0 { request } else { nil }
      }
    case .allExtensionNumbersOfType:
      try reader.read(.string, &question, bytes) { .extensionNumbers(ofType: $0) }
    case .listServices: try reader.read(.string, &question, bytes) { .services($0) }
    }
  }

  func encodeFields(into writer: inout WireWriter) {
    switch question {
    case nil: break
    case .file(let name): writer.writePresent(.string, name, Field.fileByFilename)
    case .fileOfSymbol(let name):
      writer.writePresent(.string, name, Field.fileContainingSymbol)
    case .fileOfExtension(let request):
      writer.writePresent(
        .message(ExtensionRequest.self), request, Field.fileContainingExtension)
    case .extensionNumbers(let type):
      writer.writePresent(.string, type, Field.allExtensionNumbersOfType)
    case .services(let text): writer.writePresent(.string, text, Field.listServices)
    }
    writer.write(.string, host, Field.host)
  }
}

struct ExtensionRequest: WireMessage {
  enum Field: UInt32, WireField {
    case containingType = 1
    case extensionNumber = 2
  }

  static let messageName = "grpc.reflection.v1.ExtensionRequest"
  var containingType = ""
  var extensionNumber: Int32 = 0
  var unknownFields = UnknownFields()

  mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .containingType: try reader.read(.string, &containingType, bytes)
    case .extensionNumber: try reader.read(.int32, &extensionNumber, bytes)
    }
  }

  func encodeFields(into writer: inout WireWriter) {
    writer.write(.int32, extensionNumber, Field.extensionNumber)
    writer.write(.string, containingType, Field.containingType)
  }
}
