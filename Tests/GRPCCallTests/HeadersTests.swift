import GRPCCall
import Testing

@Suite("Header lists")
struct HeadersTests {
  @Test("a request begins with its pseudo-headers and what every call has")
  func constant() {
    let fields = RequestHeaders.constant(
      path: "/s/m", scheme: "https", authority: "host:1", userAgent: "me/1")
    #expect(
      fields.map(\.line) == [
        ":method: POST", ":scheme: https", ":path: /s/m", ":authority: host:1", "te: trailers",
        "content-type: application/grpc", "user-agent: me/1",
      ])
  }

  @Test("timeout and attempts stand before metadata, bytes are base64 without padding")
  func variable() throws {
    var metadata: Metadata = ["b": "1"]
    try metadata.addBinary("a-bin", [1])
    let fields = RequestHeaders.variable(
      timeout: .seconds(5), previousAttempts: 2, metadata: metadata)
    #expect(
      fields.map(\.line) == [
        "grpc-timeout: 5S", "grpc-previous-rpc-attempts: 2", "b: 1", "a-bin: AQ",
      ])
    #expect(RequestHeaders.variable(timeout: nil, metadata: [:]) == [])
  }

  @Test("a secret enters no compression table and no description")
  func neverIndexed() {
    let fields = RequestHeaders.variable(
      timeout: nil, metadata: ["authorization": "hunter2", "x": "y"])
    #expect(fields.map(\.isNeverIndexed) == [true, false])
    var text = "\(fields)"
    dump(fields, to: &text)
    #expect(!text.contains("hunter2"))
  }

  @Test("metadata that is passed on leaves the other call's protocol behind")
  func passedOn() {
    var metadata: Metadata = ["x": "y"]
    metadata.append(unchecked: "user-agent", .ascii("other"))
    metadata.append(unchecked: "grpc-retry-pushback-ms", .ascii("1"))
    #expect(RequestHeaders.variable(timeout: nil, metadata: metadata).map(\.line) == ["x: y"])
  }

  @Test("a response: headers, then trailers")
  func response() {
    #expect(
      ResponseHeaders.initial(metadata: ["x": "y"]).map(\.line) == [
        ":status: 200", "content-type: application/grpc", "x: y",
      ])
    #expect(ResponseHeaders.trailers(.ok).map(\.line) == ["grpc-status: 0"])
    let status = Status(.notFound, "no café", details: [8, 5])
    #expect(
      ResponseHeaders.trailers(status, metadata: ["x": "y"]).map(\.line) == [
        "grpc-status: 5", "grpc-message: no caf%C3%A9", "grpc-status-details-bin: CAU", "x: y",
      ])
  }

  @Test("a response without messages is one block; UNIMPLEMENTED tells the encodings")
  func trailersOnly() {
    #expect(
      ResponseHeaders.trailersOnly(Status(.aborted)).map(\.line) == [
        ":status: 200", "content-type: application/grpc", "grpc-status: 10",
      ])
    #expect(
      ResponseHeaders.trailersOnly(Status(.unimplemented)).map(\.line).last
        == "grpc-accept-encoding: identity")
  }

  @Test("a rejection in HTTP, and the method that would be right")
  func rejection() {
    #expect(
      ResponseHeaders.httpRejection(status: 405).map(\.line) == [":status: 405", "allow: POST"])
    #expect(ResponseHeaders.httpRejection(status: 415).map(\.line) == [":status: 415"])
  }
}

extension HeaderField {
  fileprivate var line: String { "\(name): \(value)" }
}
