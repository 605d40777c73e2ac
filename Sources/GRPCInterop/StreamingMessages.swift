package import ProtobufWire

/// One message of a streamed request whose sizes the server adds up.
package struct StreamingInputCallRequest: WireMessage {
  package enum Field: UInt32, WireField {
    case payload = 1
  }

  package static let messageName = "grpc.testing.StreamingInputCallRequest"
  package var payload: Payload?
  package var unknownFields = UnknownFields()

  package init() {}

  package init(payload: Payload) { self.payload = payload }

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

/// How many bytes all payloads of a streamed request had.
package struct StreamingInputCallResponse: WireMessage {
  package enum Field: UInt32, WireField {
    case aggregatedPayloadSize = 1
  }

  package static let messageName = "grpc.testing.StreamingInputCallResponse"
  package var aggregatedPayloadSize: Int32 = 0
  package var unknownFields = UnknownFields()

  package init() {}

  package mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .aggregatedPayloadSize: try reader.read(.int32, &aggregatedPayloadSize, bytes)
    }
  }

  package func encodeFields(into writer: inout WireWriter) {
    writer.write(.int32, aggregatedPayloadSize, Field.aggregatedPayloadSize)
  }
}

/// What one message of a streamed answer is to be like.
package struct ResponseParameters: WireMessage {
  package enum Field: UInt32, WireField {
    case size = 1
    case intervalMicroseconds = 2
  }

  package static let messageName = "grpc.testing.ResponseParameters"
  package var size: Int32 = 0
  /// How long to wait before it is sent.
  package var intervalMicroseconds: Int32 = 0
  package var unknownFields = UnknownFields()

  package init() {}

  package init(size: Int32, intervalMicroseconds: Int32 = 0) {
    self.size = size
    self.intervalMicroseconds = intervalMicroseconds
  }

  package mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .size: try reader.read(.int32, &size, bytes)
    case .intervalMicroseconds: try reader.read(.int32, &intervalMicroseconds, bytes)
    }
  }

  package func encodeFields(into writer: inout WireWriter) {
    writer.write(.int32, intervalMicroseconds, Field.intervalMicroseconds)
    writer.write(.int32, size, Field.size)
  }
}

/// Asks for a message per ``responseParameters``.
package struct StreamingOutputCallRequest: WireMessage {
  package enum Field: UInt32, WireField {
    case responseParameters = 2
    case payload = 3
    case responseStatus = 7
  }

  package static let messageName = "grpc.testing.StreamingOutputCallRequest"
  package var responseParameters: [ResponseParameters] = []
  package var payload: Payload?
  package var responseStatus: EchoStatus?
  package var unknownFields = UnknownFields()

  package init() {}

  package init(
    sizes: [Int32] = [], payload: Payload? = nil, responseStatus: EchoStatus? = nil
  ) {
    responseParameters = sizes.map { ResponseParameters(size: $0) }
    self.payload = payload
    self.responseStatus = responseStatus
  }

  package mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .responseParameters:
      try reader.readRepeated(.message(ResponseParameters.self), &responseParameters, bytes)
    case .payload: try reader.read(.message(Payload.self), &payload, bytes)
    case .responseStatus: try reader.read(.message(EchoStatus.self), &responseStatus, bytes)
    }
  }

  package func encodeFields(into writer: inout WireWriter) {
    writer.write(.message(EchoStatus.self), responseStatus, Field.responseStatus)
    writer.write(.message(Payload.self), payload, Field.payload)
    writer.writeRepeated(
      .message(ResponseParameters.self), responseParameters, Field.responseParameters)
  }
}

/// One message of a streamed answer.
package struct StreamingOutputCallResponse: WireMessage {
  package enum Field: UInt32, WireField {
    case payload = 1
  }

  package static let messageName = "grpc.testing.StreamingOutputCallResponse"
  package var payload: Payload?
  package var unknownFields = UnknownFields()

  package init() {}

  package init(payload: Payload) { self.payload = payload }

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
