import GRPCTransport
import HTTP2Session
import MomentoAuth
import TestSupport
import Testing

@testable import ConformanceSuite

/// What a suite says of answers that are right, and of those that are not.
@Suite struct JudgementTests {
  @Test("an answer of one message and the status OK is right")
  func right() throws {
    #expect(try fault(answer()) == nil)
  }

  @Test(
    "an answer with one fault is told by it",
    arguments: [
      (answer(type: "text/html"), "content-type is 'text/html', not application/grpc"),
      (answer(type: "application/grpcx"), "content-type is 'application/grpcx'"),
      (answer(trailers: []), "0 fields grpc-status in the trailers, not one"),
      (answer(trailers: [("grpc-status", "0"), ("grpc-status", "0")]), "2 fields grpc-status"),
      (answer(trailers: [("grpc-status", "00")]), "grpc-status is '00'"),
      (answer(trailers: [("grpc-status", "17")]), "grpc-status is '17'"),
      (answer(trailers: [("grpc-status", "-1")]), "grpc-status is '-1'"),
      (answer(trailers: [("grpc-status", "5")]), "grpc-status is NOT_FOUND; right would be OK"),
      (
        answer(trailers: [("grpc-status", "0"), ("grpc-message", "100 %")]),
        "grpc-message is not percent-encoded at byte 4"
      ),
      (
        answer(trailers: [("grpc-status", "0"), ("grpc-message", "é")]),
        "grpc-message is not percent-encoded at byte 0"
      ),
      (
        answer(trailers: [("grpc-status", "0"), (":status", "200")]),
        ":status stands in the trailers"
      ),
      (answer(body: "00000000"), "the body ends within a message's prefix"),
      (answer(body: "00000000020a"), "the body ends within a message"),
      (answer(body: "01000000020a00"), "a message's flag is 1"),
      (answer(body: "02000000020a00"), "a message's flag is 2"),
      (answer(body: ""), "0 messages, not 1 to 1"),
      (answer(body: "00000000000000000000"), "2 messages, not 1 to 1"),
      (answer(body: "00000000020a05"), "a message cannot be decoded"),
      (answer(status: "404"), "HTTP status 404; right would be OK"),
      (answer(status: "2000"), ":status is '2000', not a number of three digits"),
      (ProbeAnswer(end: .timeout), "no end of the answer in time"),
      (ProbeAnswer(end: .reset(.cancel, byPeer: true)), "RST_STREAM CANCEL; right would be OK"),
      (ProbeAnswer(end: .reset(.protocolError, byPeer: false)), "the answer breaks HTTP/2"),
    ])
  func wrong(answer: ProbeAnswer, reason: String) throws {
    let found = try fault(answer)
    #expect(found?.hasPrefix(reason) == true, "\(found ?? "none")")
  }

  @Test("a message beside an error is a fault, however right the status is")
  func messageBesideError() throws {
    let denied = answer(trailers: [("grpc-status", "7")])
    #expect(
      try fault(denied, expecting: #"{"status":["PERMISSION_DENIED"]}"#)
        == "1 messages beside an error")
  }

  @Test(
    "endings other than an answer are right where they are named",
    arguments: [
      (ProbeAnswer(end: .reset(.protocolError, byPeer: true)), #"{"status":[],"or":["reset"]}"#),
      (ProbeAnswer(end: .connection("over")), #"{"status":[],"or":["close"]}"#),
      (answer(status: "415"), #"{"status":[],"http":[415]}"#),
      (answer(status: "400"), #"{"status":[],"or":["http"]}"#),
    ])
  func endings(answer: ProbeAnswer, expectation: String) throws {
    #expect(try fault(answer, expecting: expectation) == nil)
  }

  @Test("an HTTP status is no other one that is named")
  func httpStatus() throws {
    let expectation = #"{"status":[],"http":[415],"or":["http"]}"#
    #expect(try fault(answer(status: "400"), expecting: expectation) != nil)
  }

  @Test("trailers alone are told from headers and trailers")
  func trailersOnly() throws {
    let expectation = #"{"status":["NOT_FOUND"],"trailers_only":true}"#
    let two = answer(body: "", trailers: [("grpc-status", "5")])
    #expect(try fault(two, expecting: expectation) == "not one header block alone")
    let fields: [ProbeAnswer.Field] = [
      .init(":status", "200"), .init("content-type", "application/grpc"), .init("grpc-status", "5"),
    ]
    let one = ProbeAnswer(blocks: [.init(fields, ends: true)], end: .endStream)
    #expect(try fault(one, expecting: expectation) == nil)
  }

  @Test(
    "a field that is not as it has to be is named, without its value",
    arguments: [
      (#"{"field":[1],"name":"key","type":"string"}"#, "00000000020a00", "key is empty"),
      (#"{"field":[1],"name":"key","type":"string"}"#, "0000000000", "key is missing"),
      (#"{"field":[1],"name":"key","type":"string"}"#, "00000000020801", "key is not a string"),
      (#"{"field":[1],"name":"key","type":"string"}"#, "00000000030a01ff", "key is not UTF-8"),
      (
        #"{"field":[1],"name":"key","type":"string","differs":["old"]}"#, "00000000060a0473616d65",
        "key is the same as old"
      ),
      (
        #"{"field":[1],"name":"key","type":"string","absent":true}"#, "00000000030a0161",
        "key is there, and should not"
      ),
      (
        #"{"field":[1],"name":"n","type":"number","min":5}"#, "00000000020804",
        "n is 4, less than 5"
      ),
      (
        #"{"field":[1],"name":"n","type":"number","max":5}"#, "00000000020806",
        "n is 6, more than 5"
      ),
      (
        #"{"field":[1],"name":"n","type":"number","near":{"now":60,"within":5}}"#,
        "0000000003088001",
        "n is 128, which is not within 5 s of 160"
      ),
      (
        #"{"field":[1,2],"name":"inner","type":"number"}"#, "00000000040a020801", "inner is missing"
      ),
    ])
  func fields(rule: String, body: String, reason: String) throws {
    let expectation = #"{"status":["OK"],"fields":[\#(rule)]}"#
    let found = try fault(answer(body: body), expecting: expectation)
    #expect(found?.hasPrefix(reason) == true, "\(found ?? "none")")
  }

  @Test("what a server repeats of a credential is cut out of its message")
  func secrets() throws {
    let told = answer(body: "", trailers: [("grpc-status", "5"), ("grpc-message", "no same here")])
    let found = try fault(told)
    #expect(found == "grpc-status is NOT_FOUND (no <redacted> here); right would be OK")
  }

  private func fault(
    _ answer: ProbeAnswer, expecting expectation: String = #"{"status":["OK"],"messages":[1,1]}"#
  ) throws -> String? {
    let text = document(name: "a/b", expect: expectation)
    let suite = try ConformanceSuite(texts: ["x.json": text])
    guard case .own(let expectation)? = suite.cases.first?.steps.first?.expect else {
      return "none"
    }
    var values = NamedValues()
    values["old"] = Secret("same")
    do throws(AnswerFault) {
      _ = try expectation.judge(answer, values, now: 100)
      return nil
    } catch {
      return error.reason
    }
  }
}

/// An answer of headers, a body and trailers.
private func answer(
  status: String = "200", type: String = "application/grpc", body: String = "0000000000",
  trailers: [(String, String)] = [("grpc-status", "0")]
) -> ProbeAnswer {
  let bytes = hex(body)
  let head: [ProbeAnswer.Field] = [.init(":status", status), .init("content-type", type)]
  return ProbeAnswer(
    blocks: [
      .init(head),
      .init(trailers.map { .init($0.0, $0.1) }, bodyBefore: bytes.count, ends: true),
    ], body: bytes, end: .endStream)
}
