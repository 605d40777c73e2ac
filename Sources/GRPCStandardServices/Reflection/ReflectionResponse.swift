import GRPCCall
import ProtobufWire

struct ReflectionResponse<Version: ReflectionVersion>: WireMessage {
  enum Field: UInt32, WireField {
    case validHost = 1
    case originalRequest = 2
    case fileDescriptorResponse = 4
    case allExtensionNumbersResponse = 5
    case listServicesResponse = 6
    case errorResponse = 7
  }

  static var messageName: String { Version.package + ".ServerReflectionResponse" }
  var validHost = ""
  var originalRequest: ReflectionRequest<Version>?
  var answer: ReflectionAnswer?
  var unknownFields = UnknownFields()

  mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .validHost: return try reader.read(.string, &validHost, bytes)
    case .originalRequest:
      return try reader.read(
        .message(ReflectionRequest<Version>.self), &originalRequest, bytes)
    case .fileDescriptorResponse:
      return try reader.read(.message(FileDescriptorResponse.self), &answer, bytes) {
        .files($0)
      } _: {
        if case .files(let files) = $0 { files } else { nil }
      }
    case .allExtensionNumbersResponse:
      return try reader.read(.message(ExtensionNumberResponse.self), &answer, bytes) {
        .extensionNumbers($0)
      } _: {
        if case .extensionNumbers(let numbers) = $0 { numbers } else { nil }
      }
    case .listServicesResponse:
      return try reader.read(.message(ListServiceResponse.self), &answer, bytes) {
        .services($0)
      } _: {
        if case .services(let services) = $0 { services } else { nil }
      }
    case .errorResponse:
      return try reader.read(.message(ErrorResponse.self), &answer, bytes) {
        .error($0)
      } _: {
        if case .error(let error) = $0 { error } else { nil }
      }
    }
  }

  func encodeFields(into writer: inout WireWriter) {
    switch answer {
    case nil: break
    case .files(let files):
      writer.writePresent(
        .message(FileDescriptorResponse.self), files, Field.fileDescriptorResponse)
    case .extensionNumbers(let numbers):
      writer.writePresent(
        .message(ExtensionNumberResponse.self), numbers, Field.allExtensionNumbersResponse)
    case .services(let services):
      writer.writePresent(
        .message(ListServiceResponse.self), services, Field.listServicesResponse)
    case .error(let error):
      writer.writePresent(.message(ErrorResponse.self), error, Field.errorResponse)
    }
    writer.write(
      .message(ReflectionRequest<Version>.self), originalRequest, Field.originalRequest)
    writer.write(.string, validHost, Field.validHost)
  }
}

enum ReflectionAnswer: Sendable, Equatable {
  case files(FileDescriptorResponse)
  case extensionNumbers(ExtensionNumberResponse)
  case services(ListServiceResponse)
  case error(ErrorResponse)
}
