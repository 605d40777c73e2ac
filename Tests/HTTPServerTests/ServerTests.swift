import Glibc
import Locking
import Testing

@testable import HTTPServer

/// A client that sends exactly the bytes that it is given.
private struct RawClient {
  private let socket: Int32

  init(port: UInt16) throws {
    socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    let code = unsafe withUnsafePointer(to: address) { address in
      unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        unsafe connect(socket, address, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    try #require(code == 0)
  }

  func send(_ text: String) {
    _ = ServerSocket.write(Array(text.utf8), to: socket, before: .now + .seconds(10))
  }

  /// All that comes until the connection ends. It is waited for on a thread of its own: the handlers
  /// need those that tests run on.
  func rest() async -> String {
    await withCheckedContinuation { continuation in
      do {
        try startThread(named: "raw-client") { [socket] in
          var bytes: [UInt8] = []
          while let more = ServerSocket.read(socket, before: .now + .seconds(60)) { bytes += more }
          close(socket)
          continuation.resume(returning: String(decoding: bytes, as: UTF8.self))
        }
      } catch {
        continuation.resume(returning: "\(error)")
      }
    }
  }
}

@Suite struct ServerTests {
  private func withServer(
    readTime: Duration = .seconds(10), mostConnections: Int = 64,
    _ handler: @escaping HTTPServer.Handler = { HTTPAnswer(200, text: $0.path) },
    _ body: (HTTPServer, UInt16) async throws -> Void
  ) async throws {
    let server = HTTPServer(
      mostConnections: mostConnections, readTime: readTime, handler: handler)
    let (_, port) = try server.start()
    try await body(server, port)
    await server.shutdown()
  }

  @Test func answersComeInOrderOnOneConnection() async throws {
    try await withServer { _, port in
      let client = try RawClient(port: port)
      client.send(
        "GET /a HTTP/1.1\r\nHost: h\r\n\r\nHEAD /b HTTP/1.1\r\nHost: h\r\n\r\n"
          + "GET /c HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
      let head =
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 2\r\n"
      #expect(
        await client.rest() == "\(head)\r\n/a\(head)\r\n\(head)Connection: close\r\n\r\n/c")
    }
  }

  @Test func aRefusalEndsTheConnection() async throws {
    try await withServer { _, port in
      let client = try RawClient(port: port)
      client.send("OPTIONS / HTTP/1.1\r\nHost: h\r\n\r\n")
      let answer = await client.rest()
      #expect(answer.hasPrefix("HTTP/1.1 405 Method Not Allowed\r\n"))
      #expect(answer.contains("\r\nAllow: GET, HEAD, POST, PUT, PATCH, DELETE\r\n"))
      #expect(answer.contains("\r\nConnection: close\r\n"))
    }
  }

  @Test func aRequestThatDoesNotEndIsCut() async throws {
    try await withServer(readTime: .milliseconds(50)) { _, port in
      let slow = try RawClient(port: port)
      slow.send("GET / HTTP/1.1\r\nHo")
      #expect(await slow.rest().hasPrefix("HTTP/1.1 408 "))
      let silent = try RawClient(port: port)
      #expect(await silent.rest() == "")
    }
  }

  @Test func anAnswerThatWouldHoldAnotherFieldIsNotSent() async throws {
    try await withServer { _ in
      HTTPAnswer(200, fields: [("X", "a\r\nSet-Cookie: b")])
    } _: { _, port in
      let client = try RawClient(port: port)
      client.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
      let answer = await client.rest()
      #expect(answer.hasPrefix("HTTP/1.1 500 "))
      #expect(!answer.contains("Set-Cookie"))
    }
  }

  @Test func whoComesWhenAllPlacesAreTakenWaits() async throws {
    try await withServer(mostConnections: 1) { _, port in
      let first = try RawClient(port: port)
      let second = try RawClient(port: port)
      second.send("GET /2 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
      first.send("GET /1 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
      #expect(await first.rest().hasSuffix("/1"))
      #expect(await second.rest().hasSuffix("/2"))
    }
  }

  @Test func shuttingDownLetsTheAnswerOutThatIsInProgress() async throws {
    let (arrived, arrival) = AsyncStream.makeStream(of: Void.self)
    let (allowed, permission) = AsyncStream.makeStream(of: Void.self)
    try await withServer { _ in
      arrival.finish()
      for await _ in allowed {}
      return HTTPAnswer(200, text: "late")
    } _: { server, port in
      let client = try RawClient(port: port)
      let idle = try RawClient(port: port)
      client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
      for await _ in arrived {}
      async let stopped: Void = server.shutdown()
      #expect(await idle.rest() == "")
      permission.finish()
      let answer = await client.rest()
      #expect(answer.contains("\r\nConnection: close\r\n"))
      #expect(answer.hasSuffix("late"))
      await stopped
    }
  }
}
