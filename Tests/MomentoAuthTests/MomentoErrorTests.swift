import GRPCCall
import MomentoAuth
import Testing

@Suite("An error")
struct MomentoErrorTests {
  static let table: [(StatusCode, String)] = [
    (.invalidArgument, "INVALID_ARGUMENT_ERROR"), (.outOfRange, "BAD_REQUEST_ERROR"),
    (.unimplemented, "BAD_REQUEST_ERROR"), (.failedPrecondition, "FAILED_PRECONDITION_ERROR"),
    (.permissionDenied, "PERMISSION_ERROR"), (.unauthenticated, "AUTHENTICATION_ERROR"),
    (.resourceExhausted, "LIMIT_EXCEEDED_ERROR"), (.notFound, "NOT_FOUND_ERROR"),
    (.alreadyExists, "ALREADY_EXISTS_ERROR"), (.deadlineExceeded, "TIMEOUT_ERROR"),
    (.cancelled, "CANCELLED_ERROR"), (.unavailable, "SERVER_UNAVAILABLE"),
    (.unknown, "UNKNOWN_SERVICE_ERROR"), (.aborted, "INTERNAL_SERVER_ERROR"),
    (.internalError, "INTERNAL_SERVER_ERROR"), (.dataLoss, "INTERNAL_SERVER_ERROR"),
  ]

  private func answered(
    _ code: StatusCode, _ message: String = "the detail", trailers: Metadata = [:]
  ) -> RPCError {
    RPCError(
      status: Status(code, message), metadata: trailers, fault: .peer, phase: .call,
      endpoint: "control.e.test:443", cause: "below", delivery: .answered)
  }

  @Test("of a call has the code that its status stands for", arguments: table)
  func codes(_ status: StatusCode, _ code: String) {
    let error = MomentoError(answered(status))
    #expect(error.code.rawValue == code)
    #expect(error.grpcStatus == status && error.endpoint == "control.e.test:443")
    #expect(error.fault == .peer && error.phase == .call && error.cause?.cause == "below")
    #expect(error.message.hasSuffix(": the detail") && !error.advice.isEmpty)
  }

  @Test("is defined for every status")
  func complete() {
    #expect(Set(Self.table.map(\.0)) == Set(StatusCode.allCases).subtracting([.ok]))
  }

  @Test("for lacking permission has the words that users look for")
  func permission() {
    #expect(MomentoError(answered(.permissionDenied)).message.hasPrefix("Insufficient permissions"))
  }

  @Test(
    "for a limit names the limit by the err trailer, without one by the message",
    arguments: [
      ("topic_subscriptions_limit_exceeded", "operations", "Topic subscriptions"),
      ("operations_rate_limit_exceeded", "", "Request rate"),
      ("throughput_rate_limit_exceeded", "", "Bandwidth"),
      ("request_size_limit_exceeded", "", "Request size"),
      ("item_size_limit_exceeded", "", "Item size"),
      ("element_size_limit_exceeded", "", "Element size"),
      (nil, "Too many Subscribers", "Topic subscriptions"),
      (nil, "OPERATIONS per second", "Request rate"),
      (nil, "throughput", "Bandwidth"), (nil, "request limit", "Request size"),
      (nil, "item size", "Item size"), (nil, "element size", "Element size"),
      ("brand_new_limit", "throughput", "Bandwidth"), (nil, "enough", "Limit exceeded"),
    ] as [(String?, String, String)])
  func limits(_ err: String?, _ message: String, _ opening: String) throws {
    var trailers = Metadata()
    if let err { try trailers.add("err", err) }
    let error = MomentoError(answered(.resourceExhausted, message, trailers: trailers))
    #expect(error.code == .limitExceeded && error.subKind == err)
    #expect(error.message.hasPrefix(opening), "\(error)")
  }

  @Test("keeps the err trailer of any status")
  func subKind() {
    let error = MomentoError(answered(.notFound, trailers: ["err": "item_not_found"]))
    #expect(error.subKind == "item_not_found" && error.description.contains("item_not_found"))
  }

  @Test("of a connection that did not come about says what to look at, by its phase")
  func phases() {
    let advice = [CallPhase.resolve, .connect, .tls, .http2].map { phase in
      MomentoError(
        RPCError(status: Status(.unavailable), fault: .network, phase: phase, delivery: .notSent)
      ).advice
    }
    #expect(Set(advice).count == 4 && !advice.contains(""))
    #expect(advice[2].contains("trusted"))
  }

  @Test("for a resource of this side is not laid on the account")
  func local() {
    let full = RPCError(
      status: Status(.resourceExhausted, "too many calls"), fault: .caller, phase: .call,
      delivery: .notSent)
    #expect(MomentoError(full).code == .clientResourceExhausted)
  }

  @Test("never repeats a secret that the server repeats")
  func hiding() throws {
    var trailers: Metadata = ["err": "x", "echo": "key SECRET1"]
    try trailers.addBinary("echo-bin", Array("SECRET2".utf8))
    var call = answered(.unauthenticated, "bad key SECRET1 (SECRET2)", trailers: trailers)
    call.status.details = Array("..SECRET1..".utf8)
    call.cause = "SECRET2"
    let error = MomentoError(call, hiding: [Secret("SECRET1"), Secret("SECRET2"), Secret("")])
    var dumped = ""
    dump(error, to: &dumped)
    #expect(!"\(error)\(dumped)\(String(reflecting: error))".contains("SECRET"))
    #expect(error.message.hasSuffix("bad key <redacted> (<redacted>)"))
    #expect(error.subKind == "x" && error.cause?.metadata.first("err") == "x")
    #expect(error.cause?.metadata.count == 1 && error.cause?.status.details == [])
  }

  @Test("leaves no rest of a secret that another one begins")
  func nested() {
    let call = answered(.unauthenticated, "key SECRETX")
    let error = MomentoError(call, hiding: [Secret("SECRET"), Secret("SECRETX")])
    #expect(error.message.hasSuffix("key <redacted>"))
  }

  @Test("is described with all that is known of it")
  func description() {
    let error = MomentoError(answered(.unavailable))
    for part in [
      "SERVER_UNAVAILABLE", "the detail", error.advice, "UNAVAILABLE", "control.e.test:443", "call",
      "below",
    ] {
      #expect(error.description.contains(part))
    }
    #expect(
      !MomentoError(answered(.aborted, "a\nb\u{1b}[1m")).description.contains { $0.isNewline })
    let local = MomentoError(.invalidArgument, "Wrong.", advice: "Right it.")
    #expect(local.description == "INVALID_ARGUMENT_ERROR: Wrong. — Right it.")
  }
}
