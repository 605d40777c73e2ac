import GRPCCall
import Glibc
import HTTP2Session
import Locking

@testable import GRPCTransport

/// A server that does what a test says, also what no good server does. Each connection has a thread
/// of its own, which blocks where it waits.
@safe final class ScriptedPeer: Sendable {
  /// A method at which the peer closes the connection instead of answering.
  static let cut = EchoMethods.Method(service: "test.Echo", method: "Cut", kind: .unary)

  let port: Int
  private let descriptor: Int32

  init(_ script: @escaping @Sendable (PeerConnection) throws -> Void) throws {
    let address = SocketAddress(.v4(address: UInt32(0x7f00_0001).bigEndian, port: 0))
    let socket = try Socket.listening(on: address, backlog: 64)
    port = socket.localAddress?.port ?? 0
    descriptor = socket.detach()
    let listener = descriptor
    guard fcntl(listener, F_SETFL, 0) == 0 else {
      throw SocketError(operation: "fcntl", code: errno)
    }
    try startThread(named: "scripted-peer") {
      defer { Glibc.close(listener) }
      while true {
        let accepted = accept(listener, nil, nil)
        guard accepted >= 0 else { return }
        try? startThread(named: "peer-connection") {
          let connection = PeerConnection(descriptor: accepted)
          try? script(connection)
          Glibc.close(accepted)
        }
      }
    }
  }

  deinit {
    // Wakes the accepting thread, which ends.
    Glibc.shutdown(descriptor, Int32(SHUT_RDWR))
  }
}

/// The peer's side of one connection.
struct PeerConnection {
  let descriptor: Int32

  /// Answers each request with its own body, until the client ends the connection or calls `Cut`.
  func serve() throws {
    let session = try HTTP2Session(role: .server)
    var paths: [StreamHandle: String] = [:]
    var bodies: [StreamHandle: [UInt8]] = [:]
    while let batch = try exchange(session) {
      for event in batch.events {
        switch event {
        case .headerField(let stream, let name, let value) where batch.text(name) == ":path":
          paths[stream] = batch.text(value)
        case .data(let stream, let range):
          bodies[stream, default: []] += batch.arena[range.indices]
        case .dataEnded(let stream):
          if paths.removeValue(forKey: stream) == ScriptedPeer.cut.path { return }
          try session.submitResponse(Self.headers, on: stream)
          try session.send(
            bodies.removeValue(forKey: stream) ?? [], on: stream, end: .trailers(Self.trailers))
        default: break
        }
      }
    }
  }

  /// Sends what waits, then reads once.
  ///
  /// - Returns: nil at the end of the connection.
  func exchange(_ session: HTTP2Session) throws -> HTTP2EventBatch? {
    var batch = HTTP2EventBatch()
    var output: [UInt8] = []
    try session.drainOutput(into: &output, limit: .max, events: &batch)
    guard sendAll(output, on: descriptor) else { return nil }
    var input = [UInt8](repeating: 0, count: 65_536)
    let count = unsafe recv(descriptor, &input, input.count, 0)
    guard count > 0 else { return nil }
    try unsafe input.withUnsafeBytes {
      try unsafe session.receive(UnsafeRawBufferPointer(rebasing: $0[..<count]), into: &batch)
    }
    return batch
  }

  private static var headers: SubmittableHeaders {
    SubmittableHeaders(HeaderBlock([":status": "200", "content-type": "application/grpc"]))
  }
  private static var trailers: SubmittableHeaders {
    SubmittableHeaders(HeaderBlock(["grpc-status": "0"]))
  }
}
