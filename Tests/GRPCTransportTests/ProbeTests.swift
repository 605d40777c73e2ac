import GRPCCall
import GRPCTransport
import Glibc
import HTTP2Session
import TLSSession
import Testing

/// Requests that no client of ours would send, and what is told of their answers.
@Suite struct ProbeTests {
  private let request = ProbeRequest(
    headers: HeaderBlock([
      ":method": "POST", ":scheme": "http", ":path": "/test.Echo/Echo", ":authority": "x",
    ]), body: [1, 2, 3])

  @Test("an answer is told block by block, with its body and its end")
  func answer() async throws {
    let peer = try ScriptedPeer { try $0.serve() }
    let answer = try await send(request, to: peer.port)
    #expect(answer.end == .endStream)
    #expect(answer.body == [1, 2, 3])
    #expect(answer.blocks.count == 2)
    #expect(answer.blocks.first?.fields.first == .init(":status", "200"))
    #expect(answer.blocks.last?.ends == true)
    #expect(answer.blocks.last?.bodyBefore == 3)
  }

  @Test("a name with capitals goes out as it is, which a peer that is strict resets")
  func capitals() async throws {
    let peer = try ScriptedPeer { try $0.serve() }
    var request = request
    request.headers.append(name: "X-Capital", value: "1")
    let answer = try await send(request, to: peer.port)
    #expect(answer.end == .reset(.protocolError, byPeer: true))
  }

  @Test("a peer that goes without an answer is told as the end of the connection")
  func cut() async throws {
    let peer = try ScriptedPeer { _ in }
    let answer = try? await send(request, to: peer.port)
    if let answer, case .connection = answer.end { return }
    #expect(answer == nil)
  }

  @Test("a peer that breaks HTTP/2 is told so, not taken for one that resets")
  func violation() async throws {
    // SETTINGS of five bytes (RFC 9113 §6.5).
    let broken: [UInt8] = [0, 0, 5, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    let peer = try ScriptedPeer { connection in
      _ = unsafe broken.withUnsafeBytes {
        unsafe write(connection.descriptor, $0.baseAddress, $0.count)
      }
      var byte: UInt8 = 0
      while unsafe read(connection.descriptor, &byte, 1) > 0 {}
    }
    let answer = try await send(request, to: peer.port)
    #expect(answer.end == .reset(.frameSizeError, byPeer: false))
  }

  @Test("no answer in time is told so")
  func silence() async throws {
    let peer = try MutePeer()
    let answer = try await send(request, to: peer.port, within: .milliseconds(50))
    #expect(answer.end == .timeout)
  }

  @Test("without a connection there is no answer: refused, or no TLS within the time")
  func noConnection() async throws {
    await #expect(throws: RPCError.self) { try await send(request, to: 1) }
    let peer = try MutePeer()
    let probe = try Probe(
      target: .host("127.0.0.1", port: peer.port), security: .tls(TLSClientConfiguration()))
    await #expect(throws: RPCError.self) {
      try await probe.send(request, timeout: .milliseconds(50))
    }
  }

  private func send(
    _ request: ProbeRequest, to port: Int, within timeout: Duration = .seconds(300)
  ) async throws -> ProbeAnswer {
    let probe = try Probe(target: .host("127.0.0.1", port: port), security: .plaintext)
    return try await probe.send(request, timeout: timeout)
  }
}
