import ProtobufWire

/// The numbers of formats, in `conformance.WireFormat`.
enum ConformanceFormat: Int32 {
  case unspecified = 0
  case protobuf
  case json
  case jspb
  case text
}

/// What the runner of protobuf's conformance suite asks for: `conformance.ConformanceRequest`.
struct ConformanceRequest: WireMessage {
  enum Field: UInt32, WireField {
    case protobufPayload = 1
    case jsonPayload = 2
    case requestedOutputFormat = 3
    case messageType = 4
    case testCategory = 5
    case jspbPayload = 7
    case textPayload = 8
    case printUnknownFields = 9
  }

  enum Payload: Sendable, Equatable {
    case protobuf([UInt8])
    /// As bytes, for the suite may send what is not UTF-8.
    case json([UInt8])
    case jspb
    case text
  }

  /// The category in which unknown names of JSON are to be passed over.
  static let ignoringUnknownJSON: Int32 = 3

  static let messageName = "conformance.ConformanceRequest"
  var payload: Payload?
  var requestedOutputFormat: Int32 = 0
  var messageType = ""
  var testCategory: Int32 = 0
  var printUnknownFields = false
  var unknownFields = UnknownFields()

  mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .protobufPayload: try reader.read(.bytes, &payload, bytes) { .protobuf($0) }
    case .jsonPayload: try reader.read(.bytes, &payload, bytes) { .json($0) }
    case .requestedOutputFormat: try reader.read(.int32, &requestedOutputFormat, bytes)
    case .messageType: try reader.read(.string, &messageType, bytes)
    case .testCategory: try reader.read(.int32, &testCategory, bytes)
    case .jspbPayload: try reader.read(.bytes, &payload, bytes) { _ in .jspb }
    case .textPayload: try reader.read(.bytes, &payload, bytes) { _ in .text }
    case .printUnknownFields: try reader.read(.bool, &printUnknownFields, bytes)
    }
  }

  func encodeFields(into writer: inout WireWriter) {
    writer.write(.bool, printUnknownFields, Field.printUnknownFields)
    writer.write(.int32, testCategory, Field.testCategory)
    writer.write(.string, messageType, Field.messageType)
    writer.write(.int32, requestedOutputFormat, Field.requestedOutputFormat)
    switch payload {
    case .protobuf(let bytes): writer.writePresent(.bytes, bytes, Field.protobufPayload)
    case .json(let bytes): writer.writePresent(.bytes, bytes, Field.jsonPayload)
    case .jspb: writer.writePresent(.bytes, [], Field.jspbPayload)
    case .text: writer.writePresent(.bytes, [], Field.textPayload)
    case nil: break
    }
  }
}

/// The answer: `conformance.ConformanceResponse`.
struct ConformanceResponse: WireMessage {
  enum Field: UInt32, WireField {
    case parseError = 1
    case runtimeError = 2
    case protobufPayload = 3
    case jsonPayload = 4
    case skipped = 5
    case serializeError = 6
  }

  enum Outcome: Sendable, Equatable {
    /// The payload was refused, as the suite wants it of a bad one.
    case parseError(String)
    /// The request itself was at fault.
    case runtimeError(String)
    case protobuf([UInt8])
    case json(String)
    /// Not supported here.
    case skipped(String)
    /// The message has no such form.
    case serializeError(String)
  }

  static let messageName = "conformance.ConformanceResponse"
  var outcome: Outcome?
  var unknownFields = UnknownFields()

  mutating func decode(
    _ field: Field, _ bytes: Span<UInt8>, _ reader: inout WireReader
  ) throws(WireError) -> Bool {
    switch field {
    case .parseError: try reader.read(.string, &outcome, bytes) { .parseError($0) }
    case .runtimeError: try reader.read(.string, &outcome, bytes) { .runtimeError($0) }
    case .protobufPayload: try reader.read(.bytes, &outcome, bytes) { .protobuf($0) }
    case .jsonPayload: try reader.read(.string, &outcome, bytes) { .json($0) }
    case .skipped: try reader.read(.string, &outcome, bytes) { .skipped($0) }
    case .serializeError: try reader.read(.string, &outcome, bytes) { .serializeError($0) }
    }
  }

  func encodeFields(into writer: inout WireWriter) {
    switch outcome {
    case .parseError(let text): writer.writePresent(.string, text, Field.parseError)
    case .runtimeError(let text): writer.writePresent(.string, text, Field.runtimeError)
    case .protobuf(let bytes): writer.writePresent(.bytes, bytes, Field.protobufPayload)
    case .json(let text): writer.writePresent(.string, text, Field.jsonPayload)
    case .skipped(let text): writer.writePresent(.string, text, Field.skipped)
    case .serializeError(let text): writer.writePresent(.string, text, Field.serializeError)
    case nil: break
    }
  }
}
