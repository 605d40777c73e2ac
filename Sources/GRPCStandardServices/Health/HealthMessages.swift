import GRPCCall
import ProtobufWire

struct HealthCheckRequest: WireMessage {
  enum Field: UInt32, WireField {
    case service = 1
  }

  static let messageName = "grpc.health.v1.HealthCheckRequest"
  /// Empty for the server as a whole.
  var service = ""
  var unknownFields = UnknownFields()

  mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .service: try reader.read(.string, &service, bytes)
    }
  }

  func encodeFields(into writer: inout WireWriter) {
    writer.write(.string, service, Field.service)
  }
}

struct HealthCheckResponse: WireMessage {
  enum Field: UInt32, WireField {
    case status = 1
  }

  static let messageName = "grpc.health.v1.HealthCheckResponse"
  /// The number of a ``ServingStatus``.
  var status: Int32 = 0
  var unknownFields = UnknownFields()

  mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .status: try reader.read(.int32, &status, bytes)
    }
  }

  func encodeFields(into writer: inout WireWriter) {
    writer.write(.int32, status, Field.status)
  }
}

enum HealthMethods {
  typealias Method = MethodDescriptor<HealthCheckRequest, HealthCheckResponse>

  static let service = "grpc.health.v1.Health"
  static let check = Method(service: service, method: "Check", kind: .unary)
  static let watch = Method(service: service, method: "Watch", kind: .serverStreaming)
}
