import GRPCCall
import Testing

@Suite("Client call machine: broken responses")
struct ClientCallViolationTests {
  @Test(
    "success without the one message of the answer is INTERNAL",
    arguments: [CallKind.unary, .clientStreaming])
  func noMessage(kind: CallKind) {
    var machine = ClientCallMachine(kind: kind)
    #expect(machine.begin() == .initialMetadata)
    let outcome = machine.trailers().outcome
    #expect(outcome?.status.code == .internalError)
    #expect(outcome?.fault == .peer)
    #expect(outcome?.mustReset == false)
  }

  @Test("trailers-only success has no message either")
  func trailersOnlySuccess() {
    var machine = ClientCallMachine(kind: .unary)
    let action = machine.headers(
      [":status": "200", "content-type": "application/grpc", "grpc-status": "0"], endStream: true)
    #expect(action.outcome?.status.code == .internalError)
  }

  @Test(
    "a second message of a single answer is INTERNAL",
    arguments: [CallKind.unary, .clientStreaming])
  func twoMessages(kind: CallKind) {
    var machine = ClientCallMachine(kind: kind)
    #expect(machine.begin() == .initialMetadata)
    #expect(machine.data(frame([1])) == .message([1]))
    let outcome = machine.data(frame([2])).outcome
    #expect(outcome?.status.code == .internalError)
    #expect(outcome?.mustReset == true)
    #expect(machine.trailers() == .ignored)
  }

  @Test("success inside a message is INTERNAL")
  func truncated() {
    var machine = ClientCallMachine(kind: .serverStreaming)
    #expect(machine.begin() == .initialMetadata)
    #expect(machine.data([0, 0, 0, 0, 2, 7]) == .needsMoreData)
    #expect(machine.trailers().outcome?.status.code == .internalError)
  }

  @Test("data before headers is INTERNAL")
  func dataFirst() {
    var machine = ClientCallMachine(kind: .unary)
    let outcome = machine.data(frame([1])).outcome
    #expect(outcome?.status.code == .internalError)
    #expect(outcome?.mustReset == true)
  }

  @Test("headers in the middle of a response are INTERNAL")
  func headersInTheMiddle() {
    var machine = ClientCallMachine(kind: .serverStreaming)
    #expect(machine.begin() == .initialMetadata)
    let outcome = machine.begin().outcome
    #expect(outcome?.status.code == .internalError)
    #expect(outcome?.mustReset == true)
  }

  @Test("an interim response cannot end the stream")
  func interimEnd() {
    var machine = ClientCallMachine(kind: .unary)
    let outcome = machine.headers([":status": "100"], endStream: true).outcome
    #expect(outcome?.status.code == .internalError)
    #expect(outcome?.mustReset == false)
  }

  @Test("trailers without grpc-status are UNKNOWN")
  func noStatus() {
    var machine = ClientCallMachine(kind: .unary)
    #expect(machine.begin() == .initialMetadata)
    #expect(machine.data(frame([1])) == .message([1]))
    let outcome = machine.headers(["x": "y"], endStream: true).outcome
    #expect(outcome?.status.code == .unknown)
    #expect(outcome?.trailers == ["x": "y"])
  }

  @Test("the end of the stream without trailers is INTERNAL, before headers and behind them")
  func noTrailers() {
    var machine = ClientCallMachine(kind: .unary)
    #expect(machine.receivedEndOfStream()?.status.code == .internalError)
    var other = ClientCallMachine(kind: .unary)
    #expect(other.begin() == .initialMetadata)
    #expect(other.receivedEndOfStream()?.status.code == .internalError)
    #expect(other.receivedEndOfStream() == nil)
  }

  @Test("a -bin header that is not base64 spoils success")
  func brokenBinary() {
    var machine = ClientCallMachine(kind: .unary)
    let begin = machine.headers([
      ":status": "200", "content-type": "application/grpc", "x-bin": "!",
    ])
    #expect(begin.outcome?.status.code == .internalError)
    var other = ClientCallMachine(kind: .serverStreaming)
    #expect(other.begin() == .initialMetadata)
    let end = other.headers(["grpc-status": "0", "x-bin": "!"], endStream: true)
    #expect(end.outcome?.status.code == .internalError)
  }

  @Test("a message over the limit fails the call and asks for a reset")
  func tooLarge() {
    var machine = ClientCallMachine(kind: .unary, maxMessageSize: 1)
    #expect(machine.begin() == .initialMetadata)
    let outcome = machine.data(frame([1, 2])).outcome
    #expect(outcome?.status.code == .resourceExhausted)
    #expect(outcome?.fault == .caller)
    #expect(outcome?.mustReset == true)
  }

  @Test("a compressed message is INTERNAL and names the encoding")
  func compressed() {
    var machine = ClientCallMachine(kind: .unary)
    let begin = machine.headers([
      ":status": "200", "content-type": "application/grpc", "grpc-encoding": "gzip",
    ])
    #expect(begin == .initialMetadata)
    let outcome = machine.data(frame([1], flag: 1)).outcome
    #expect(outcome?.status.code == .internalError)
    #expect(outcome?.status.message.contains("gzip") == true)
  }

  /// The table of PROTOCOL-HTTP2.md, Errors; codes that it does not name are INTERNAL.
  @Test(
    "a reset means what its code means",
    arguments: [
      (0x0, StatusCode.internalError), (0x1, .internalError), (0x2, .internalError),
      (0x3, .internalError), (0x4, .internalError), (0x5, .internalError), (0x6, .internalError),
      (0x7, .unavailable), (0x8, .cancelled), (0x9, .internalError), (0xa, .internalError),
      (0xb, .resourceExhausted), (0xc, .permissionDenied), (0xd, .internalError),
      (0xffff_ffff, .internalError),
    ] as [(UInt32, StatusCode)])
  func reset(error: UInt32, code: StatusCode) {
    var machine = ClientCallMachine(kind: .unary)
    let outcome = machine.receivedReset(errorCode: error)
    #expect(outcome?.status.code == code)
    #expect(outcome?.delivery == (error == 0x7 ? .refused : .unknown))
    #expect(outcome?.mustReset == false)
    #expect(machine.receivedReset(errorCode: error) == nil)
  }

  @Test("the text of a reset names the code")
  func resetNames() {
    #expect(ResetMapping.name(ofHTTP2Error: 0xd) == "HTTP_1_1_REQUIRED (0xd)")
    #expect(ResetMapping.name(ofHTTP2Error: 0xe) == "error 0xe")
  }

  @Test("a stream above the last one of GOAWAY was refused")
  func goAway() {
    var machine = ClientCallMachine(kind: .unary)
    let outcome = machine.receivedReset(errorCode: 0x7, .byGoAway)
    #expect(outcome?.status.code == .unavailable)
    #expect(outcome?.delivery == .refused)
  }

  @Test("a server that began to answer cannot have refused")
  func lateRefusal() {
    var machine = ClientCallMachine(kind: .unary)
    #expect(machine.begin() == .initialMetadata)
    #expect(machine.receivedReset(errorCode: 0x7)?.delivery == .answered)
  }

  @Test(
    "a lost connection is UNAVAILABLE and the network's fault",
    arguments: [Delivery.notSent, .unknown])
  func lost(delivery: Delivery) {
    var machine = ClientCallMachine(kind: .unary)
    let outcome = CallOutcome(
      status: Status(.unavailable, "broken pipe"), fault: .network, delivery: delivery)
    #expect(machine.connectionLost(reason: "broken pipe", delivery: delivery) == outcome)
    #expect(machine.connectionLost(reason: "again", delivery: delivery) == nil)
  }

  @Test("a client that gives up asks for a reset")
  func abandoned() {
    var machine = ClientCallMachine(kind: .unary)
    let status = Status(.deadlineExceeded)
    let outcome = machine.abandoned(with: status, delivery: .unknown)
    let expected = CallOutcome(
      status: status, fault: .caller, delivery: .unknown, mustReset: true)
    #expect(outcome == expected)
    #expect(machine.abandoned(with: status, delivery: .unknown) == nil)
  }

  @Test("what comes behind the outcome is passed over")
  func afterTheEnd() {
    var machine = ClientCallMachine(kind: .unary)
    #expect(machine.begin() == .initialMetadata)
    #expect(machine.data(frame([1])) == .message([1]))
    #expect(machine.trailers().outcome?.status == .ok)
    var offset = 0
    let late = frame([1])
    let action = machine.receivedData(late.span, from: &offset)
    #expect(action == .needsMoreData)
    #expect(offset == late.count)
    #expect(machine.trailers() == .ignored)
    #expect(machine.begin() == .ignored)
    #expect(machine.receivedEndOfStream() == nil)
    #expect(machine.receivedReset(errorCode: 0) == nil)
    #expect(machine.connectionLost(reason: "x", delivery: .unknown) == nil)
  }
}
