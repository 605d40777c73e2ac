import GRPCCall
import Glibc
import HTTP2Session
import ProtobufWire
import Testing

@testable import GRPCTransport

/// Clients that are slow on purpose, or forgotten: a server gives them up.
@Suite("slow peers", .timeLimit(.minutes(5))) struct SlowPeerTests {
  @Test("the request of a unary call that does not come ends the call") func slowWriter()
    async throws
  {
    try await withServer {
      $0.requestTimeout = .milliseconds(20)
    } _: { port in
      let answer = try await PlainHTTPClient.send(
        Self.request(to: ProbeService.peer), body: [0, 0, 0], ends: false, to: port)
      #expect(answer.fields["grpc-status"] == "4")
      #expect(answer.fields["grpc-message"] == "the request did not come in time")
    }
  }

  @Test("a client that takes nothing of its answers is cut off") func slowReader() async throws {
    try await withServer {
      $0.sendTimeout = .milliseconds(50)
      $0.minimumPingInterval = .zero
    } _: { port in
      try await onThread {
        let session = try HTTP2Session(role: .client, configuration: Self.openWindows)
        for _ in 0..<8 {
          _ = try session.submitRequest(
            Self.headers(ProbeService.blob), body: try Self.blob(4_000_000), endStream: true)
        }
        let descriptor = try PlainHTTPClient.connected(to: port)
        defer { close(descriptor) }
        // Says that it is alive, and reads nothing, for as long as anybody listens.
        repeat {
          var output: [UInt8] = []
          var batch = HTTP2EventBatch()
          try session.drainOutput(into: &output, limit: .max, events: &batch)
          guard sendAll(output, on: descriptor) else { return }
          usleep(20_000)
          try session.ping(1)
        } while true
      }
    }
  }

  @Test("a client whose answers wait gets no further calls") func hoarder() async throws {
    try await withServer {
      $0.maxWaitingResponseBytes = 100_000
    } _: { port in
      let status = try await onThread { try Self.hoard(at: port) }
      #expect(status == "8")
    }
  }

  @Test("a connection without a call is ended after a while, and the next call takes another")
  func idleConnection() async throws {
    try await withProbe(server: { $0.idleTimeout = .milliseconds(20) }) { channel, _ in
      let first = try await channel.unary(ProbeService.peer, EchoMessage(number: 1)).message
      var second = first
      while second.payload == first.payload {
        try await Task.sleep(for: .milliseconds(40))
        do throws(RPCError) {
          second = try await channel.unary(ProbeService.peer, EchoMessage(number: 1)).message
        } catch {
          // On a machine that is busy for a second, the end of the connection overtakes the call.
          #expect(error.status.code == .unavailable)
        }
      }
    }
  }

  /// Lets two answers fill their windows, and asks for a third.
  ///
  /// - Returns: the gRPC status of the third.
  private static func hoard(at port: Int) throws -> String? {
    let connection = PeerConnection(descriptor: try PlainHTTPClient.connected(to: port))
    defer { close(connection.descriptor) }
    var configuration = HTTP2Configuration()
    configuration.streamWindowSize = 65_535
    let session = try HTTP2Session(role: .client, configuration: configuration)
    for _ in 0..<2 {
      _ = try session.submitRequest(
        headers(ProbeService.blob), body: try blob(400_000), endStream: true)
    }
    var received = 0
    var third: StreamHandle?
    while let batch = try connection.exchange(session) {
      received += batch.bodyBytes
      for case .headerField(let stream, let name, let value) in batch.events
      where stream == third && batch.text(name) == "grpc-status" {
        return batch.text(value)
      }
      if third == nil, received >= 131_070 {
        third = try session.submitRequest(
          headers(ProbeService.blob), body: try blob(1), endStream: true)
      }
    }
    return nil
  }

  // MARK: -

  private static var openWindows: HTTP2Configuration {
    var configuration = HTTP2Configuration()
    configuration.streamWindowSize = Int(Int32.max)
    configuration.connectionWindowSize = Int(Int32.max)
    return configuration
  }

  private static func request(to method: ProbeService.Method) -> KeyValuePairs<String, String> {
    [
      ":method": "POST", ":scheme": "http", ":path": method.path, ":authority": "x",
      "content-type": "application/grpc", "te": "trailers",
    ]
  }

  private static func headers(_ method: ProbeService.Method) -> SubmittableHeaders {
    var block = HeaderBlock()
    for (name, value) in request(to: method) { block.append(name: name, value: value) }
    return SubmittableHeaders(block)
  }

  private static func blob(_ size: UInt32) throws -> [UInt8] {
    let message = try EchoMessage(number: size).encoded()
    return [0] + (0..<4).map { UInt8(truncatingIfNeeded: message.count >> (24 - 8 * $0)) } + message
  }
}

/// A server of its own for a test, with a probe's methods.
private func withServer(
  _ configure: (inout ServerConfiguration) -> Void, _ body: (Int) async throws -> Void
) async throws {
  var configuration = ServerConfiguration(port: 0)
  configure(&configuration)
  let server = try Server(configuration: configuration, services: [ProbeService()])
  let port = try await server.start().port
  let result = await Result { () async throws in try await body(port) }
  await server.shutdown()
  try result.get()
}
