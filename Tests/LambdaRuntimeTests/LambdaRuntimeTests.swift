import HTTPClient
import LambdaRuntime
import Locking
import Testing

/// A runtime interface that gives the events that it was made with.
private final class ScriptedInterface: HTTPExchange {
  struct State: Sendable {
    var answers: [HTTPResponse]
    var requests: [HTTPRequest] = []
  }

  let state: Locked<State>

  init(_ answers: HTTPResponse...) { state = Locked(State(answers: answers)) }

  func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
    let answer = state.withLock { state -> HTTPResponse? in
      state.requests.append(request)
      return state.answers.isEmpty ? nil : state.answers.removeFirst()
    }
    guard let answer else {
      throw HTTPFailure(phase: .transfer, isCertainlyUnsent: false, reason: "it is over")
    }
    return answer
  }

  var requests: [HTTPRequest] { state.withLock { $0.requests } }
}

@Suite struct LambdaRuntimeTests {
  private static let accepted = HTTPResponse(status: 202)

  private static func event(_ body: String, _ fields: HTTPField...) -> HTTPResponse {
    HTTPResponse(
      status: 200,
      fields: [
        HTTPField("lambda-runtime-aws-request-id", "8476a536-e9f4"),
        HTTPField("Lambda-Runtime-Deadline-Ms", "1542409706888"),
        HTTPField("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:eu-west-1:1:function:f"),
      ] + fields, body: Array(body.utf8))
  }

  private func runtime(
    _ interface: ScriptedInterface, traces: Locked<[String?]> = Locked([])
  ) -> LambdaRuntime {
    LambdaRuntime(api: "127.0.0.1:9001", http: interface) { trace in
      traces.withLock { $0.append(trace) }
    }
  }

  @Test func anEventIsHandledAndItsAnswerGivenBack() async throws {
    let interface = ScriptedInterface(
      Self.event(#"{"a":1}"#, HTTPField("Lambda-Runtime-Trace-Id", "Root=1")), Self.accepted)
    let traces = Locked<[String?]>([])
    try await runtime(interface, traces: traces).runOnce { invocation throws(LambdaFailure) in
      #expect(invocation.requestID == "8476a536-e9f4")
      #expect(invocation.functionARN.hasSuffix("function:f"))
      #expect(invocation.timeLeft(at: 1_542_409_706_000) == .milliseconds(888))
      #expect(invocation.timeLeft(at: 1_542_409_706_889) == .zero)
      return invocation.event + Array("!".utf8)
    }
    let requests = interface.requests
    #expect(
      requests.map(\.description) == [
        "GET http://127.0.0.1:9001/2018-06-01/runtime/invocation/next",
        "POST http://127.0.0.1:9001/2018-06-01/runtime/invocation/8476a536-e9f4/response",
      ])
    #expect(requests.first?.timeout == nil)
    #expect(requests.allSatisfy { !$0.usesProxy })
    #expect(requests.last?.body == Array(#"{"a":1}!"#.utf8))
    #expect(traces.withLock { $0 } == ["Root=1"])
  }

  @Test func aFailureIsReportedAsOneAndNeverAsAnAnswer() async throws {
    let interface = ScriptedInterface(Self.event("{}"), Self.accepted)
    try await runtime(interface).runOnce { _ throws(LambdaFailure) in
      throw LambdaFailure(type: "Rotation.Refused", message: "no \"key\"")
    }
    let request = try #require(interface.requests.last)
    #expect(request.url.hasSuffix("/invocation/8476a536-e9f4/error"))
    #expect(
      String(decoding: request.body, as: UTF8.self)
        == #"{"errorMessage":"no \"key\"","errorType":"Rotation.Refused","requestId":"8476a536-e9f4","stackTrace":[]}"#
    )
    #expect(
      request.fields.contains(HTTPField("Lambda-Runtime-Function-Error-Type", "Rotation.Refused")))
  }

  @Test func aFailureToBeginIsReported() async throws {
    let interface = ScriptedInterface(Self.accepted)
    try await runtime(interface).reportInitFailure(
      LambdaFailure(type: "Configuration\r\nX: y", message: "m"))
    let request = try #require(interface.requests.last)
    #expect(request.url.hasSuffix("/runtime/init/error"))
    #expect(
      request.fields.last == HTTPField("Lambda-Runtime-Function-Error-Type", "ConfigurationXy"))
  }

  @Test func eventsAreHandledUntilTheInterfaceFails() async {
    let interface = ScriptedInterface(
      Self.event("1"), Self.accepted, Self.event("2"), Self.accepted)
    let events = Locked<[[UInt8]]>([])
    let failure = await #expect(throws: LambdaRuntime.Failure.self) {
      try await runtime(interface).run { invocation throws(LambdaFailure) in
        events.withLock { $0.append(invocation.event) }
        return []
      }
    }
    #expect(failure?.description == "the runtime interface cannot be used: it is over")
    #expect(events.withLock { $0 } == [Array("1".utf8), Array("2".utf8)])
  }

  @Test(arguments: [
    HTTPResponse(status: 500), HTTPResponse(status: 200),
    HTTPResponse(
      status: 200, fields: [HTTPField("Lambda-Runtime-Aws-Request-Id", "a/../b?c")]),
  ])
  func whatIsNoEventEndsTheRuntime(answer: HTTPResponse) async {
    let interface = ScriptedInterface(answer)
    await #expect(throws: LambdaRuntime.Failure.self) {
      try await runtime(interface).runOnce { _ throws(LambdaFailure) in [] }
    }
    #expect(interface.requests.count == 1)
  }

  @Test func anAnswerThatIsNotTakenEndsTheRuntime() async {
    let interface = ScriptedInterface(Self.event("{}"), HTTPResponse(status: 413))
    await #expect(throws: LambdaRuntime.Failure.self) {
      try await runtime(interface).runOnce { _ throws(LambdaFailure) in [] }
    }
  }
}
