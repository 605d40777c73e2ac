import ProtobufSchema
import ProtobufWire
import Testing

@testable import WirebenchCommands

/// What the testee says to requests that the suite's own messages do not make.
@Suite struct ConformanceTests {
  func answer(
    _ payload: ConformanceRequest.Payload?, _ format: ConformanceFormat, of type: String = "M"
  ) throws -> ConformanceResponse.Outcome? {
    let text = "message M { required int32 number = 1; }"
    var loader = ProtoLoader { $0 == "m.proto" ? Array(text.utf8) : nil }
    try loader.load("m.proto")
    var request = ConformanceRequest()
    request.payload = payload
    request.requestedOutputFormat = format.rawValue
    request.messageType = type
    let response = try ConformanceTestee(schema: loader.schema).answer(try request.encoded())
    return try ConformanceResponse(decoding: response).outcome
  }

  @Test func answersInTheFormatThatIsAskedFor() throws {
    #expect(try answer(.protobuf([8, 5]), .protobuf) == .protobuf([8, 5]))
    #expect(try answer(.protobuf([8, 5]), .json) == .json(#"{"number":5}"#))
    #expect(try answer(.json(Array(#"{"number":5}"#.utf8)), .protobuf) == .protobuf([8, 5]))
    #expect(try answer(.text(Array("number: 5".utf8)), .text) == .text("number: 5\n"))
  }

  @Test func refusesAPayloadThatIsNone() throws {
    guard case .parseError = try answer(.protobuf([8]), .protobuf),
      case .parseError("the required field M.number is missing") = try answer(.protobuf([]), .json)
    else {
      Issue.record("a bad payload was taken")
      return
    }
  }

  @Test func saysWhatIsWrongWithARequest() throws {
    #expect(
      try answer(.protobuf([]), .json, of: "N") == .runtimeError("no loaded file has the message N")
    )
    #expect(try answer(nil, .json) == .runtimeError("a request without payload"))
    #expect(try answer(.jspb, .json) == .skipped("JSPB is not supported"))
    #expect(try answer(nil, .json, of: "conformance.FailureSet") == .protobuf([]))
  }
}
