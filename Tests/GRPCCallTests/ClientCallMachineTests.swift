import GRPCCall
import Testing

@Suite("Client call machine")
struct ClientCallMachineTests {
  @Test("a unary answer: headers, message, trailers")
  func unary() {
    var machine = ClientCallMachine(kind: .unary)
    #expect(machine.begin() == .initialMetadata)
    #expect(machine.hasResponse)
    #expect(machine.data(frame([1, 2])) == .message([1, 2]))
    let outcome = CallOutcome(status: .ok, fault: .caller, delivery: .answered)
    #expect(machine.trailers() == .finished(outcome))
    #expect(machine.isFinished)
    #expect(machine.initialMetadata.isEmpty)
  }

  @Test("a stream of messages in one piece of data")
  func stream() {
    var machine = ClientCallMachine(kind: .serverStreaming)
    #expect(machine.begin() == .initialMetadata)
    let body = frame([1]) + frame([2])
    var offset = 0
    let first = machine.receivedData(body.span, from: &offset)
    let second = machine.receivedData(body.span, from: &offset)
    let third = machine.receivedData(body.span, from: &offset)
    #expect([first, second, third] == [.message([1]), .message([2]), .needsMoreData])
    #expect(machine.trailers().outcome?.status == .ok)
  }

  @Test("a stream may succeed without messages")
  func emptyStream() {
    var machine = ClientCallMachine(kind: .bidirectionalStreaming)
    #expect(machine.begin() == .initialMetadata)
    #expect(machine.trailers().outcome?.status == .ok)
  }

  @Test("custom metadata is kept; what belongs to the protocol is not part of it")
  func metadata() {
    var machine = ClientCallMachine(kind: .serverStreaming)
    let action = machine.headers([
      ":status": "200", "content-type": "application/grpc+proto", "grpc-encoding": "identity",
      "grpc-accept-encoding": "gzip", "server": "envoy", "x-bin": "AQI",
    ])
    #expect(action == .initialMetadata)
    #expect(machine.initialMetadata.keys == ["server", "x-bin"])
    #expect(machine.initialMetadata.binary("x-bin") == [1, 2])
    let end = machine.headers(["grpc-status": "0", "t": "1"], endStream: true)
    #expect(end.outcome?.trailers == ["t": "1"])
  }

  @Test("an interim response is passed over")
  func informational() {
    var machine = ClientCallMachine(kind: .unary)
    #expect(machine.headers([":status": "103", "link": "x"]) == .informational)
    #expect(machine.begin() == .initialMetadata)
    #expect(machine.initialMetadata.isEmpty)
  }

  @Test("trailers-only: status, message, details and metadata in one block")
  func trailersOnly() {
    var machine = ClientCallMachine(kind: .unary)
    let action = machine.headers(
      [
        ":status": "200", "content-type": "application/grpc", "grpc-status": "5",
        "grpc-message": "no caf%C3%A9", "grpc-status-details-bin": "CAU=", "x": "y",
      ], endStream: true)
    let outcome = CallOutcome(
      status: Status(.notFound, "no café", details: [8, 5]), trailers: ["x": "y"], fault: .caller,
      delivery: .answered)
    #expect(action == .finished(outcome))
    #expect(!machine.hasResponse)
  }

  @Test("details that are not base64 do not hide the status")
  func brokenDetails() {
    var machine = ClientCallMachine(kind: .unary)
    let action = machine.headers(
      [":status": "200", "grpc-status": "7", "grpc-status-details-bin": "!"], endStream: true)
    #expect(action.outcome?.status == Status(.permissionDenied))
  }

  @Test(
    "a status of the server's tells whose turn it is", arguments: StatusCodeTests.table.dropFirst())
  func fault(number: Int, name: String) {
    var machine = ClientCallMachine(kind: .unary)
    let outcome = machine.trailersOnly(status: String(number))
    let byPeer = [
      "UNKNOWN", "RESOURCE_EXHAUSTED", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS",
    ]
    #expect(outcome?.fault == (byPeer.contains(name) ? .peer : .caller))
  }

  @Test(
    "a grpc-status that is no number, or that nobody defined, is UNKNOWN",
    arguments: ["", "x", "-1", "0x0", "17", "99999999999999999999", " 0", "0 "])
  func absurdStatus(text: String) {
    var machine = ClientCallMachine(kind: .unary)
    let outcome = machine.trailersOnly(status: text)
    #expect(outcome?.status.code == .unknown)
    #expect(outcome?.status.message.isEmpty == false)
  }

  @Test(
    "a response without grpc-status means what its HTTP status means",
    arguments: [
      (200, StatusCode.unknown), (400, .internalError), (401, .unauthenticated),
      (403, .permissionDenied), (404, .unimplemented), (429, .unavailable), (502, .unavailable),
      (503, .unavailable), (504, .unavailable), (500, .unknown), (302, .unknown), (418, .unknown),
    ])
  func httpStatus(status: Int, code: StatusCode) {
    for endStream in [false, true] {
      var machine = ClientCallMachine(kind: .unary)
      let action = machine.headers(
        [":status": String(status), "content-type": "text/html"], endStream: endStream)
      #expect(action.outcome?.status.code == code)
      #expect(action.outcome?.mustReset == !endStream)
      #expect(action.outcome?.status.message.contains("text/html") == true)
      #expect(action.outcome?.status.message.contains(String(status)) == true)
    }
  }

  @Test("grpc-status goes before the HTTP status")
  func grpcStatusFirst() {
    var machine = ClientCallMachine(kind: .unary)
    let action = machine.headers([":status": "503", "grpc-status": "16"], endStream: true)
    #expect(action.outcome?.status.code == .unauthenticated)
    var open = ClientCallMachine(kind: .unary)
    let other = open.headers([":status": "503", "grpc-status": "16"])
    #expect(other.outcome?.status.code == .unauthenticated)
    var claimed = ClientCallMachine(kind: .serverStreaming)
    let success = claimed.headers([":status": "503", "grpc-status": "0"])
    #expect(success.outcome?.status.code == .unavailable)
  }

  @Test(
    "only application/grpc and its suffixes and parameters are gRPC",
    arguments: [
      ("application/grpc", true), ("application/grpc+proto", true), ("application/grpc;v=1", true),
      ("application/grpc-web", false), ("application/grpcx", false), ("application/json", false),
      ("", false),
    ])
  func contentType(type: String, isGRPC: Bool) {
    var machine = ClientCallMachine(kind: .unary)
    let action = machine.headers([":status": "200", "content-type": type])
    #expect((action == .initialMetadata) == isGRPC)
    #expect(action.outcome?.status.code == (isGRPC ? nil : .unknown))
  }

  @Test("a response without content-type is not one of gRPC")
  func noContentType() {
    var machine = ClientCallMachine(kind: .unary)
    #expect(machine.headers([":status": "200"]).outcome?.status.code == .unknown)
  }

  @Test("a response without a valid HTTP status is UNKNOWN", arguments: ["", "abc", "2e2"])
  func noHTTPStatus(text: String) {
    var machine = ClientCallMachine(kind: .unary)
    let action = machine.headers([":status": text, "content-type": "application/grpc"])
    #expect(action.outcome?.status.code == .unknown)
  }

  @Test("an error of the server's stands, even inside a message or without one")
  func errorStands() {
    var machine = ClientCallMachine(kind: .unary)
    #expect(machine.begin() == .initialMetadata)
    #expect(machine.data([0, 0]) == .needsMoreData)
    #expect(machine.trailers("9").outcome?.status.code == .failedPrecondition)
  }
}

extension ClientCallMachine {
  fileprivate mutating func trailersOnly(status: String) -> CallOutcome? {
    headers(
      [":status": "200", "content-type": "application/grpc", "grpc-status": status],
      endStream: true
    ).outcome
  }
}
