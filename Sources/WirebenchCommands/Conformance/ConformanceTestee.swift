import ProtobufSchema
import ProtobufWire

/// Answers the requests of protobuf's conformance runner; bytes in, bytes out.
struct ConformanceTestee: Sendable {
  private let schema: Schema

  init(schema: Schema) { self.schema = schema }

  /// Answers a `conformance.ConformanceRequest` with a `conformance.ConformanceResponse`.
  func answer(_ request: [UInt8]) throws(WireError) -> [UInt8] {
    var response = ConformanceResponse()
    do {
      response.outcome = outcome(of: try ConformanceRequest(decoding: request))
    } catch {
      response.outcome = .runtimeError("the request cannot be read: \(error)")
    }
    return try response.encoded()
  }

  private func outcome(of request: ConformanceRequest) -> ConformanceResponse.Outcome {
    // The runner asks so for the failures that are expected: there are none.
    if request.messageType == "conformance.FailureSet" { return .protobuf([]) }
    guard let type = schema.message(named: request.messageType) else {
      return .runtimeError("no loaded file has the message \(request.messageType)")
    }
    let message: DynamicMessage
    do {
      switch request.payload {
      case .protobuf(let bytes):
        message = try DynamicMessage(decoding: bytes, type, of: schema)
      case .json(let text):
        let options = JSONDecodingOptions(
          ignoresUnknownFields: request.testCategory == ConformanceRequest.ignoringUnknownJSON)
        message = try DynamicMessage(json: text, type, of: schema, options: options)
      case .jspb: return .skipped("JSPB is not supported")
      case .text: return .skipped("the text format is not supported")
      case nil: return .runtimeError("a request without payload")
      }
    } catch {
      return .parseError("\(error)")
    }
    if let missing = message.missingRequiredFields.first {
      return .parseError("the required field \(missing) is missing")
    }
    return outcome(of: message, as: request.requestedOutputFormat)
  }

  private func outcome(
    of message: DynamicMessage, as format: Int32
  ) -> ConformanceResponse.Outcome {
    do {
      switch ConformanceFormat(rawValue: format) {
      case .protobuf: return .protobuf(try message.encoded())
      case .json: return .json(try message.json())
      case .jspb, .text: return .skipped("this output format is not supported")
      case .unspecified, nil: return .runtimeError("a request without an output format")
      }
    } catch {
      return .serializeError("\(error)")
    }
  }
}
