import GRPCCall
import Testing

@Suite("RPC errors")
struct RPCErrorTests {
  @Test("the description names code, message, endpoint, phase, delivery, fault and cause")
  func description() {
    let error = RPCError(
      status: Status(.unavailable, "cannot connect"), fault: .network, phase: .connect,
      endpoint: "127.0.0.1:443", cause: "connection refused", delivery: .notSent)
    let expected =
      "UNAVAILABLE: cannot connect (while connecting to 127.0.0.1:443; the request was not sent; "
      + "a fault of the network; cause: connection refused)"
    #expect("\(error)" == expected)
  }

  @Test("metadata appears with its keys and never with a value")
  func noValues() {
    let error = RPCError(
      status: Status(.unauthenticated),
      metadata: ["x-trace": "hunter2", "authorization": "hunter2"],
      fault: .caller, delivery: .answered)
    #expect("\(error)".contains("metadata: x-trace, authorization"))
    #expect(!"\(error)".contains("hunter2"))
  }

  @Test("what a peer wrote stays in one line and drives no terminal")
  func singleLine() {
    let error = RPCError(
      status: Status(.unknown, "a\r\nERROR café \u{1b}[2J\u{2028}"), fault: .peer, cause: "x\ny",
      delivery: .answered)
    let text = "\(error)"
    #expect(text.hasPrefix("UNKNOWN: a\\r\\nERROR café \\u{1B}[2J\\u{2028} ("))
    #expect(text.contains("cause: x\\ny"))
    #expect(error.message.contains("\r\n"))
  }

  @Test("an error never carries success")
  func neverOK() {
    let error = RPCError(status: .ok, fault: .client, delivery: .unknown)
    #expect(error.code == .unknown)
  }

  @Test("a reflected error shows no secret of its metadata")
  func dumped() {
    let error = RPCError(
      status: Status(.unauthenticated), metadata: ["authorization": "hunter2"], fault: .caller,
      delivery: .answered)
    var text = ""
    dump(error, to: &text)
    #expect(!text.contains("hunter2"))
    #expect(!String(reflecting: error).contains("hunter2"))
  }
}
