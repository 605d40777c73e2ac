import GRPCCall
import Glibc
import HTTP2Session
import Testing

@testable import GRPCTransport

/// Connections that a server asks after, and those that it ends because of their age or of too many
/// questions.
@Suite("keepalive of a server", .timeLimit(.minutes(5))) struct ServerKeepaliveTests {
  @Test("a client that does not answer PING is closed") func silentClient() async throws {
    try await withEcho(server: {
      $0.keepaliveInterval = .milliseconds(20)
      $0.minimumKeepaliveInterval = .zero
      $0.keepaliveTimeout = .milliseconds(20)
    }) { channel, _, _ in
      let port = channel.target.port
      let said = try await onThread { try Self.listen(to: port) }
      // PING of eight bytes, on the connection, which is no answer.
      #expect(said.firstRange(of: [0, 0, 8, 6, 0, 0, 0, 0, 0] as [UInt8]) != nil)
    }
  }

  @Test("a client that answers PING is asked on and on") func answeringClient() async throws {
    try await withEcho(server: {
      $0.keepaliveInterval = .milliseconds(5)
      $0.minimumKeepaliveInterval = .zero
      $0.keepaliveTimeout = .seconds(300)
    }) { channel, _, _ in
      let port = channel.target.port
      let questions = try await onThread {
        try Self.converse(at: port) { _, seen in seen.questions < 5 }.questions
      }
      #expect(questions >= 5)
    }
  }

  /// The first does not come too soon, and each is answered.
  @Test("the third PING that comes too soon ends the connection")
  func tooManyPings() async throws {
    try await withEcho { channel, _, _ in
      let port = channel.target.port
      let seen = try await onThread {
        try Self.converse(at: port) { session, _ in
          try session.ping(1)
          return true
        }
      }
      #expect(seen.answers == 4)
      #expect(seen.farewell == "ENHANCE_YOUR_CALM: too_many_pings")
    }
  }

  @Test("a server that is asked to be patient answers every PING") func patientServer() async throws
  {
    try await withEcho(server: {
      $0.minimumPingInterval = .zero
      $0.permitsPingsWithoutCalls = true
    }) { channel, _, _ in
      let port = channel.target.port
      let seen = try await onThread {
        try Self.converse(at: port) { session, seen in
          try session.ping(1)
          return seen.answers < 20
        }
      }
      #expect(seen.answers == 20)
      #expect(seen.farewell == nil)
    }
  }

  @Test("an answer lets the client ask again") func pingsBesideCalls() async throws {
    try await withEcho { channel, _, _ in
      let port = channel.target.port
      let seen = try await onThread {
        var (calls, pings) = (0, 0)
        return try Self.converse(at: port) { session, seen in
          guard calls == seen.responses, pings == seen.answers else { return true }
          if pings < calls {
            try session.ping(1)
            pings += 1
          } else {
            _ = try session.submitRequest(
              Self.request, body: [0, 0, 0, 0, 0], endStream: true)
            calls += 1
          }
          return seen.answers < 20
        }
      }
      #expect(seen.answers >= 20)
      #expect(seen.farewell == nil)
    }
  }

  // MARK: -

  private static let request = SubmittableHeaders(
    HeaderBlock([
      ":method": "POST", ":scheme": "http", ":path": EchoMethods.unary.path, ":authority": "x",
      "content-type": "application/grpc", "te": "trailers",
    ]))

  /// Begins HTTP/2 and says nothing more.
  ///
  /// - Returns: all that the server says until it closes the connection.
  private static func listen(to port: Int) throws -> [UInt8] {
    let descriptor = try PlainHTTPClient.connected(to: port)
    defer { close(descriptor) }
    let settings = RawFrame(.settings, stream: 0).bytes(on: 0)
    guard sendAll(Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + settings, on: descriptor) else {
      return []
    }
    var said: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4_096)
    while true {
      let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
      guard count > 0 else { return said }
      said += buffer[..<count]
    }
  }

  struct Seen: Sendable {
    /// PINGs of the server's.
    var questions = 0
    /// Its answers to ours.
    var answers = 0
    /// Streams that are over.
    var responses = 0
    /// What it said in GOAWAY.
    var farewell: String?
  }

  /// Says something before each read, until `next` wants no more or the connection ends.
  private static func converse(
    at port: Int, _ next: (HTTP2Session, Seen) throws -> Bool
  ) throws -> Seen {
    let connection = PeerConnection(descriptor: try PlainHTTPClient.connected(to: port))
    defer { close(connection.descriptor) }
    let session = try HTTP2Session(role: .client)
    var seen = Seen()
    // After GOAWAY the session takes nothing more.
    while try seen.farewell != nil || next(session, seen),
      let batch = try connection.exchange(session)
    {
      for event in batch.events {
        switch event {
        case .pingReceived: seen.questions += 1
        case .pingAcknowledged: seen.answers += 1
        case .streamClosed: seen.responses += 1
        case .goAwayReceived(_, let code, let data): seen.farewell = "\(code): \(batch.text(data))"
        default: break
        }
      }
    }
    return seen
  }
}
