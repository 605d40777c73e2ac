import Glibc
import HTTPServer
import Testing

@testable import HTTPClient

/// A server that answers with what it was sent, and a client.
private func withEcho(
  _ body: (CurlClient, String) async throws -> Void
) async throws {
  let server = HTTPServer { request in
    switch request.path {
    case "/drop": return .droppedConnection
    case "/long": return HTTPAnswer(200, Array(repeating: 0x61, count: 100_000))
    case "/moved": return HTTPAnswer(307, fields: [("Location", "/elsewhere")])
    case "/never":
      try? await Task.sleep(for: .seconds(60))
      return HTTPAnswer(200)
    default:
      let fields = request.fields.map { "\($0.name)=\($0.value)" }.joined(separator: ";")
      let line = "\(request.method) \(request.path)?\(request.query) \(fields)\n"
      return HTTPAnswer(
        200, Array(line.utf8) + request.body, fields: [("X-Echo", " padded "), ("x-two", "2")])
    }
  }
  let (host, port) = try server.start()
  let client = try CurlClient()
  try await body(client, "http://\(host):\(port)")
  await client.shutdown()
  await server.shutdown(patience: .zero)
}

private func failure(_ client: CurlClient, _ request: HTTPRequest) async -> HTTPFailure? {
  await #expect(throws: HTTPFailure.self) { try await client.sendPatiently(request) }
}

@Suite struct CurlClientTests {
  private func text(_ response: HTTPResponse) -> String {
    String(decoding: response.body, as: UTF8.self)
  }

  @Test func aGetHasNoBodyAndNoFieldsButItsOwn() async throws {
    try await withEcho { client, url in
      let answer = try await client.sendPatiently(
        HTTPRequest(.get, url + "/a/../b%20c?q=1&r", fields: [HTTPField("X-Mine", "yes")]))
      #expect(answer.status == 200)
      let host = url.dropFirst("http://".count)
      #expect(text(answer) == "GET /a/../b%20c?q=1&r Host=\(host);Accept=*/*;X-Mine=yes\n")
      #expect(answer.field("x-echo") == "padded")
      #expect(answer.field("X-TWO") == "2")
    }
  }

  @Test(arguments: [HTTPRequest.Method.post, .put, .patch, .delete])
  func aBodyArrivesWhole(method: HTTPRequest.Method) async throws {
    try await withEcho { client, url in
      let body = (0..<300_000).map { UInt8(truncatingIfNeeded: $0) }
      let answer = try await client.sendPatiently(
        HTTPRequest(method, url, fields: [HTTPField("Content-Type", "a/b")], body: body))
      #expect(Array(answer.body.suffix(body.count)) == body)
      let head = String(decoding: answer.body.prefix { $0 != 0x0a }, as: UTF8.self)
      #expect(head.hasPrefix("\(method.rawValue) /? "))
      #expect(head.contains("Content-Type=a/b"))
      #expect(head.contains("Content-Length=300000"))
      #expect(!head.contains("Expect"))
    }
  }

  @Test(arguments: [HTTPRequest.Method.post, .put, .patch])
  func anEmptyBodyHasALengthAndNoType(method: HTTPRequest.Method) async throws {
    try await withEcho { client, url in
      let answer = try await client.sendPatiently(HTTPRequest(method, url))
      #expect(text(answer).contains("Content-Length=0"))
      #expect(!text(answer).contains("Content-Type"))
    }
  }

  @Test func anEmptyFieldIsSent() async throws {
    try await withEcho { client, url in
      let answer = try await client.sendPatiently(
        HTTPRequest(.get, url, fields: [HTTPField("X-Empty", "")]))
      #expect(text(answer).contains("X-Empty=\n"))
    }
  }

  @Test func aRedirectIsAnAnswer() async throws {
    try await withEcho { client, url in
      let answer = try await client.sendPatiently(HTTPRequest(.get, url + "/moved"))
      #expect(answer.status == 307)
      #expect(answer.field("location") == "/elsewhere")
    }
  }

  @Test(arguments: ["a\rb", "a\nb: c", "a\0b"])
  func aFieldThatWouldBeginAnotherIsRefused(value: String) async throws {
    let client = try CurlClient()
    let failure = await failure(
      client, HTTPRequest(.get, "http://127.0.0.1:1", fields: [HTTPField("X-A", value)]))
    #expect(failure?.phase == .request)
    #expect(failure?.isCertainlyUnsent == true)
    await client.shutdown()
  }

  @Test(arguments: ["", "A B", "A:", "A\r\n"])
  func aFieldWithoutAProperNameIsRefused(name: String) async throws {
    let client = try CurlClient()
    let failure = await failure(
      client, HTTPRequest(.get, "http://127.0.0.1:1", fields: [HTTPField(name, "x")]))
    #expect(failure?.phase == .request)
    await client.shutdown()
  }

  @Test(arguments: ["file:///etc/passwd", "ftp://127.0.0.1/", "127.0.0.1", "http://a b/", ""])
  func otherSchemesAreRefused(url: String) async throws {
    let client = try CurlClient()
    let failure = await failure(client, HTTPRequest(.get, url))
    #expect(failure?.phase == .request)
    await client.shutdown()
  }

  @Test func anAnswerBeyondTheLimitEndsTheTransfer() async throws {
    try await withEcho { client, url in
      let failure = await failure(client, HTTPRequest(.get, url + "/long", mostBytes: 99_999))
      #expect(failure?.phase == .tooLarge)
      #expect(failure?.isCertainlyUnsent == false)
      let whole = try await client.sendPatiently(
        HTTPRequest(.get, url + "/long", mostBytes: 100_000))
      #expect(whole.body.count == 100_000)
    }
  }

  @Test func aConnectionThatIsRefusedHasSentNothing() async throws {
    let client = try CurlClient()
    // The port that a server has had may be another one's by now.
    let failure = await failure(client, HTTPRequest(.post, "http://127.0.0.1:1/?secret"))
    #expect(failure?.phase == .connect)
    #expect(failure?.isCertainlyUnsent == true)
    #expect(failure?.reason.contains("secret") == false)
    await client.shutdown()
  }

  @Test func anAnswerThatIsCutOffMayHaveBeenCarriedOut() async throws {
    try await withEcho { client, url in
      let failure = await failure(client, HTTPRequest(.post, url + "/drop"))
      #expect(failure?.phase == .transfer)
      #expect(failure?.isCertainlyUnsent == false)
    }
  }

  @Test func aChangeIsNeverSentTwice() async throws {
    // The server closes a connection that was used before at its second request.
    let seen = Counter()
    let server = HTTPServer { request in
      await seen.count(request.path) == 1 && request.path == "/read"
        ? HTTPAnswer(200) : .droppedConnection
    }
    let (host, port) = try server.start()
    let client = try CurlClient()
    let url = "http://\(host):\(port)"
    _ = try await client.sendPatiently(HTTPRequest(.get, url + "/read"))
    let failure = await failure(client, HTTPRequest(.post, url + "/change"))
    #expect(failure?.isCertainlyUnsent == false)
    #expect(await seen.counts == ["/read": 1, "/change": 1])
    await client.shutdown()
    await server.shutdown()
  }

  @Test func anAnswerThatDoesNotComeIsNotWaitedForLonger() async throws {
    try await withEcho { client, url in
      let failure = await failure(
        client, HTTPRequest(.get, url + "/never", timeout: .milliseconds(50)))
      #expect(failure?.phase == .timeout)
      #expect(failure?.isCertainlyUnsent == false)
    }
  }

  @Test func cancellingATaskEndsItsRequest() async throws {
    try await withEcho { client, url in
      let task = Task {
        try await client.sendPatiently(HTTPRequest(.get, url + "/never", timeout: nil))
      }
      task.cancel()
      let failure = await #expect(throws: HTTPFailure.self) { try await task.value }
      #expect(failure?.phase == .cancelled)
    }
  }

  @Test func shuttingDownEndsWhatIsUnderWay() async throws {
    try await withEcho { client, url in
      async let failed = failure(client, HTTPRequest(.get, url + "/never", timeout: nil))
      await client.shutdown()
      let phases: [HTTPFailure.Phase] = [.cancelled, .request]
      let early = try #require(await failed)
      #expect(phases.contains(early.phase))
      let late = await failure(client, HTTPRequest(.get, url))
      #expect(late?.phase == .request)
    }
  }

  @Test func manyGoOnAtOnce() async throws {
    try await withEcho { client, url in
      try await withThrowingTaskGroup(of: Bool.self) { group in
        for index in 0..<200 {
          group.addTask {
            let answer = try await client.sendPatiently(HTTPRequest(.get, "\(url)/\(index)"))
            return String(decoding: answer.body, as: UTF8.self).hasPrefix("GET /\(index)?")
          }
        }
        for try await isRight in group { #expect(isRight) }
      }
    }
  }

  @Test func nothingSecretIsPrinted() {
    let request = HTTPRequest(
      .post, "http://a/b?token=hush", fields: [HTTPField("X", "hush")], body: Array("hush".utf8))
    let response = HTTPResponse(
      status: 200, fields: [HTTPField("X", "hush")], body: Array("hush".utf8))
    var dumped = ""
    dump(request, to: &dumped)
    dump(response, to: &dumped)
    #expect(!"\(request) \(response) \(dumped)".contains("hush"))
  }
}

private actor Counter {
  var counts: [String: Int] = [:]

  func count(_ name: String) -> Int {
    counts[name, default: 0] += 1
    return counts[name, default: 0]
  }
}

extension CurlClient {
  /// Sends a request with time enough for a machine that is busy, unless the test gives it a time of
  /// its own.
  fileprivate func sendPatiently(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
    var request = request
    if request.timeout == .seconds(10) { request.timeout = .seconds(300) }
    request.connectTimeout = .seconds(300)
    return try await send(request)
  }
}
