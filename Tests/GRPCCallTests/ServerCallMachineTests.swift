import GRPCCall
import Testing

@Suite("Server call machine: requests")
struct ServerCallMachineTests {
  @Test("a request's head holds path, authority, timeout and metadata")
  func head() {
    var machine = ServerCallMachine()
    let action = machine.headers([
      ":method": "POST", ":scheme": "https", ":path": "/auth.Auth/Login", ":authority": "momento",
      "te": "trailers", "content-type": "application/grpc+proto", "grpc-timeout": "5S",
      "grpc-encoding": "identity", "grpc-accept-encoding": "gzip", "host": "other",
      "user-agent": "test", "authorization": "key",
    ])
    var metadata = Metadata()
    metadata.append(unchecked: "user-agent", .ascii("test"))
    metadata.append(unchecked: "authorization", .ascii("key"))
    let head = RequestHead(
      path: "/auth.Auth/Login", authority: "momento", metadata: metadata, timeout: .seconds(5))
    #expect(action == .accept(head))
  }

  @Test("host stands in for a missing authority, and te may be missing")
  func host() {
    var machine = ServerCallMachine()
    let action = machine.headers([
      ":method": "POST", ":path": "/s/m", "host": "h", "content-type": "application/grpc",
    ])
    #expect(action == .accept(RequestHead(path: "/s/m", authority: "h")))
  }

  @Test(
    "what is not a request of gRPC gets an HTTP status",
    arguments: [
      ("GET", "application/grpc", 405), ("post", "application/grpc", 405),
      ("POST", "application/json", 415), ("POST", "application/grpc-web", 415),
    ])
  func notGRPC(method: String, type: String, status: Int) {
    var machine = ServerCallMachine()
    let action = machine.headers([":method": method, ":path": "/s/m", "content-type": type])
    #expect(action == .rejectHTTP(status: status))
  }

  @Test("a request without content-type gets 415")
  func noContentType() {
    var machine = ServerCallMachine()
    #expect(machine.headers([":method": "POST", ":path": "/s/m"]) == .rejectHTTP(status: 415))
  }

  @Test(
    "a request that cannot be served gets a status",
    arguments: [
      ("grpc-timeout", "5s", StatusCode.internalError), ("grpc-timeout", "", .internalError),
      ("grpc-encoding", "gzip", .unimplemented), ("x-bin", "!", .internalError),
    ])
  func refused(name: String, value: String, code: StatusCode) {
    var machine = ServerCallMachine()
    let action = machine.headers([
      ":method": "POST", ":path": "/s/m", "content-type": "application/grpc", name: value,
    ])
    #expect(action.rejection == code)
    #expect(machine.data(frame([1])) == .needsMoreData)
    #expect(machine.sendTrailers(code) == .sendTrailersOnly)
    #expect(machine.mustResetAfterTrailers)
  }

  @Test("a malformed timeout is not made good by a second one")
  func twoTimeouts() {
    var machine = ServerCallMachine()
    let action = machine.headers([
      ":method": "POST", ":path": "/s/m", "content-type": "application/grpc", "grpc-timeout": "x",
      "grpc-timeout": "5S",
    ])
    #expect(action.rejection == .internalError)
  }

  @Test("a path that begins with no slash is UNIMPLEMENTED")
  func path() {
    var machine = ServerCallMachine()
    let action = machine.headers([
      ":method": "POST", ":path": "s/m", "content-type": "application/grpc",
    ])
    #expect(action.rejection == .unimplemented)
  }

  @Test(
    "one message and the end make a unary request", arguments: [CallKind.unary, .serverStreaming])
  func unary(kind: CallKind) {
    var machine = ServerCallMachine.accepted(kind)
    #expect(machine.data(frame([1])) == .message([1]))
    #expect(machine.mustResetAfterTrailers)
    #expect(machine.receivedEndOfStream() == .halfClosed)
    #expect(!machine.mustResetAfterTrailers)
  }

  @Test(
    "a wrong number of messages is UNIMPLEMENTED", arguments: [CallKind.unary, .serverStreaming])
  func wrongCount(kind: CallKind) {
    var none = ServerCallMachine.accepted(kind)
    #expect(none.receivedEndOfStream().code == .unimplemented)
    var two = ServerCallMachine.accepted(kind)
    #expect(two.data(frame([1])) == .message([1]))
    #expect(two.data(frame([2])).code == .unimplemented)
    #expect(two.data(frame([3])) == .needsMoreData)
    #expect(two.receivedEndOfStream() == .ignored)
  }

  @Test(
    "a streaming request takes any number of messages",
    arguments: [CallKind.clientStreaming, .bidirectionalStreaming])
  func streaming(kind: CallKind) {
    var empty = ServerCallMachine.accepted(kind)
    #expect(empty.receivedEndOfStream() == .halfClosed)
    var two = ServerCallMachine.accepted(kind)
    #expect(two.data(frame([1])) == .message([1]))
    #expect(two.data(frame([2])) == .message([2]))
    #expect(two.receivedEndOfStream() == .halfClosed)
    #expect(two.receivedEndOfStream() == .ignored)
  }

  @Test("an end inside a message is INTERNAL")
  func truncated() {
    var machine = ServerCallMachine.accepted(.clientStreaming)
    #expect(machine.data([0, 0]) == .needsMoreData)
    #expect(machine.receivedEndOfStream().code == .internalError)
  }

  @Test("a message over the limit is RESOURCE_EXHAUSTED, and nothing more is read")
  func tooLarge() {
    var machine = ServerCallMachine.accepted(.clientStreaming)
    #expect(machine.data(frame(Array(repeating: 0, count: 17))).code == .resourceExhausted)
    #expect(machine.data(frame([1])) == .needsMoreData)
  }

  @Test("trailers of a client end the request; headers in its middle are INTERNAL")
  func secondHeaders() {
    var machine = ServerCallMachine.accepted(.clientStreaming)
    #expect(machine.headers(["x": "y"], endStream: true) == .trailers)
    #expect(machine.receivedEndOfStream() == .halfClosed)
    #expect(machine.headers(["x": "y"], endStream: true) == .ignored)
    var other = ServerCallMachine.accepted(.clientStreaming)
    guard case .failed(let status) = other.headers(["x": "y"]) else {
      Issue.record("headers in the middle were taken")
      return
    }
    #expect(status.code == .internalError)
    #expect(other.headers(["x": "y"]) == .ignored)
  }

  @Test("data before headers is passed over")
  func dataFirst() {
    var machine = ServerCallMachine()
    #expect(machine.data(frame([1])) == .needsMoreData)
    #expect(machine.receivedEndOfStream() == .ignored)
  }
}

@Suite("Server call machine: responses")
struct ServerResponseTests {
  @Test("headers, messages, trailers")
  func inOrder() {
    var machine = ServerCallMachine.accepted(.serverStreaming)
    #expect(machine.sendInitialMetadata() == .send)
    #expect(machine.sendMessage() == .send)
    #expect(machine.sendMessage() == .send)
    #expect(!machine.isFinished)
    #expect(machine.sendTrailers(.ok) == .send)
    #expect(machine.isFinished)
  }

  @Test("the first message brings the headers with it")
  func implicitHeaders() {
    var machine = ServerCallMachine.accepted(.unary)
    #expect(machine.sendMessage() == .sendAfterInitialMetadata)
    #expect(machine.sendTrailers(.ok) == .send)
  }

  @Test("a status alone is trailers-only")
  func trailersOnly() {
    var failed = ServerCallMachine.accepted(.unary)
    #expect(failed.sendTrailers(.notFound) == .sendTrailersOnly)
    var empty = ServerCallMachine.accepted(.serverStreaming)
    #expect(empty.sendTrailers(.ok) == .sendTrailersOnly)
  }

  @Test("headers twice, or behind a message or the status, are misuse")
  func lateHeaders() {
    var machine = ServerCallMachine.accepted(.serverStreaming)
    #expect(machine.sendInitialMetadata() == .send)
    #expect(machine.sendInitialMetadata().isMisuse)
    #expect(machine.sendMessage() == .send)
    #expect(machine.sendInitialMetadata().isMisuse)
    #expect(machine.sendTrailers(.ok) == .send)
    #expect(machine.sendInitialMetadata().isMisuse)
  }

  @Test("nothing follows the status")
  func afterStatus() {
    var machine = ServerCallMachine.accepted(.serverStreaming)
    #expect(machine.sendTrailers(.ok) == .sendTrailersOnly)
    #expect(machine.sendMessage().isMisuse)
    #expect(machine.sendTrailers(.ok).isMisuse)
  }

  @Test(
    "a single answer is one message; a misuse can still end in another status",
    arguments: [CallKind.unary, .clientStreaming])
  func singleAnswer(kind: CallKind) {
    var none = ServerCallMachine.accepted(kind)
    #expect(none.sendTrailers(.ok).isMisuse)
    #expect(none.sendTrailers(.internalError) == .sendTrailersOnly)
    var two = ServerCallMachine.accepted(kind)
    #expect(two.sendMessage() == .sendAfterInitialMetadata)
    #expect(two.sendMessage().isMisuse)
    #expect(two.sendTrailers(.internalError) == .send)
  }

  @Test("a client that left gets nothing, and the service did nothing wrong")
  func reset() {
    var machine = ServerCallMachine.accepted(.serverStreaming)
    machine.receivedReset()
    #expect(machine.isFinished)
    #expect(!machine.mustResetAfterTrailers)
    #expect(machine.sendInitialMetadata() == .dropped)
    #expect(machine.sendMessage() == .dropped)
    #expect(machine.sendTrailers(.ok) == .dropped)
    #expect(machine.data(frame([1])) == .needsMoreData)
    #expect(machine.receivedEndOfStream() == .ignored)
  }

  @Test("a client that leaves behind the status changes nothing")
  func lateReset() {
    var machine = ServerCallMachine.accepted(.serverStreaming)
    #expect(machine.sendTrailers(.ok) == .sendTrailersOnly)
    machine.receivedReset()
    #expect(machine.sendMessage().isMisuse)
  }
}

extension ServerCallMachine.HeadersAction {
  fileprivate var rejection: StatusCode? {
    if case .rejectGRPC(let status) = self { status.code } else { nil }
  }
}

extension ServerCallMachine.DataAction {
  fileprivate var code: StatusCode? {
    if case .failed(let status) = self { status.code } else { nil }
  }
}

extension ServerCallMachine.EndAction {
  fileprivate var code: StatusCode? {
    if case .failed(let status) = self { status.code } else { nil }
  }
}

extension ServerCallMachine.SendAction {
  fileprivate var isMisuse: Bool {
    if case .misuse = self { true } else { false }
  }
}
