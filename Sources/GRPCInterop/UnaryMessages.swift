package import ProtobufWire

/// Asks for one answer of a size, with a status.
package struct SimpleRequest: WireMessage {
  package enum Field: UInt32, WireField {
    case responseSize = 2
    case payload = 3
    case responseStatus = 7
  }

  package static let messageName = "grpc.testing.SimpleRequest"
  package var responseSize: Int32 = 0
  package var payload: Payload?
  package var responseStatus: EchoStatus?
  package var unknownFields = UnknownFields()

  package init() {}

  package init(
    responseSize: Int32 = 0, payload: Payload? = nil, responseStatus: EchoStatus? = nil
  ) {
    self.responseSize = responseSize
    self.payload = payload
    self.responseStatus = responseStatus
  }

  package mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .responseSize: try reader.read(.int32, &responseSize, bytes)
    case .payload: try reader.read(.message(Payload.self), &payload, bytes)
    case .responseStatus: try reader.read(.message(EchoStatus.self), &responseStatus, bytes)
    }
  }

  package func encodeFields(into writer: inout WireWriter) {
    writer.write(.message(EchoStatus.self), responseStatus, Field.responseStatus)
    writer.write(.message(Payload.self), payload, Field.payload)
    writer.write(.int32, responseSize, Field.responseSize)
  }
}

/// One answer.
package struct SimpleResponse: WireMessage {
  package enum Field: UInt32, WireField {
    case payload = 1
  }

  package static let messageName = "grpc.testing.SimpleResponse"
  package var payload: Payload?
  package var unknownFields = UnknownFields()

  package init() {}

  package init(payload: Payload?) { self.payload = payload }

  package mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .payload: try reader.read(.message(Payload.self), &payload, bytes)
    }
  }

  package func encodeFields(into writer: inout WireWriter) {
    writer.write(.message(Payload.self), payload, Field.payload)
  }
}
