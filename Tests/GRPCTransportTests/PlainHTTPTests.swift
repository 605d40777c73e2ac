import GRPCCall
import GRPCTransport
import HTTP2Session
import Locking
import Testing

@Suite("plain HTTP beside gRPC") struct PlainHTTPTests {
  /// Answers what a test asks for by the path.
  private struct Pages: HTTPHandler {
    let mayGoOn = Signal()

    func answer(_ request: HTTPServerRequest) async -> HTTPServerResponse {
      switch request.path {
      case "/echo":
        var response = HTTPServerResponse(200, text: String(decoding: request.body, as: UTF8.self))
        response.fields.append(("x-method", request.method))
        response.fields.append(("x-query", request.query))
        response.fields.append(("x-type", request.contentType ?? "none"))
        response.fields.append(("x-mine", request.fields("x-mine").joined(separator: "|")))
        return response
      case "/nothing": return HTTPServerResponse(204)
      case "/smuggle": return HTTPServerResponse(200, fields: [("x-a", "b\r\nx-c: d")])
      case "/slow":
        await withTaskCancellationHandler {
          await mayGoOn.wait()
        } onCancel: {
          mayGoOn.raise()
        }
        return HTTPServerResponse(200, text: "late")
      default: return HTTPServerResponse(404, text: "not here")
      }
    }
  }

  private final class Observer: ServerCallObserver {
    let calls = Locked<[ServerCallRecord]>([])

    func callBegan(_ context: ServerContext) { context.attributes?["path"] = context.path }
    func callEnded(_ call: ServerCallRecord) { calls.withLock { $0.append(call) } }
  }

  @Test("a GET is answered with 200, its fields and its body, and the body's length")
  func get() async throws {
    try await withPages { port, _ in
      let answer = try await PlainHTTPClient.send(
        [
          ":method": "GET", ":scheme": "http", ":path": "/echo?a=b", ":authority": "x",
          "x-mine": "1", "x-mine": "2",
        ], to: port)
      #expect(answer.status == "200")
      #expect(answer.fields["content-length"] == "0")
      #expect(answer.fields["x-query"] == "a=b")
      #expect(answer.fields["x-mine"] == "1|2")
      #expect(answer.reset == nil)
    }
  }

  @Test("a POST is given to the handler with all of its body, and its type")
  func post() async throws {
    try await withPages { port, _ in
      let body = [UInt8](repeating: UInt8(ascii: "a"), count: 40_000)
      let answer = try await PlainHTTPClient.send(
        post(to: "/echo"), body: body, to: port)
      #expect(answer.status == "200")
      #expect(answer.body == body)
      #expect(answer.fields["x-type"] == "application/json")
    }
  }

  @Test("HEAD has the fields of GET and no body; so has an answer without one")
  func head() async throws {
    try await withPages { port, _ in
      let answer = try await PlainHTTPClient.send(
        [":method": "HEAD", ":scheme": "http", ":path": "/none", ":authority": "x"], to: port)
      #expect(answer.status == "404")
      #expect(answer.fields["content-length"] == "8")
      #expect(answer.body.isEmpty)
      let nothing = try await PlainHTTPClient.send(
        [":method": "GET", ":scheme": "http", ":path": "/nothing", ":authority": "x"], to: port)
      #expect(nothing.status == "204")
      #expect(nothing.fields["content-length"] == nil)
    }
  }

  @Test("a body over the limit is refused before it has ended")
  func tooLarge() async throws {
    try await withPages(configure: { $0.maxHTTPBodySize = 100 }) { port, _ in
      let answer = try await PlainHTTPClient.send(
        post(to: "/echo"), body: [UInt8](repeating: 1, count: 101), ends: false, to: port)
      #expect(answer.status == "413")
      let most = try await PlainHTTPClient.send(
        post(to: "/echo"), body: [UInt8](repeating: 65, count: 100), to: port)
      #expect(most.status == "200")
    }
  }

  @Test("an answer that is not ready in time is 503, a request that is not 408")
  func timeouts() async throws {
    try await withPages(configure: { $0.httpTimeout = .milliseconds(10) }) { port, pages in
      let slow = try await PlainHTTPClient.send(
        [":method": "GET", ":scheme": "http", ":path": "/slow", ":authority": "x"], to: port)
      #expect(slow.status == "503")
      await pages.mayGoOn.wait()
      let open = try await PlainHTTPClient.send(post(to: "/echo"), ends: false, to: port)
      #expect(open.status == "408")
    }
  }

  @Test("an answer whose fields would begin another line is not sent")
  func smuggling() async throws {
    try await withPages { port, _ in
      let answer = try await PlainHTTPClient.send(
        [":method": "GET", ":scheme": "http", ":path": "/smuggle", ":authority": "x"], to: port)
      #expect(answer.status == "500")
      #expect(answer.fields["x-a"] == nil)
    }
  }

  @Test("without a handler, what is not gRPC is refused as ever")
  func noHandler() async throws {
    try await withPages(configure: { $0.httpHandler = nil }) { port, _ in
      let get = try await PlainHTTPClient.send(
        [":method": "GET", ":scheme": "http", ":path": "/", ":authority": "x"], to: port)
      #expect(get.status == "405")
      let post = try await PlainHTTPClient.send(post(to: "/"), to: port)
      #expect(post.status == "415")
    }
  }

  @Test("an observer hears of calls of both kinds, with what the handler noted")
  func observer() async throws {
    let observer = Observer()
    var configuration = ServerConfiguration(port: 0)
    configuration.httpHandler = Pages()
    configuration.callObserver = observer
    let server = try Server(configuration: configuration, services: [EchoService()])
    let port = try await server.start().port
    let channel = try Channel(
      target: .host("127.0.0.1", port: port), configuration: ChannelConfiguration())
    let options = CallOptions(deadline: .seconds(300))
    _ = try await channel.unary(EchoMethods.unary, EchoMessage([1]), options: options)
    let unknown = MethodDescriptor<EchoMessage, EchoMessage>(
      service: "test.Echo", method: "None", kind: .unary)
    _ = await rpcError { _ = try await channel.unary(unknown, EchoMessage(), options: options) }
    _ = try await PlainHTTPClient.send(
      [":method": "GET", ":scheme": "http", ":path": "/none?secret", ":authority": "x"], to: port)
    await channel.shutdown()
    await server.shutdown()
    let calls = observer.calls.withLock { $0 }
    #expect(calls.map(\.method) == [EchoMethods.unary.path, unknown.path, "GET /none"])
    #expect(calls.map(\.outcome) == [.grpc(.ok), .grpc(.unimplemented), .http(404)])
    #expect(calls.first?.attributes == ["path": EchoMethods.unary.path])
    #expect(calls.allSatisfy { $0.peer.hasPrefix("127.0.0.1:") && $0.duration >= .zero })
  }

  private func post(to path: String) -> KeyValuePairs<String, String> {
    [
      ":method": "POST", ":scheme": "http", ":path": path, ":authority": "x",
      "content-type": "application/json",
    ]
  }

  private func withPages(
    configure: (inout ServerConfiguration) -> Void = { _ in },
    _ body: (Int, Pages) async throws -> Void
  ) async throws {
    let pages = Pages()
    var configuration = ServerConfiguration(port: 0)
    configuration.httpTimeout = .seconds(300)
    configuration.httpHandler = pages
    configure(&configuration)
    let server = try Server(configuration: configuration, services: [EchoService()])
    let port = try await server.start().port
    do {
      try await body(port, pages)
    } catch {
      await server.shutdown()
      throw error
    }
    await server.shutdown()
  }
}
